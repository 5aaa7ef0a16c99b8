import { createHmac, timingSafeEqual } from 'node:crypto'
import { ProblemError } from '../core/problem.ts'
import { type Filters, noFilters } from './filters.ts'
import type { OfferSort } from './port.ts'
import type { SearchBase } from './search-ids.ts'

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

const cursorVersion = 1
const lengthMax = 4_096
const macBytes = 9

export interface Cursors {
  write(cursor: Cursor): string
  /** Throws `validation` (`query:cursor`) for anything that write() did not make. */
  read(text: string): Cursor
}

/** Opaque to callers and authenticated: what comes back is what went out. */
export function makeCursors(secret: string): Cursors {
  const mac = (payload: Buffer): Buffer =>
    createHmac('sha256', secret).update('cursor').update(payload).digest().subarray(0, macBytes)
  return {
    write(cursor) {
      const { filters, ...rest } = cursor
      const set = Object.entries(filters).filter(([, value]) => value !== null && value !== false)
      const payload = Buffer.from(JSON.stringify([cursorVersion, rest, Object.fromEntries(set)]))
      return Buffer.concat([mac(payload), payload]).toString('base64url')
    },
    read(text) {
      if (text.length > lengthMax || !/^[A-Za-z0-9_-]+$/.test(text)) throw broken()
      const bytes = Buffer.from(text, 'base64url')
      const payload = bytes.subarray(macBytes)
      if (bytes.length <= macBytes || !timingSafeEqual(mac(payload), bytes.subarray(0, macBytes))) throw broken()
      const [version, rest, filters] = JSON.parse(payload.toString()) as [number, Omit<Cursor, 'filters'>, Filters]
      if (version !== cursorVersion) throw broken()
      return { ...rest, filters: { ...noFilters, ...filters } }
    },
  }
}

export function broken(detail = 'this cursor was not made by this service, or not for this search'): ProblemError {
  return new ProblemError('validation', detail, {
    errors: [{ pointer: 'query:cursor', code: 'broken-cursor', detail }],
  })
}
