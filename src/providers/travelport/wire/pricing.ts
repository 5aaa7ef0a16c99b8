import type { PassengerType } from '../../../core/itinerary.ts'
import type { Money } from '../../../core/money.ts'
import { sharedCharge } from '../../../core/sharing.ts'
import type { XmlScanner } from '../../../core/xml/scanner.ts'
import { readFareInfo, readStatedAllowances, type StatedAllowances, type WireFare } from './fares.ts'
import { flag, given, integer, type Reply } from './reply.ts'

/** `air:AirPricingInfo`: the price of one passenger of one type (domain: one per type, it may repeat per passenger). */
export type PricingInfo = {
  readonly key: string
  readonly passengers: readonly WirePassenger[]
  readonly amounts: Amounts
  readonly taxes: readonly WireCharge[]
  readonly fees: readonly WireCharge[]
  readonly change: Penalty | null
  readonly cancel: Penalty | null
  readonly refundable: boolean | null
  readonly exchangeable: boolean | null
  readonly platingCarrier: string | null
  readonly latestTicketingTime: string | undefined
  readonly bookings: readonly BookingInfo[]
  readonly legs: readonly LegOptions[]
  readonly fares: readonly WireFare[]
  readonly allowances: StatedAllowances | null
  readonly ticketed: boolean
}

export type WirePassenger = { readonly code: string; readonly age: number | null; readonly ref: string | null }

export type Amounts = {
  readonly total: Money | undefined
  readonly base: Money | undefined
  readonly equivalentBase: Money | undefined
  readonly taxes: Money | undefined
  readonly fees: Money | undefined
}

export type WireCharge = { readonly code: string; readonly amount: Money }

/** Of one passenger. `percent` of the fare where no amount is stated. */
export type Penalty = { readonly amount: Money | undefined; readonly percent: number | null }

/** Which segment is sold in which class under which fare. */
export type BookingInfo = {
  readonly bookingCode: string
  readonly bookingCount: string | null
  readonly cabinClass: string | null
  readonly fareRef: string
  readonly segmentRef: string
  readonly hostTokenRef: string | null
}

/** The options of one leg: any of them combines with any of the other legs'. */
export type LegOptions = { readonly legRef: string; readonly options: readonly (readonly BookingInfo[])[] }

export function readAmounts(reply: Reply): Amounts {
  const at = reply.scanner.attributes
  return {
    total: reply.money(at.find('TotalPrice')),
    base: reply.money(at.find('BasePrice')),
    equivalentBase: reply.money(at.find('EquivalentBasePrice')),
    taxes: reply.money(at.find('Taxes')),
    fees: reply.money(at.find('Fees')),
  }
}

export function readPricingInfo(reply: Reply): PricingInfo {
  const { scanner } = reply
  const depth = scanner.depth
  const key = scanner.attribute('Key') ?? ''
  const amounts = readAmounts(reply)
  const refundable = flag(scanner.attribute('Refundable'))
  const exchangeable = flag(scanner.attribute('Exchangeable'))
  const platingCarrier = given(scanner.attribute('PlatingCarrier'))
  const latestTicketingTime = scanner.attribute('LatestTicketingTime') ?? scanner.attribute('TrueLastDateToTicket')
  const ticketed = flag(scanner.attribute('Ticketed')) ?? false
  const passengers: WirePassenger[] = []
  const taxes: WireCharge[] = []
  const fees: WireCharge[] = []
  const bookings: BookingInfo[] = []
  const fares: WireFare[] = []
  let legs: readonly LegOptions[] = []
  let allowances: StatedAllowances | null = null
  let change: Penalty | null = null
  let cancel: Penalty | null = null
  while (scanner.child(depth)) {
    switch (scanner.name) {
      case 'PassengerType':
        passengers.push(readPassenger(scanner))
        break
      case 'TaxInfo':
        addCharge(reply, taxes, 'Category')
        break
      case 'FeeInfo':
        addCharge(reply, fees, 'Code')
        break
      case 'BookingInfo':
        bookings.push(readBookingInfo(scanner))
        break
      case 'FareInfo':
        fares.push(readFareInfo(reply))
        break
      case 'FlightOptionsList':
        legs = readLegs(reply)
        break
      case 'BaggageAllowances':
        allowances = readStatedAllowances(reply)
        break
      case 'ChangePenalty':
        change = harder(change, readPenalty(reply))
        break
      case 'CancelPenalty':
        cancel = harder(cancel, readPenalty(reply))
        break
    }
  }
  return {
    key,
    passengers,
    amounts,
    taxes,
    fees,
    change,
    cancel,
    refundable,
    exchangeable,
    platingCarrier,
    latestTicketingTime,
    bookings,
    legs,
    fares,
    allowances,
    ticketed,
  }
}

function readPassenger(scanner: XmlScanner): WirePassenger {
  const at = scanner.attributes
  const code = at.find('Code') ?? ''
  const age = integer(at.find('Age'))
  const ref = given(at.find('BookingTravelerRef'))
  scanner.skip()
  return { code, age, ref }
}

/** What is in the base already is not added to it. */
function addCharge(reply: Reply, list: WireCharge[], codeAttribute: string): void {
  const { scanner } = reply
  const depth = scanner.depth
  const code = scanner.attribute(codeAttribute) ?? ''
  const stated = scanner.attribute('Amount')
  let included = false
  while (scanner.child(depth)) if (scanner.name === 'IncludedInBase') included = true
  const amount = reply.money(stated)
  if (amount === undefined) reply.warn('amount', `${scanner.name} ${code}`, `not an amount: ${stated ?? 'absent'}`)
  else if (!included) list.push(sharedCharge(code, amount))
}

function readBookingInfo(scanner: XmlScanner): BookingInfo {
  const at = scanner.attributes
  const bookingCode = at.find('BookingCode') ?? ''
  const bookingCount = given(at.find('BookingCount'))
  const cabinClass = given(at.find('CabinClass'))
  const fareRef = at.find('FareInfoRef') ?? ''
  const segmentRef = at.find('SegmentRef') ?? ''
  const hostTokenRef = given(at.find('HostTokenRef'))
  scanner.skip()
  return { bookingCode, bookingCount, cabinClass, fareRef, segmentRef, hostTokenRef }
}

function readLegs(reply: Reply): readonly LegOptions[] {
  const { scanner } = reply
  const depth = scanner.depth
  const legs: LegOptions[] = []
  while (scanner.child(depth)) {
    if (scanner.name === 'FlightOption') legs.push(readFlightOption(reply))
  }
  return legs
}

function readFlightOption(reply: Reply): LegOptions {
  const { scanner } = reply
  const depth = scanner.depth
  const legRef = scanner.attribute('LegRef') ?? ''
  const options: (readonly BookingInfo[])[] = []
  while (scanner.child(depth)) if (scanner.name === 'Option') options.push(readOption(reply))
  return { legRef, options }
}

function readOption(reply: Reply): readonly BookingInfo[] {
  const { scanner } = reply
  const depth = scanner.depth
  const bookings: BookingInfo[] = []
  while (scanner.child(depth)) if (scanner.name === 'BookingInfo') bookings.push(readBookingInfo(scanner))
  return bookings
}

/** Null for one that concerns no-shows or what is left after departure. */
function readPenalty(reply: Reply): Penalty | null {
  const { scanner } = reply
  const depth = scanner.depth
  const applies = scanner.attribute('PenaltyApplies') ?? ''
  const other = flag(scanner.attribute('NoShow')) === true || /after|no ?show/i.test(applies)
  let amount: Money | undefined
  let percent: number | null = null
  while (scanner.child(depth)) {
    if (scanner.name === 'Amount') amount = reply.money(scanner.elementText().trim())
    else if (scanner.name === 'Percentage') percent = percentOf(scanner.elementText().trim())
  }
  return other || (amount === undefined && percent === null) ? null : { amount, percent }
}

function percentOf(text: string): number | null {
  return /^\d{1,3}(\.\d+)?%?$/.test(text) ? Number.parseFloat(text) : null
}

/** Of two penalties for the same thing the one that costs more. */
function harder(known: Penalty | null, other: Penalty | null): Penalty | null {
  if (known === null || other === null) return known ?? other
  if ((other.percent ?? 0) !== (known.percent ?? 0)) return (other.percent ?? 0) > (known.percent ?? 0) ? other : known
  return (other.amount?.amountMinor ?? 0) > (known.amount?.amountMinor ?? 0) ? other : known
}

/** Accounting codes of passenger types (domain.md 4.1); CNN, C05 … C11 are children. */
export function passengerTypeOf(code: string): PassengerType | null {
  switch (code) {
    case 'ADT':
    case 'INF':
    case 'INS':
    case 'YTH':
    case 'SRC':
    case 'STU':
      return code
    case 'CNN':
    case 'CHD':
    case 'CH':
      return 'CHD'
    case 'SEN':
      return 'SRC'
    case 'STD':
      return 'STU'
    default:
      return /^C\d\d$/.test(code) ? 'CHD' : null
  }
}

export function codeOf(type: PassengerType): string {
  return type === 'CHD' ? 'CNN' : type
}
