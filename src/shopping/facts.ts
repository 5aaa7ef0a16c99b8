import { type EpochMs, parseInstant } from '../core/clock.ts'
import { type Cabin, cabins, type Segment, type Slice } from '../core/itinerary.ts'
import type { SupplierOffer } from '../core/offer.ts'
import { findInstant } from '../reference/zones.ts'
import { flightsHash, type Identities, identityOf } from './identity.ts'
import { pickTexts, type TextColumn, type TextWriter, textWriter } from './text-column.ts'

/** What merging, ranking, sorting, filtering and counting look at: one number per offer and field, in typed arrays, texts
 *  as numbers of a dictionary. Written as offers come in, one pass while each is still in the processor's cache: the same
 *  pass over 4,000 offers once all are there took five times as long. */
export type Facts = Identities & {
  /** When the supplier's word ends, epoch ms: its expiry or the time to ticket, Infinity where it sets none. */
  readonly expiry: Float64Array
  /** Sum over slices. */
  readonly durationMinutes: Float64Array
  /** Of the first slice, epoch ms. */
  readonly departure: Float64Array
  readonly arrival: Float64Array
  /** Local time of the first departure, minutes from midnight. */
  readonly departureMinute: Float64Array
  /** Connections, the most in any slice; technical stops are not counted. */
  readonly stops: Uint8Array
  /** Bit i: cabins[i] on some segment. */
  readonly cabins: Uint8Array
  /** 1: refund.allowed is true. */
  readonly refundable: Uint8Array
  /** Checked pieces that every passenger with a seat has on every segment; 99: by weight, -1: not said. */
  readonly bags: Int8Array
  /** What is bothersome on the way: airport changes, nights at an airport, technical stops, connections under 45 minutes. */
  readonly airportChanges: Uint8Array
  readonly nights: Uint8Array
  readonly technicalStops: Uint8Array
  readonly tightConnections: Uint8Array
  /** The same flights in another fare have the same. */
  readonly flights: Int32Array
  readonly carriers: TextColumn
  readonly providers: TextColumn
  readonly brands: TextColumn
  readonly airports: TextColumn
}

export interface FactsWriter {
  readonly count: number
  add(offer: SupplierOffer): void
  facts(): Facts
}

export const byWeight = 99
const notSaid = -1
const tightMinutes = 45

export function factsOf(offers: readonly SupplierOffer[]): Facts {
  const writer = factsWriter()
  for (const offer of offers) writer.add(offer)
  return writer.facts()
}

export function factsWriter(): FactsWriter {
  const lists = emptyLists()
  const texts = { carriers: textWriter(), providers: textWriter(), brands: textWriter(), airports: textWriter() }
  return {
    get count() {
      return lists.high.length
    },
    add(offer) {
      const identity = identityOf(offer)
      lists.high.push(identity.high)
      lists.low.push(identity.low)
      lists.expiry.push(ownExpiry(offer))
      lists.flights.push(flightsHash(offer))
      lists.refundable.push(offer.conditions.refund.allowed === true ? 1 : 0)
      addTimes(lists, offer.slices)
      addConnections(lists, offer.slices)
      addFares(lists, offer.slices, texts.brands)
      if (offer.validatingCarrier !== null) texts.carriers.add(offer.validatingCarrier)
      texts.providers.add(offer.provider)
      for (const { origin, destination } of offer.slices) {
        texts.airports.add(origin)
        texts.airports.add(destination)
      }
      texts.carriers.endRow()
      texts.providers.endRow()
      texts.brands.endRow()
      texts.airports.endRow()
    },
    facts: () => ({
      high: new Int32Array(lists.high),
      low: new Int32Array(lists.low),
      expiry: new Float64Array(lists.expiry),
      durationMinutes: new Float64Array(lists.durationMinutes),
      departure: new Float64Array(lists.departure),
      arrival: new Float64Array(lists.arrival),
      departureMinute: new Float64Array(lists.departureMinute),
      stops: new Uint8Array(lists.stops),
      cabins: new Uint8Array(lists.cabins),
      refundable: new Uint8Array(lists.refundable),
      bags: new Int8Array(lists.bags),
      airportChanges: new Uint8Array(lists.airportChanges),
      nights: new Uint8Array(lists.nights),
      technicalStops: new Uint8Array(lists.technicalStops),
      tightConnections: new Uint8Array(lists.tightConnections),
      flights: new Int32Array(lists.flights),
      carriers: texts.carriers.column(),
      providers: texts.providers.column(),
      brands: texts.brands.column(),
      airports: texts.airports.column(),
    }),
  }
}

/** The facts of some offers, in that order. */
export function pickFacts(facts: Facts, indexes: Int32Array): Facts {
  return {
    high: indexes.map(i => facts.high[i]!),
    low: indexes.map(i => facts.low[i]!),
    expiry: pickDoubles(facts.expiry, indexes),
    durationMinutes: pickDoubles(facts.durationMinutes, indexes),
    departure: pickDoubles(facts.departure, indexes),
    arrival: pickDoubles(facts.arrival, indexes),
    departureMinute: pickDoubles(facts.departureMinute, indexes),
    stops: pickBytes(facts.stops, indexes),
    cabins: pickBytes(facts.cabins, indexes),
    refundable: pickBytes(facts.refundable, indexes),
    bags: Int8Array.from(pickBytes(facts.bags, indexes)),
    airportChanges: pickBytes(facts.airportChanges, indexes),
    nights: pickBytes(facts.nights, indexes),
    technicalStops: pickBytes(facts.technicalStops, indexes),
    tightConnections: pickBytes(facts.tightConnections, indexes),
    flights: indexes.map(i => facts.flights[i]!),
    carriers: pickTexts(facts.carriers, indexes),
    providers: pickTexts(facts.providers, indexes),
    brands: pickTexts(facts.brands, indexes),
    airports: pickTexts(facts.airports, indexes),
  }
}

function pickDoubles(values: Float64Array, indexes: Int32Array): Float64Array {
  const picked = new Float64Array(indexes.length)
  for (let i = 0; i < indexes.length; i++) picked[i] = values[indexes[i]!]!
  return picked
}

function pickBytes(values: Uint8Array | Int8Array, indexes: Int32Array): Uint8Array {
  const picked = new Uint8Array(indexes.length)
  for (let i = 0; i < indexes.length; i++) picked[i] = values[indexes[i]!]!
  return picked
}

type Lists = Readonly<Record<Exclude<keyof Facts, 'carriers' | 'providers' | 'brands' | 'airports'>, number[]>>

function emptyLists(): Lists {
  return {
    high: [],
    low: [],
    expiry: [],
    durationMinutes: [],
    departure: [],
    arrival: [],
    departureMinute: [],
    stops: [],
    cabins: [],
    refundable: [],
    bags: [],
    airportChanges: [],
    nights: [],
    technicalStops: [],
    tightConnections: [],
    flights: [],
  }
}

/** Neither past the supplier's own word nor past the time to ticket. */
export function ownExpiry({ expiresAt, ticketBy }: SupplierOffer): EpochMs {
  const expiry = expiresAt === null ? Number.POSITIVE_INFINITY : (parseInstant(expiresAt) ?? 0)
  const limit = ticketBy === null ? Number.POSITIVE_INFINITY : (parseInstant(ticketBy) ?? 0)
  return Math.min(expiry, limit)
}

function addTimes(lists: Lists, slices: readonly Slice[]): void {
  const { segments } = slices[0]!
  const first = segments[0]!
  const last = segments[segments.length - 1]!
  lists.departure.push(instantOf(first.departure, first.departureZone))
  lists.arrival.push(instantOf(last.arrival, last.arrivalZone))
  lists.departureMinute.push(minuteOfDay(first.departure))
  let minutes = 0
  for (const slice of slices) minutes += slice.durationMinutes ?? wallMinutes(slice.segments)
  lists.durationMinutes.push(minutes)
}

/** Where the zone is not known the local time stands for it. */
function instantOf(local: string, zone: string | null): EpochMs {
  return findInstant(local, zone ?? 'UTC') ?? findInstant(local, 'UTC') ?? 0
}

/** `2027-03-10T08:20:00` -> 500 */
function minuteOfDay(local: string): number {
  const digit = (at: number): number => local.charCodeAt(at) - 48
  return (digit(11) * 10 + digit(12)) * 60 + digit(14) * 10 + digit(15)
}

function wallMinutes(segments: readonly Segment[]): number {
  const first = segments[0]!
  const last = segments[segments.length - 1]!
  const ms = instantOf(last.arrival, last.arrivalZone) - instantOf(first.departure, first.departureZone)
  return Math.max(1, Math.round(ms / 60_000))
}

function addConnections(lists: Lists, slices: readonly Slice[]): void {
  let most = 0
  let changes = 0
  let nights = 0
  let tight = 0
  let technical = 0
  for (const { segments, connections } of slices) {
    most = Math.max(most, segments.length - 1)
    for (const { airportChange, overnight, minutes } of connections) {
      if (airportChange) changes++
      if (overnight) nights++
      if (minutes !== null && minutes < tightMinutes) tight++
    }
    for (const { stops } of segments) technical += stops.length
  }
  lists.stops.push(most)
  lists.airportChanges.push(changes)
  lists.nights.push(nights)
  lists.tightConnections.push(tight)
  lists.technicalStops.push(technical)
}

function addFares(lists: Lists, slices: readonly Slice[], brands: TextWriter): void {
  let bits = 0
  let bags = byWeight
  for (const { segments } of slices) {
    for (const { fares } of segments) {
      for (const { passengerType, cabin, brand, baggage } of fares) {
        if (cabin !== null) bits |= cabinBit(cabin)
        const name = brand === null ? null : (brand.name ?? brand.code)
        if (name !== null) brands.add(name)
        // a lap infant has no seat
        if (passengerType !== 'INF') bags = Math.min(bags, piecesOf(baggage.checked))
      }
    }
  }
  lists.cabins.push(bits)
  lists.bags.push(bags)
}

export function cabinBit(cabin: Cabin): number {
  return 1 << cabins.indexOf(cabin)
}

function piecesOf(checked: Segment['fares'][number]['baggage']['checked']): number {
  if (checked === null) return notSaid
  return checked.pieces ?? ((checked.weightKg ?? checked.weightLb ?? 0) > 0 ? byWeight : 0)
}
