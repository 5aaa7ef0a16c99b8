import { toInstant } from '../core/clock.ts'
import type { SimulatorReply } from './serve.ts'
import { seatsTaken, whoTravels } from './travellers.ts'
import type { WorldPnr, WorldView } from './world.ts'

/** `GET /_sandbox/orders`: all that this supplier holds, for audits from outside. */
export function ordersReport(method: string, view: WorldView): SimulatorReply {
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, headers: { allow: 'GET' }, body: '' }
  return {
    status: 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify({ orders: view.listPnrs().map(toOrder) }),
  }
}

function toOrder(pnr: WorldPnr) {
  return {
    locator: pnr.locator,
    reference: pnr.reference,
    status: pnr.status,
    tickets: pnr.tickets.map(({ number, status }) => ({ number, status })),
    seats: pnr.status === 'live' ? seatsOf(pnr) : [],
    createdAt: toInstant(pnr.createdAt),
  }
}

/** A cancelled PNR, and who was taken out of one, has given the seats back. */
function seatsOf(pnr: WorldPnr) {
  const count = seatsTaken(whoTravels(pnr))
  return pnr.offer.slices
    .flatMap(slice => slice.segments)
    .map(segment => ({
      flight: `${segment.carrier}${segment.number}`,
      date: segment.departure.slice(0, 10),
      bookingClass: segment.bookingClass,
      count,
    }))
}
