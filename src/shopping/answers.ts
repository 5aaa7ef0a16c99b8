import { type EpochMs, toInstant } from '../core/clock.ts'
import type { EncodedBody } from './port.ts'
import { askedAt, type CacheStatus, cacheStatusOf, offerIdOf, type SearchBase, searchIdOf } from './search-ids.ts'
import type { ViewHead } from './view.ts'
import { type Rebased, rebased } from './view-offer.ts'

/** JSON bodies put together from what is encoded already. */

export type PageJson = { readonly limit: number; readonly total: number; readonly next: string | null }

/** api.md's answer of a search. `page`: encoded offers of the view, with commas. */
export function searchBody(head: ViewHead, base: SearchBase, page: Buffer, info: PageJson): EncodedBody['body'] {
  const start = JSON.stringify({
    id: searchIdOf(base),
    status: head.status,
    revision: head.revision,
    createdAt: toInstant(askedAt(base)),
    expiresAt: toInstant(head.expiresAt),
    currency: head.currency,
    cache: cacheOf(head, base),
    providers: head.providers,
    ...(head.endsAt === null ? {} : { waitingFor: head.waitingFor }),
    page: info,
    highlights: highlightIds(head, base),
    warnings: head.warnings,
  })
  return assemble(`${start.slice(0, -1)},"facets":${head.facets},"offers":[`, rebased(page, head.base, base))
}

/** api.md's page of offers. */
export function offersBody(
  head: ViewHead,
  base: SearchBase,
  page: Buffer,
  info: PageJson,
  facets: string,
): EncodedBody['body'] {
  return assemble(`{"page":${JSON.stringify(info)},"facets":${facets},"offers":[`, rebased(page, head.base, base))
}

/** One allocation, one copy of the page. */
function assemble(start: string, { page, places, base }: Rebased): Buffer<ArrayBuffer> {
  const startLength = Buffer.byteLength(start)
  const body = Buffer.allocUnsafeSlow(startLength + page.length + 2)
  body.write(start)
  body.set(page, startLength)
  for (const at of places) body.set(base, startLength + at)
  body.write(']}', startLength + page.length, 'latin1')
  return body
}

/** Where the answer came from, and how old what suppliers said was when it went out. */
function cacheOf({ netAt }: ViewHead, base: SearchBase): { readonly status: CacheStatus; readonly ageSeconds: number } {
  const status = cacheStatusOf(base)
  const isOwn = status === 'miss' || status === 'shared'
  return { status, ageSeconds: isOwn ? 0 : wholeSeconds(askedAt(base) - netAt) }
}

function wholeSeconds(ms: EpochMs): number {
  return Math.max(0, Math.floor(ms / 1000))
}

function highlightIds({ highlights }: ViewHead, base: SearchBase): Readonly<Record<string, string | null>> {
  const idOf = (index: number | null): string | null => (index === null ? null : offerIdOf(base, index))
  return { best: idOf(highlights.best), cheapest: idOf(highlights.cheapest), fastest: idOf(highlights.fastest) }
}

/** Adds a last property to an encoded object. */
export function withProperty(object: Buffer, name: string, value: unknown): Buffer {
  return Buffer.concat([
    object.subarray(0, object.length - 1),
    Buffer.from(`,${JSON.stringify(name)}:${JSON.stringify(value)}}`),
  ])
}
