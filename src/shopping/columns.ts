import type { EpochMs } from '../core/clock.ts'
import { type Cabin, cabins, type Segment, type Slice } from '../core/itinerary.ts'
import type { SupplierOffer } from '../core/offer.ts'
import { findInstant } from '../reference/zones.ts'
import { flightsHash } from './identity.ts'

/** What ranking, sorting, filtering and counting look at: one number per row and field, in typed arrays (passes over
 *  4,000 objects cost several times as much), texts as numbers of a dictionary. Rows are in the order of their leaders'
 *  ids, so a tie by row is a tie by id. */
export type Columns = {
  /** Row -> index of the offer that leads it; ascending. */
  readonly leaders: Int32Array
  /** Total in minor units of the view's currency. */
  readonly price: Float64Array
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

/** None, one or several texts a row: `values[starts[row] .. starts[row + 1]]` are places in `texts`. */
export type TextColumn = {
  readonly texts: readonly string[]
  readonly starts: Int32Array
  readonly values: Int32Array
}

export const byWeight = 99
const notSaid = -1
const tightMinutes = 45

/** `offers` lead the rows; `totals` by offer index. */
export function buildColumns(leaders: Int32Array, offers: readonly SupplierOffer[], totals: Float64Array): Columns {
  const count = leaders.length
  const columns = emptyColumns(leaders, count)
  const texts = { carriers: textWriter(count), providers: textWriter(count), brands: textWriter(count) }
  const airports = textWriter(count)
  for (let row = 0; row < count; row++) {
    const offer = offers[leaders[row]!]!
    columns.price[row] = totals[leaders[row]!]!
    columns.refundable[row] = offer.conditions.refund.allowed === true ? 1 : 0
    columns.bags[row] = bagsOf(offer)
    columns.flights[row] = flightsHash(offer)
    writeTimes(columns, row, offer.slices)
    writeConnections(columns, row, offer.slices)
    columns.cabins[row] = writeFares(offer.slices, texts.brands)
    if (offer.validatingCarrier !== null) texts.carriers.add(offer.validatingCarrier)
    texts.providers.add(offer.provider)
    for (const { origin, destination } of offer.slices) {
      airports.add(origin)
      airports.add(destination)
    }
    texts.carriers.endRow()
    texts.providers.endRow()
    texts.brands.endRow()
    airports.endRow()
  }
  return {
    ...columns,
    carriers: texts.carriers.column(),
    providers: texts.providers.column(),
    brands: texts.brands.column(),
    airports: airports.column(),
  }
}

type Numbers = Omit<Columns, 'carriers' | 'providers' | 'brands' | 'airports'>

function emptyColumns(leaders: Int32Array, count: number): Numbers {
  return {
    leaders,
    price: new Float64Array(count),
    durationMinutes: new Float64Array(count),
    departure: new Float64Array(count),
    arrival: new Float64Array(count),
    departureMinute: new Float64Array(count),
    stops: new Uint8Array(count),
    cabins: new Uint8Array(count),
    refundable: new Uint8Array(count),
    bags: new Int8Array(count),
    airportChanges: new Uint8Array(count),
    nights: new Uint8Array(count),
    technicalStops: new Uint8Array(count),
    tightConnections: new Uint8Array(count),
    flights: new Int32Array(count),
  }
}

function writeTimes(columns: Numbers, row: number, slices: readonly Slice[]): void {
  const { segments } = slices[0]!
  const first = segments[0]!
  columns.departure[row] = instantOf(first.departure, first.departureZone)
  const last = segments[segments.length - 1]!
  columns.arrival[row] = instantOf(last.arrival, last.arrivalZone)
  columns.departureMinute[row] = minuteOfDay(first.departure)
  let minutes = 0
  for (const slice of slices) minutes += slice.durationMinutes ?? wallMinutes(slice.segments)
  columns.durationMinutes[row] = minutes
}

/** Where the zone is not known the local time stands for it. */
function instantOf(local: string, zone: string | null): EpochMs {
  return findInstant(local, zone ?? 'UTC') ?? findInstant(local, 'UTC') ?? 0
}

/** `2027-03-10T08:20:00` -> 500 */
function minuteOfDay(local: string): number {
  return Number(local.slice(11, 13)) * 60 + Number(local.slice(14, 16))
}

function wallMinutes(segments: readonly Segment[]): number {
  const first = segments[0]!
  const last = segments[segments.length - 1]!
  const ms = instantOf(last.arrival, last.arrivalZone) - instantOf(first.departure, first.departureZone)
  return Math.max(1, Math.round(ms / 60_000))
}

function writeConnections(columns: Numbers, row: number, slices: readonly Slice[]): void {
  for (const { segments, connections } of slices) {
    columns.stops[row] = Math.max(columns.stops[row]!, segments.length - 1)
    for (const { airportChange, overnight, minutes } of connections) {
      if (airportChange) columns.airportChanges[row]!++
      if (overnight) columns.nights[row]!++
      if (minutes !== null && minutes < tightMinutes) columns.tightConnections[row]!++
    }
    for (const { stops } of segments) columns.technicalStops[row]! += stops.length
  }
}

/** The cabins' bits; brands go to their column. */
function writeFares(slices: readonly Slice[], brands: TextWriter): number {
  let bits = 0
  for (const { segments } of slices) {
    for (const { fares } of segments) {
      for (const { cabin, brand } of fares) {
        if (cabin !== null) bits |= cabinBit(cabin)
        const name = brand === null ? null : (brand.name ?? brand.code)
        if (name !== null) brands.add(name)
      }
    }
  }
  return bits
}

export function cabinBit(cabin: Cabin): number {
  return 1 << cabins.indexOf(cabin)
}

function bagsOf(offer: SupplierOffer): number {
  let least = byWeight
  for (const { segments } of offer.slices) {
    for (const { fares } of segments) {
      for (const { passengerType, baggage } of fares) {
        if (passengerType === 'INF') continue
        const { checked } = baggage
        if (checked === null) return notSaid
        const pieces = checked.pieces ?? ((checked.weightKg ?? checked.weightLb ?? 0) > 0 ? byWeight : 0)
        if (pieces < least) least = pieces
      }
    }
  }
  return least
}

type TextWriter = { add(text: string): void; endRow(): void; column(): TextColumn }

/** A text once a row. */
function textWriter(rows: number): TextWriter {
  const texts: string[] = []
  const places = new Map<string, number>()
  const starts = new Int32Array(rows + 1)
  const values: number[] = []
  let row = 0
  return {
    add(text) {
      let place = places.get(text)
      if (place === undefined) {
        place = texts.length
        places.set(text, place)
        texts.push(text)
      }
      for (let i = starts[row]!; i < values.length; i++) if (values[i] === place) return
      values.push(place)
    },
    endRow() {
      starts[++row] = values.length
    },
    column: () => ({ texts, starts, values: Int32Array.from(values) }),
  }
}
