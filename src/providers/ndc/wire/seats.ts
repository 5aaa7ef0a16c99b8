import type { Seat, SeatCabin, SeatMap } from '../../../core/seat-map.ts'
import { isId, type PassengerId } from '../../../core/ids.ts'
import type { Segment } from '../../../core/itinerary.ts'
import { openFlights } from './flights.ts'
import type { Message } from './message.ts'
import { moneyOf } from './values.ts'
import type { WireSeat, WireSeatCabin, WireSeatMap, WireSeatRow } from './read-seats.ts'
import { cabinOf } from './vocabulary.ts'

export function seatMapsOf(message: Message): readonly SeatMap[] {
  const flights = openFlights(message)
  const prices = pricesOf(message)
  return message.seatMaps.flatMap((wire): readonly SeatMap[] => {
    const refs = wire.segmentRefs.length > 0 ? wire.segmentRefs : [...message.lists.segments.keys()].slice(0, 1)
    return (refs.length > 0 ? refs : ['']).map(ref => toSeatMap(wire, flights.find(ref)?.segment ?? null, prices))
  })
}

type Prices = ReadonlyMap<string, Seat['prices']>

/** A la carte items by id: one price for each passenger that may have it, or for anybody. */
function pricesOf(message: Message): Prices {
  const prices = new Map<string, Seat['prices']>()
  for (const item of message.extras) {
    const total = moneyOf(message, item.price?.total ?? null)
    if (!total) continue
    const refs = [...new Set(item.services.flatMap(service => service.passengerRefs))]
    const ids = refs.filter((ref): ref is PassengerId => isId('pax', ref))
    prices.set(
      item.id,
      ids.length > 0 ? ids.map(passengerId => ({ passengerId, total })) : [{ passengerId: null, total }],
    )
  }
  return prices
}

function toSeatMap(wire: WireSeatMap, segment: Segment | null, prices: Prices): SeatMap {
  return {
    segmentId: null,
    carrier: segment?.marketing.carrier ?? null,
    number: segment?.marketing.number ?? null,
    origin: segment?.origin ?? null,
    destination: segment?.destination ?? null,
    departure: segment?.departure ?? null,
    aircraft: segment?.aircraft ?? null,
    cabins: wire.cabins.map(cabin => toCabin(cabin, prices)),
  }
}

function toCabin(wire: WireSeatCabin, prices: Prices): SeatCabin {
  return {
    cabin: cabinOf(wire.cabin),
    deck: deckOf(wire.deck),
    rows: wire.rows.map(row => ({
      number: row.number,
      seats: row.seats.map(seat => toSeat(wire, row, seat, prices)),
    })),
  }
}

function deckOf(text: string): SeatCabin['deck'] {
  if (/^(main|m)/i.test(text)) return 'main'
  if (/^u/i.test(text)) return 'upper'
  return /^l/i.test(text) ? 'lower' : null
}

function toSeat(cabin: WireSeatCabin, row: WireSeatRow, seat: WireSeat, prices: Prices): Seat {
  const characteristics = new Set([
    ...(cabin.columns.get(seat.column) ?? []),
    ...row.characteristics,
    ...seat.characteristics,
  ])
  return {
    designator: `${row.number}${seat.column}`,
    characteristics: [...characteristics],
    availability: availabilityOf(seat.occupation),
    prices: seat.offerItemRefs.flatMap(ref => prices.get(ref) ?? []),
  }
}

/** PADIS 9865: F free, O occupied, Z blocked, Q and others reserved for somebody. */
function availabilityOf(code: string): Seat['availability'] {
  switch (code) {
    case 'F':
      return 'available'
    case 'O':
      return 'occupied'
    case '':
      return null
    default:
      return 'blocked'
  }
}
