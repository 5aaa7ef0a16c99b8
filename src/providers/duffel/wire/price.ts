import type { PassengerType } from '../../../core/itinerary.ts'
import { type Money, money } from '../../../core/money.ts'
import type { Charge, PassengerPrice } from '../../../core/offer.ts'
import { currencyOf, type JsonObject, moneyOf, Unreadable, type Warnings } from './read.ts'

/** Duffel states one total, base and tax for all passengers together and never what each of them pays; taxes have no
 *  codes. Ours are per passenger, so base and tax are apportioned here by the usual fares of each type. What is exact is
 *  the sum over the passengers; a single passenger's part is exact only where there is one. A message in which it was
 *  done says so (`price-apportioned`), and nothing is ever paid or refunded by these parts: orders, payments and
 *  cancellations take Duffel's own totals. */
export type WholePrice = { readonly total: Money; readonly base: number; readonly tax: number; readonly gap: number }

/** Parts of a hundred of the adult fare: children fly for three quarters (`CH25`), lap infants for a tenth (`IN90`). */
const shares: Readonly<Record<PassengerType, number>> = {
  ADT: 100,
  YTH: 100,
  SRC: 100,
  STU: 100,
  CHD: 75,
  INS: 75,
  INF: 10,
}

/** The stated total wins: what base and tax lack of it is a signed fee `rounding`, with a warning. An amount in another
 *  currency, or none, is made up from the other two. */
export function readWholePrice(raw: JsonObject, at: string, warnings: Warnings): WholePrice {
  const total = moneyOf(raw.total_amount, raw.total_currency)
  if (total === null) throw new Unreadable('total-missing', `${at}/total_amount`, 'no total in a currency')
  const part = (name: 'base' | 'tax'): number | null => {
    const amount = raw[`${name}_amount`]
    if (amount === null || amount === undefined) return null
    const currency = raw[`${name}_currency`] ?? total.currency
    const read = moneyOf(amount, currency)
    if (read === null) throw new Unreadable('amount-unreadable', `${at}/${name}_amount`, 'no decimal amount')
    if (read.currency === total.currency) return read.amountMinor
    warnings.add(
      'other-currency',
      `${at}/${name}_currency`,
      `${name} in ${currencyOf(currency)}, not ${total.currency}`,
    )
    return null
  }
  const base = part('base')
  const tax = part('tax')
  const all = total.amountMinor
  if (base === null) return { total, base: all - (tax ?? 0), tax: tax ?? 0, gap: 0 }
  if (tax === null) return { total, base, tax: all - base, gap: 0 }
  const gap = all - base - tax
  if (gap !== 0)
    warnings.add('total-mismatch', `${at}/total_amount`, `base and tax are ${-gap} minor units off the total`)
  return { total, base, tax, gap }
}

export function apportionPrice(price: WholePrice, types: readonly PassengerType[]): readonly PassengerPrice[] {
  const weights = types.map(type => shares[type])
  const rest = restTaker(types)
  const base = apportion(price.base, weights, rest)
  const tax = apportion(price.tax, weights, rest)
  const gap = apportion(price.gap, weights, rest)
  const { currency } = price.total
  return types.map((_, i) => ({
    base: money(base[i]!, currency),
    taxes: charges('XT', tax[i]!, currency),
    fees: charges('rounding', gap[i]!, currency),
    total: money(base[i]! + tax[i]! + gap[i]!, currency),
  }))
}

const noCharges: readonly Charge[] = []

function charges(code: string, amountMinor: number, currency: string): readonly Charge[] {
  return amountMinor === 0 ? noCharges : [{ code, amount: money(amountMinor, currency) }]
}

/** Rounded down each; the few minor units that are left go to one passenger: to one who is alone of a type, so that the
 *  others of a type keep one price, else to the first. */
function apportion(amountMinor: number, weights: readonly number[], rest: number): readonly number[] {
  const sign = amountMinor < 0 ? -1 : 1
  const whole = Math.abs(amountMinor)
  const sum = weights.reduce((all, weight) => all + weight, 0)
  const parts = weights.map(weight => Math.floor((whole * weight) / sum))
  parts[rest]! += whole - parts.reduce((all, part) => all + part, 0)
  return parts.map(part => sign * part || 0)
}

function restTaker(types: readonly PassengerType[]): number {
  const alone = types.findLastIndex(type => types.indexOf(type) === types.lastIndexOf(type))
  return Math.max(alone, 0)
}
