import { type CurrencyCode, type Money, money } from '../../../core/money.ts'
import type { PassengerFare } from '../../../core/offer.ts'
import { withOne } from '../../../core/xml/lists.ts'
import type { Message } from './message.ts'
import type { KnownPassenger } from './passengers.ts'
import type { WirePrice } from './prices.ts'
import type { FareDetail } from './read-fare.ts'
import type { WireItem } from './read-item.ts'
import { addShares, asService, charge, isSameShare, type PriceBook, type Share, sumOf } from './shares.ts'
import { warn } from './values.ts'

export type OfferPrice = {
  readonly passengers: readonly PassengerFare[]
  /** In their order: the first of the passengers of the message that each is for. */
  readonly people: readonly KnownPassenger[]
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
  readonly sameFares: (one: KnownPassenger, other: KnownPassenger) => boolean
}

/** An item's price is for all its passengers, or for each of them: the total of the offer decides (one airline does both).
 *  A fare detail's price is for each. */
type Mode = 'all' | 'each'

/** By place among the passengers of the purchase. */
type Shares = (Share | undefined)[]

const none: readonly never[] = []

/** Undefined, with a warning, where an item has no price or another currency. */
export function priceOf(message: Message, book: PriceBook, purchase: Purchase): OfferPrice | undefined {
  const stated = book.stated(purchase.total)
  let shares = sharesOf(message, book, purchase, 'all')
  if (!shares) return undefined
  if (stated && stated.amountMinor !== totalOf(shares)) {
    const each = sharesOf(message, book, purchase, 'each')!
    const off = (some: Shares): number => Math.abs(stated.amountMinor - totalOf(some))
    if (off(each) < off(shares)) shares = each
  }
  const { currency } = shares.find(share => share !== undefined)!.total
  if (stated && stated.currency !== currency) {
    warn(message, 'currencies', purchase.at, `${stated.currency} beside ${currency}`)
    return undefined
  }
  const gap = stated ? stated.amountMinor - totalOf(shares) : 0
  if (gap !== 0) {
    warn(message, 'rounding', purchase.at, `its prices are ${gap} minor units short of its total`)
    carry(shares, gap)
  }
  const price = group(purchase, shares, currency)
  if (!price) warn(message, 'no-price', purchase.at, 'its prices are out of range')
  return price
}

function totalOf(shares: Shares): number {
  let total = 0
  for (let index = 0; index < shares.length; index++) total += shares[index]?.total.amountMinor ?? 0
  return total
}

function sharesOf(message: Message, book: PriceBook, purchase: Purchase, mode: Mode): Shares | undefined {
  const shares = noShares(purchase)
  let currency: CurrencyCode | undefined
  for (const item of purchase.items) {
    const people = passengersOfItem(purchase, item)
    const parts = itemShares(book, purchase, item, people, mode)
    if (!parts) {
      warn(message, 'no-price', purchase.at, `item ${item.id} has no price that can be read`)
      return undefined
    }
    for (let place = 0; place < people.length; place++) {
      const index = people[place]!
      const share = parts[index]!
      currency ??= share.total.currency
      if (share.total.currency !== currency) {
        warn(message, 'currencies', purchase.at, `${share.total.currency} beside ${currency}`)
        return undefined
      }
      shares[index] = addShares(shares[index], share)
    }
  }
  return currency === undefined ? undefined : shares
}

function noShares({ passengers }: Purchase): Shares {
  return new Array<Share | undefined>(passengers.length).fill(undefined)
}

function itemShares(
  book: PriceBook,
  purchase: Purchase,
  item: WireItem,
  people: readonly number[],
  mode: Mode,
): Shares | undefined {
  if (people.length === 0) return undefined
  const own = book.share(item.price, purchase.at)
  const parts =
    fareShares(book, purchase, item, people, own) ?? (own && spread(book, noShares(purchase), own, people, mode))
  if (!parts || purchase.items.length === 1 || isFlightItem(item)) return parts
  return parts.map(share => share && asService(share))
}

/** Adds to what each of them has. */
function spread(book: PriceBook, to: Shares, share: Share, people: readonly number[], mode: Mode): Shares {
  const parts = mode === 'all' && people.length > 1 ? book.parts(share, people.length) : undefined
  for (let place = 0; place < people.length; place++) {
    const index = people[place]!
    to[index] = addShares(to[index], parts ? parts[place]! : share)
  }
  return to
}

/** Prices of fare details, where they are there for every passenger of the item. Where they add up to the item's own
 *  price without being multiplied, they are for all of theirs. */
function fareShares(
  book: PriceBook,
  purchase: Purchase,
  item: WireItem,
  people: readonly number[],
  own: Share | undefined,
): Shares | undefined {
  let each = 0
  let once = 0
  let priced: readonly { readonly share: Share; readonly people: readonly number[] }[] = none
  for (const detail of item.fares) {
    const share = book.share(detail.price, purchase.at)
    if (!share) continue
    const theirs = peopleOf(purchase, detail, people)
    priced = withOne(priced, { share, people: theirs })
    each += share.total.amountMinor * theirs.length
    once += share.total.amountMinor
  }
  if (priced.length === 0 || !people.every(one => priced.some(part => part.people.includes(one)))) return undefined
  const whole = own?.total.amountMinor
  const mode: Mode = whole !== undefined && whole !== each && whole === once ? 'all' : 'each'
  const shares = noShares(purchase)
  for (const part of priced) spread(book, shares, part.share, part.people, mode)
  return shares
}

/** In the order in which the detail names them. */
function peopleOf({ passengers }: Purchase, detail: FareDetail, people: readonly number[]): readonly number[] {
  const own: number[] = []
  for (const ref of detail.passengerRefs) {
    const index = passengers.findIndex(one => one.ref === ref)
    if (people.includes(index)) own.push(index)
  }
  return own.length > 0 ? own : people
}

/** Who has it: by its services and fares; all, where neither says. */
function passengersOfItem({ passengers }: Purchase, item: WireItem): readonly number[] {
  let own: readonly number[] = none
  for (let index = 0; index < passengers.length; index++)
    if (isNamed(item, passengers[index]!.ref)) own = withOne(own, index)
  return own.length > 0 ? own : [...passengers.keys()]
}

function isNamed({ services, fares }: WireItem, ref: string): boolean {
  for (let index = 0; index < services.length; index++) if (services[index]!.passengerRefs.includes(ref)) return true
  for (let index = 0; index < fares.length; index++) if (fares[index]!.passengerRefs.includes(ref)) return true
  return false
}

/** Carries passengers, as opposed to bags, seats and meals that are sold beside. */
export function isFlightItem(item: WireItem): boolean {
  for (const { components } of item.fares)
    for (const { segmentRefs } of components) if (segmentRefs.length > 0) return true
  return item.services.some(isFlightService) || item.services.every(service => service.definitionRef === null)
}

export function isFlightService(service: WireItem['services'][number]): boolean {
  return service.definitionRef === null && (service.journeyRefs.length > 0 || service.segmentRefs.length > 0)
}

function carry(shares: Shares, gap: number): void {
  const index = shares.findIndex(share => share !== undefined)
  const { base, taxes, fees, total } = shares[index]!
  const { amountMinor, currency } = total
  shares[index] = {
    base,
    taxes,
    fees: [...fees, charge('rounding', gap, currency)],
    total: { amountMinor: amountMinor + gap, currency },
  }
}

function findGroup(
  groups: readonly Group[],
  purchase: Purchase,
  person: KnownPassenger,
  share: Share,
): Group | undefined {
  for (let index = 0; index < groups.length; index++) {
    const group = groups[index]!
    const first = group.people[0]!
    if (first.type === person.type && isSameShare(group.share, share) && purchase.sameFares(first, person)) return group
  }
  return undefined
}

type Group = { readonly share: Share; people: readonly KnownPassenger[] }

function group(purchase: Purchase, shares: Shares, currency: CurrencyCode): OfferPrice | undefined {
  let groups: readonly Group[] = none
  for (let index = 0; index < shares.length; index++) {
    const share = shares[index]
    if (!share) continue
    const person = purchase.passengers[index]!
    const same = findGroup(groups, purchase, person, share)
    if (same) same.people = withOne(same.people, person)
    else groups = withOne(groups, { share, people: [person] })
  }
  let base = 0
  let taxes = 0
  let fees = 0
  for (let index = 0; index < groups.length; index++) {
    const { share, people } = groups[index]!
    base += share.base.amountMinor * people.length
    taxes += sumOf(share.taxes) * people.length
    fees += sumOf(share.fees) * people.length
  }
  if (!Number.isSafeInteger(Math.abs(base) + Math.abs(taxes) + Math.abs(fees))) return undefined
  return {
    passengers: groups.map(({ share, people }) => {
      const ids = people.map(one => one.id)
      return { ids, type: people[0]!.type, count: ids.length, each: share }
    }),
    people: groups.map(one => one.people[0]!),
    total: money(base + taxes + fees, currency),
    base: money(base, currency),
    taxes: money(taxes, currency),
    fees: money(fees, currency),
  }
}
