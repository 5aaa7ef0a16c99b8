import type { Baggage, Brand, Segment, SegmentFare, Slice } from '../../../core/itinerary.ts'
import type { Requirements, SupplierContext, SupplierOffer } from '../../../core/offer.ts'
import { toInstant } from '../../../core/clock.ts'
import { findAirport } from '../../../reference/airports.ts'
import { assembleSlice } from '../../../reference/assemble.ts'
import { type AirContent, bookingsBySegment, type PricedUnit } from './air-content.ts'
import type { SegmentContext } from './context.ts'
import { cabinOf, type StatedAllowance, type WireFare } from './fares.ts'
import {
  conditionOf,
  numberedPassengers,
  offerPrice,
  type OfferPrice,
  type PassengerNames,
  type PricedGroup,
  priceGroups,
} from './price.ts'
import type { BookingInfo, PricingInfo } from './pricing.ts'
import type { Reply } from './reply.ts'
import { type FlightDetails, isFlight, toSegment, type WireSegment } from './segments.ts'

/** Options of the legs of a price point multiply: what one reply may become is bounded. */
const offersMax = 20_000

/** One direction as it can be chosen: its flights and, for each group of passengers, how they are booked. */
type Option = {
  readonly segments: readonly WireSegment[]
  readonly bookings: readonly (readonly (BookingInfo | undefined)[])[]
  /** Built once for each place in the journey that it may take. */
  readonly slices: Map<number, Slice>
  readonly seatsLeft: number | null
  readonly context: readonly SegmentContext[]
}

/** Every offer of the message, in its order: one for each combination of one option per leg. */
export function offersOf(reply: Reply, content: AirContent, names = numberedPassengers): readonly SupplierOffer[] {
  const offers: SupplierOffer[] = []
  for (const unit of content.units) addOffers(reply, content, unit, names(), offers)
  return offers
}

function addOffers(
  reply: Reply,
  content: AirContent,
  unit: PricedUnit,
  names: PassengerNames,
  offers: SupplierOffer[],
): void {
  const place = `${unit.journeys ? 'AirPricingSolution' : 'AirPricePoint'} ${unit.key}`
  const groups = priceGroups(reply, unit.infos, names)
  if (!groups) {
    reply.warn('no-price', place, 'left out: it has no price that can be read')
    return
  }
  const legs = unit.journeys ? solutionLegs(reply, content, unit, groups) : pointLegs(reply, content, groups)
  if (legs.length === 0 || legs.some(leg => leg.length === 0)) {
    reply.warn('no-flights', place, 'left out: its flights are not in the message')
    return
  }
  const common = commonParts(reply, content, unit, groups, place)
  for (const choice of combinations(legs)) {
    if (offers.length >= offersMax) {
      reply.warn('too-many', place, `more than ${offersMax} combinations: the rest was left out`)
      return
    }
    offers.push(toOffer(reply, content, common, groups, choice))
  }
}

/** What all combinations of a unit share. */
type CommonParts = {
  readonly price: OfferPrice
  readonly validatingCarrier: string | null
  readonly change: SupplierOffer['conditions']['change']
  readonly refund: SupplierOffer['conditions']['refund']
  readonly ticketBy: string | null
  readonly instant: boolean
}

function commonParts(
  reply: Reply,
  _content: AirContent,
  unit: PricedUnit,
  groups: readonly PricedGroup[],
  place: string,
): CommonParts {
  const price = offerPrice(reply, groups, unit.amounts.total, place)
  const { currency } = price.total
  return {
    price,
    validatingCarrier: unit.infos.find(info => info.platingCarrier !== null)?.platingCarrier ?? null,
    change: conditionOf(
      groups,
      currency,
      info => info.change,
      info => info.exchangeable,
    ),
    refund: conditionOf(
      groups,
      currency,
      info => info.cancel,
      info => info.refundable,
    ),
    ticketBy: earliest(reply, unit.infos),
    instant: unit.notes.some(note => /\b(INSTANT|IMMEDIATE) (PURCHASE|TICKETING|PAYMENT)/i.test(note)),
  }
}

function earliest(reply: Reply, infos: readonly PricingInfo[]): string | null {
  let first: number | undefined
  for (const info of infos) {
    const ms = reply.epochMs(info.latestTicketingTime)
    if (ms !== undefined && (first === undefined || ms < first)) first = ms
  }
  return first === undefined ? null : toInstant(first)
}

function toOffer(
  reply: Reply,
  content: AirContent,
  common: CommonParts,
  groups: readonly PricedGroup[],
  choice: readonly Option[],
): SupplierOffer {
  const slices: Slice[] = []
  let place = 1
  let seatsLeft: number | null = null
  for (const option of choice) {
    slices.push(sliceAt(reply, content, groups, common.price, option, place))
    place += option.segments.length
    if (option.seatsLeft !== null) seatsLeft = Math.min(seatsLeft ?? 9, option.seatsLeft)
  }
  const { price } = common
  return {
    provider: 'travelport',
    validatingCarrier: common.validatingCarrier,
    total: price.total,
    base: price.base,
    taxes: price.taxes,
    fees: price.fees,
    passengers: price.passengers,
    slices,
    conditions: { change: common.change, refund: common.refund },
    requirements: requirementsOf(content, common, choice),
    seatsLeft,
    ticketBy: common.ticketBy,
    expiresAt: null,
    supplierContext: searchContext(choice),
  }
}

function searchContext(choice: readonly Option[]): SupplierContext {
  return { kind: 'search', legs: choice.map(option => option.context) }
}

function sliceAt(
  reply: Reply,
  content: AirContent,
  groups: readonly PricedGroup[],
  price: OfferPrice,
  option: Option,
  place: number,
): Slice {
  const known = option.slices.get(place)
  if (known) return known
  const segments = option.segments.map((wire, index): Segment => {
    const fares = faresOf(content, groups, price, option, index)
    return toSegment(reply, { wire, details: detailsOf(content, wire), fares, place: place + index, status: null })
  })
  const slice = assembleSlice(segments)
  option.slices.set(place, slice)
  return slice
}

/** One entry for each entry of the offer's passengers, which may be one more than the groups (a carried gap). */
function faresOf(
  content: AirContent,
  groups: readonly PricedGroup[],
  price: OfferPrice,
  option: Option,
  index: number,
): readonly SegmentFare[] {
  const fares = groups.map((group, at) =>
    segmentFare(content, group, option.segments, index, option.bookings[at]?.[index]),
  )
  return price.passengers.length > fares.length ? [fares[0]!, ...fares] : fares
}

function segmentFare(
  content: AirContent,
  group: PricedGroup,
  segments: readonly WireSegment[],
  index: number,
  booking: BookingInfo | undefined,
): SegmentFare {
  const fare = booking && content.fares.get(booking.fareRef)
  const segment = segments[index]!
  const stated = group.info.allowances
  return {
    passengerType: group.fare.type,
    fareBasis: fare?.fareBasis ?? null,
    bookingClass: booking?.bookingCode || segment.classOfService,
    cabin: cabinOf(booking?.cabinClass ?? segment.cabinClass),
    brand: fare ? brandOf(content, fare) : null,
    baggage: {
      checked: fare?.checked ?? (stated ? allowanceFor(stated.checked, segments, index) : null),
      cabin: stated ? allowanceFor(stated.cabin, segments, index) : null,
    },
  }
}

function brandOf(content: AirContent, fare: WireFare): Brand | null {
  if (fare.brandId === null) return null
  return { code: fare.brandId, name: fare.brandName ?? content.brands.get(fare.brandId)?.name ?? null }
}

/** Stated for parts of the journey, in order, between cities as filed: the last one that has begun at this segment. */
function allowanceFor(
  stated: readonly StatedAllowance[],
  segments: readonly WireSegment[],
  index: number,
): Baggage | null {
  let at = 0
  for (let i = 1; i <= index; i++) {
    const next = stated[at + 1]
    if (next && isAt(segments[i]!.origin, next.origin)) at++
  }
  return stated[at]?.allowance ?? null
}

function isAt(airport: string, place: string): boolean {
  return airport === place || findAirport(airport)?.cityCode === place
}

export function detailsOf(content: AirContent, wire: WireSegment): readonly FlightDetails[] {
  if (wire.details.length > 0) return wire.details
  const details: FlightDetails[] = []
  for (const ref of wire.detailsRefs) {
    const found = content.details.get(ref)
    if (found) details.push(found)
  }
  return details
}

/** Documents as the APIS requirements of the segments say; a fare that is bought at once cannot be held. */
function requirementsOf(content: AirContent, common: CommonParts, choice: readonly Option[]): Requirements {
  let documents: Requirements['documents'] = null
  let gender: boolean | null = null
  let birthDate: boolean | null = null
  if (content.apis.size > 0) {
    for (const segment of choice.flatMap(option => option.segments)) {
      const apis = segment.apisRef === null ? undefined : content.apis.get(segment.apisRef)
      if (!apis) continue
      if (apis.level === 'Required') documents = 'required'
      else if (apis.level === 'Supported' || apis.level === 'API_Supported') documents ??= 'optional'
      gender = gender === true || apis.gender === true ? true : (gender ?? apis.gender)
      birthDate = birthDate === true || apis.birthDate === true ? true : (birthDate ?? apis.birthDate)
    }
  }
  return {
    documents,
    gender,
    birthDate,
    instantPayment: common.instant ? true : null,
    holdAllowed: common.instant ? false : common.ticketBy === null ? null : true,
  }
}

/** Legs in the order of the route; a group's own options are found by their flights. */
function pointLegs(reply: Reply, content: AirContent, groups: readonly PricedGroup[]): readonly (readonly Option[])[] {
  const legs = [...groups[0]!.info.legs]
  const placeOf = (legRef: string): number => content.legs.get(legRef) ?? Number.MAX_SAFE_INTEGER
  legs.sort((a, b) => placeOf(a.legRef) - placeOf(b.legRef))
  return legs.map(leg => {
    const finders = groups.slice(1).map(group => optionFinder(group.info, leg.legRef))
    const options: Option[] = []
    for (const bookings of leg.options) {
      const flights = bookings.map(booking => booking.segmentRef).join(' ')
      const all = [bookings, ...finders.map(find => find(flights) ?? [])]
      const option = toOption(
        reply,
        content,
        bookings.map(booking => booking.segmentRef),
        all,
      )
      if (option) options.push(option)
    }
    return options
  })
}

/** The same flights may be several options, in several classes: each is taken once, in order. */
function optionFinder(info: PricingInfo, legRef: string): (flights: string) => readonly BookingInfo[] | undefined {
  const byFlights = new Map<string, (readonly BookingInfo[])[]>()
  for (const option of info.legs.find(leg => leg.legRef === legRef)?.options ?? []) {
    const flights = option.map(booking => booking.segmentRef).join(' ')
    const list = byFlights.get(flights)
    if (list) list.push(option)
    else byFlights.set(flights, [option])
  }
  return flights => {
    const list = byFlights.get(flights)
    return list && list.length > 1 ? list.shift() : list?.[0]
  }
}

function solutionLegs(
  reply: Reply,
  content: AirContent,
  unit: PricedUnit,
  groups: readonly PricedGroup[],
): readonly (readonly Option[])[] {
  const refs = unit.segmentRefs.length > 0 ? unit.segmentRefs : (unit.infos[0]?.bookings ?? []).map(b => b.segmentRef)
  const journeys = unit.journeys && unit.journeys.length > 0 ? unit.journeys : byGroup(content, refs)
  const booked = groups.map(group => bookingsBySegment(group.info))
  return journeys.map(keys => {
    const option = toOption(
      reply,
      content,
      keys,
      booked.map(bookings => keys.map(key => bookings.get(key))),
    )
    return option ? [option] : []
  })
}

/** Segments of one group are one direction. */
function byGroup(content: AirContent, refs: readonly string[]): readonly (readonly string[])[] {
  const journeys: string[][] = []
  let group: number | undefined
  for (const ref of refs) {
    const segment = content.segments.get(ref)
    if (segment && group === segment.group) journeys[journeys.length - 1]!.push(ref)
    else journeys.push([ref])
    group = segment?.group
  }
  return journeys
}

/** Undefined where a flight is not in the message or is none. */
function toOption(
  reply: Reply,
  content: AirContent,
  keys: readonly string[],
  bookings: Option['bookings'],
): Option | undefined {
  const segments: WireSegment[] = []
  for (const key of keys) {
    const segment = content.segments.get(key)
    if (!segment || !isFlight(segment)) {
      reply.warn('no-flight', `AirSegment ${key}`, segment ? 'it has no flight number or time' : 'not in the message')
      return undefined
    }
    segments.push(segment)
  }
  if (segments.length === 0) return undefined
  return {
    segments,
    bookings,
    slices: new Map(),
    seatsLeft: seatsOf(segments, bookings[0] ?? []),
    context: segments.map((segment, index) => segmentContext(content, segment, bookings[0]?.[index])),
  }
}

function segmentContext(content: AirContent, segment: WireSegment, booking: BookingInfo | undefined): SegmentContext {
  const tokenRef = booking?.hostTokenRef ?? segment.hostTokenRef
  return {
    departureTime: segment.departureTime,
    arrivalTime: segment.arrivalTime,
    providerCode: segment.providerCode ?? '1G',
    hostToken: tokenRef === null ? null : (content.hostTokens.get(tokenRef) ?? null),
  }
}

/** The fewest over the flights that say; letters (request, wait list, closed) are no number. */
function seatsOf(segments: readonly WireSegment[], bookings: readonly (BookingInfo | undefined)[]): number | null {
  let fewest: number | null = null
  for (let i = 0; i < segments.length; i++) {
    const booking = bookings[i]
    if (!booking) continue
    const seats = digit(booking.bookingCount) ?? countIn(segments[i]!.bookingCounts, booking.bookingCode)
    if (seats !== null && (fewest === null || seats < fewest)) fewest = seats
  }
  return fewest
}

function countIn(counts: readonly string[], bookingCode: string): number | null {
  for (const list of counts) {
    for (const entry of list.split('|')) {
      if (entry.length === bookingCode.length + 1 && entry.startsWith(bookingCode)) return digit(entry.slice(-1))
    }
  }
  return null
}

function digit(text: string | null): number | null {
  return text !== null && /^\d$/.test(text) ? Number(text) : null
}

/** Every way to take one of each; the last leg changes fastest. */
function* combinations<T>(legs: readonly (readonly T[])[]): Generator<readonly T[]> {
  const places = legs.map(() => 0)
  for (;;) {
    yield legs.map((leg, index) => leg[places[index]!]!)
    let leg = legs.length - 1
    while (leg >= 0 && ++places[leg]! === legs[leg]!.length) places[leg--] = 0
    if (leg < 0) return
  }
}
