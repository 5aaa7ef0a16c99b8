import { toInstant } from '../../core/clock.ts'
import { type Fault, fault } from '../../core/fault.ts'
import type { AirlineCode } from '../../core/itinerary.ts'
import type { SupplierOffer } from '../../core/offer.ts'
import type { SupplierOrder, Traveller } from '../../core/order.ts'
import type { Call, CreateOrderOutcome, CreateOrderRequest, ShopPassenger } from '../port.ts'
import { confirmPrice } from './confirm.ts'
import { ask, type Desk, headOf } from './desk.ts'
import { recordedTravellers } from './passengers.ts'
import { cancelRecord } from './records.ts'
import { isOfferContext } from './wire/context.ts'
import { ageOn, encodeCreateReservation } from './wire/create-reservation.ts'
import { toOrder } from './wire/order.ts'
import { faultsIn, type RecordReply, readRecordReply } from './wire/record-reply.ts'
import type { UniversalRecord } from './wire/universal-record.ts'

/** Where the offer names no time limit, a held record is asked for so long. */
const holdDefaultMs = 24 * 3_600_000

export async function createOrder(desk: Desk, request: CreateOrderRequest, call: Call): Promise<CreateOrderOutcome> {
  if (request.hold && request.offer.requirements.holdAllowed === false)
    return { kind: 'refused', fault: fault('not-supported', 'this fare must be ticketed at once, it cannot be held') }
  const priced = await withSolution(desk, request, call)
  if ('kind' in priced) return { kind: 'refused', fault: priced }
  const told = await ask(
    desk,
    {
      service: 'AirService',
      body: encodeCreateReservation(
        {
          solution: priced.solution,
          travellers: request.travellers,
          contact: request.contact,
          reference: request.reference,
          holdUntil: request.hold ? holdUntil(desk, request.offer) : null,
          carriers: carriersOf(request.offer),
          firstDeparture: firstDeparture(request.offer),
        },
        headOf(desk, call),
      ),
      expects: 'AirCreateReservationRsp',
      changes: true,
      read(reply) {
        const found = readRecordReply(reply)
        const names = recordedTravellers(request.travellers)
        return { found, order: found.record ? toOrder(reply, found.record, names) : null }
      },
    },
    call,
  )
  if (told.kind === 'fault') return { kind: told.fault.mayHaveBooked ? 'unknown' : 'refused', fault: told.fault }
  return judge(desk, told.value.found, told.value.order, call)
}

/** A record that is not what was asked for exists all the same: it is cancelled here, or the outcome is not known. */
async function judge(
  desk: Desk,
  found: RecordReply,
  order: SupplierOrder | null,
  call: Call,
): Promise<CreateOrderOutcome> {
  const reason = faultsIn(found)[0] ?? unsold(found.record)
  if (!found.record || !order) {
    if (reason) return { kind: 'refused', fault: { ...reason, mayHaveBooked: false } }
    return { kind: 'unknown', fault: fault('malformed-reply', 'the reply holds no record', { mayHaveBooked: true }) }
  }
  if (!reason) return { kind: 'created', order }
  const cancelled = await cancelRecord(desk, found.record, call)
  if (cancelled.kind === 'told' && cancelled.value)
    return { kind: 'refused', fault: { ...reason, mayHaveBooked: false } }
  desk.log.warn(
    { provider: 'travelport', locator: found.record.locator },
    'a record that could not be sold whole was not cancelled',
  )
  return { kind: 'unknown', fault: { ...reason, mayHaveBooked: true } }
}

/** Sold, confirmed or moved in time with our consent still to be had; anything else is no seat (domain.md 4.7). */
const soldStatuses: ReadonlySet<string> = new Set(['HK', 'SS', 'KK', 'KL', 'TK'])

function unsold(record: UniversalRecord | null): Fault | undefined {
  const missing = record?.segments.find(segment => segment.status !== null && !soldStatuses.has(segment.status))
  if (!missing) return undefined
  const flight = `${missing.carrier}${missing.number}`
  return fault('sold-out', `${flight} was not confirmed (${missing.status})`, { code: missing.status })
}

/** A price that was confirmed is what is booked; one from a search is confirmed first and must be the same. */
async function withSolution(
  desk: Desk,
  request: CreateOrderRequest,
  call: Call,
): Promise<{ readonly solution: string } | Fault> {
  const context = request.offer.supplierContext
  if (!isOfferContext(context)) return fault('invalid-request', 'no offer of this supplier')
  if (context.solution !== null) return { solution: context.solution }
  const passengers = request.travellers.map(one => toPassenger(one, request.offer))
  const confirmed = await confirmPrice(desk, { offer: request.offer, passengers }, call)
  if (confirmed.kind !== 'confirmed') return confirmed.fault
  const { offer } = confirmed
  if (offer.total.amountMinor !== request.offer.total.amountMinor)
    return fault('price-changed', 'the price changed since the offer')
  return withSolution(desk, { ...request, offer }, call)
}

function toPassenger(traveller: Traveller, offer: SupplierOffer): ShopPassenger {
  return { id: traveller.id, type: traveller.type, age: ageOn(traveller.birthDate, firstDeparture(offer)) }
}

function holdUntil(desk: Desk, offer: SupplierOffer): string {
  return offer.ticketBy ?? toInstant(desk.clock.now() + holdDefaultMs)
}

function firstDeparture(offer: SupplierOffer): string {
  return offer.slices[0]!.segments[0]!.departure.slice(0, 10)
}

function carriersOf(offer: SupplierOffer): readonly AirlineCode[] {
  return [...new Set(offer.slices.flatMap(slice => slice.segments.map(segment => segment.marketing.carrier)))]
}
