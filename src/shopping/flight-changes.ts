import type { Clock, EpochMs } from '../core/clock.ts'
import type { Segment } from '../core/itinerary.ts'
import type { SupplierOffer } from '../core/offer.ts'
import type { ChangeMark } from './net-set.ts'

/** Flights by number: 32 bits of carrier, number, date and airports. Two flights that share a number cost a cached search
 *  its place once in a few thousand searches, never a wrong price. */
export type FlightNumbers = Int32Array

/** Longer than any cached search lives (lifetimes.ts). */
export const changesKeptMs = 40 * 60_000

type Change = {
  readonly at: EpochMs
  readonly sequence: number
  readonly mark: ChangeMark
  readonly flights: FlightNumbers
}

/** Which flights have another price or other seats than cached searches say, in the order in which this process learned of
 *  it. A cached search keeps the mark that was current before its suppliers were asked: it is in use until one of its
 *  flights changes after that. Places and not times, since the clocks of two machines differ.
 *  Where a shared record is followed (change-record.redis.ts) marks are its ids; otherwise they count. */
export class FlightChanges {
  readonly #clock: Clock
  #changes: Change[] = []
  /** Flight -> sequence of its last change. */
  readonly #last = new Map<number, number>()
  #sequence = 0
  /** What was asked before this is not known to be unchanged. */
  #coveredFrom = 0
  #coveredMark: ChangeMark = ''
  /** Of the shared record; undefined while none is followed. */
  #mark: ChangeMark | undefined
  #markSequence = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Raised by each change: who has checked at this one need not look again. */
  get sequence(): number {
    return this.#sequence
  }

  mark(): ChangeMark {
    return this.#mark ?? `~${this.#sequence}`
  }

  /** Known here at once, whatever becomes of the shared record. */
  note(flights: FlightNumbers): void {
    this.#add('', flights)
  }

  /** The next entry of the shared record. */
  apply(mark: ChangeMark, flights: FlightNumbers): void {
    this.#add(mark, flights)
    this.#mark = mark
    this.#markSequence = this.#sequence
  }

  /** From here on the shared record is followed; what was before is not known: nothing that was asked before is in use. */
  follow(from: ChangeMark): void {
    this.#sequence++
    this.#coveredFrom = this.#sequence
    this.#coveredMark = from
    this.#mark = from
    this.#markSequence = this.#sequence
  }

  /** Where a mark stands here; undefined where what happened since is not known. */
  sequenceOf(mark: ChangeMark): number | undefined {
    if (mark === this.#mark) return this.#markSequence
    // counted by one process: nothing that those who follow a record can compare
    if (mark.startsWith('~')) return this.#mark === undefined ? Number(mark.slice(1)) : undefined
    if (this.#mark === undefined || compareMarks(mark, this.#coveredMark) < 0) return undefined
    let found = this.#coveredFrom
    for (let i = this.#changes.length - 1; i >= 0; i--) {
      const change = this.#changes[i]!
      if (change.mark === '' || compareMarks(change.mark, mark) > 0) continue
      found = change.sequence
      break
    }
    return Math.max(found, this.#coveredFrom)
  }

  hasChanged(flights: FlightNumbers, since: number): boolean {
    if (since < this.#coveredFrom) return true
    for (const flight of flights) if ((this.#last.get(flight) ?? -1) > since) return true
    return false
  }

  #add(mark: ChangeMark, flights: FlightNumbers): void {
    this.#prune()
    this.#sequence++
    this.#changes.push({ at: this.#clock.now(), sequence: this.#sequence, mark, flights })
    for (const flight of flights) this.#last.set(flight, this.#sequence)
  }

  #prune(): void {
    const oldest = this.#clock.now() - changesKeptMs
    let count = 0
    while (count < this.#changes.length && this.#changes[count]!.at < oldest) {
      const { flights, sequence } = this.#changes[count]!
      for (const flight of flights) if (this.#last.get(flight) === sequence) this.#last.delete(flight)
      count++
    }
    if (count > 0) this.#changes = this.#changes.slice(count)
  }
}

/** Ids of a Redis stream: `1767607200000-3`. An empty one is before all. */
export function compareMarks(a: ChangeMark, b: ChangeMark): number {
  const [aMs = '', aCount = ''] = a.split('-')
  const [bMs = '', bCount = ''] = b.split('-')
  return Number(aMs) - Number(bMs) || Number(aCount) - Number(bCount)
}

/** Of lists that still live: a search keeps its offers as a net set and as an answer. */
const knownFlights = new WeakMap<readonly SupplierOffer[], FlightNumbers>()

/** Each flight once, under the number that it is sold by and the one that it is flown under: a seat sold as either is gone. */
export function flightsOf(offers: readonly SupplierOffer[]): FlightNumbers {
  const known = knownFlights.get(offers)
  if (known) return known
  const flights = findFlights(offers)
  knownFlights.set(offers, flights)
  return flights
}

function findFlights(offers: readonly SupplierOffer[]): FlightNumbers {
  const flights = new Set<number>()
  for (const { slices } of offers) {
    for (const { segments } of slices) for (const segment of segments) addFlights(segment, flights)
  }
  return Int32Array.from(flights)
}

function addFlights(segment: Segment, flights: Set<number>): void {
  const { marketing, operating } = segment
  flights.add(flightNumber(marketing.carrier, marketing.number, segment))
  const { carrier, number } = operating
  if (carrier === null || number === null || (carrier === marketing.carrier && number === marketing.number)) return
  flights.add(flightNumber(carrier, number, segment))
}

function flightNumber(carrier: string, number: string, { origin, destination, departure }: Segment): number {
  const flight = mix(mix(seed, carrier, 3), number, 8)
  return mix(mix(mix(flight, origin, 3), destination, 3), departure, 10)
}

const seed = 0x3ad8025f

/** FNV-1a with a last turn; `length`: characters looked at. */
function mix(hash: number, text: string, length: number): number {
  let code = hash
  const end = Math.min(text.length, length)
  for (let i = 0; i < end; i++) code = Math.imul(code ^ text.charCodeAt(i), 0x01000193)
  return code ^ (code >>> 15) ^ end
}
