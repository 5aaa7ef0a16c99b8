import type { Slice } from '../../../core/itinerary.ts'
import { type AirContent, bookingsBySegment, type PricedUnit } from './air-content.ts'
import type { SegmentContext } from './context.ts'
import type { PricedGroup } from './price.ts'
import type { BookingInfo, PricingInfo } from './pricing.ts'
import type { Reply } from './reply.ts'
import { isFlight, type WireFlight, type WireSegment } from './segments.ts'

/** One direction as it can be chosen: its flights and, for each group of passengers, how they are booked. */
export type Option = {
  /** Names its flights: options of many prices have the same. */
  readonly flights: string
  readonly segments: readonly WireFlight[]
  readonly bookings: readonly (readonly (BookingInfo | undefined)[])[]
  /** Built once for each place in the journey that it may take. */
  readonly slices: Slice[]
  readonly seatsLeft: number | null
  readonly context: readonly SegmentContext[]
}

/** Legs in the order of the route; a group's own options are found by their flights. */
export function pointLegs(
  reply: Reply,
  content: AirContent,
  groups: readonly PricedGroup[],
): readonly (readonly Option[])[] {
  const legs = [...groups[0]!.info.legs]
  const placeOf = (legRef: string): number => content.legs.get(legRef) ?? Number.MAX_SAFE_INTEGER
  legs.sort((a, b) => placeOf(a.legRef) - placeOf(b.legRef))
  return legs.map(leg => {
    const finders = groups.slice(1).map(group => optionFinder(group.info, leg.legRef))
    const options: Option[] = []
    for (const bookings of leg.options) {
      const keys = bookings.map(booking => booking.segmentRef)
      const flights = keys.join(' ')
      const all = [bookings, ...finders.map(find => find(flights) ?? [])]
      const option = toOption(reply, content, { keys, flights, bookings: all })
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

export function solutionLegs(
  reply: Reply,
  content: AirContent,
  unit: PricedUnit,
  groups: readonly PricedGroup[],
): readonly (readonly Option[])[] {
  const refs = unit.segmentRefs.length > 0 ? unit.segmentRefs : (unit.infos[0]?.bookings ?? []).map(b => b.segmentRef)
  const journeys = unit.journeys && unit.journeys.length > 0 ? unit.journeys : byGroup(content, refs)
  const booked = groups.map(group => bookingsBySegment(group.info))
  return journeys.map(keys => {
    const bookings = booked.map(known => keys.map(key => known.get(key)))
    const option = toOption(reply, content, { keys, flights: keys.join(' '), bookings })
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

type OptionParts = Pick<Option, 'flights' | 'bookings'> & { readonly keys: readonly string[] }

/** Undefined where a flight is not in the message or is none. */
function toOption(reply: Reply, content: AirContent, { keys, flights, bookings }: OptionParts): Option | undefined {
  const segments: WireFlight[] = []
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
    flights,
    segments,
    bookings,
    slices: [],
    seatsLeft: seatsOf(segments, bookings[0] ?? []),
    context: contextOf(content, flights, segments, bookings[0] ?? []),
  }
}

function contextOf(
  content: AirContent,
  flights: string,
  segments: readonly WireSegment[],
  bookings: readonly (BookingInfo | undefined)[],
): readonly SegmentContext[] {
  const known = content.contexts.get(flights)
  if (known) return known
  const context = segments.map((segment, index) => segmentContext(content, segment, bookings[index]))
  if (content.hostTokens.size === 0) content.contexts.set(flights, context)
  return context
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

/** In `C8|D8|Y9`, by place: a split of every list of a search costs more than the offers do. */
function countIn(counts: readonly string[], bookingCode: string): number | null {
  if (bookingCode === '') return null
  for (const list of counts) {
    for (let at = list.indexOf(bookingCode); at >= 0; at = list.indexOf(bookingCode, at + 1)) {
      const end = at + bookingCode.length + 1
      const isEntry = (at === 0 || list[at - 1] === '|') && (end === list.length || list[end] === '|')
      if (isEntry) return digit(list[end - 1] ?? null)
    }
  }
  return null
}

function digit(text: string | null): number | null {
  return text !== null && /^\d$/.test(text) ? Number(text) : null
}

/** Every way to take one of each; the last leg changes fastest. */
export function* combinations<T>(legs: readonly (readonly T[])[]): Generator<readonly T[]> {
  const places = legs.map(() => 0)
  for (;;) {
    yield legs.map((leg, index) => leg[places[index]!]!)
    let leg = legs.length - 1
    while (leg >= 0 && ++places[leg]! === legs[leg]!.length) places[leg--] = 0
    if (leg < 0) return
  }
}
