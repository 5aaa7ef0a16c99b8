import type { Brand, Slice } from '../../../core/itinerary.ts'
import type { SegmentContext } from './context.ts'
import { readBrand, readFareInfo, type WireFare } from './fares.ts'
import { type Amounts, type BookingInfo, type PricingInfo, readAmounts, readPricingInfo } from './pricing.ts'
import { flag, given, integer, type Reply } from './reply.ts'
import { type FlightDetails, readAirSegment, readFlightDetails, type WireSegment } from './segments.ts'

/** Everything that air messages share, by key: lists may come in any order, so references are followed at the end. */
export type AirContent = {
  readonly details: Map<string, FlightDetails>
  readonly segments: Map<string, WireSegment>
  readonly fares: Map<string, WireFare>
  readonly brands: Map<string, Brand>
  /** Place of each leg of the request. */
  readonly legs: Map<string, number>
  readonly apis: Map<string, ApisRequirement>
  readonly hostTokens: Map<string, string>
  readonly notes: Map<string, string>
  readonly units: PricedUnit[]
  /** Slices by the keys of their flights: what does not depend on the price is worked out once. */
  readonly routes: Map<string, Slice>
  /** By the same keys, where no price has tokens of its own. */
  readonly contexts: Map<string, readonly SegmentContext[]>
  /** A part of an asynchronous search is still to come. */
  more: boolean
}

/** An AirPricePoint, whose legs have options, or an AirPricingSolution, whose flights are given. */
export type PricedUnit = {
  readonly key: string
  readonly amounts: Amounts
  readonly infos: readonly PricingInfo[]
  /** Keys of segments, a list per slice; null for a price point. */
  readonly journeys: readonly (readonly string[])[] | null
  /** Flights in order, not yet split into slices. */
  readonly segmentRefs: readonly string[]
  readonly notes: readonly string[]
}

export type ApisRequirement = {
  readonly level: string | null
  readonly gender: boolean | null
  readonly birthDate: boolean | null
}

export function emptyContent(): AirContent {
  return {
    details: new Map(),
    segments: new Map(),
    fares: new Map(),
    brands: new Map(),
    legs: new Map(),
    apis: new Map(),
    hostTokens: new Map(),
    notes: new Map(),
    units: [],
    routes: new Map(),
    contexts: new Map(),
    more: false,
  }
}

/** Reads the children of the message element that was opened at `depth` into `content`. */
export function readAirContent(reply: Reply, depth: number, content: AirContent): void {
  const turns = readInTurns(reply, depth, content)
  while (!turns.next().done) {
    // all in one
  }
}

/** The same with a stop after each part of the message: a reply of megabytes must not hold the event loop. */
export function* readInTurns(reply: Reply, depth: number, content: AirContent): Generator<void, void> {
  const { scanner } = reply
  while (scanner.child(depth)) {
    if (lists.has(scanner.name)) yield* readInTurns(reply, depth + 1, content)
    else readPart(reply, content)
    yield
  }
}

const lists: ReadonlySet<string> = new Set([
  'FlightDetailsList',
  'AirSegmentList',
  'AirItinerary',
  'FareInfoList',
  'HostTokenList',
  'FareNoteList',
  'BrandList',
  'APISRequirementsList',
  'AirPricePointList',
  'AirPriceResult',
])

/** The element that just started, whatever it is. */
function readPart(reply: Reply, content: AirContent): void {
  const { scanner } = reply
  switch (scanner.name) {
    case 'ResponseMessage':
    case 'AirPriceError':
      readMessage(reply)
      break
    case 'FlightDetails':
      keep(content.details, readFlightDetails(reply))
      break
    case 'AirSegment':
      keep(content.segments, readAirSegment(reply))
      break
    case 'FareInfo':
      keep(content.fares, readFareInfo(reply))
      break
    case 'Brand':
      addBrand(content, readBrand(reply))
      break
    case 'RouteList':
      readRoutes(reply, content)
      break
    case 'APISRequirements':
      content.apis.set(scanner.attribute('Key') ?? '', readApis(reply))
      break
    case 'HostToken':
      content.hostTokens.set(scanner.attribute('Key') ?? '', scanner.elementText().trim())
      break
    case 'FareNote':
      content.notes.set(scanner.attribute('Key') ?? '', scanner.elementText().trim())
      break
    case 'AirPricePoint':
    case 'AirPricingSolution':
      content.units.push(readUnit(reply, content))
      break
    case 'AsyncProviderSpecificResponse':
      content.more ||= flag(scanner.attribute('MoreResults')) === true
      break
  }
}

/** Informational ones are not warnings. */
export function readMessage(reply: Reply): void {
  const { scanner } = reply
  const type = scanner.attribute('Type') ?? ''
  const code = scanner.attribute('Code') ?? ''
  const provider = scanner.attribute('ProviderCode')
  const text = scanner.elementText().trim()
  if (type !== 'Info') reply.warn(code, provider ? `ResponseMessage ${provider}` : 'ResponseMessage', text)
}

function keep<T extends { readonly key: string }>(map: Map<string, T>, value: T): void {
  if (value.key !== '') map.set(value.key, value)
}

function addBrand(content: AirContent, brand: Brand): void {
  if (brand.code !== null) content.brands.set(brand.code, brand)
}

function readRoutes(reply: Reply, content: AirContent): void {
  const { scanner } = reply
  const depth = scanner.depth
  while (scanner.child(depth)) {
    while (scanner.child(depth + 1)) {
      if (scanner.name !== 'Leg') continue
      content.legs.set(scanner.attribute('Key') ?? '', integer(scanner.attribute('Group')) ?? content.legs.size)
    }
  }
}

function readApis(reply: Reply): ApisRequirement {
  const at = reply.scanner.attributes
  return {
    level: given(at.find('Level')),
    gender: flag(at.find('GenderRequired')),
    birthDate: flag(at.find('DateOfBirthRequired')),
  }
}

function readUnit(reply: Reply, content: AirContent): PricedUnit {
  const { scanner } = reply
  const depth = scanner.depth
  const key = scanner.attribute('Key') ?? ''
  const isPoint = scanner.name === 'AirPricePoint'
  const amounts = readAmounts(reply)
  const infos: PricingInfo[] = []
  const journeys: (readonly string[])[] = []
  const segmentRefs: string[] = []
  const notes: string[] = []
  while (scanner.child(depth)) {
    switch (scanner.name) {
      case 'AirPricingInfo':
        infos.push(readPricingInfo(reply))
        break
      case 'AirSegmentRef':
        segmentRefs.push(scanner.attribute('Key') ?? '')
        break
      case 'AirSegment': {
        const segment = readAirSegment(reply)
        keep(content.segments, segment)
        segmentRefs.push(segment.key)
        break
      }
      case 'Journey':
        journeys.push(readJourney(reply))
        break
      case 'HostToken':
        content.hostTokens.set(scanner.attribute('Key') ?? '', scanner.elementText().trim())
        break
      case 'FareNote':
        notes.push(scanner.elementText().trim())
        break
      case 'FareNoteRef':
        notes.push(content.notes.get(scanner.attribute('Key') ?? '') ?? '')
        break
      case 'AirPricingResultMessage':
        readMessage(reply)
        break
    }
  }
  for (const info of infos) for (const fare of info.fares) keep(content.fares, fare)
  return { key, amounts, infos, journeys: isPoint ? null : journeys, segmentRefs, notes }
}

function readJourney(reply: Reply): readonly string[] {
  const { scanner } = reply
  const depth = scanner.depth
  const refs: string[] = []
  while (scanner.child(depth)) if (scanner.name === 'AirSegmentRef') refs.push(scanner.attribute('Key') ?? '')
  return refs
}

/** The bookings of a unit that is no price point, by segment. */
export function bookingsBySegment(info: PricingInfo): ReadonlyMap<string, BookingInfo> {
  return new Map(info.bookings.map(booking => [booking.segmentRef, booking]))
}
