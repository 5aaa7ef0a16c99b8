import { allocate, type CurrencyCode, type Money, money } from '../../../core/money.ts'
import type { Charge } from '../../../core/offer.ts'
import type { Message } from './message.ts'
import { moneyOf, warn } from './values.ts'
import type { WirePrice, WireTax } from './prices.ts'

/** A price of the message in whole minor units: base + taxes + fees = total. */
export type Share = {
  readonly currency: CurrencyCode
  readonly base: number
  readonly taxes: readonly Charge[]
  readonly fees: readonly Charge[]
  readonly total: number
}

/** Undefined where it names no amount that can be read. The stated total wins: what base and taxes lack is a tax where the
 *  taxes are not itemised, and a signed `rounding` with a warning else. */
export function shareOf(message: Message, price: WirePrice | null, at: string): Share | undefined {
  if (!price) return undefined
  const stated = moneyOf(message, price.total)
  const ownBase = moneyOf(message, price.base)
  const currency = stated?.currency ?? ownBase?.currency
  if (currency === undefined) return undefined
  const base = [moneyOf(message, price.equivalent), ownBase].find(amount => amount?.currency === currency)
  const taxes = charges(message, price.taxes, currency)
  const fees = charges(message, price.fees, currency)
  const itemised = sumOf(taxes)
  const totalTaxes = moneyOf(message, price.totalTaxes)?.amountMinor ?? itemised
  const total = stated?.amountMinor ?? (base ? base.amountMinor + totalTaxes + sumOf(fees) : undefined)
  if (total === undefined) return undefined
  if (!base) return { currency, base: total - itemised - sumOf(fees), taxes, fees, total }
  const gap = total - base.amountMinor - itemised - sumOf(fees)
  if (gap === 0) return { currency, base: base.amountMinor, taxes, fees, total }
  if (gap > 0 && (taxes.length === 0 || totalTaxes - itemised === gap)) {
    return { currency, base: base.amountMinor, taxes: [...taxes, charge('XT', gap, currency)], fees, total }
  }
  if (-gap === sumOf(fees)) return { currency, base: base.amountMinor, taxes, fees: [], total }
  warn(message, 'rounding', at, `base and taxes are ${gap} minor units short of the total`)
  return { currency, base: base.amountMinor, taxes, fees: [...fees, charge('rounding', gap, currency)], total }
}

function charges(message: Message, wire: readonly WireTax[], currency: CurrencyCode): readonly Charge[] {
  const list: Charge[] = []
  for (const { code, amount } of wire) {
    const known = moneyOf(message, amount)
    if (known?.currency === currency) list.push({ code, amount: known })
  }
  return list
}

export function charge(code: string, amountMinor: number, currency: CurrencyCode): Charge {
  return { code, amount: money(amountMinor, currency) }
}

export function sumOf(list: readonly Charge[]): number {
  let total = 0
  for (const { amount } of list) total += amount.amountMinor
  return total
}

/** In parts that differ by a minor unit at most, the larger ones first. */
export function divide(share: Share, parts: number): readonly Share[] {
  if (parts === 1) return [share]
  const whole = quotient(share, parts)
  if (whole) return Array.from({ length: parts }, () => whole)
  const split = (amount: Money): readonly Money[] => allocate(amount, parts)
  const bases = split(money(share.base, share.currency))
  const taxes = share.taxes.map(({ code, amount }) => split(amount).map(part => ({ code, amount: part })))
  const fees = share.fees.map(({ code, amount }) => split(amount).map(part => ({ code, amount: part })))
  return bases.map((base, index) => {
    const ownTaxes = taxes.map(parted => parted[index]!)
    const ownFees = fees.map(parted => parted[index]!)
    const total = base.amountMinor + sumOf(ownTaxes) + sumOf(ownFees)
    return { currency: share.currency, base: base.amountMinor, taxes: ownTaxes, fees: ownFees, total }
  })
}

/** One part, where all of them are equal. */
function quotient({ currency, base, taxes, fees, total }: Share, parts: number): Share | undefined {
  const divides = (list: readonly Charge[]): boolean => list.every(({ amount }) => amount.amountMinor % parts === 0)
  if (base % parts !== 0 || total % parts !== 0 || !divides(taxes) || !divides(fees)) return undefined
  const part = ({ code, amount }: Charge): Charge => charge(code, amount.amountMinor / parts, currency)
  return { currency, base: base / parts, taxes: taxes.map(part), fees: fees.map(part), total: total / parts }
}

export function addShares(a: Share | undefined, b: Share): Share {
  if (!a) return b
  return {
    currency: a.currency,
    base: a.base + b.base,
    taxes: [...a.taxes, ...b.taxes],
    fees: [...a.fees, ...b.fees],
    total: a.total + b.total,
  }
}

/** What is no fare (bag, seat, meal) is a fee. */
export function asService(share: Share): Share {
  return { ...share, base: 0, taxes: [], fees: [charge('service', share.total, share.currency)] }
}
