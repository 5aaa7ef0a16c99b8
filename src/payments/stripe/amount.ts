import { exponentOf, type Money, money } from '../../core/money.ts'

/** Stripe's amounts are whole numbers of a currency's smallest unit, but its units are not always those of ISO 4217
 *  (docs.stripe.com/currencies, "Zero-decimal currencies" and "Special cases"): the ariary has none, the króna and the
 *  Ugandan shilling are written with two digits that are always 00. */
const ownExponents: ReadonlyMap<string, number> = new Map([
  ['MGA', 0],
  ['ISK', 2],
  ['UGX', 2],
])

/** Undefined where Stripe cannot charge exactly that: an amount is never rounded here. */
export function stripeAmount({ amountMinor, currency }: Money): number | undefined {
  const exponent = exponentOf(currency)
  // "the least-significant digit must be 0" in currencies of three digits
  if (exponent === 3 && amountMinor % 10 !== 0) return undefined
  const amount = shifted(amountMinor, (ownExponents.get(currency) ?? exponent) - exponent)
  return Number.isSafeInteger(amount) && amount >= 0 ? amount : undefined
}

/** Undefined where it has no form in our own minor units. */
export function moneyOf(amount: number, stripeCurrency: string): Money | undefined {
  const currency = stripeCurrency.toUpperCase()
  const exponent = exponentOf(currency)
  const amountMinor = shifted(amount, exponent - (ownExponents.get(currency) ?? exponent))
  return Number.isSafeInteger(amountMinor) ? money(amountMinor, currency) : undefined
}

function shifted(amount: number, digits: number): number {
  return digits < 0 ? amount / 10 ** -digits : amount * 10 ** digits
}
