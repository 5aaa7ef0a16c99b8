import { allocate, type CurrencyCode, type Money, money } from '../../../core/money.ts'
import type { Charge, PassengerPrice } from '../../../core/offer.ts'
import type { Message } from './message.ts'
import type { WirePrice, WireTax } from './prices.ts'
import { moneyOf, warn } from './values.ts'

/** A price of the message in whole minor units: base + taxes + fees = total. */
export type Share = {
  readonly currency: CurrencyCode
  readonly base: number
  readonly taxes: readonly Charge[]
  readonly fees: readonly Charge[]
  readonly total: number
  /** What base and taxes on the wire lack of the total; it is among the fees. */
  readonly gap: number
}

/** The prices of one message, each worked out once: flights by the dozen have the same, and the reader gives the same
 *  object for the same bytes. */
export class PriceBook {
  readonly #message: Message
  readonly #stated = new Map<WirePrice, Money | undefined>()
  readonly #shares = new Map<WirePrice, Share | undefined>()
  readonly #parts = new Map<Share, (readonly Share[])[]>()
  readonly #prices = new Map<Share, PassengerPrice>()

  constructor(message: Message) {
    this.#message = message
  }

  /** The total as it stands there. */
  stated(price: WirePrice | null): Money | undefined {
    if (!price) return undefined
    const known = this.#stated.get(price)
    if (known || this.#stated.has(price)) return known
    const total = moneyOf(this.#message, price.total)
    this.#stated.set(price, total)
    return total
  }

  /** Undefined where it names no amount that can be read. The stated total wins: what base and taxes lack is a tax where the
   *  taxes are not itemised, and a signed `rounding` with a warning else. */
  share(price: WirePrice | null, at: string): Share | undefined {
    if (!price) return undefined
    let share = this.#shares.get(price)
    if (!share && !this.#shares.has(price)) {
      share = this.#shareOf(price)
      this.#shares.set(price, share)
    }
    if (share && share.gap !== 0)
      warn(this.#message, 'rounding', at, `base and taxes are ${share.gap} minor units short of the total`)
    return share
  }

  /** In parts that differ by a minor unit at most, the larger ones first. */
  parts(share: Share, count: number): readonly Share[] {
    const known = this.#parts.get(share)
    const parts = known?.[count] ?? divide(share, count)
    if (!known) {
      const first: (readonly Share[])[] = []
      first[count] = parts
      this.#parts.set(share, first)
    } else known[count] = parts
    return parts
  }

  priceOf(share: Share): PassengerPrice {
    const known = this.#prices.get(share)
    if (known) return known
    const { currency, base, taxes, fees, total } = share
    const price = { base: money(base, currency), taxes, fees, total: money(total, currency) }
    this.#prices.set(share, price)
    return price
  }

  #shareOf(price: WirePrice): Share | undefined {
    const message = this.#message
    const stated = this.stated(price)
    const ownBase = moneyOf(message, price.base)
    const currency = stated?.currency ?? ownBase?.currency
    if (currency === undefined) return undefined
    const base = [moneyOf(message, price.equivalent), ownBase].find(
      amount => amount?.currency === currency,
    )?.amountMinor
    const taxes = this.#chargesOf(price.taxes, currency)
    const fees = this.#chargesOf(price.fees, currency)
    const taxed = sumOf(taxes)
    const charged = sumOf(fees)
    const totalTaxes = moneyOf(message, price.totalTaxes)?.amountMinor ?? taxed
    const total = stated?.amountMinor ?? (base === undefined ? undefined : base + totalTaxes + charged)
    if (total === undefined || !Number.isSafeInteger(total + taxed + charged + (base ?? 0))) return undefined
    if (base === undefined) return { currency, base: total - taxed - charged, taxes, fees, total, gap: 0 }
    const gap = total - base - taxed - charged
    if (gap === 0) return { currency, base, taxes, fees, total, gap: 0 }
    if (gap > 0 && (taxes.length === 0 || totalTaxes - taxed === gap))
      return { currency, base, taxes: [...taxes, charge('XT', gap, currency)], fees, total, gap: 0 }
    if (-gap === charged) return { currency, base, taxes, fees: [], total, gap: 0 }
    return { currency, base, taxes, fees: [...fees, charge('rounding', gap, currency)], total, gap }
  }

  #chargesOf(wire: readonly WireTax[], currency: CurrencyCode): readonly Charge[] {
    if (wire.length === 0) return none
    const list: Charge[] = []
    for (const tax of wire) {
      const known = this.#charge(tax)
      if (known?.amount.currency === currency) list.push(known)
    }
    return list
  }

  #charge(tax: WireTax): Charge | undefined {
    if (tax.charge) return tax.charge
    const amount = moneyOf(this.#message, tax.amount)
    return amount && { code: tax.code, amount }
  }
}

const none: readonly Charge[] = []

export function charge(code: string, amountMinor: number, currency: CurrencyCode): Charge {
  return { code, amount: money(amountMinor, currency) }
}

export function sumOf(list: readonly Charge[]): number {
  let total = 0
  for (const { amount } of list) total += amount.amountMinor
  return total
}

function divide(share: Share, parts: number): readonly Share[] {
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
    return { currency: share.currency, base: base.amountMinor, taxes: ownTaxes, fees: ownFees, total, gap: 0 }
  })
}

/** One part, where all of them are equal. */
function quotient({ currency, base, taxes, fees, total }: Share, parts: number): Share | undefined {
  const divides = (list: readonly Charge[]): boolean => list.every(({ amount }) => amount.amountMinor % parts === 0)
  if (base % parts !== 0 || total % parts !== 0 || !divides(taxes) || !divides(fees)) return undefined
  const part = ({ code, amount }: Charge): Charge => charge(code, amount.amountMinor / parts, currency)
  return { currency, base: base / parts, taxes: taxes.map(part), fees: fees.map(part), total: total / parts, gap: 0 }
}

export function addShares(a: Share | undefined, b: Share): Share {
  if (!a) return b
  return {
    currency: a.currency,
    base: a.base + b.base,
    taxes: [...a.taxes, ...b.taxes],
    fees: [...a.fees, ...b.fees],
    total: a.total + b.total,
    gap: 0,
  }
}

/** What is no fare (bag, seat, meal) is a fee. */
export function asService({ currency, total }: Share): Share {
  return { currency, base: 0, taxes: [], fees: [charge('service', total, currency)], total, gap: 0 }
}

/** Base, taxes and fees alike. */
export function isSameShare(a: Share, b: Share): boolean {
  return a === b || (a.base === b.base && areSame(a.taxes, b.taxes) && areSame(a.fees, b.fees))
}

function areSame(some: readonly Charge[], others: readonly Charge[]): boolean {
  if (some === others) return true
  if (some.length !== others.length) return false
  for (let index = 0; index < some.length; index++) {
    const one = some[index]!
    const other = others[index]!
    if (one.code !== other.code || one.amount.amountMinor !== other.amount.amountMinor) return false
  }
  return true
}
