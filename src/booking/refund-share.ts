import { add, compare, type Money, money, parseRatio, scale, subtract, zero } from '../core/money.ts'
import { ProblemError } from '../core/problem.ts'
import type { SupplierCancellationQuote } from '../providers/port.ts'
import type { Booking } from './booking.ts'

/**
 * What the traveller gets back of what was captured, and what is kept: together exactly all of it.
 * void: everything, our own mark-up and fees too: the sale is undone as if it had not been.
 * refund: what the supplier gives back, at the rate that the booking was sold at; our mark-up and fees are kept with the
 * airline's penalty. Never more than was captured.
 * release: nothing was paid.
 */
export function shareOf(
  booking: Booking,
  supplied: SupplierCancellationQuote,
): { readonly refund: Money; readonly penalty: Money } {
  const captured = capturedOf(booking)
  switch (supplied.kind) {
    case 'release':
    case 'void':
      return { refund: captured, penalty: zero(captured.currency) }
    case 'refund': {
      const back = inOurCurrency(booking, supplied.refund)
      const refund = money(Math.max(0, Math.min(back.amountMinor, captured.amountMinor)), captured.currency)
      return { refund, penalty: subtract(captured, refund) }
    }
  }
}

/** A quote shares out what was captured when it was made: after a payment it would give back too little. */
export function sharesAll(
  booking: Booking,
  { refund, penalty }: { readonly refund: Money; readonly penalty: Money },
): boolean {
  return compare(add(refund, penalty), capturedOf(booking)) === 0
}

function capturedOf({ payments, sale }: Booking): Money {
  const payment = payments.find(({ status }) => status === 'captured' || status === 'partially-refunded')
  return payment ? subtract(payment.amount, payment.refunded) : zero(sale.total.currency)
}

function inOurCurrency({ sale }: Booking, refund: Money): Money {
  const { currency } = sale.total
  if (refund.currency === currency) return refund
  const rate = sale.rate && sale.net.total.currency === refund.currency ? parseRatio(sale.rate.value) : undefined
  if (!rate)
    throw new ProblemError('not-cancellable', `The supplier refunds in ${refund.currency}, which was not sold in.`)
  return scale(refund, rate, { currency, unitMinor: 1, mode: 'half-up' })
}
