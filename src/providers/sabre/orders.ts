import { type Fault, fault } from '../../core/fault.ts'
import type { SupplierOffer } from '../../core/offer.ts'
import type { SupplierOrder } from '../../core/order.ts'
import type { Call, CreateOrderOutcome, CreateOrderRequest, OrderKey, RetrieveOutcome } from '../port.ts'
import type { SabreClient } from './client.ts'
import { askBooking, type BookingReply } from './exchange.ts'
import type { SabreSettings } from './settings.ts'
import { passengerCodes } from './shop.ts'
import { readBooking } from './wire/booking.ts'
import { type BookingFlight, encodeBookingRequest, readCreatedBooking } from './wire/create-booking.ts'
import type { OrderContext } from './wire/order-reading.ts'
import { encodeCancelRequest, encodeGetBookingRequest } from './wire/tickets.ts'

export type OrderTools = { readonly client: SabreClient; readonly settings: SabreSettings }

/** HTTP 200 with `errors` and a `confirmationId` means that a PNR stands. It is taken where it is what was asked for, and
 *  cancelled where it is not; only when neither is certain is the outcome unknown. */
export async function createOrder(
  request: CreateOrderRequest,
  call: Call,
  tools: OrderTools,
): Promise<CreateOrderOutcome> {
  if (request.hold && request.offer.requirements.holdAllowed === false) {
    return { kind: 'refused', fault: fault('not-supported', 'this fare must be ticketed at once, it cannot be held') }
  }
  const body = encodeBookingRequest(bookingRequest(request, tools.settings))
  const reply = await askBooking('createBooking', body, call, tools.client)
  if (reply.kind === 'failed') {
    return { kind: reply.fault.mayHaveBooked ? 'unknown' : 'refused', fault: reply.fault }
  }
  const context = { officeZone: tools.settings.officeZone, travellers: request.travellers }
  const { confirmationId, order } = readCreatedBooking(reply.body, context)
  if (confirmationId === null) return withoutLocator(reply.faults)
  const verdict = order ? objection(order, request) : undefined
  if (order && !verdict && reply.faults.length === 0) return { kind: 'created', order }
  return settle(confirmationId, reply.faults[0] ?? verdict, request, call, tools)
}

function withoutLocator(faults: readonly Fault[]): CreateOrderOutcome {
  const doubtful = faults.find(entry => entry.mayHaveBooked)
  if (doubtful) return { kind: 'unknown', fault: doubtful }
  const first = faults[0]
  if (first) return { kind: 'refused', fault: first }
  const text = 'Sabre answered with neither a booking nor an error'
  return { kind: 'unknown', fault: fault('malformed-reply', text, { mayHaveBooked: true }) }
}

/** A PNR that was not simply made: it is looked at as it stands, and kept or given back. */
async function settle(
  locator: string,
  said: Fault | undefined,
  request: CreateOrderRequest,
  call: Call,
  tools: OrderTools,
): Promise<CreateOrderOutcome> {
  const key: OrderKey = { locator, supplierContext: {}, travellers: request.travellers }
  const found = await retrieveOrder(key, call, tools)
  const refusal = said ?? fault('refused', 'Sabre booked something else than was asked for')
  // absent for now: Sabre named a locator, it may still appear
  if (found.kind !== 'found') return { kind: 'unknown', fault: { ...refusal, mayHaveBooked: true } }
  const verdict = objection(found.order, request)
  if (!verdict) return { kind: 'created', order: found.order }
  if (found.order.status === 'cancelled') return { kind: 'refused', fault: verdict }
  const gone = await releaseSegments(locator, call, tools)
  if (gone) return { kind: 'refused', fault: said ? { ...said, mayHaveBooked: false } : verdict }
  return { kind: 'unknown', fault: { ...refusal, mayHaveBooked: true } }
}

/** Whether the segments are gone for certain. */
export async function releaseSegments(locator: string, call: Call, tools: OrderTools): Promise<boolean> {
  const reply = await askBooking('cancelBooking', encodeCancelRequest(locator), call, tools.client)
  return reply.kind === 'body' && reply.faults.length === 0
}

/** What speaks against an order: flights missing or not confirmed, or a higher price. */
function objection(order: SupplierOrder, request: CreateOrderRequest): Fault | undefined {
  const wanted = segmentsOf(request.offer)
  const booked = order.slices.flatMap(slice => slice.segments)
  const unconfirmed = booked.find(segment => !['HK', 'SS', 'KK', 'TK'].includes(segment.status ?? ''))
  if (unconfirmed || booked.length < wanted.length) {
    return fault('sold-out', 'the airline did not confirm every flight', { code: unconfirmed?.status ?? null })
  }
  const { total } = order
  if (
    total &&
    (total.currency !== request.offer.total.currency || total.amountMinor > request.offer.total.amountMinor)
  ) {
    return fault('price-changed', 'Sabre booked at a higher price than was agreed')
  }
  return undefined
}

export async function retrieveOrder(key: OrderKey, call: Call, tools: OrderTools): Promise<RetrieveOutcome> {
  const reply = await askBooking('getBooking', encodeGetBookingRequest(key.locator), call, tools.client)
  return retrieved(reply, key, tools.settings)
}

export function retrieved(reply: BookingReply, key: OrderKey, settings: SabreSettings): RetrieveOutcome {
  if (reply.kind === 'failed') {
    return reply.fault.kind === 'not-found' ? { kind: 'absent' } : { kind: 'failed', fault: notBooked(reply.fault) }
  }
  const context: OrderContext = { officeZone: settings.officeZone, travellers: key.travellers }
  const order = readBooking(reply.body, context)
  if (order) return { kind: 'found', order }
  if (reply.faults.some(entry => entry.kind === 'not-found')) return { kind: 'absent' }
  const failure = reply.faults[0] ?? fault('malformed-reply', 'Sabre answered with neither a booking nor an error')
  return { kind: 'failed', fault: notBooked(failure) }
}

/** Reading changes nothing. */
export function notBooked(failure: Fault): Fault {
  return failure.mayHaveBooked ? { ...failure, mayHaveBooked: false } : failure
}

function segmentsOf(offer: SupplierOffer): SupplierOffer['slices'][number]['segments'] {
  return offer.slices.flatMap(slice => slice.segments)
}

function bookingRequest(
  request: CreateOrderRequest,
  settings: SabreSettings,
): Parameters<typeof encodeBookingRequest>[0] {
  const { offer } = request
  return {
    flights: bookingFlights(offer),
    validatingCarrier: offer.validatingCarrier,
    brands: brandsOf(offer),
    passengerCodes: passengerCodes(offer),
    price: offer.total,
    travellers: request.travellers,
    contact: request.contact,
    reference: request.reference,
    hold: request.hold,
    agencyCustomerNumber: settings.agencyCustomerNumber,
  }
}

function bookingFlights(offer: SupplierOffer): readonly BookingFlight[] {
  let before: string | null = null
  return segmentsOf(offer).map(segment => {
    const married = segment.marriageGroup !== null && segment.marriageGroup === before
    before = segment.marriageGroup
    return {
      carrier: segment.marketing.carrier,
      number: segment.marketing.number,
      origin: segment.origin,
      destination: segment.destination,
      departureDate: segment.departure.slice(0, 10),
      departureTime: segment.departure.slice(11, 16),
      bookingClass: segment.fares[0]?.bookingClass ?? '',
      married,
    }
  })
}

/** One entry a slice and brand, which also tells where each fare ends. */
function brandsOf(offer: SupplierOffer): Parameters<typeof encodeBookingRequest>[0]['brands'] {
  const brands: { readonly code: string; readonly flightIndexes: number[] }[] = []
  let index = 0
  for (const slice of offer.slices) {
    let current: string | null = null
    for (const segment of slice.segments) {
      const code = segment.fares[0]?.brand?.code ?? null
      if (code !== null && code === current) brands.at(-1)!.flightIndexes.push(index)
      else if (code !== null) brands.push({ code, flightIndexes: [index] })
      current = code
      index++
    }
  }
  return brands
}
