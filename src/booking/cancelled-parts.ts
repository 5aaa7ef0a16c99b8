import type { PassengerId } from '../core/ids.ts'
import { add, isZero, type Money, money, type MoneyJson, parseMoney, subtract, sum, zero } from '../core/money.ts'
import { type BookedOrder, type BookedPassenger, type Booking, type CancellationQuote, findQuote } from './booking.ts'

/** Passengers who were taken out of a booking that others still travel on: who, and what that does to the money. */

/** All but those. */
export function whoTravels({ passengers, orders }: Booking): readonly BookedPassenger[] {
  return passengers.filter(({ id }) => !orders.some(order => order.cancelledPassengerIds?.includes(id)))
}

/** With the others, or alone. */
export function isCancelled({ orders }: Booking, id: PassengerId): boolean {
  return (
    orders.length > 0 &&
    orders.every(order => order.status === 'cancelled' || order.cancelledPassengerIds?.includes(id))
  )
}

/** The quote under way, where it is for some passengers only. */
export function partUnderWay(booking: Booking): PartQuote | undefined {
  const quote = booking.goal.kind === 'cancel' ? findQuote(booking, booking.goal.quoteId) : undefined
  return quote && isPart(quote) ? quote : undefined
}

export type PartQuote = CancellationQuote & { readonly passengerIds: readonly PassengerId[] }

function isPart(quote: CancellationQuote): quote is PartQuote {
  return quote.passengerIds !== undefined
}

/** They are out of the order. */
export function isGone({ cancelledPassengerIds = [] }: BookedOrder, { passengerIds }: CancellationQuote): boolean {
  return passengerIds?.every(id => cancelledPassengerIds.includes(id)) ?? false
}

/** In the order in which they were quoted. */
export function doneParts({ orders, quotes }: Booking): readonly PartQuote[] {
  return quotes
    .filter(isPart)
    .filter(
      quote => quote.status === 'confirmed' && orders.some(order => order.id === quote.orderId && isGone(order, quote)),
    )
}

/** A part that is gone and paid back: the booking goes on for those who stay. */
export function afterPart(booking: Booking): Booking {
  const { goal } = booking
  const quote = partUnderWay(booking)
  if (goal.kind !== 'cancel' || !quote || !booking.orders.some(order => isGone(order, quote))) return booking
  const isPaidBack = booking.refunds.some(({ quoteId, status }) => quoteId === quote.id && status === 'done')
  return isPaidBack || isZero(quote.refund) ? { ...booking, goal: goal.before } : booking
}

type ShownFare = { readonly ids: readonly string[]; readonly each: { readonly total: MoneyJson } }

/** What these were sold for, of the price as it was shown; undefined where it does not say. */
export function findPrice({ sale }: Booking, passengerIds: readonly PassengerId[]): Money | undefined {
  const fares = (sale.shown.passengers ?? []) as readonly ShownFare[]
  const { currency } = sale.total
  const prices = passengerIds.flatMap(id => {
    const total = fares.find(({ ids }) => ids.includes(id))?.each.total
    return (total?.currency === currency && parseMoney(total.amount, currency)) || []
  })
  return prices.length === passengerIds.length ? sum(prices, currency) : undefined
}

/** What the traveller is charged: what was sold, without those who were let go before it was paid. */
export function amountDue(booking: Booking): Money {
  const released = doneParts(booking).filter(({ kind }) => kind === 'release')
  return released.reduce(
    (due, { passengerIds }) => subtract(due, findPrice(booking, passengerIds) ?? zero(due.currency)),
    booking.sale.total,
  )
}

/** What the supplier may ask for a held order: for those who stay no more than they were sold for, a minor unit each for what
 *  it rounds. What it said when it let the others go may be a new price. */
export function agreedTotal({ sale, passengers }: Booking, order: BookedOrder): Money | null {
  const gone = order.cancelledPassengerIds ?? []
  const prices = gone.flatMap(id => sale.net.passengers.find(({ ids }) => ids.includes(id))?.each.total ?? [])
  const { currency } = sale.net.total
  if (gone.length === 0 || prices.length < gone.length) return order.total
  return money(subtract(sale.net.total, sum(prices, currency)).amountMinor + passengers.length, currency)
}

/** Of what was captured: neither given back nor kept of a part that is gone. */
export function capturedFor(booking: Booking): Money {
  const payment = booking.payments.find(({ status }) => status === 'captured' || status === 'partially-refunded')
  if (!payment) return zero(booking.sale.total.currency)
  const kept = doneParts(booking).reduce((all, { penalty }) => add(all, penalty), zero(payment.amount.currency))
  return subtract(subtract(payment.amount, payment.refunded), kept)
}
