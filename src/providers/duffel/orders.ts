import { type Fault, fault } from '../../core/fault.ts'
import type { SupplierOffer } from '../../core/offer.ts'
import type { SupplierOrder, Traveller } from '../../core/order.ts'
import type {
  Call,
  CreateOrderOutcome,
  CreateOrderRequest,
  FindCriteria,
  FindOutcome,
  OrderKey,
  RetrieveOutcome,
  ShopPassenger,
} from '../port.ts'
import { searchAgain, soldOut } from './confirm.ts'
import { type Desk, harmless, idIn, passengersIn, readReply } from './desk.ts'
import { dataOf, nextPageOf } from './wire/envelope.ts'
import { spellName } from './wire/names.ts'
import { decodeOrder, namedIds, type OrderReading, openOrderReading } from './wire/order.ts'
import { encodeOrderRequest, UnfitTraveller } from './wire/order-request.ts'
import { knownIds, type PassengerIds } from './wire/passengers.ts'
import { instantOf, isObject, type JsonObject, listOf, objectOf, textOf } from './wire/read.ts'

/** Sent once. An offer can be ordered once, and the results of a search are shared: where somebody else's order was made of
 *  it, the same flights on the same fares are ordered under an offer of their own, at the price agreed. */
export async function createOrder(desk: Desk, request: CreateOrderRequest, call: Call): Promise<CreateOrderOutcome> {
  const { supplierContext, requirements } = request.offer
  const offerId = idIn(supplierContext, 'offerId')
  if (offerId === null) return refused(fault('invalid-request', 'the offer is none of Duffel'))
  if (request.hold && requirements.holdAllowed === false)
    return refused(fault('not-supported', 'the airline sells this offer against payment only'))
  const made = desk.ordered.has(offerId) ? 'ordered-before' : await send(desk, request, offerId, call)
  return made === 'ordered-before' ? orderAnother(desk, request, call) : made
}

/** Of the first offer nothing was made for us. */
async function orderAnother(desk: Desk, request: CreateOrderRequest, call: Call): Promise<CreateOrderOutcome> {
  const { offer, travellers } = request
  const again = await searchAgain(desk, { offer, passengers: travellers.map(who => asked(who, offer)) }, call, soldOut)
  if (again.kind !== 'confirmed') return refused(again.fault)
  const { total, supplierContext } = again.offer
  if (total.amountMinor !== offer.total.amountMinor || total.currency !== offer.total.currency)
    return refused(fault('price-changed', 'the airline asks another price than was agreed'))
  const made = await send(desk, { ...request, offer: again.offer }, idIn(supplierContext, 'offerId') ?? '', call)
  return made === 'ordered-before' ? refused(soldOut) : made
}

function asked({ id, type, birthDate }: Traveller, { slices }: SupplierOffer): ShopPassenger {
  const day = slices[0]!.segments[0]!.departure.slice(0, 10)
  const years = Number(day.slice(0, 4)) - Number(birthDate.slice(0, 4))
  return { id, type, age: day.slice(5) < birthDate.slice(5) ? years - 1 : years }
}

type Sent = CreateOrderOutcome | 'ordered-before'

/** 201 is an order; 200 and 202 are "taken, not done yet": the outcome is unknown until the order is found. */
async function send(desk: Desk, request: CreateOrderRequest, offerId: string, call: Call): Promise<Sent> {
  const passengers = passengersIn(request.offer.supplierContext)
  const body = encodeRequest(request, { offerId, passengers, paymentType: desk.paymentType })
  if ('fault' in body) return refused(body.fault)
  desk.ordered.add(offerId)
  const answer = await desk.client.ask({ method: 'POST', path: '/air/orders', body: body.value }, call)
  if (answer.kind === 'failed') {
    if (answer.fault.kind === 'duplicate') return whoseOrder(desk, { request, offerId, why: answer.fault }, call)
    return answer.fault.mayHaveBooked ? unknown(answer.fault) : refused(answer.fault)
  }
  if (answer.status !== 201)
    return unknown(fault('timeout', 'Duffel has taken the order and not finished it', { code: String(answer.status) }))
  const order = readReply(() => decodeOrder(dataOf(answer.root), '/data', readingOf(desk, passengers)))
  return 'fault' in order ? unknown(order.fault) : { kind: 'created', order: order.value }
}

type Duplicate = { readonly request: CreateOrderRequest; readonly offerId: string; readonly why: Fault }

/** The offer was ordered before: by this very booking, then its order has our reference; by another one, then there is
 *  none of ours. Where no order of the offer can be seen, it stays unknown. */
async function whoseOrder(desk: Desk, { request, offerId, why }: Duplicate, call: Call): Promise<Sent> {
  const path = `/air/orders?${new URLSearchParams({ offer_id: offerId, limit: String(pageSize) })}`
  const answer = await desk.client.ask({ method: 'GET', path }, call)
  if (answer.kind === 'failed') return unknown(why)
  const orders = listOf(dataOf(answer.root)).filter(raw => isObject(raw) && raw.offer_id === offerId)
  const own = orders.find(raw => referenceOf(objectOf(raw)) === request.reference)
  if (own === undefined) return orders.length > 0 ? 'ordered-before' : unknown(why)
  const reading = readingOf(desk, passengersIn(request.offer.supplierContext))
  const order = readReply(() => decodeOrder(own, '/data', reading))
  return 'fault' in order ? unknown(order.fault) : { kind: 'created', order: order.value }
}

function referenceOf(raw: JsonObject): string | null {
  return textOf(objectOf(raw.metadata).client_ref)
}

const refused = (why: Fault): CreateOrderOutcome => ({ kind: 'refused', fault: why })
const unknown = (why: Fault): CreateOrderOutcome => ({ kind: 'unknown', fault: { ...why, mayHaveBooked: true } })

type Terms = Parameters<typeof encodeOrderRequest>[1]

function encodeRequest(
  request: CreateOrderRequest,
  terms: Terms,
): { readonly value: JsonObject } | { readonly fault: Fault } {
  try {
    return { value: encodeOrderRequest(request, terms) }
  } catch (error) {
    if (error instanceof UnfitTraveller) return { fault: fault('passenger-data', error.message) }
    throw error
  }
}

function readingOf(desk: Desk, passengers: PassengerIds): OrderReading {
  return openOrderReading(knownIds(passengers), desk.clock.now())
}

export async function retrieveOrder(desk: Desk, key: OrderKey, call: Call): Promise<RetrieveOutcome> {
  const orderId = idIn(key.supplierContext, 'orderId')
  if (orderId === null) return { kind: 'failed', fault: fault('invalid-request', 'the order is none of Duffel') }
  const answer = await desk.client.ask({ method: 'GET', path: `/air/orders/${encodeURIComponent(orderId)}` }, call)
  if (answer.kind === 'failed') {
    return answer.fault.kind === 'not-found' ? { kind: 'absent' } : { kind: 'failed', fault: harmless(answer.fault) }
  }
  const reading = readingOf(desk, passengersIn(key.supplierContext))
  const order = readReply(() => decodeOrder(dataOf(answer.root), '/data', reading))
  return 'fault' in order ? { kind: 'failed', fault: harmless(order.fault) } : { kind: 'found', order: order.value }
}

const pageSize = 200
/** Two thousand orders of people of one name since the booking: something is wrong with the question. */
const pagesMax = 10

/** Our reference is in the order's metadata, which cannot be searched: orders of the first traveller's name are listed
 *  and looked through. None found is no proof that there is none. */
export async function findOrders(desk: Desk, criteria: FindCriteria, call: Call): Promise<FindOutcome> {
  const orders: SupplierOrder[] = []
  let after: string | null = null
  for (let page = 0; page < pagesMax; page++) {
    const path = `/air/orders?${listQuery(criteria, after)}`
    const answer = await desk.client.ask({ method: 'GET', path }, call)
    if (answer.kind === 'failed') return { kind: 'failed', fault: harmless(answer.fault) }
    const list = listOf(dataOf(answer.root)).filter(isObject)
    for (const raw of list.filter(candidate => isOurs(candidate, criteria))) {
      const read = readReply(() => decodeOrder(raw, '/data', readingByName(desk, criteria)))
      if ('fault' in read) return { kind: 'failed', fault: harmless(read.fault) }
      if (read.value.status !== 'cancelled') orders.push(read.value)
    }
    after = nextPageOf(answer.root)
    if (after === null) return { kind: 'found', orders }
  }
  return { kind: 'failed', fault: fault('supplier-error', `more than ${pagesMax} pages of orders`) }
}

function listQuery({ travellers }: FindCriteria, after: string | null): URLSearchParams {
  const query = new URLSearchParams({ limit: String(pageSize) })
  const name = travellers[0] && spellName(travellers[0])
  if (name) query.append('passenger_name[]', name.familyName)
  if (after !== null) query.set('after', after)
  return query
}

function isOurs(raw: JsonObject, { reference, createdAfter }: FindCriteria): boolean {
  if (referenceOf(raw) !== reference) return false
  const created = instantOf(raw.created_at)
  return created === null || Date.parse(created) >= Date.parse(createdAfter)
}

function readingByName(desk: Desk, { travellers }: FindCriteria): OrderReading {
  const known = travellers.map(traveller => {
    const name = spellName(traveller)
    return { id: traveller.id, givenNames: name?.givenName ?? '', surname: name?.familyName ?? '' }
  })
  return { ...openOrderReading(undefined, desk.clock.now()), tie: namedIds(known) }
}
