import { type Fault, fault } from '../../core/fault.ts'
import type { SupplierOffer } from '../../core/offer.ts'
import type { SupplierOrder } from '../../core/order.ts'
import type {
  Call,
  CreateOrderOutcome,
  CreateOrderRequest,
  FindCriteria,
  FindOutcome,
  OrderKey,
  RetrieveOutcome,
} from '../port.ts'
import { confirmPrice } from './confirm.ts'
import { ask, type Desk, headOf } from './desk.ts'
import { isOfferContext, isOrderContext, type OfferContext, type OrderContext } from './wire/context.ts'
import { encodeOrderCreate } from './wire/create-request.ts'
import { orderOf } from './wire/order.ts'
import { encodeOrderList, encodeOrderRetrieve } from './wire/order-requests.ts'
import { namedAs } from './wire/passengers.ts'

/** Sent once. With payment the airline issues the tickets, without it holds the seats. */
export async function createOrder(desk: Desk, request: CreateOrderRequest, call: Call): Promise<CreateOrderOutcome> {
  if (request.hold && request.offer.requirements.holdAllowed === false)
    return refused(fault('not-supported', 'the airline sells this offer against payment only'))
  const priced = await pricedOffer(desk, request, call)
  if ('kind' in priced) return refused(priced)
  const { offer, context } = priced
  const { travellers, contact, reference, hold } = request
  const payment = hold ? null : desk.settings.payment
  const body = encodeOrderCreate(
    { context, total: offer.total, travellers, contact, reference, payment },
    headOf(desk, call),
  )
  const told = await ask(
    desk,
    {
      message: 'OrderCreate',
      body,
      expects: 'OrderViewRS',
      changes: true,
      read: message => orderOf(message, readingOf(desk, travellers, context)),
    },
    call,
  )
  if (told.kind === 'fault') return told.fault.mayHaveBooked ? unknown(told.fault) : refused(told.fault)
  if (!told.value) return unknown(fault('malformed-reply', 'the reply holds no order'))
  return { kind: 'created', order: told.value }
}

const refused = (why: Fault): CreateOrderOutcome => ({ kind: 'refused', fault: why })
const unknown = (why: Fault): CreateOrderOutcome => ({ kind: 'unknown', fault: { ...why, mayHaveBooked: true } })

type Priced = { readonly offer: SupplierOffer; readonly context: OfferContext }

/** Airlines sell what OfferPrice confirmed: an offer as shopped is confirmed first, and must cost the same. */
async function pricedOffer(desk: Desk, request: CreateOrderRequest, call: Call): Promise<Priced | Fault> {
  const { offer, travellers } = request
  const context = offer.supplierContext
  if (!isOfferContext(context)) return fault('invalid-request', 'the offer is none of this supplier')
  if (context.priced) return { offer, context }
  const passengers = travellers.map(({ id, type }) => ({ id, type, age: null }))
  const confirmed = await confirmPrice(desk, { offer, passengers }, call)
  if (confirmed.kind !== 'confirmed') return { ...confirmed.fault, mayHaveBooked: false }
  const { total, supplierContext } = confirmed.offer
  if (total.amountMinor !== offer.total.amountMinor || total.currency !== offer.total.currency)
    return fault('price-changed', 'the price changed since the offer')
  if (!isOfferContext(supplierContext)) return fault('malformed-reply', 'the reply holds no offer')
  return { offer: confirmed.offer, context: supplierContext }
}

/** Passengers come back under the ids of the offer, which the order was made with. */
function readingOf(desk: Desk, travellers: OrderKey['travellers'], context?: OfferContext) {
  const known = travellers.map(({ id, type, surname, givenNames }) => ({ id, type, surname, givenNames }))
  const naming = namedAs(known)
  return {
    sellerId: desk.settings.seller.id,
    naming: (refs: Parameters<typeof naming>[0]) =>
      naming(
        refs.map(one => {
          const own = context?.passengers.find(passenger => passenger.ref === one.ref)
          return own ? { ...one, ref: own.id } : one
        }),
      ),
  }
}

export function orderContextOf(key: OrderKey): OrderContext {
  const context = key.supplierContext
  return isOrderContext(context) ? context : { kind: 'order', orderId: key.locator, owner: '' }
}

export async function retrieveOrder(desk: Desk, key: OrderKey, call: Call): Promise<RetrieveOutcome> {
  return retrieve(desk, orderContextOf(key), key.travellers, call)
}

export async function retrieve(
  desk: Desk,
  context: OrderContext,
  travellers: OrderKey['travellers'],
  call: Call,
): Promise<RetrieveOutcome> {
  const told = await ask(
    desk,
    {
      message: 'OrderRetrieve',
      body: encodeOrderRetrieve(context, headOf(desk, call)),
      expects: 'OrderViewRS',
      changes: false,
      read: message => orderOf(message, readingOf(desk, travellers)),
    },
    call,
  )
  if (told.kind === 'fault')
    return told.fault.kind === 'not-found' ? { kind: 'absent' } : { kind: 'failed', fault: told.fault }
  if (told.value) return { kind: 'found', order: told.value }
  return { kind: 'failed', fault: fault('malformed-reply', 'the reply holds no order') }
}

/** An airline that ignores the reference lists all that was made since. */
const candidatesMax = 40

/** By our reference, which airlines may keep or drop: an order that names another is not ours, one that names none is ours
 *  where its travellers and flights are. */
export async function findOrders(desk: Desk, criteria: FindCriteria, call: Call): Promise<FindOutcome> {
  const told = await ask(
    desk,
    {
      message: 'OrderList',
      body: encodeOrderList(criteria.reference, criteria.createdAfter, headOf(desk, call)),
      expects: 'OrderListRS',
      changes: false,
      read: message => message.matched,
    },
    call,
  )
  if (told.kind === 'fault') {
    if (told.fault.kind === 'not-found') return { kind: 'found', orders: [] }
    return { kind: 'failed', fault: told.fault }
  }
  if (told.value.length > candidatesMax)
    return { kind: 'failed', fault: fault('refused', `more than ${candidatesMax} orders to look through`) }
  const orders: SupplierOrder[] = []
  const owner = criteria.segments[0]?.marketing.carrier ?? ''
  for (const orderId of told.value) {
    const context: OrderContext = { kind: 'order', orderId, owner: ownerIn(orderId) ?? owner }
    const found = await retrieve(desk, context, criteria.travellers, call)
    if (found.kind === 'failed') return found
    if (found.kind === 'found' && found.order.status !== 'cancelled' && isOurs(found.order, criteria))
      orders.push(found.order)
  }
  return { kind: 'found', orders }
}

/** `VS932GXF77323`: carrier, accounting code, PNR (domain.md 4.6). */
function ownerIn(orderId: string): string | undefined {
  return /^([A-Z0-9]{2})\d{3}[A-Z0-9]{6,}$/.exec(orderId)?.[1]
}

function isOurs(order: SupplierOrder, { reference, travellers, segments }: FindCriteria): boolean {
  if (order.reference !== null) return order.reference === reference
  const surnames = (all: readonly { readonly surname: string }[]): string =>
    all
      .map(one => one.surname.toUpperCase())
      .sort()
      .join()
  const flights = (all: FindCriteria['segments']): string =>
    all.map(one => `${one.marketing.carrier}${one.marketing.number} ${one.departure}`).join()
  return (
    surnames(order.passengers) === surnames(travellers) &&
    flights(order.slices.flatMap(slice => slice.segments)) === flights(segments)
  )
}
