import { timingSafeEqual } from 'node:crypto'
import { ProblemError } from '../core/problem.ts'
import type { TenantId } from '../core/tenant.ts'
import { keyedHash } from '../shopping/keyed-hash.ts'
import type { SortValues } from './index-search.ts'
import type { MarketQuestion } from './port.ts'

/** The question and the row after which it goes on. */
export type MarketCursor = { readonly question: MarketQuestion; readonly after: SortValues }

export interface MarketCursors {
  write(cursor: MarketCursor, tenant: TenantId): string
  /** Throws `validation` (`/cursor`) for anything that write() did not make for this tenant. */
  read(text: string, tenant: TenantId): MarketCursor
}

/** Raised where a question or its sort values change. */
const cursorVersion = 2
const macLength = 18

/** Opaque to callers and authenticated: what comes back went out from here, so it needs no second check of its shape. */
export function makeMarketCursors(secret: string): MarketCursors {
  const mac = (payload: string, tenant: TenantId): string =>
    keyedHash(secret, `market ${cursorVersion} ${tenant}\n${payload}`).slice(0, macLength)
  return {
    write({ question, after }, tenant) {
      const payload = JSON.stringify([question, after])
      return Buffer.from(mac(payload, tenant) + payload).toString('base64url')
    },
    read(text, tenant) {
      const bytes = Buffer.from(text, 'base64url')
      // the decoder overlooks bits and characters that write() does not make
      if (bytes.toString('base64url') !== text) throw broken()
      const given = bytes.subarray(0, macLength)
      const payload = bytes.subarray(macLength).toString()
      const expected = Buffer.from(mac(payload, tenant))
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw broken()
      const [question, after] = JSON.parse(payload) as [MarketQuestion, SortValues]
      return { question, after }
    },
  }
}

function broken(): ProblemError {
  const detail = 'this cursor was not made by this service'
  return new ProblemError('validation', `/cursor: ${detail}`, {
    errors: [{ pointer: '/cursor', code: 'broken-cursor', detail }],
  })
}
