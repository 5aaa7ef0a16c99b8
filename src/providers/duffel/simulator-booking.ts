import { type Clock, type EpochMs, toInstant } from '../../core/clock.ts'
import { type Money, money } from '../../core/money.ts'
import type { SimulatorReply, SimulatorRequest } from '../../sandbox/serve.ts'
import type { WorldOffer, WorldPnr, WorldView } from '../../sandbox/world.ts'
import { newWireId } from './simulator-offers.ts'
import {
  encodePnr,
  hasLapsed,
  locatorOf,
  nothingKnown,
  type OrderMemory,
  toWorldTravellers,
} from './simulator-orders.ts'
import { remember } from './simulator-memory.ts'
import {
  airlineError,
  apiError,
  bodyOf,
  fail,
  invalidState,
  notFound,
  ok,
  pageReply,
  soldOut,
} from './simulator-replies.ts'
import type { OfferDesk } from './simulator-shop.ts'
import { type Cancellation, decodeCancellationRequest, encodeCancellation } from './wire/cancellation.ts'
import { decodeOrderRequest, type OrderQuery } from './wire/order-request.ts'
import { decodePaymentRequest, encodePayment } from './wire/payment.ts'
import { BadField } from './wire/search.ts'

/** Orders, payments for held ones, cancellations: quoted, then confirmed. */

const notCreated = airlineError(
  502,
  'order_not_created',
  'Order not created',
  'The airline was unable to create the order. Nothing was booked and nothing was paid.',
)
const priceChanged = invalidState(
  'price_changed',
  'Price changed',
  'The price of the offer has changed: retrieve the offer to get the latest',
)
const cancelledAlready = invalidState('already_cancelled', 'Already cancelled', 'The order has already been cancelled')
const stale = invalidState(
  'order_cancellation_stale',
  'Order cancellation is stale',
  'Only the latest cancellation of an order can be confirmed, before it expires',
)

const cancellationMs = 30 * 60_000
const rememberedMax = 50_000

type Quote = Cancellation & { readonly createdAt: EpochMs; readonly kind: 'void' | 'refund' | 'release' | 'none' }

export class OrderDesk {
  private readonly view: WorldView
  private readonly clock: Clock
  private readonly offers: OfferDesk
  /** By locator. */
  private readonly memory = new Map<string, OrderMemory>()
  /** Locators by offer. */
  private readonly attempted = new Map<string, string>()
  private readonly quotes = new Map<string, Quote>()
  /** Newest quote by order. */
  private readonly newest = new Map<string, string>()

  constructor(view: WorldView, clock: Clock, offers: OfferDesk) {
    this.view = view
    this.clock = clock
    this.offers = offers
  }

  isOrdered(offerId: string): boolean {
    return this.attempted.has(offerId)
  }

  async create(request: SimulatorRequest): Promise<SimulatorReply> {
    const query = decodeOrderRequest(bodyOf(request))
    if (this.attempted.has(query.offerId))
      return fail(
        invalidState(
          'order_creation_already_attempted',
          'Order creation already attempted',
          'An order was already created from this offer. You should not retry this request.',
        ),
      )
    const priced = this.offers.price(query.offerId)
    if (priced.kind === 'refused') return priced.reply
    const refusal = objectionTo(query, priced.offer)
    if (refusal) return refusal
    const { stored } = priced
    const travellers = toWorldTravellers(query, stored.passengers, stored.selection.passengers)
    const booked = await this.view.book({
      selection: stored.selection,
      travellers,
      contact: { email: query.passengers[0]?.email ?? null, phone: query.passengers[0]?.phone ?? null },
      reference: query.reference,
      hold: query.hold,
    })
    if (booked.kind === 'sold-out') return fail(soldOut)
    if (booked.kind === 'refused') return fail(notCreated)
    remember(this.attempted, query.offerId, booked.pnr.locator, rememberedMax)
    this.recall(booked.pnr, { offerId: query.offerId })
    const pnr = query.hold ? booked.pnr : await this.ticketed(booked.pnr)
    if (!pnr) return fail(notCreated)
    return ok(201, this.encode(pnr), { name: effectOf(this.view, pnr), moment: 'book' })
  }

  /** An instant order that gets no tickets was never made. */
  private async ticketed(pnr: WorldPnr): Promise<WorldPnr | undefined> {
    const issued = await this.view.issueTickets(pnr.locator)
    if (issued.kind === 'ticketed') return issued.pnr
    await this.view.cancel(pnr.locator)
    return undefined
  }

  get(orderId: string): SimulatorReply {
    const pnr = this.find(orderId)
    return pnr ? ok(200, this.encode(pnr)) : fail(notFound)
  }

  /** Newest first. */
  list({ query }: SimulatorRequest): SimulatorReply {
    const reference = query.get('booking_reference')
    const offerId = query.get('offer_id')
    const awaiting = query.get('awaiting_payment')
    const names = query.getAll('passenger_name[]').map(name => name.toLowerCase())
    const found = this.view
      .listPnrs()
      .filter(pnr => reference === null || pnr.locator === reference)
      .filter(pnr => offerId === null || this.memory.get(pnr.locator)?.offerId === offerId)
      .filter(pnr => awaiting === null || String(isAwaiting(pnr)) === awaiting)
      .filter(pnr => names.every(name => pnr.travellers.some(traveller => nameOf(traveller).includes(name))))
      .toSorted((a, b) => b.createdAt - a.createdAt)
    return pageReply(found, query, { key: pnr => pnr.locator, encode: pnr => this.encode(pnr) })
  }

  async pay(request: SimulatorRequest): Promise<SimulatorReply> {
    const asked = decodePaymentRequest(bodyOf(request))
    const pnr = this.find(asked.orderId)
    if (!pnr) return fail(notFound)
    if (hasLapsed(pnr, this.clock.now()))
      return fail(
        invalidState('past_payment_required_by_date', 'Too late', 'The order’s payment_required_by date has elapsed'),
      )
    if (pnr.status === 'cancelled') return fail(cancelledAlready)
    if (pnr.tickets.length > 0) return fail(invalidState('already_paid', 'Already paid', 'The order has been paid for'))
    if (!sameMoney(asked.amount, pnr.offer.total))
      throw new BadField(
        '/payment/amount',
        'payment_amount_does_not_match_order_amount',
        "Field 'amount' is not the order's total",
      )
    const issued = await this.view.issueTickets(pnr.locator)
    if (issued.kind === 'host-busy')
      return fail(apiError(503, 'service_unavailable', 'Service unavailable', 'Nothing was done, please retry later'))
    if (issued.kind === 'refused') return fail(invalidState('schedule_changed', 'Schedule changed', issued.text))
    const payment = { id: newWireId('pay'), createdAt: toInstant(this.clock.now()) }
    return ok(201, encodePayment(payment, asked), { name: effectOf(this.view, pnr), moment: 'ticket' })
  }

  quote(request: SimulatorRequest): SimulatorReply {
    const orderId = decodeCancellationRequest(bodyOf(request))
    const pnr = this.find(orderId)
    if (!pnr) return fail(notFound)
    if (pnr.status === 'cancelled') return fail(cancelledAlready)
    const worth = this.view.quoteCancellation(pnr.locator)
    if (!worth || (worth.kind === 'none' && worth.text === 'the journey has begun'))
      return fail(invalidState('order_not_cancellable', 'Order not cancellable', worth?.text ?? 'No such order'))
    const now = this.clock.now()
    const quote: Quote = {
      id: newWireId('ore'),
      orderId,
      refund: worth.kind === 'release' ? money(0, pnr.offer.currency) : worth.refund,
      refundTo: worth.kind === 'release' ? 'awaiting_payment' : 'balance',
      expiresAt: toInstant(Math.min(now + cancellationMs, worth.voidUntil ?? Number.POSITIVE_INFINITY)),
      confirmedAt: null,
      createdAt: now,
      kind: worth.kind,
    }
    remember(this.quotes, quote.id, quote, rememberedMax)
    remember(this.newest, orderId, quote.id, rememberedMax)
    return ok(201, encodeCancellation(quote, toInstant(now)))
  }

  getQuote(id: string): SimulatorReply {
    const quote = this.quotes.get(id)
    return quote ? ok(200, encodeCancellation(quote, toInstant(quote.createdAt))) : fail(notFound)
  }

  async confirm(id: string): Promise<SimulatorReply> {
    const quote = this.quotes.get(id)
    const pnr = quote && this.find(quote.orderId)
    if (!quote || !pnr) return fail(notFound)
    if (pnr.status === 'cancelled') return fail(cancelledAlready)
    const now = this.clock.now()
    if (this.newest.get(quote.orderId) !== id || now >= Date.parse(quote.expiresAt!)) return fail(stale)
    const given = await this.giveBack(pnr, quote)
    if (!given) return fail(stale)
    const confirmed = { ...quote, confirmedAt: toInstant(now) }
    this.quotes.set(id, confirmed)
    const refund = { id, amount: quote.refund!, to: quote.refundTo! }
    this.recall(pnr, { cancelledAt: now, refund })
    return ok(200, encodeCancellation(confirmed, toInstant(quote.createdAt)))
  }

  /** Money first, seats last. False: it is no longer what was quoted. */
  private async giveBack(pnr: WorldPnr, quote: Quote): Promise<boolean> {
    if (quote.kind === 'void' && (await this.view.voidTickets(pnr.locator)).kind === 'refused') return false
    if (quote.kind === 'refund' && (await this.view.refundTickets(pnr.locator)).kind === 'refused') return false
    return (await this.view.cancel(pnr.locator)).kind === 'cancelled'
  }

  private recall({ locator }: WorldPnr, more: Partial<OrderMemory>): void {
    remember(this.memory, locator, { ...(this.memory.get(locator) ?? nothingKnown), ...more }, rememberedMax)
  }

  private find(orderId: string): WorldPnr | undefined {
    const locator = locatorOf(orderId)
    return locator === undefined ? undefined : this.view.findPnr(locator)
  }

  private encode(pnr: WorldPnr): ReturnType<typeof encodePnr> {
    return encodePnr(pnr, this.memory.get(pnr.locator) ?? nothingKnown, this.clock.now())
  }
}

function objectionTo(query: OrderQuery, offer: WorldOffer): SimulatorReply | undefined {
  if (query.hold && !offer.holdAllowed)
    return fail(
      invalidState('invalid_order_create_type', 'Invalid order create type', 'The specified `type` was incorrect.'),
    )
  if (offer.documentsRequired && query.passengers.some(passenger => !passenger.hasDocument))
    throw new BadField(
      '/passengers/0/identity_documents',
      'validation_required',
      "Field 'identity_documents' can't be blank",
    )
  const { payment } = query
  if (payment && payment.amount.currency !== offer.total.currency)
    throw new BadField(
      '/payments/0/currency',
      'payment_currency_does_not_match_order_currency',
      "Field 'currency' differs",
    )
  return payment && !sameMoney(payment.amount, offer.total) ? fail(priceChanged) : undefined
}

function sameMoney(a: Money, b: Money): boolean {
  return a.amountMinor === b.amountMinor && a.currency === b.currency
}

function effectOf(view: WorldView, pnr: WorldPnr): ReturnType<WorldView['effect']> {
  const { origin, destination, segments } = pnr.offer.slices[0]!
  return view.effect(origin, destination, segments[0]!.departure.slice(0, 10))
}

function isAwaiting(pnr: WorldPnr): boolean {
  return pnr.status === 'live' && pnr.hold && pnr.tickets.length === 0
}

function nameOf({ givenNames, surname }: { readonly givenNames: string; readonly surname: string }): string {
  return `${givenNames} ${surname}`.toLowerCase()
}
