import { allocate, type CurrencyCode, type Money, money, zero } from '../../../core/money.ts'
import type { Charge, PassengerPrice } from '../../../core/offer.ts'
import { sharedCharge } from '../../../core/sharing.ts'
import type { Message } from './message.ts'
import type { WirePrice, WireTax } from './prices.ts'
import { moneyOf, warn } from './values.ts'

/** A price of the message, of whomever it is for: base + taxes + fees = total. What one passenger pays of it is, as it is,
 *  their price in the offer. */
export type Share = PassengerPrice

/** The prices of one message, each worked out once: flights by the dozen have the same, and the reader gives the same
 *  object for the same bytes. */
export class PriceBook {
  readonly #message: Message
  readonly #known = new Map<WirePrice, Known | undefined>()
  readonly #parts = new Map<Share, (readonly Share[])[]>()

  constructor(message: Message) {
    this.#message = message
  }

  /** The total as it stands there. */
  stated(price: WirePrice | null): Money | undefined {
    return price ? moneyOf(this.#message, price.total) : undefined
  }

  /** Undefined where it names no amount that can be read. The stated total wins: what base and taxes lack is a tax where the
   *  taxes are not itemised, and a signed `rounding` with a warning else. */
  share(price: WirePrice | null, at: string): Share | undefined {
    if (!price) return undefined
    let known = this.#known.get(price)
    if (!known && !this.#known.has(price)) {
      known = this.#read(price)
      this.#known.set(price, known)
    }
    if (known && known.gap !== 0)
      warn(this.#message, 'rounding', at, `base and taxes are ${known.gap} minor units short of the total`)
    return known?.share
  }

  /** In parts that differ by a minor unit at most, the larger ones first. */
  parts(share: Share, count: number): readonly Share[] {
    const known = this.#parts.get(share)
    const parts = known?.[count] ?? divide(share, count)
    if (!known) {
      const first: (readonly Share[])[] = new Array(count + 1)
      first[count] = parts
      this.#parts.set(share, first)
    } else known[count] = parts
    return parts
  }

  #read(price: WirePrice): Known | undefined {
    const message = this.#message
    const stated = this.stated(price)
    const ownBase = moneyOf(message, price.base)
    const currency = stated?.currency ?? ownBase?.currency
    if (currency === undefined) return undefined
    const equivalent = moneyOf(message, price.equivalent)
    const base = equivalent?.currency === currency ? equivalent : ownBase?.currency === currency ? ownBase : undefined
    const taxes = this.#chargesOf(price.taxes, currency)
    const fees = this.#chargesOf(price.fees, currency)
    const taxed = sumOf(taxes)
    const charged = sumOf(fees)
    const totalTaxes = moneyOf(message, price.totalTaxes)?.amountMinor ?? taxed
    const totalMinor = stated?.amountMinor ?? (base === undefined ? undefined : base.amountMinor + totalTaxes + charged)
    if (totalMinor === undefined || !Number.isSafeInteger(totalMinor + taxed + charged + (base?.amountMinor ?? 0)))
      return undefined
    const total = stated ?? money(totalMinor, currency)
    if (base === undefined) {
      const rest = money(totalMinor - taxed - charged, currency)
      return { share: { base: rest, taxes, fees, total }, gap: 0 }
    }
    const gap = totalMinor - base.amountMinor - taxed - charged
    if (gap === 0) return { share: { base, taxes, fees, total }, gap: 0 }
    if (gap > 0 && (taxes.length === 0 || totalTaxes - taxed === gap))
      return { share: { base, taxes: [...taxes, charge('XT', gap, currency)], fees, total }, gap: 0 }
    if (-gap === charged) return { share: { base, taxes, fees: [], total }, gap: 0 }
    return { share: { base, taxes, fees: [...fees, charge('rounding', gap, currency)], total }, gap }
  }

  #chargesOf(wire: readonly WireTax[], currency: CurrencyCode): readonly Charge[] {
    if (wire.length === 0) return none
    // Sized at once: a list that grows from nothing takes room for 17.
    const list = new Array<Charge>(wire.length)
    let count = 0
    for (let index = 0; index < wire.length; index++) {
      const known = this.#charge(wire[index]!)
      if (known?.amount.currency === currency) list[count++] = known
    }
    return count === list.length ? list : list.slice(0, count)
  }

  #charge(tax: WireTax): Charge | undefined {
    if (tax.charge) return tax.charge
    const amount = moneyOf(this.#message, tax.amount)
    return amount && sharedCharge(tax.code, amount)
  }
}

const none: readonly Charge[] = []

/** `gap`: what base and taxes on the wire lack of the total; it is among the fees. */
type Known = { readonly share: Share; readonly gap: number }

export function charge(code: string, amountMinor: number, currency: CurrencyCode): Charge {
  return sharedCharge(code, money(amountMinor, currency))
}

/** By place, as everything that is done for each offer: an iterator over lists of more than one kind is an object a step. */
export function sumOf(list: readonly Charge[]): number {
  let total = 0
  for (let index = 0; index < list.length; index++) total += list[index]!.amount.amountMinor
  return total
}

function divide(share: Share, parts: number): readonly Share[] {
  if (parts === 1) return [share]
  const whole = quotient(share, parts)
  if (whole) return Array.from({ length: parts }, () => whole)
  const split = (amount: Money): readonly Money[] => allocate(amount, parts)
  const bases = split(share.base)
  const taxes = share.taxes.map(({ code, amount }) => split(amount).map(part => ({ code, amount: part })))
  const fees = share.fees.map(({ code, amount }) => split(amount).map(part => ({ code, amount: part })))
  return bases.map((base, index) => {
    const ownTaxes = taxes.map(parted => parted[index]!)
    const ownFees = fees.map(parted => parted[index]!)
    const total = base.amountMinor + sumOf(ownTaxes) + sumOf(ownFees)
    return { base, taxes: ownTaxes, fees: ownFees, total: money(total, base.currency) }
  })
}

/** One part, where all of them are equal. */
function quotient({ base, taxes, fees, total }: Share, parts: number): Share | undefined {
  if (base.amountMinor % parts !== 0 || total.amountMinor % parts !== 0) return undefined
  if (!divides(taxes, parts) || !divides(fees, parts)) return undefined
  return {
    base: nth(base, parts),
    taxes: nthOfEach(taxes, parts),
    fees: nthOfEach(fees, parts),
    total: nth(total, parts),
  }
}

function divides(list: readonly Charge[], parts: number): boolean {
  for (let index = 0; index < list.length; index++) if (list[index]!.amount.amountMinor % parts !== 0) return false
  return true
}

function nthOfEach(list: readonly Charge[], parts: number): readonly Charge[] {
  return list.length === 0 ? none : list.map(({ code, amount }) => sharedCharge(code, nth(amount, parts)))
}

function nth({ amountMinor, currency }: Money, parts: number): Money {
  return money(amountMinor / parts, currency)
}

export function addShares(a: Share | undefined, b: Share): Share {
  if (!a) return b
  const { currency } = a.total
  return {
    base: { amountMinor: a.base.amountMinor + b.base.amountMinor, currency },
    taxes: [...a.taxes, ...b.taxes],
    fees: [...a.fees, ...b.fees],
    total: { amountMinor: a.total.amountMinor + b.total.amountMinor, currency },
  }
}

/** What is no fare (bag, seat, meal) is a fee. */
export function asService({ total }: Share): Share {
  const { amountMinor, currency } = total
  return { base: zero(currency), taxes: none, fees: [charge('service', amountMinor, currency)], total }
}

/** Base, taxes and fees alike. */
export function isSameShare(a: Share, b: Share): boolean {
  if (a === b) return true
  return a.base.amountMinor === b.base.amountMinor && areSame(a.taxes, b.taxes) && areSame(a.fees, b.fees)
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
