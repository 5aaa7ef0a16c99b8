import { toInstant } from '../../core/clock.ts'
import { newId } from '../../core/ids.ts'
import { accountingCode } from '../../reference/airlines.ts'
import type { SimulatorReply } from '../../sandbox/serve.ts'
import { whoTravels } from '../../sandbox/travellers.ts'
import type { WorldCancellationQuote, WorldPnr, WorldTraveller } from '../../sandbox/world.ts'
import { toSupplierOffer } from './simulator-offers.ts'
import { agency, type Counter, distributor, errors, refuse, xml } from './simulator-replies.ts'
import {
  decodeCancelQuote,
  decodeOrderChange,
  decodeOrderList,
  decodeOrderRetrieve,
  type OrderChangeRequest,
} from './wire/order-requests.ts'
import type { ReadRequest } from './wire/requests.ts'
import { formatAmount, sum } from '../../core/money.ts'
import { encodeCancelQuoteReply } from './wire/write-cancel-quote.ts'
import {
  encodeOrderListReply,
  encodeOrderView,
  itemsOf,
  type OrderItem,
  type OrderToWrite,
  totalOf,
  warningPart,
} from './wire/write-order.ts'

/** What a cancellation was quoted at: an offer to be accepted. */
export type QuoteStore = {
  add(quote: StoredQuote): string
  take(id: string): StoredQuote | undefined
}

export type StoredQuote = {
  readonly locator: string
  readonly kind: 'Void' | 'Refund'
  /** Whose items. */
  readonly refs: readonly string[]
  readonly expiresMs: number
}

const quotesMax = 10_000
const quoteLifeMs = 15 * 60_000

export function openQuoteStore(): QuoteStore {
  const quotes = new Map<string, StoredQuote>()
  return {
    add(quote) {
      if (quotes.size >= quotesMax) quotes.clear()
      const id = newId('ofr')
      quotes.set(id, quote)
      return id
    },
    take(id) {
      const quote = quotes.get(id)
      quotes.delete(id)
      return quote
    },
  }
}

/** Everything after the order was made. */
export async function answerOrders(counter: Counter, message: ReadRequest): Promise<SimulatorReply> {
  switch (message.name) {
    case 'OrderRetrieveRQ':
      return retrieve(counter, message)
    case 'OrderListRQ':
      return list(counter, message)
    case 'OrderReshopRQ':
      return quote(counter, message)
    case 'OrderChangeRQ':
      return change(counter, decodeOrderChange(message.request))
    default:
      return refuse(counter.head, message.name.replace(/RQ$/, 'RS'), errors.format(`${message.name} is not known here`))
  }
}

/** Carrier, its accounting code, PNR and year: the form of the airlines' ids (domain.md 4.6). */
export function orderIdOf({ locator, offer, createdAt }: WorldPnr): string {
  const carrier = offer.validatingCarrier
  return `${carrier}${accountingCode(carrier) ?? '000'}${locator}${toInstant(createdAt).slice(2, 4)}`
}

function findOrder({ view }: Counter, orderId: string | null): WorldPnr | undefined {
  const pnr = view.findPnr(orderId?.slice(5, -2) ?? '')
  return pnr && orderIdOf(pnr) === orderId ? pnr : undefined
}

export function orderReply({ head, nowMs }: Counter, pnr: WorldPnr, warning = ''): SimulatorReply {
  return xml(encodeOrderView(orderOf(pnr, nowMs), head, warning))
}

function orderOf(pnr: WorldPnr, nowMs: number): OrderToWrite {
  const asked = pnr.travellers.map(({ key, type }) => ({ ref: key, type, age: null }))
  return {
    orderId: orderIdOf(pnr),
    owner: pnr.offer.validatingCarrier,
    cancelled: pnr.status === 'cancelled',
    cancelledRefs: pnr.cancelledKeys ?? [],
    offer: toSupplierOffer(pnr.offer, asked, nowMs),
    passengers: pnr.travellers.map(one => passengerOf(one, pnr.travellers)),
    record: { organisation: distributor, locator: pnr.locator },
    airlines: pnr.airlineLocators,
    seller: agency,
    reference: pnr.reference,
    payBy: toInstant(pnr.ticketBy),
    createdAt: toInstant(pnr.createdAt),
    tickets: pnr.tickets.map(ticket => ({
      number: ticket.number,
      passengerRef: ticket.travellerKey,
      status: ticket.status,
      issuedOn: toInstant(ticket.issuedAt).slice(0, 10),
      segmentIndexes: ticket.segmentIndexes,
    })),
  }
}

function passengerOf(one: WorldTraveller, all: readonly WorldTraveller[]): OrderToWrite['passengers'][number] {
  const { key, type, surname, givenNames, birthDate, gender } = one
  const infantRef = all.find(other => other.adultKey === key)?.key ?? null
  return { ref: key, type, infantRef, person: { surname, givenNames, birthDate, gender } }
}

function retrieve(counter: Counter, { request }: ReadRequest): SimulatorReply {
  const { orderId, bookingId } = decodeOrderRetrieve(request)
  const pnr = orderId === null ? counter.view.findPnr(bookingId ?? '') : findOrder(counter, orderId)
  return pnr ? orderReply(counter, pnr) : refuse(counter.head, 'OrderViewRS', errors.orderNotFound)
}

function list({ view, head }: Counter, { request }: ReadRequest): SimulatorReply {
  const { reference, from, to } = decodeOrderList(request)
  const start = from === null ? Number.NEGATIVE_INFINITY : Date.parse(from)
  const end = to === null ? Number.POSITIVE_INFINITY : Date.parse(to)
  const pnrs = reference === null ? view.listPnrs() : view.findByReference(reference)
  const found = pnrs.filter(pnr => pnr.createdAt >= start && pnr.createdAt <= end)
  return xml(encodeOrderListReply(found.map(orderIdOf), head))
}

function quote(counter: Counter, { request }: ReadRequest): SimulatorReply {
  const { view, head, nowMs, quotes } = counter
  const no = (error: Parameters<typeof refuse>[2]): SimulatorReply => refuse(head, 'OrderReshopRS', error)
  const asked = decodeCancelQuote(request)
  if (asked === null) return no(errors.refused('Only the cancellation of an order, or of items of it, is quoted here'))
  const pnr = findOrder(counter, asked.orderId)
  if (!pnr) return no(errors.orderNotFound)
  const order = orderOf(pnr, nowMs)
  const items = selected(order, asked.items)
  if (!items) return no(errors.format('the items are not, or no longer, those of the order'))
  const refs = items.map(({ ref }) => ref)
  const objection = leftAlone(pnr, refs)
  if (objection) return no(errors.refused(`Not cancelled: ${objection}`))
  const terms = view.quoteCancellation(pnr.locator, refs)
  if (!terms || terms.kind === 'none') return no(errors.refused(`Not refundable: ${terms?.text ?? 'no terms'}`))
  if (terms.kind === 'release') return no(errors.refused('The order is unpaid: cancel it without a refund'))
  const kind = terms.kind === 'void' ? 'Void' : 'Refund'
  const expiresMs = Math.min(nowMs + quoteLifeMs, terms.voidUntil ?? Number.POSITIVE_INFINITY)
  const offerId = quotes.add({ locator: pnr.locator, kind, refs, expiresMs })
  const back = items.map(item => ({ item, ...backOf(pnr, item.ref, terms) }))
  const reply = { order, offerId, kind, expiresAt: toInstant(expiresMs), items: back } as const
  return xml(encodeCancelQuoteReply(reply, head))
}

/** Undefined where one of them is none of the order, or cancelled. */
function selected(order: OrderToWrite, ids: readonly string[] | null): readonly OrderItem[] | undefined {
  const live = itemsOf(order).filter(({ closed }) => !closed)
  const found = ids ? live.filter(({ id }) => ids.includes(id)) : live
  return ids && found.length !== new Set(ids).size ? undefined : found
}

/** No lap infant stays behind without its adult. */
function leftAlone(pnr: WorldPnr, leaving: readonly string[]): string | undefined {
  const staying = whoTravels(pnr).filter(({ key }) => !leaving.includes(key))
  const alone = staying.some(({ adultKey }) => adultKey !== null && leaving.includes(adultKey))
  return alone ? 'an infant would travel without its adult' : undefined
}

/** A traveller may have several tickets. */
function backOf(pnr: WorldPnr, ref: string, { perTicket, refund }: WorldCancellationQuote) {
  const numbers = pnr.tickets.filter(({ travellerKey }) => travellerKey === ref).map(({ number }) => number)
  const own = perTicket.filter(({ number }) => numbers.includes(number))
  const all = (which: 'refund' | 'penalty') =>
    sum(
      own.map(one => one[which]),
      refund.currency,
    )
  return { refund: all('refund'), penalty: all('penalty') }
}

async function change(counter: Counter, request: OrderChangeRequest): Promise<SimulatorReply> {
  const pnr = findOrder(counter, request.orderId)
  if (!pnr) return refuse(counter.head, 'OrderViewRS', errors.orderNotFound)
  switch (request.kind) {
    case 'pay':
      return pay(counter, pnr, request.amount)
    case 'release':
      return release(counter, pnr, request.items)
    case 'cancel':
      return giveBack(counter, pnr, request.offerId)
    case 'other':
      return refuse(counter.head, 'OrderViewRS', errors.refused('This change is not made here'))
  }
}

async function pay(counter: Counter, pnr: WorldPnr, amount: string | null): Promise<SimulatorReply> {
  const { view, head, nowMs } = counter
  if (amount !== formatAmount(totalOf(orderOf(pnr, nowMs)))) return refuse(head, 'OrderViewRS', errors.priceChanged)
  const result = await view.issueTickets(pnr.locator)
  if (result.kind === 'ticketed') return orderReply(counter, result.pnr)
  const error = result.kind === 'host-busy' ? errors.busy : errors.refused(`No ticket was issued: ${result.text}`)
  return refuse(head, 'OrderViewRS', error)
}

async function release(counter: Counter, pnr: WorldPnr, ids: readonly string[] | null): Promise<SimulatorReply> {
  const { view, head, nowMs } = counter
  const items = selected(orderOf(pnr, nowMs), ids)
  if (!items) return refuse(head, 'OrderViewRS', errors.format('the items are not, or no longer, those of the order'))
  const refs = items.map(({ ref }) => ref)
  const objection = leftAlone(pnr, refs)
  if (objection) return refuse(head, 'OrderViewRS', errors.refused(`Not cancelled: ${objection}`))
  if (pnr.tickets.some(ticket => ticket.status === 'issued'))
    return refuse(head, 'OrderViewRS', errors.refused('The order is paid: ask for a cancellation offer'))
  const result = await view.cancel(pnr.locator, ids ? refs : undefined)
  if (result.kind === 'refused') return refuse(head, 'OrderViewRS', errors.refused(`Not cancelled: ${result.text}`))
  return orderReply(counter, result.pnr)
}

/** Documents and seats in one: that is what an order is for (domain.md 3.5, ONE Order). */
async function giveBack(counter: Counter, pnr: WorldPnr, offerId: string): Promise<SimulatorReply> {
  const { view, head, quotes, nowMs } = counter
  const quoted = quotes.take(offerId)
  if (quoted?.locator !== pnr.locator || quoted.expiresMs <= nowMs || !allTravel(pnr, quoted.refs))
    return refuse(head, 'OrderViewRS', errors.offerExpired)
  const { locator } = pnr
  const { kind, refs } = quoted
  const documents = kind === 'Void' ? await view.voidTickets(locator, refs) : await view.refundTickets(locator, refs)
  if (documents.kind === 'refused')
    return refuse(head, 'OrderViewRS', errors.refused(`Not refundable: ${documents.text}`))
  const result = await view.cancel(locator, refs)
  if (result.kind === 'cancelled') return orderReply(counter, result.pnr)
  return orderReply(counter, documents.pnr, warningPart('911', `The seats are still held: ${result.text}`))
}

/** An offer for somebody who was taken out since is none. */
function allTravel(pnr: WorldPnr, refs: readonly string[]): boolean {
  return refs.every(ref => whoTravels(pnr).some(({ key }) => key === ref))
}
