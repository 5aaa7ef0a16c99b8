import type { Connection, FlightDesignator, OperatingFlight, SegmentFare } from './itinerary.ts'
import type { Money } from './money.ts'
import type { Charge, Condition, Conditions, PassengerFare, PassengerPrice, Requirements } from './offer.ts'

/** Parts that many offers have alike, kept once. Offers of a reply differ in their flights and share nearly all else (250 of
 *  NDC: 8,900 objects, 3,200 contents), and what a search leaves in memory, moved twice as it grows old and marked after
 *  that, costs more than making it. Each function gives its argument back, or the same said earlier by any supplier.
 *  Nothing here changes afterwards: offers are immutable. Bounded: parts whose contents meet in one place push each other out. */

class Places<T> {
  readonly #kept: (T | undefined)[]
  readonly #mask: number

  /** `count`: a power of two. */
  constructor(count: number) {
    this.#kept = new Array<T | undefined>(count).fill(undefined)
    this.#mask = count - 1
  }

  find(hash: number): T | undefined {
    return this.#kept[fold(hash) & this.#mask]
  }

  keep(hash: number, part: T): T {
    this.#kept[fold(hash) & this.#mask] = part
    return part
  }
}

/** High bits into the low ones, where the place is read. */
function fold(hash: number): number {
  const turned = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return turned ^ (turned >>> 13)
}

const flights = new Places<FlightDesignator>(2_048)
const operatingFlights = new Places<OperatingFlight>(2_048)
const fareLists = new Places<readonly SegmentFare[]>(2_048)
const charges = new Places<Charge>(2_048)
const passengerLists = new Places<readonly PassengerFare[]>(4_096)
const conditionPairs = new Places<Conditions>(512)
const requirementSets = new Places<Requirements>(256)
const textLists = new Places<readonly string[]>(512)
const connectionLists = new Places<readonly Connection[]>(2_048)

export function sharedFlight(carrier: string, number: string): FlightDesignator {
  const hash = textHash(textHash(0, carrier), number)
  const known = flights.find(hash)
  if (known !== undefined && known.carrier === carrier && known.number === number) return known
  return flights.keep(hash, { carrier, number })
}

export function sharedOperating(flight: OperatingFlight): OperatingFlight {
  const hash = textHash(textHash(0, flight.carrier), flight.number)
  const known = operatingFlights.find(hash)
  if (known !== undefined && sameOperating(known, flight)) return known
  return operatingFlights.keep(hash, flight)
}

export function sharedFares(fares: readonly SegmentFare[]): readonly SegmentFare[] {
  let hash = fares.length
  for (let i = 0; i < fares.length; i++) {
    const { fareBasis, bookingClass } = fares[i]!
    hash = textHash(textHash(hash, fareBasis), bookingClass)
  }
  const known = fareLists.find(hash)
  return known !== undefined && sameLists(known, fares, sameFare) ? known : fareLists.keep(hash, fares)
}

export function sharedCharge(code: string, amount: Money): Charge {
  // a search has few currencies: compared, not hashed
  const hash = textHash(amount.amountMinor | 0, code)
  const known = charges.find(hash)
  if (known !== undefined && known.code === code && sameMoney(known.amount, amount)) return known
  return charges.keep(hash, { code, amount })
}

export function sharedPassengers(passengers: readonly PassengerFare[]): readonly PassengerFare[] {
  let hash = passengers.length
  for (let i = 0; i < passengers.length; i++) {
    const { each, count } = passengers[i]!
    hash = mixed(mixed(mixed(hash, each.total.amountMinor), each.base.amountMinor), count)
  }
  const known = passengerLists.find(hash)
  return known !== undefined && sameLists(known, passengers, samePassenger)
    ? known
    : passengerLists.keep(hash, passengers)
}

export function sharedConditions(change: Condition, refund: Condition): Conditions {
  const hash = conditionHash(conditionHash(0, change), refund)
  const known = conditionPairs.find(hash)
  if (known !== undefined && sameCondition(known.change, change) && sameCondition(known.refund, refund)) return known
  return conditionPairs.keep(hash, { change, refund })
}

export function sharedRequirements(wanted: Requirements): Requirements {
  let hash = textHash(0, wanted.documents)
  for (const flag of [wanted.gender, wanted.birthDate, wanted.instantPayment, wanted.holdAllowed])
    hash = mixed(hash, flagNumber(flag))
  const known = requirementSets.find(hash)
  return known !== undefined && sameRequirements(known, wanted) ? known : requirementSets.keep(hash, wanted)
}

/** References and ids of one list. */
export function sharedTexts(texts: readonly string[]): readonly string[] {
  let hash = texts.length
  for (let i = 0; i < texts.length; i++) hash = textHash(hash, texts[i]!)
  const known = textLists.find(hash)
  return known !== undefined && sameLists(known, texts, differ) ? known : textLists.keep(hash, texts)
}

export function sharedConnections(connections: readonly Connection[]): readonly Connection[] {
  let hash = connections.length
  for (let i = 0; i < connections.length; i++) {
    const { airport, minutes } = connections[i]!
    hash = mixed(textHash(hash, airport), minutes ?? -1)
  }
  const known = connectionLists.find(hash)
  return known !== undefined && sameLists(known, connections, sameConnection)
    ? known
    : connectionLists.keep(hash, connections)
}

function mixed(hash: number, part: number): number {
  return Math.imul(hash ^ (part | 0), 0x9e3779b1)
}

function textHash(hash: number, text: string | null): number {
  if (text === null) return mixed(hash, -1)
  let code = hash
  for (let i = 0; i < text.length; i++) code = Math.imul(code ^ text.charCodeAt(i), 0x01000193)
  return code
}

function flagNumber(flag: boolean | null): number {
  return flag === null ? 1 : flag ? 2 : 3
}

function conditionHash(hash: number, { allowed, fee }: Condition): number {
  return mixed(mixed(hash, flagNumber(allowed)), fee === null ? -1 : fee.amountMinor)
}

function sameLists<T>(a: readonly T[], b: readonly T[], same: (x: T, y: T) => boolean): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i] && !same(a[i]!, b[i]!)) return false
  return true
}

function sameOperating(a: OperatingFlight, b: OperatingFlight): boolean {
  return a.carrier === b.carrier && a.number === b.number && a.name === b.name
}

function sameFare(a: SegmentFare, b: SegmentFare): boolean {
  return (
    a.passengerType === b.passengerType &&
    a.fareBasis === b.fareBasis &&
    a.bookingClass === b.bookingClass &&
    a.cabin === b.cabin &&
    sameOrBoth(a.brand, b.brand, (x, y) => x.code === y.code && x.name === y.name) &&
    sameOrBoth(a.baggage.checked, b.baggage.checked, sameBaggage) &&
    sameOrBoth(a.baggage.cabin, b.baggage.cabin, sameBaggage)
  )
}

function sameOrBoth<T>(a: T | null, b: T | null, same: (x: T, y: T) => boolean): boolean {
  return a === b || (a !== null && b !== null && same(a, b))
}

type Baggage = NonNullable<SegmentFare['baggage']['checked']>

function sameBaggage(a: Baggage, b: Baggage): boolean {
  return a.pieces === b.pieces && a.weightKg === b.weightKg && a.weightLb === b.weightLb
}

function samePassenger(a: PassengerFare, b: PassengerFare): boolean {
  return a.type === b.type && a.count === b.count && sameLists(a.ids, b.ids, differ) && samePrice(a.each, b.each)
}

/** Of what is not the very same. */
function differ(): boolean {
  return false
}

function samePrice(a: PassengerPrice, b: PassengerPrice): boolean {
  if (a === b) return true
  if (!sameMoney(a.total, b.total) || !sameMoney(a.base, b.base)) return false
  return sameLists(a.taxes, b.taxes, sameCharge) && sameLists(a.fees, b.fees, sameCharge)
}

function sameCharge(a: Charge, b: Charge): boolean {
  return a.code === b.code && sameMoney(a.amount, b.amount)
}

function sameMoney(a: Money, b: Money): boolean {
  return a === b || (a.amountMinor === b.amountMinor && a.currency === b.currency)
}

function sameCondition(a: Condition, b: Condition): boolean {
  return a === b || (a.allowed === b.allowed && sameOrBoth(a.fee, b.fee, sameMoney))
}

function sameRequirements(a: Requirements, b: Requirements): boolean {
  return (
    a.documents === b.documents &&
    a.gender === b.gender &&
    a.birthDate === b.birthDate &&
    a.instantPayment === b.instantPayment &&
    a.holdAllowed === b.holdAllowed
  )
}

function sameConnection(a: Connection, b: Connection): boolean {
  return (
    a.airport === b.airport &&
    a.minutes === b.minutes &&
    a.airportChange === b.airportChange &&
    a.overnight === b.overnight &&
    a.selfTransfer === b.selfTransfer
  )
}
