import type { EpochMs, Instant } from '../../core/clock.ts'
import { type Fault, fault } from '../../core/fault.ts'
import type { SupplierOrder, Traveller } from '../../core/order.ts'
import { WireError } from '../../core/wire-error.ts'
import type { Call, CreateOrderOutcome, CreateOrderRequest, OrderKey, RetrieveOutcome } from '../port.ts'
import type { Answer } from './client.ts'
import type { Desk } from './desk.ts'
import { type OfferContext, type OrderContext, readContext, readOrderContext } from './offer-context.ts'
import { parseJson } from './wire/json.ts'
import { decodeOrderReply } from './wire/order.ts'
import { encodeOrderRequest } from './wire/order-request.ts'
import { listOf, type Raw, rawOf } from './wire/read.ts'

export async function createOrder(desk: Desk, request: CreateOrderRequest, call: Call): Promise<CreateOrderOutcome> {
  const context = readContext(request.offer.supplierContext)
  const travellers = context && assign(context, request.travellers)
  if (!context || !travellers) {
    return { kind: 'refused', fault: fault('invalid-request', 'The travellers are not those of the stored offer') }
  }
  const body = encodeOrderRequest({
    offer: withAdults(context.offer, travellers),
    travellers,
    contact: request.contact,
    reference: request.reference,
    cancelAfterDays: request.hold ? daysUntil(request.offer.ticketBy, desk.clock.now()) : null,
  })
  const answer = await desk.client.ask(
    { method: 'POST', path: '/v1/booking/flight-orders', body: JSON.stringify(body) },
    call,
  )
  if (answer.kind === 'failed') return withoutOrder(answer.fault)
  const read = readOrder(answer, desk, context.travellers)
  if (read.kind === 'failed') return withoutOrder({ ...read.fault, mayHaveBooked: true })
  if (read.order.locators.length > 0) return { kind: 'created', order: read.order }
  return withoutOrder(fault('malformed-reply', 'Amadeus named no record locator', { mayHaveBooked: true }))
}

function withoutOrder(why: Fault): CreateOrderOutcome {
  return { kind: why.mayHaveBooked ? 'unknown' : 'refused', fault: why }
}

type Assigned = { readonly wireId: string; readonly traveller: Traveller }

/** Everybody whom the offer was priced for, and nobody else. */
function assign(context: OfferContext, travellers: readonly Traveller[]): readonly Assigned[] | null {
  const ids = Object.entries(context.travellers)
  if (ids.length !== travellers.length) return null
  const assigned: Assigned[] = []
  for (const [wireId, id] of ids) {
    const traveller = travellers.find(other => other.id === id)
    if (!traveller) return null
    assigned.push({ wireId, traveller })
  }
  return assigned
}

/** The offer as it is, but for whose lap an infant sits on: the search did not know. */
function withAdults(offer: Raw, assigned: readonly Assigned[]): Raw {
  const adultOf = (wireId: unknown): string | undefined => {
    const infant = assigned.find(other => other.wireId === wireId)?.traveller
    if (infant?.type !== 'INF' || infant.adultId === null) return undefined
    return assigned.find(other => other.traveller.id === infant.adultId)?.wireId
  }
  const pricings = listOf(offer.travelerPricings).map(item => {
    const pricing = rawOf(item)
    const adult = adultOf(pricing?.travelerId)
    return pricing === null || adult === undefined || adult === pricing.associatedAdultId
      ? item
      : { ...pricing, associatedAdultId: adult }
  })
  const same = pricings.every((pricing, i) => pricing === listOf(offer.travelerPricings)[i])
  return same ? offer : { ...offer, travelerPricings: pricings }
}

const dayMs = 86_400_000
const holdDaysMax = 10

/** Amadeus cancels at midnight of its office after whole days: the last one that is not too late. */
function daysUntil(ticketBy: Instant | null, now: EpochMs): number {
  if (ticketBy === null) return 1
  return Math.min(Math.max(Math.floor((Date.parse(ticketBy) - now) / dayMs), 1), holdDaysMax)
}

export async function retrieveOrder(desk: Desk, key: OrderKey, call: Call): Promise<RetrieveOutcome> {
  const context = readOrderContext(key.supplierContext) ?? givenByHand(key)
  const answer = await desk.client.ask({ method: 'GET', path: orderPath(context.orderId) }, call)
  if (answer.kind === 'failed') {
    if (answer.fault.kind === 'not-found') return { kind: 'absent' }
    return { kind: 'failed', fault: { ...answer.fault, mayHaveBooked: false } }
  }
  const read = readOrder(answer, desk, context.travellers)
  return read.kind === 'failed' ? read : { kind: 'found', order: read.order }
}

/** A person found the order and gave its Amadeus id; travellers are numbered as we send them. */
function givenByHand({ locator, travellers }: OrderKey): Pick<OrderContext, 'orderId' | 'travellers'> {
  return { orderId: locator, travellers: Object.fromEntries(travellers.map(({ id }, i) => [String(i + 1), id])) }
}

/** Ids are not fit for a path as they are. */
export function orderPath(orderId: string): string {
  return `/v1/booking/flight-orders/${encodeURIComponent(orderId)}`
}

type ReadOrder =
  | { readonly kind: 'order'; readonly order: SupplierOrder }
  | { readonly kind: 'failed'; readonly fault: Fault }

function readOrder(
  answer: Extract<Answer, { kind: 'answer' }>,
  desk: Desk,
  travellers: OfferContext['travellers'],
): ReadOrder {
  try {
    const raw = rawOf(parseJson(answer.bytes)) ?? {}
    return { kind: 'order', order: decodeOrderReply(raw, { travellers, officeZone: desk.officeZone }).order }
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    return { kind: 'failed', fault: fault('malformed-reply', error.message) }
  }
}
