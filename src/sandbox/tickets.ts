import { hasDeparted, ticketsOf } from './cancellation.ts'
import { getCarrier } from './carriers.ts'
import { effectOn } from './magic-routes.ts'
import type { PnrRecord, PnrStore } from './pnr-store.ts'
import type { Ground } from './shop.ts'
import { whoTravels } from './travellers.ts'
import type { WorldDocumentResult, WorldPnr, WorldTicket, WorldTicketResult } from './world.ts'

const couponsMax = 4
/** Attempts that `ticketing-fails-twice` turns down. */
const failuresOnPurpose = 2

export async function issue(ground: Ground, store: PnrStore, record: PnrRecord): Promise<WorldTicketResult> {
  const { pnr, provider } = record
  if (pnr.tickets.some(ticket => ticket.status === 'issued')) {
    await record.settled
    return { kind: 'ticketed', pnr: record.pnr }
  }
  if (pnr.status === 'cancelled') return { kind: 'refused', text: 'the PNR is cancelled' }
  if (pnr.tickets.length > 0) return { kind: 'refused', text: 'its tickets were given back' }
  const now = ground.clock.now()
  if (hasDeparted(pnr, now)) return { kind: 'refused', text: 'the journey has begun' }
  const { origin, destination, segments } = pnr.offer.slices[0]!
  const effect = effectOn(provider, origin, destination, segments[0]!.departure.slice(0, 10))
  if (effect === 'ticketing-fails-twice' && record.ticketingFailures < failuresOnPurpose) {
    await store.countFailure(record)
    return { kind: 'host-busy', text: 'the ticketing host does not answer, try again' }
  }
  await store.setTickets(record, ticketsFor(pnr, store, now))
  return { kind: 'ticketed', pnr: record.pnr }
}

/** Four coupons to a ticket; more are conjunction tickets with consecutive numbers. */
function ticketsFor(pnr: WorldPnr, store: PnrStore, issuedAt: number): readonly WorldTicket[] {
  const segments = pnr.offer.slices.reduce((count, slice) => count + slice.segments.length, 0)
  const perTraveller = Math.ceil(segments / couponsMax)
  const prefix = getCarrier(pnr.offer.validatingCarrier).accountingCode
  return whoTravels(pnr).flatMap(traveller =>
    store.nextSerials(perTraveller).map((serial, i): WorldTicket => {
      const first = i * couponsMax
      return {
        number: `${prefix}${serial}`,
        travellerKey: traveller.key,
        status: 'issued',
        issuedAt,
        segmentIndexes: Array.from({ length: Math.min(couponsMax, segments - first) }, (_, k) => first + k),
      }
    }),
  )
}

/** Asking again for what was done is answered alike. */
export async function giveBack(
  store: PnrStore,
  record: PnrRecord,
  as: 'void' | 'refunded',
  keys?: readonly string[],
): Promise<WorldDocumentResult> {
  const { tickets } = record.pnr
  const meant = ticketsOf(record.pnr, keys)
  const isGiven = (ticket: WorldTicket): boolean => ticket.status === 'issued' && meant.includes(ticket)
  if (meant.length === 0) return { kind: 'refused', text: 'no tickets were issued' }
  if (meant.some(isGiven))
    await store.setTickets(
      record,
      tickets.map(ticket => (isGiven(ticket) ? { ...ticket, status: as } : ticket)),
    )
  else if (meant.every(ticket => ticket.status === as)) await record.settled
  else return { kind: 'refused', text: `the tickets are ${meant[0]!.status}` }
  return { kind: 'done', pnr: record.pnr }
}
