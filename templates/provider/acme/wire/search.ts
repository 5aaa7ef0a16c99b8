import { passengerTypes } from 'fareloom/core/itinerary.ts'
import type { ShopQuery } from 'fareloom/providers/port.ts'
import { listOf, rawOf, textOf, wordOf } from './read.ts'

/** `POST /search`, both ways: the simulator reads what the adapter writes. */
export type WireSearch = Pick<
  ShopQuery,
  'slices' | 'passengers' | 'cabin' | 'currency' | 'pointOfSale' | 'maxConnections' | 'carriers' | 'offersMax'
>

export function encodeSearch(query: ShopQuery): unknown {
  const { slices, passengers, cabin, currency, pointOfSale, maxConnections, carriers, offersMax } = query
  const search: WireSearch = { slices, passengers, cabin, currency, pointOfSale, maxConnections, carriers, offersMax }
  return search
}

/** For the simulator, whose only client is the adapter: the parts that a mistake would show in are looked at. */
export function decodeSearch(root: unknown): WireSearch {
  const raw = rawOf(root, '')
  listOf(raw.slices, '/slices').forEach((slice, i) => {
    textOf(rawOf(slice, `/slices/${i}`).departureDate, `/slices/${i}/departureDate`)
  })
  listOf(raw.passengers, '/passengers').forEach((passenger, i) => {
    wordOf(rawOf(passenger, `/passengers/${i}`).type, passengerTypes, `/passengers/${i}/type`)
  })
  return raw as WireSearch
}
