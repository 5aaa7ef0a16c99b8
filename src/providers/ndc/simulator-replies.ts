import { toInstant } from '../../core/clock.ts'
import type { SimulatorReply } from '../../sandbox/serve.ts'
import type { WorldView } from '../../sandbox/world.ts'
import type { OfferStore } from './simulator-offers.ts'
import type { QuoteStore } from './simulator-orders.ts'
import { errorMessage, type ErrorToWrite, type ReplyHead, type Seller } from './wire/envelope.ts'

/** What every message is answered with. */
export type Counter = {
  readonly view: WorldView
  readonly offers: OfferStore
  readonly quotes: QuoteStore
  readonly nowMs: number
  readonly head: ReplyHead
}

/** Who keeps the records of the sandbox, and the agency that may ask it. */
export const distributor: Seller = { id: 'SANDBOX', name: 'Sandbox Distribution' }
export const agency: Seller = { id: '91000011', name: 'Sandbox Travel' }

export function headAt(nowMs: number, correlationId: string | null): ReplyHead {
  return { correlationId, timestamp: toInstant(nowMs) }
}

export function xml(body: string, status = 200): SimulatorReply {
  return { status, headers: { 'content-type': 'application/xml; charset=UTF-8' }, body }
}

/** `reply`: `AirShoppingRS`. */
export function refuse(head: ReplyHead, reply: string, error: ErrorToWrite, status = 200): SimulatorReply {
  return xml(errorMessage(reply, head, error), status)
}

function notProcessed(code: string, text: string): ErrorToWrite {
  return { code, text, type: 'NotProcessed' }
}

/** Codes: domain.md 3.5. An error without one of those has none. */
export const errors = {
  noFlights: notProcessed('100', 'No flights available for the search criteria'),
  unauthorised: notProcessed('111', 'Not authorised for this seller'),
  offerExpired: notProcessed('913', 'The offer has expired or was used, please reshop'),
  priceChanged: notProcessed('495', 'The price has changed'),
  pastDate: notProcessed('102', 'Invalid or missing departure date'),
  tooManyInfants: notProcessed('324', 'More infants than adults'),
  format: (text: string): ErrorToWrite => notProcessed('912', `Invalid format: ${text}`),
  soldOut: notProcessed('', 'The seats are no longer available'),
  instantOnly: notProcessed('', 'Instant payment is required for this offer'),
  orderNotFound: notProcessed('', 'Order not found'),
  refused: (text: string): ErrorToWrite => notProcessed('', text),
  busy: { code: '', text: 'Ticketing host busy, try again', type: 'Retry' },
  system: { code: '911', text: 'Unable to process: system error', type: 'Unknown' },
} as const
