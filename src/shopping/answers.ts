import { type EpochMs, type Instant, toInstant } from '../core/clock.ts'
import type { EncodedBody } from './port.ts'
import { askedAt, cacheStatusOf, offerIdOf, type SearchBase, searchIdOf } from './search-ids.ts'
import type { ViewHead } from './view.ts'
import { type Rebased, rebased } from './view-offer.ts'

/** JSON bodies put together from what is encoded already. */

export type PageJson = { readonly limit: number; readonly total: number; readonly next: string | null }

/** api.md's answer of a search. `page`: encoded offers of the view, with commas. */
export function searchBody(head: ViewHead, base: SearchBase, page: Buffer, info: PageJson): EncodedBody['body'] {
  const start = searchStart(searchFrame(head), base, toInstant(askedAt(base)), ageSecondsOf(head.netAt, base))
  return assemble(start + searchRest(head, base, info), rebased(page, head.base, base))
}

/** What stands between the three things at the start of a search's answer that are its own: id, time, cache. */
export type SearchFrame = { readonly afterId: string; readonly afterTime: string }

export function searchFrame({ status, revision, expiresAt, currency }: ViewHead): SearchFrame {
  return {
    afterId: `","status":"${status}","revision":${revision},"createdAt":"`,
    afterTime: `","expiresAt":"${toInstant(expiresAt)}","currency":"${currency}","cache":{"status":"`,
  }
}

/** ASCII. */
export function searchStart(frame: SearchFrame, base: SearchBase, createdAt: Instant, ageSeconds: number): string {
  const cache = `${cacheStatusOf(base)}","ageSeconds":${ageSeconds}}`
  return `{"id":"${searchIdOf(base)}${frame.afterId}${createdAt}${frame.afterTime}${cache}`
}

/** What follows, to the first offer: of all searches that are answered from one view only the base in it differs. */
export function searchRest(head: ViewHead, base: SearchBase, info: PageJson): string {
  const rest = JSON.stringify({
    providers: head.providers,
    ...(head.endsAt === null ? {} : { waitingFor: head.waitingFor }),
    page: info,
    highlights: highlightIds(head, base),
    warnings: head.warnings,
  })
  return `,${rest.slice(1, -1)},"facets":${head.facets},"offers":[`
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

/** How old what suppliers said was when it went out. */
function ageSecondsOf(netAt: EpochMs, base: SearchBase): number {
  const status = cacheStatusOf(base)
  const isOwn = status === 'miss' || status === 'shared'
  return isOwn ? 0 : wholeSeconds(askedAt(base) - netAt)
}

export function wholeSeconds(ms: number): number {
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
