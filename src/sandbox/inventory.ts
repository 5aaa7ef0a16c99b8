import { LRUCache } from 'lru-cache'
import type { Cabin } from '../core/itinerary.ts'
import { cabinIndex } from './equipment.ts'
import type { OperatedFlight } from './flights.ts'
import { stepOffset, steps, stepsInAll } from './ladders.ts'
import { fraction, hashText } from './random.ts'

/** Seats per flight, cabin and step of the ladder. Nested: a seat sold on any step is gone for the steps above it too, and
 *  a step never has more than the one above. What is for sale at first is fixed by the seed; what has been sold here comes
 *  off it. One process, one thread: a take either has all its seats or changes nothing. */
export interface Inventory {
  available(flight: OperatedFlight, cabin: Cabin, step: number): number
  /** Index of the first that is short, or -1 when all were taken. */
  take(seats: readonly SeatCount[]): number
  give(seats: readonly SeatCount[]): void
  /** Puts back what was sold before a restart: may exceed what is for sale. */
  restore(seats: readonly SeatCount[]): void
  /** Seats sold on a flight. */
  sold(key: string): number
}

/** Plain numbers, so that it can be kept with a PNR. */
export type SeatCount = {
  /** OperatedFlight.key */
  readonly key: string
  /** Seats of its cabins, OperatedFlight.layout. */
  readonly layout: readonly number[]
  /** stepOffset + step. */
  readonly place: number
  readonly count: number
}

type Sold = { readonly byPlace: Uint16Array; left: Uint16Array }

/** Seats of a cabin that are for sale at first, at least. */
const openMin = 4
/** Flights whose seats are in memory: some 100 bytes each. */
const cachedMax = 30_000

export function createInventory(seed: number): Inventory {
  const forSale = new LRUCache<string, Uint16Array>({ max: cachedMax })
  const sold = new Map<string, Sold>()

  function atFirst(key: string, layout: readonly number[]): Uint16Array {
    let seats = forSale.get(key)
    if (!seats) {
      seats = authorise(key, layout, seed)
      forSale.set(key, seats)
    }
    return seats
  }

  function left(key: string, layout: readonly number[]): Uint16Array {
    return sold.get(key)?.left ?? atFirst(key, layout)
  }

  function change(seat: SeatCount, by: number): void {
    const entry = sold.get(seat.key) ?? { byPlace: new Uint16Array(stepsInAll), left: new Uint16Array(stepsInAll) }
    entry.byPlace[seat.place] = Math.max(0, entry.byPlace[seat.place]! + by)
    entry.left = nest(atFirst(seat.key, seat.layout), entry.byPlace)
    if (entry.byPlace.some(count => count > 0)) sold.set(seat.key, entry)
    else sold.delete(seat.key)
  }

  return {
    available: (flight, cabin, step) => left(flight.key, flight.layout)[stepOffset[cabinIndex[cabin]] + step]!,
    take(seats) {
      for (let i = 0; i < seats.length; i++) {
        const { key, layout, place, count } = seats[i]!
        if (left(key, layout)[place]! < count) {
          for (const taken of seats.slice(0, i)) change(taken, -taken.count)
          return i
        }
        change(seats[i]!, count)
      }
      return -1
    },
    give(seats) {
      for (const seat of seats) change(seat, -seat.count)
    },
    restore(seats) {
      for (const seat of seats) change(seat, seat.count)
    },
    sold: key => sold.get(key)?.byPlace.reduce((sum, count) => sum + count, 0) ?? 0,
  }
}

/** A flight is between nearly empty and nearly full; a full one has only its dear steps open, and a few seats on those. */
function authorise(key: string, layout: readonly number[], seed: number): Uint16Array {
  const seats = new Uint16Array(stepsInAll)
  const random = fraction(hashText(seed, key))
  for (let cabin = 0; cabin < 4; cabin++) {
    const capacity = layout[cabin]!
    if (capacity === 0) continue
    const own = fraction(hashText(seed + cabin + 1, key))
    const empty = 0.06 + 0.7 * (0.6 * random + 0.4 * own)
    const open = Math.max(Math.min(capacity, openMin), Math.floor(capacity * empty))
    const count = steps[cabin as 0 | 1 | 2 | 3]
    for (let step = 0; step < count; step++) {
      const share = 1 - (step / count) * (1.25 - 0.6 * own)
      seats[stepOffset[cabin as 0 | 1 | 2 | 3] + step] = Math.max(0, Math.floor(open * share))
    }
  }
  return seats
}

/** Booking limits: a step may sell what it was given less all that it and the cheaper steps sold, and never more than
 *  any dearer one may. */
function nest(given: Uint16Array, byPlace: Uint16Array): Uint16Array {
  const left = new Uint16Array(stepsInAll)
  for (let cabin = 0; cabin < 4; cabin++) {
    const from = stepOffset[cabin as 0 | 1 | 2 | 3]
    const count = steps[cabin as 0 | 1 | 2 | 3]
    let cheaper = 0
    for (let i = from + count - 1; i >= from; i--) {
      cheaper += byPlace[i]!
      left[i] = Math.max(0, given[i]! - cheaper)
    }
    for (let i = from + 1; i < from + count; i++) left[i] = Math.min(left[i]!, left[i - 1]!)
  }
  return left
}
