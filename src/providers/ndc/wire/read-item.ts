import { withOne } from '../../../core/xml/lists.ts'
import { startTag, text as textEvent, type XmlScanner } from '../../../core/xml/scanner.ts'
import { type FareDetail, readFareDetail } from './read-fare.ts'
import { readPrice, type WirePrice } from './prices.ts'
import { addRefs, eachChild, isTrue, textOf, wordOf, wordsIn } from './xml.ts'

/** `OfferItem`, `OrderItem`. */
export type WireItem = {
  readonly id: string
  readonly owner: string | null
  readonly mandatory: boolean | null
  readonly price: WirePrice | null
  readonly fares: readonly FareDetail[]
  readonly services: readonly WireService[]
  readonly payBy: readonly string[]
  /** `PT0S`: paid when ordered. */
  readonly payWithin: string | null
  readonly status: string | null
}

export type WireService = {
  readonly id: string
  readonly passengerRefs: readonly string[]
  readonly journeyRefs: readonly string[]
  readonly segmentRefs: readonly string[]
  /** A service of its own (bag, meal, seat); none: the flight itself. */
  readonly definitionRef: string | null
  readonly status: string | null
  readonly bookings: readonly WireBooking[]
}

/** `owner`: the airline, or the organisation that keeps the record. */
export type WireBooking = { readonly id: string; readonly airline: string | null; readonly organisation: string | null }

const none: readonly never[] = []

export function readItem(x: XmlScanner): WireItem {
  let id = x.attribute('OfferItemID') ?? x.attribute('OrderItemID') ?? ''
  let owner: string | null = x.attribute('Owner') ?? null
  let mandatory: boolean | null = null
  let price: WirePrice | null = null
  let payWithin: string | null = null
  let status: string | null = null
  let fares: readonly FareDetail[] = none
  let services: readonly WireService[] = none
  let payBy: readonly string[] = none
  const { depth } = x
  while (x.child(depth)) {
    switch (x.name) {
      case 'OfferItemID':
      case 'OrderItemID':
        id = textOf(x)
        break
      case 'OwnerCode':
        owner = wordOf(x)
        break
      case 'MandatoryInd':
        mandatory = isTrue(x)
        break
      case 'Price':
      case 'TotalPriceDetail':
      case 'PriceDetail':
      case 'UnitPrice':
      case 'UnitPriceDetail':
        price = readPrice(x)
        break
      case 'FareDetail':
        fares = withOne(fares, readFareDetail(x))
        break
      case 'Service':
        services = withOne(services, readService(x))
        break
      case 'PaymentTimeLimitDateTime':
      case 'TicketingTimeLimitDateTime':
        payBy = x.words(payBy)
        break
      case 'PaymentTimeLimit':
      case 'TimeLimits': {
        const limit = x.once(readTimeLimit)
        for (const at of limit.payBy) payBy = withOne(payBy, at)
        payWithin = limit.within ?? payWithin
        break
      }
      case 'StatusCode':
      case 'ItemStatus':
        status = wordOf(x)
        break
      default:
    }
  }
  return { id, owner, mandatory, price, fares, services, payBy, payWithin, status }
}

type TimeLimit = { readonly payBy: readonly string[]; readonly within: string | null }

function readTimeLimit(x: XmlScanner): TimeLimit {
  const payBy: string[] = []
  let within: string | null = null
  const visit = (name: string): void => {
    const at = x.attribute('DateTime') ?? x.attribute('Timestamp')
    if (name === 'PaymentTimeLimitDateTime') addRefs(x, payBy)
    else if (at !== undefined && /Payment|Ticket/.test(name)) payBy.push(at)
    else if (name === 'PaymentTimeLimitDuration') within = durationIn(x) ?? within
    else eachChild(x, visit)
  }
  eachChild(x, visit)
  return { payBy, within }
}

/** An element in one of the same name. */
function durationIn(x: XmlScanner): string | null {
  let value: string | null = null
  const { depth } = x
  for (;;) {
    const event = x.next()
    if (x.depth < depth) return value
    if (event === textEvent) value = x.text().trim()
  }
}

/** Stands for the definition of a seat that was chosen without one. */
const seat = 'seat'

export function readService(x: XmlScanner): WireService {
  let id = x.attribute('ServiceID') ?? ''
  let status: string | null = x.attribute('ServiceStatus') ?? null
  let definitionRef: string | null = null
  let isSeat = false
  let passengerRefs: readonly string[] = none
  let journeyRefs: readonly string[] = none
  let segmentRefs: readonly string[] = none
  let bookings: readonly WireBooking[] = none
  let definition = ''
  let definitionDepth = 0
  const { depth } = x
  // Whatever stands around them: one pass over all that is inside.
  for (;;) {
    const event = x.next()
    if (event === textEvent) {
      if (x.depth === definitionDepth) definition += x.text()
      continue
    }
    if (event !== startTag) {
      if (x.depth < depth) break
      if (x.depth >= definitionDepth) continue
      definitionRef = definition.trim() || definitionRef
      definitionDepth = 0
      continue
    }
    switch (x.name) {
      case 'ServiceID':
        id = textOf(x)
        break
      case 'PaxRefID':
      case 'PassengerRefs':
      case 'PassengerRef':
        passengerRefs = x.words(passengerRefs)
        break
      case 'PaxJourneyRefID':
      case 'FlightRefs':
      case 'FlightRef':
        journeyRefs = x.words(journeyRefs)
        break
      case 'PaxSegmentRefID':
      case 'SegmentRefs':
      case 'SegmentRef':
        segmentRefs = x.words(segmentRefs)
        break
      case 'ServiceDefinitionRefID':
        definitionRef = wordOf(x)
        break
      case 'ServiceDefinitionRef':
        // Text before 18.1, elements after.
        for (const ref of wordsIn(x.attribute('SegmentRefs') ?? '')) segmentRefs = withOne(segmentRefs, ref)
        definition = ''
        definitionDepth = x.depth
        break
      case 'StatusCode':
        status = wordOf(x)
        break
      case 'BookingRef':
        bookings = withOne(bookings, readBooking(x))
        break
      case 'SeatAssignment':
      case 'SeatOnLeg':
      case 'SelectedSeat':
        isSeat = true
        break
      default:
    }
  }
  if (isSeat) definitionRef ??= seat
  return { id, passengerRefs, journeyRefs, segmentRefs, definitionRef, status, bookings }
}

export function readBooking(x: XmlScanner): WireBooking {
  let id = ''
  let airline: string | null = null
  let organisation: string | null = null
  const visit = (name: string): void => {
    if (name === 'BookingID' || name === 'ID') id = textOf(x)
    else if (name === 'AirlineDesigCode' || name === 'AirlineID') airline = wordOf(x)
    else if (name === 'OrgID') organisation = wordOf(x)
    else {
      if (name === 'Org') organisation = x.attribute('OrgID') ?? organisation
      eachChild(x, visit)
    }
  }
  eachChild(x, visit)
  return { id, airline, organisation }
}
