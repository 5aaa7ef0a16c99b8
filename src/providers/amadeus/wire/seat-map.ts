import type { PassengerId } from '../../../core/ids.ts'
import { formatAmount, type Money, parseMoney } from '../../../core/money.ts'
import type { Seat, SeatCabin, SeatMap, SeatRow } from '../../../core/seat-map.ts'
import { idOf, listOf, localTimeOf, type Raw, rawOf, textOf, type Warnings, warn } from './read.ts'
import { cabinOf, cabinWord } from './vocabulary.ts'

/** `GET|POST /v1/shopping/seatmaps`: `data[]` of type `seatmap`. Member names vary in their capitals between replies
 *  (`flightOfferid`, `segmentid`, `startseatRow`). */

export function decodeSeatMaps(list: readonly unknown[], at: string, warnings: Warnings): readonly SeatMap[] {
  const maps: SeatMap[] = []
  for (const [i, item] of list.entries()) {
    const raw = rawOf(item)
    if (raw === null || !Array.isArray(raw.decks)) {
      warn(warnings, 'seat-map-unreadable', `${at}/${i}`, 'the seat map is left out: it has no decks')
      continue
    }
    maps.push(decodeSeatMap(raw, `${at}/${i}`, warnings))
  }
  return maps
}

function decodeSeatMap(raw: Raw, at: string, warnings: Warnings): SeatMap {
  const segmentId = idOf(raw.segmentId) ?? idOf(raw.segmentid)
  const departure = rawOf(raw.departure)
  return {
    segmentId: segmentId === null ? null : `seg_${segmentId}`,
    carrier: textOf(raw.carrierCode),
    number: idOf(raw.number)?.replace(/^0+(?=.)/, '') ?? null,
    origin: textOf(departure?.iataCode),
    destination: textOf(rawOf(raw.arrival)?.iataCode),
    departure: localTimeOf(departure?.at),
    aircraft: textOf(rawOf(raw.aircraft)?.code),
    cabins: listOf(raw.decks).flatMap((deck, i) => decodeDeck(rawOf(deck), `${at}/decks/${i}`, warnings)),
  }
}

const decks: ReadonlyMap<unknown, SeatCabin['deck']> = new Map([
  ['MAIN', 'main'],
  ['UPPER', 'upper'],
  ['LOWER', 'lower'],
])

type Reading = { readonly cabin: string; readonly row: number; readonly seat: Seat }

/** A deck may hold several cabins; rows and seats in the order told. */
function decodeDeck(deck: Raw | null, at: string, warnings: Warnings): readonly SeatCabin[] {
  const readings: Reading[] = []
  for (const [i, item] of listOf(deck?.seats).entries()) {
    const reading = readSeat(rawOf(item))
    if (reading) readings.push(reading)
    else warn(warnings, 'seat-unreadable', `${at}/seats/${i}`, 'the seat is left out: it has no number')
  }
  const cabins = new Map<string, Map<number, Seat[]>>()
  for (const { cabin, row, seat } of readings) {
    const rows = cabins.get(cabin) ?? new Map<number, Seat[]>()
    cabins.set(cabin, rows)
    const seats = rows.get(row) ?? []
    rows.set(row, seats)
    seats.push(seat)
  }
  return [...cabins].map(([cabin, rows]) => ({
    cabin: cabinOf(cabin),
    deck: decks.get(deck?.deckType) ?? null,
    rows: [...rows].map(([number, seats]): SeatRow => ({ number, seats })),
  }))
}

function readSeat(raw: Raw | null): Reading | null {
  const designator = textOf(raw?.number)
  const row = Number(/^(\d{1,3})[A-Z]{1,2}$/.exec(designator ?? '')?.[1])
  if (raw === null || designator === null || Number.isNaN(row)) return null
  const pricings = listOf(raw.travelerPricing)
    .map(rawOf)
    .filter(pricing => pricing !== null)
  return {
    cabin: textOf(raw.cabin) ?? '',
    row,
    seat: {
      designator,
      characteristics: characteristicsOf(raw, pricings),
      availability: availabilityOf(pricings),
      prices: pricings.flatMap(pricesOf),
    },
  }
}

/** Of the seat, else of the first traveller who has them there. */
function characteristicsOf(raw: Raw, pricings: readonly Raw[]): readonly string[] {
  const codes =
    [raw, ...pricings].map(holder => listOf(holder.characteristicsCodes)).find(list => list.length > 0) ?? []
  return codes.filter(code => typeof code === 'string')
}

const availabilities: ReadonlyMap<unknown, Seat['availability']> = new Map([
  ['AVAILABLE', 'available'],
  ['OCCUPIED', 'occupied'],
  ['BLOCKED', 'blocked'],
])

/** To be had when it is for one of the travellers. */
function availabilityOf(pricings: readonly Raw[]): Seat['availability'] {
  const said = pricings.map(pricing => availabilities.get(pricing.seatAvailabilityStatus) ?? null)
  return said.find(word => word === 'available') ?? said.find(word => word !== null) ?? null
}

function pricesOf(pricing: Raw): readonly { readonly passengerId: PassengerId | null; readonly total: Money }[] {
  const price = rawOf(pricing.price)
  const currency = textOf(price?.currency)
  const amount = price?.total
  const total = typeof amount === 'string' && currency !== null ? parseMoney(amount, currency) : undefined
  const id = idOf(pricing.travelerId) ?? idOf(pricing.id)
  return total === undefined ? [] : [{ passengerId: id === null ? null : `pax_${id}`, total }]
}

export function encodeSeatMaps(maps: readonly SeatMap[]): Raw {
  return { meta: { count: maps.length }, data: maps.map(encodeSeatMap) }
}

function encodeSeatMap(map: SeatMap): Raw {
  return {
    type: 'seatmap',
    segmentId: map.segmentId?.slice('seg_'.length),
    carrierCode: map.carrier ?? undefined,
    number: map.number ?? undefined,
    aircraft: map.aircraft === null ? undefined : { code: map.aircraft },
    departure: { iataCode: map.origin ?? undefined, at: map.departure ?? undefined },
    arrival: { iataCode: map.destination ?? undefined },
    decks: map.cabins.map(cabin => ({
      deckType: (cabin.deck ?? 'main').toUpperCase(),
      seats: cabin.rows.flatMap(row => row.seats.map(seat => encodeSeat(seat, cabin))),
    })),
  }
}

function encodeSeat(seat: Seat, cabin: SeatCabin): Raw {
  const status = seat.availability?.toUpperCase()
  const pricings = seat.prices.map(({ passengerId, total }) => ({
    travelerId: passengerId?.slice('pax_'.length),
    seatAvailabilityStatus: status,
    price: { currency: total.currency, total: formatAmount(total) },
  }))
  return {
    cabin: cabin.cabin === null ? undefined : cabinWord(cabin.cabin),
    number: seat.designator,
    characteristicsCodes: seat.characteristics.length === 0 ? undefined : seat.characteristics,
    travelerPricing: pricings.length === 0 && status ? [{ seatAvailabilityStatus: status }] : pricings,
  }
}
