import type { Segment, SegmentFare, Slice } from '../../../core/itinerary.ts'
import type { Requirements, SupplierOffer } from '../../../core/offer.ts'
import { sharedConditions, sharedFares, sharedRequirements } from '../../../core/sharing.ts'
import { assembleSlice } from '../../../reference/assemble.ts'
import type { AirContent, ApisRequirement, PricedUnit } from './air-content.ts'
import type { OfferContext } from './context.ts'
import { combinations, type Option, pointLegs, solutionLegs } from './options.ts'
import {
  conditionOf,
  numberedPassengers,
  type OfferPrice,
  offerPrice,
  type PassengerNames,
  type PricedGroup,
  priceGroups,
} from './price.ts'
import type { PricingInfo } from './pricing.ts'
import type { Reply } from './reply.ts'
import { segmentFare } from './segment-fares.ts'
import { type FlightDetails, segmentId, toSegment, type WireSegment } from './segments.ts'

/** Options of the legs of a price point multiply: what one reply may become is bounded. */
const offersMax = 20_000

/** What the asker knows that the message does not say. */
export type Asked = {
  readonly names: () => PassengerNames
  readonly accountCodes: OfferContext['accountCodes']
}

const nothingAsked: Asked = { names: numberedPassengers, accountCodes: [] }

/** Every offer of the message, in its order: one for each combination of one option per leg. */
export function offersOf(reply: Reply, content: AirContent, asked = nothingAsked): readonly SupplierOffer[] {
  const offers: SupplierOffer[] = []
  const turns = offersInTurns(reply, content, asked, offers)
  while (!turns.next().done) {
    // all in one
  }
  return offers
}

/** The same into `offers`, with a stop after each. */
export function* offersInTurns(
  reply: Reply,
  content: AirContent,
  asked: Asked,
  offers: SupplierOffer[],
): Generator<void, void> {
  for (const unit of content.units) yield* addOffers(reply, content, { unit, asked, offers })
}

/** The same with the keys of the solutions that they stand for. */
export function offersByUnit(
  reply: Reply,
  content: AirContent,
  asked: Asked,
): readonly { readonly key: string; readonly offer: SupplierOffer }[] {
  return content.units.flatMap(unit => {
    const offers = offersOf(reply, { ...content, units: [unit] }, asked)
    return offers.map(offer => ({ key: unit.key, offer }))
  })
}

type Work = { readonly unit: PricedUnit; readonly asked: Asked; readonly offers: SupplierOffer[] }

function* addOffers(reply: Reply, content: AirContent, { unit, asked, offers }: Work): Generator<void, void> {
  const place = `${unit.journeys ? 'AirPricingSolution' : 'AirPricePoint'} ${unit.key}`
  const groups = priceGroups(reply, unit.infos, asked.names())
  if (!groups) {
    reply.warn('no-price', place, 'left out: it has no price that can be read')
    return
  }
  const legs = unit.journeys ? solutionLegs(reply, content, unit, groups) : pointLegs(reply, content, groups)
  if (legs.length === 0 || legs.some(leg => leg.length === 0)) {
    reply.warn('no-flights', place, 'left out: its flights are not in the message')
    return
  }
  const common = commonParts(reply, unit, groups, place, asked)
  for (const choice of combinations(legs)) {
    if (offers.length >= offersMax) {
      reply.warn('too-many', place, `more than ${offersMax} combinations: the rest was left out`)
      return
    }
    offers.push(toOffer(reply, content, common, groups, choice))
    yield
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
  readonly accountCodes: OfferContext['accountCodes']
}

function commonParts(
  reply: Reply,
  unit: PricedUnit,
  groups: readonly PricedGroup[],
  place: string,
  asked: Asked,
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
    accountCodes: asked.accountCodes,
  }
}

function earliest(reply: Reply, infos: readonly PricingInfo[]): string | null {
  let first: number | undefined
  for (const info of infos) {
    const ms = reply.epochMs(info.latestTicketingTime)
    if (ms !== undefined && (first === undefined || ms < first)) first = ms
  }
  return first === undefined ? null : reply.instant(first)
}

function toOffer(
  reply: Reply,
  content: AirContent,
  common: CommonParts,
  groups: readonly PricedGroup[],
  choice: readonly Option[],
): SupplierOffer {
  const slices: Slice[] = []
  const journey = choice.flatMap(option => option.segments)
  let place = 1
  let seatsLeft: number | null = null
  for (const option of choice) {
    slices.push(sliceAt(reply, content, groups, { price: common.price, journey, option, place }))
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
    conditions: sharedConditions(common.change, common.refund),
    requirements: sharedRequirements(requirementsOf(content, common, choice)),
    seatsLeft,
    ticketBy: common.ticketBy,
    expiresAt: null,
    supplierContext: searchContext(choice, common.accountCodes),
  }
}

function searchContext(choice: readonly Option[], accountCodes: OfferContext['accountCodes']): OfferContext {
  return { kind: 'offer', legs: choice.map(option => option.context), accountCodes, solution: null }
}

/** One direction of a choice; `place` is that of its first segment in the whole journey, from 1. */
type Part = {
  readonly price: OfferPrice
  readonly journey: readonly WireSegment[]
  readonly option: Option
  readonly place: number
}

function sliceAt(reply: Reply, content: AirContent, groups: readonly PricedGroup[], part: Part): Slice {
  const { option, place } = part
  const id = segmentId(place)
  for (const known of option.slices) if (known.segments[0]!.id === id) return known
  const segments = option.segments.map((wire, index): Segment => {
    const fares = faresOf(content, groups, part, index)
    return toSegment(reply, { wire, details: detailsOf(content, wire), fares, place: place + index, status: null })
  })
  const slice = sliceOf(content, option, segments)
  option.slices.push(slice)
  return slice
}

/** Duration and connections are those of the same flights at any price. */
function sliceOf(content: AirContent, { flights }: Option, segments: readonly Segment[]): Slice {
  const known = content.routes.get(flights)
  if (known) {
    const { origin, destination, durationMinutes, connections } = known
    return { origin, destination, durationMinutes, segments, connections }
  }
  const slice = assembleSlice(segments)
  content.routes.set(flights, slice)
  return slice
}

/** One entry for each entry of the offer's passengers, which may be one more than the groups (a carried gap). */
function faresOf(
  content: AirContent,
  groups: readonly PricedGroup[],
  part: Part,
  index: number,
): readonly SegmentFare[] {
  const { option, journey, place } = part
  const fares = groups.map((group, at) => {
    const booking = option.bookings[at]?.[index]
    return segmentFare(content, { group, journey, at: place - 1 + index, booking })
  })
  return sharedFares(part.price.passengers.length > fares.length ? [fares[0]!, ...fares] : fares)
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

function apisOf(content: AirContent, choice: readonly Option[]): ReadonlySet<ApisRequirement> {
  const found = new Set<ApisRequirement>()
  for (const option of choice) {
    for (const { apisRef } of option.segments) {
      const apis = apisRef === null ? undefined : content.apis.get(apisRef)
      if (apis) found.add(apis)
    }
  }
  return found
}

/** Documents as the APIS requirements of the segments say; a fare that is bought at once cannot be held. */
function requirementsOf(content: AirContent, common: CommonParts, choice: readonly Option[]): Requirements {
  let documents: Requirements['documents'] = null
  let gender: boolean | null = null
  let birthDate: boolean | null = null
  if (content.apis.size > 0) {
    for (const apis of apisOf(content, choice)) {
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
