import { add, compare, type Money, money, parseRatio, scale, subtract, sum, zero } from '../core/money.ts'
import type { PassengerId } from '../core/ids.ts'
import { ProblemError } from '../core/problem.ts'
import type { SupplierCancellationQuote } from '../providers/port.ts'
import type { Booking } from './booking.ts'
import { capturedFor, doneParts, findPrice } from './cancelled-parts.ts'

type Part = readonly PassengerId[] | undefined

/**
 * What the traveller gets back of what was captured, and what is kept: together exactly all of it, or of some passengers what
 * they were sold for. Who are left at last get what is left: all parts together are the whole, to the minor unit.
 * void: everything, our own mark-up and fees too: the sale is undone as if it had not been.
 * refund: what the supplier gives back, at the rate that the booking was sold at; our mark-up and fees are kept with the
 * airline's penalty. Never more than was captured.
 * release: nothing was paid.
 */
export function shareOf(
  booking: Booking,
  supplied: SupplierCancellationQuote,
  passengerIds?: Part,
): { readonly refund: Money; readonly penalty: Money } {
  const worth = worthOf(booking, passengerIds)
  switch (supplied.kind) {
    case 'release':
    case 'void':
      return { refund: worth, penalty: zero(worth.currency) }
    case 'refund': {
      const back = inOurCurrency(booking, supplied.refund)
      const refund = money(Math.max(0, Math.min(back.amountMinor, worth.amountMinor)), worth.currency)
      return { refund, penalty: subtract(worth, refund) }
    }
  }
}

/** A quote shares out what was captured when it was made: after a payment it would give back too little. */
export function sharesAll(
  booking: Booking,
  quote: { readonly refund: Money; readonly penalty: Money; readonly passengerIds?: readonly PassengerId[] },
): boolean {
  return compare(add(quote.refund, quote.penalty), worthOf(booking, quote.passengerIds)) === 0
}

function worthOf(booking: Booking, passengerIds: Part): Money {
  const left = capturedFor(booking)
  if (!passengerIds) return left
  const price = findPrice(booking, passengerIds)
  if (!price)
    throw new ProblemError(
      'not-cancellable',
      'What each passenger paid is not known; the booking is cancelled as a whole.',
    )
  return compare(price, left) < 0 ? price : left
}

/** Together with what the supplier gave back for parts before it, less what the traveller got for these: rounded one by one,
 *  parts would not add up to the whole. */
function inOurCurrency(booking: Booking, refund: Money): Money {
  const earlier = doneParts(booking).filter(
    ({ kind, supplierRefund }) => kind === 'refund' && supplierRefund.currency === refund.currency,
  )
  const before = sum(
    earlier.map(({ supplierRefund }) => supplierRefund),
    refund.currency,
  )
  return earlier.reduce((back, part) => subtract(back, part.refund), converted(booking, add(before, refund)))
}

function converted({ sale }: Booking, refund: Money): Money {
  const { currency } = sale.total
  if (refund.currency === currency) return refund
  const rate = sale.rate && sale.net.total.currency === refund.currency ? parseRatio(sale.rate.value) : undefined
  if (!rate)
    throw new ProblemError('not-cancellable', `The supplier refunds in ${refund.currency}, which was not sold in.`)
  return scale(refund, rate, { currency, unitMinor: 1, mode: 'half-up' })
}
