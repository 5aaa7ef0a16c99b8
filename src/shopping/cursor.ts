import { timingSafeEqual } from 'node:crypto'
import { ProblemError } from '../core/problem.ts'
import { type Filters, noFilters } from './filters.ts'
import { keyedHash } from './keyed-hash.ts'
import type { OfferSort } from './port.ts'
import { baseLength, type SearchBase, viewIdOf } from './search-ids.ts'

/** Where the next page begins and all that makes it the next page of the same list. A view never changes, so an offset
 *  into its order repeats and loses nothing. */
export type Cursor = {
  readonly base: SearchBase
  readonly revision: number
  readonly sort: OfferSort
  readonly order: 'asc' | 'desc'
  readonly filters: Filters
  readonly explain: boolean
  readonly limit: number
  readonly offset: number
}

const cursorVersion = 2
const lengthMax = 4_096
const macLength = 18

export interface Cursors {
  write(cursor: Cursor): string
  /** Throws `validation` (`query:cursor`) for anything that write() did not make. */
  read(text: string): Cursor
}

/** Opaque to callers and authenticated: what comes back is what went out. The search's base stands in it as it is, and of it only
 *  the view is authenticated: of all searches that are answered from one view the rest is the same, and is made once for all
 *  of them (ready-body.ts). The base authenticates itself (search-ids.ts). */
export function makeCursors(secret: string): Cursors {
  const mac = (base: SearchBase, payload: string): string =>
    keyedHash(secret, `cursor ${viewIdOf(base)} ${payload}`).slice(0, macLength)
  return {
    write({ base, revision, sort, order, filters, explain, limit, offset }) {
      const payload = JSON.stringify([cursorVersion, revision, sort, order, explain, limit, offset, given(filters)])
      return base + Buffer.from(mac(base, payload) + payload).toString('base64url')
    },
    read(text) {
      if (text.length > lengthMax || !/^[A-Za-z0-9_-]+$/.test(text)) throw broken()
      const base = text.slice(0, baseLength)
      const encoded = text.slice(baseLength)
      const bytes = Buffer.from(encoded, 'base64url')
      // the decoder overlooks bits and characters that write() does not make
      if (bytes.toString('base64url') !== encoded) throw broken()
      const decoded = bytes.toString()
      const payload = decoded.slice(macLength)
      if (!isEqual(mac(base, payload), decoded.slice(0, macLength))) throw broken()
      const fields = JSON.parse(payload) as Fields
      if (fields[0] !== cursorVersion) throw broken()
      const [, revision, sort, order, explain, limit, offset, filters] = fields
      return { base, revision, sort, order, explain, limit, offset, filters: { ...noFilters, ...filters } }
    },
  }
}

type Fields = readonly [
  version: number,
  revision: number,
  sort: OfferSort,
  order: 'asc' | 'desc',
  explain: boolean,
  limit: number,
  offset: number,
  filters: Partial<Filters>,
]

function given(filters: Filters): Partial<Filters> {
  if (filters === noFilters) return {}
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== null && value !== false))
}

/** By bytes: a foreign text of as many characters may have more of them. */
function isEqual(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)]
  return one.length === other.length && timingSafeEqual(one, other)
}

export function broken(detail = 'this cursor was not made by this service, or not for this search'): ProblemError {
  return new ProblemError('validation', detail, {
    errors: [{ pointer: 'query:cursor', code: 'broken-cursor', detail }],
  })
}
