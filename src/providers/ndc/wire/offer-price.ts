import { type CurrencyCode, type Money, money, sum, times } from '../../../core/money.ts'
import type { Charge, PassengerFare } from '../../../core/offer.ts'
import type { Message } from './message.ts'
import type { KnownPassenger } from './passengers.ts'
import type { WirePrice } from './prices.ts'
import type { WireItem } from './read-item.ts'
import { addShares, asService, charge, divide, type Share, shareOf } from './shares.ts'
import { moneyOf, warn } from './values.ts'

export type OfferPrice = {
  readonly passengers: readonly PassengerFare[]
  /** In their order: the passengers of the message that each is for. */
  readonly refs: readonly string[]
  readonly total: Money
  readonly base: Money
  readonly taxes: Money
  readonly fees: Money
}

/** What is bought, and for whom. */
export type Purchase = {
  readonly at: string
  readonly items: readonly WireItem[]
  readonly total: WirePrice | null
  readonly passengers: readonly KnownPassenger[]
  /** Tells fares of one price apart. */
  readonly fareKey: (ref: string) => string
}

/** An item's price is for all its passengers, or for each of them: the total of the offer decides (one airline does both).
 *  A fare detail's price is for each. */
type Mode = 'all' | 'each'

/** Undefined, with a warning, where an item has no price or another currency. */
export function priceOf(message: Message, purchase: Purchase): OfferPrice | undefined {
  const stated = moneyOf(message, purchase.total?.total ?? null)
  let shares = sharesOf(message, purchase, 'all')
  if (!shares) return undefined
  if (stated && stated.amountMinor !== totalOf(shares)) {
    const each = sharesOf(message, purchase, 'each')!
    const off = (some: Shares): number => Math.abs(stated.amountMinor - totalOf(some))
    if (off(each) < off(shares)) shares = each
  }
  const currency = [...shares.values()][0]!.currency
  if (stated && stated.currency !== currency) {
    warn(message, 'currencies', purchase.at, `${stated.currency} beside ${currency}`)
    return undefined
  }
  const gap = stated ? stated.amountMinor - totalOf(shares) : 0
  if (gap !== 0) {
    warn(message, 'rounding', purchase.at, `its prices are ${gap} minor units short of its total`)
    carry(shares, gap)
  }
  return group(purchase, shares, currency)
}

type Shares = Map<string, Share>

function totalOf(shares: Shares): number {
  let total = 0
  for (const share of shares.values()) total += share.total
  return total
}

function sharesOf(message: Message, purchase: Purchase, mode: Mode): Shares | undefined {
  const shares: Shares = new Map()
  let currency: CurrencyCode | undefined
  for (const item of purchase.items) {
    const parts = itemShares(message, purchase, item, mode)
    if (!parts) {
      warn(message, 'no-price', purchase.at, `item ${item.id} has no price that can be read`)
      return undefined
    }
    for (const [ref, share] of parts) {
      currency ??= share.currency
      if (share.currency !== currency) {
        warn(message, 'currencies', purchase.at, `${share.currency} beside ${currency}`)
        return undefined
      }
      shares.set(ref, addShares(shares.get(ref), share))
    }
  }
  return shares.size > 0 ? shares : undefined
}

function itemShares(message: Message, purchase: Purchase, item: WireItem, mode: Mode): Shares | undefined {
  const refs = passengersOfItem(purchase, item)
  if (refs.length === 0) return undefined
  const flies = isFlightItem(item)
  const own = shareOf(message, item.price, purchase.at)
  const detailed = fareShares(message, purchase, item, refs, own)
  const parts = detailed ?? (own && new Map(refs.map((ref, index) => [ref, inMode(own, mode, refs.length)[index]!])))
  if (!parts || flies || purchase.items.length === 1) return parts
  return new Map([...parts].map(([ref, share]) => [ref, asService(share)]))
}

function inMode(share: Share, mode: Mode, count: number): readonly Share[] {
  return mode === 'all' ? divide(share, count) : Array.from({ length: count }, () => share)
}

/** Prices of fare details, where they are there for every passenger of the item. Where they add up to the item's own
 *  price without being multiplied, they are for all of theirs. */
function fareShares(
  message: Message,
  purchase: Purchase,
  item: WireItem,
  refs: readonly string[],
  own: Share | undefined,
): Shares | undefined {
  const priced = item.fares.flatMap(detail => {
    const share = shareOf(message, detail.price, purchase.at)
    const own = detail.passengerRefs.filter(ref => refs.includes(ref))
    return share ? [{ share, refs: own.length > 0 ? own : refs }] : []
  })
  if (priced.length === 0 || !refs.every(ref => priced.some(part => part.refs.includes(ref)))) return undefined
  const each = priced.reduce((total, part) => total + part.share.total * part.refs.length, 0)
  const once = priced.reduce((total, part) => total + part.share.total, 0)
  const mode: Mode = own && own.total !== each && own.total === once ? 'all' : 'each'
  const shares: Shares = new Map()
  for (const part of priced) {
    const parts = inMode(part.share, mode, part.refs.length)
    for (const [index, ref] of part.refs.entries()) shares.set(ref, addShares(shares.get(ref), parts[index]!))
  }
  return shares
}

/** Who has it: by its services and fares; all, where neither says. */
function passengersOfItem({ passengers }: Purchase, item: WireItem): readonly string[] {
  const named = new Set<string>()
  for (const service of item.services) for (const ref of service.passengerRefs) named.add(ref)
  for (const detail of item.fares) for (const ref of detail.passengerRefs) named.add(ref)
  const known = passengers.map(one => one.ref)
  const own = known.filter(ref => named.has(ref))
  return own.length > 0 ? own : known
}

/** Carries passengers, as opposed to bags, seats and meals that are sold beside. */
export function isFlightItem(item: WireItem): boolean {
  if (item.fares.some(detail => detail.components.some(component => component.segmentRefs.length > 0))) return true
  return item.services.some(isFlightService) || item.services.every(service => service.definitionRef === null)
}

export function isFlightService(service: WireItem['services'][number]): boolean {
  return service.definitionRef === null && (service.journeyRefs.length > 0 || service.segmentRefs.length > 0)
}

function carry(shares: Shares, gap: number): void {
  const [ref, share] = [...shares][0]!
  const fees = [...share.fees, charge('rounding', gap, share.currency)]
  shares.set(ref, { ...share, fees, total: share.total + gap })
}

function group(purchase: Purchase, shares: Shares, currency: CurrencyCode): OfferPrice {
  const groups = new Map<string, { readonly ref: string; readonly share: Share; readonly people: KnownPassenger[] }>()
  const keys = new Map<Share, string>()
  for (const person of purchase.passengers) {
    const share = shares.get(person.ref)
    if (!share) continue
    const priceKey = keys.get(share) ?? `${share.base} ${keyOf(share.taxes)} ${keyOf(share.fees)}`
    keys.set(share, priceKey)
    const key = `${person.type} ${purchase.fareKey(person.ref)} ${priceKey}`
    const same = groups.get(key)
    if (same) same.people.push(person)
    else groups.set(key, { ref: person.ref, share, people: [person] })
  }
  const passengers = [...groups.values()].map(({ share, people }): PassengerFare => {
    const each = {
      base: money(share.base, currency),
      taxes: share.taxes,
      fees: share.fees,
      total: money(share.total, currency),
    }
    return { ids: people.map(one => one.id), type: people[0]!.type, count: people.length, each }
  })
  const over = (part: (fare: PassengerFare) => Money): Money =>
    sum(
      passengers.map(fare => times(part(fare), fare.count)),
      currency,
    )
  return {
    passengers,
    refs: [...groups.values()].map(one => one.ref),
    total: over(fare => fare.each.total),
    base: over(fare => fare.each.base),
    taxes: over(fare => allOf(fare.each.taxes, currency)),
    fees: over(fare => allOf(fare.each.fees, currency)),
  }
}

function keyOf(list: readonly Charge[]): string {
  let key = ''
  for (const { code, amount } of list) key += `${code}${amount.amountMinor},`
  return key
}

function allOf(list: readonly Charge[], currency: CurrencyCode): Money {
  let total = 0
  for (const { amount } of list) total += amount.amountMinor
  return money(total, currency)
}
