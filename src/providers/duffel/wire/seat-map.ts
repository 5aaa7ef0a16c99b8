import type { PassengerId, SegmentId } from '../../../core/ids.ts'
import { formatAmount, type Money } from '../../../core/money.ts'
import type { Seat, SeatCabin, SeatMap, SeatRow } from '../../../core/seat-map.ts'
import { isObject, type JsonObject, listOf, moneyOf, objectOf, textOf } from './read.ts'
import { cabinOf, cabinWord } from './vocabulary.ts'

/** Seat maps: cabins of rows of sections of elements, sections parted by aisles. A map names its flight by the id of an
 *  offer's segment and nothing else. */
export type SeatMapContext = {
  readonly segments: Readonly<Record<string, SegmentId>>
  readonly passengers: Readonly<Record<string, PassengerId>>
}

const noContext: SeatMapContext = { segments: {}, passengers: {} }

export function isSeatMap(raw: JsonObject): boolean {
  return Array.isArray(raw.cabins) && 'segment_id' in raw
}

export function decodeSeatMap(raw: JsonObject, context: SeatMapContext = noContext): SeatMap {
  return {
    segmentId: context.segments[textOf(raw.segment_id) ?? ''] ?? null,
    carrier: null,
    number: null,
    origin: null,
    destination: null,
    departure: null,
    aircraft: null,
    cabins: listOf(raw.cabins)
      .filter(isObject)
      .map(cabin => decodeCabin(cabin, context)),
  }
}

function decodeCabin(raw: JsonObject, context: SeatMapContext): SeatCabin {
  return {
    cabin: cabinOf(raw.cabin_class),
    deck: raw.deck === 0 ? 'main' : raw.deck === 1 ? 'upper' : null,
    rows: listOf(raw.rows)
      .filter(isObject)
      .flatMap(row => decodeRow(row, raw.aisles, context)),
  }
}

/** Rows without seats are exits, galleys and the like. */
function decodeRow(raw: JsonObject, aisles: unknown, context: SeatMapContext): readonly SeatRow[] {
  const sections = listOf(raw.sections).map(section => listOf(objectOf(section).elements).filter(isObject))
  const isWhole = sections.length > 1 && sections.length - 1 === aisles
  const seats: Seat[] = []
  for (let s = 0; s < sections.length; s++) {
    const elements = sections[s]!
    for (let e = 0; e < elements.length; e++) {
      const seat = decodeSeat(elements[e]!, isWhole ? placeOf(s, e, sections) : noPlace, context)
      if (seat) seats.push(seat)
    }
  }
  const number = /^\d{1,3}/.exec(seats[0]?.designator ?? '')
  return number ? [{ number: Number(number[0]), seats }] : []
}

const noPlace: readonly string[] = []

/** PADIS 9825: W at a window, A at an aisle. */
function placeOf(section: number, element: number, sections: readonly (readonly JsonObject[])[]): readonly string[] {
  const lastSection = sections.length - 1
  const lastElement = sections[section]!.length - 1
  const atWindow = (section === 0 && element === 0) || (section === lastSection && element === lastElement)
  const atAisle = (section > 0 && element === 0) || (section < lastSection && element === lastElement)
  return [...(atWindow ? ['W'] : []), ...(atAisle ? ['A'] : [])]
}

/** No service to buy: not to be had, and nobody says whether somebody sits there. */
function decodeSeat(raw: JsonObject, place: readonly string[], context: SeatMapContext): Seat | undefined {
  const restricted = raw.type === 'restricted_seat_general'
  const designator = textOf(raw.designator)
  if ((raw.type !== 'seat' && !restricted) || designator === null) return undefined
  const services = listOf(raw.available_services).filter(isObject)
  const name = textOf(raw.name)
  const words = listOf(raw.disclosures).flatMap(word => textOf(word) ?? [])
  return {
    designator,
    characteristics: [...place, ...(name === null ? [] : [name]), ...words],
    availability: services.length > 0 ? 'available' : restricted ? 'blocked' : 'occupied',
    prices: services.flatMap(service => {
      const total = moneyOf(service.total_amount, service.total_currency)
      if (total === null) return []
      return [{ passengerId: context.passengers[textOf(service.passenger_id) ?? ''] ?? null, total }]
    }),
  }
}

export type SeatMapDetails = { readonly id: string; readonly sliceId: string; readonly segmentId: string }

/** Where aisles were is told by the seats at them; words of a seat are all its name. */
export function encodeSeatMap(map: SeatMap, details: SeatMapDetails): JsonObject {
  return {
    slice_id: details.sliceId,
    segment_id: details.segmentId,
    id: details.id,
    cabins: map.cabins.map((cabin, c) => {
      const rows = cabin.rows.map(row => sectionsOf(row))
      return {
        wings: null,
        rows: rows.map((sections, r) => ({
          sections: sections.map((seats, s) => ({
            id: `sec_${c}${r}${s}`,
            elements: seats.map((seat, e) => encodeSeat(seat, `${c}${r}${s}${e}`)),
          })),
          id: `row_${c}${r}`,
        })),
        deck: cabin.deck === 'upper' ? 1 : 0,
        cabin_class: cabinWord(cabin.cabin ?? 'economy'),
        aisles: Math.max(0, ...rows.map(sections => sections.length - 1)),
      }
    }),
  }
}

/** Two seats at one aisle stand side by side: a section ends at the first of each such pair. */
function sectionsOf(row: SeatRow): readonly (readonly Seat[])[] {
  const sections: Seat[][] = [[]]
  let opened = false
  for (const seat of row.seats) {
    const atAisle = seat.characteristics.includes('A')
    if (opened && atAisle && sections.at(-1)!.length > 0) {
      sections.push([])
      opened = false
      sections.at(-1)!.push(seat)
      continue
    }
    sections.at(-1)!.push(seat)
    opened = atAisle
  }
  return sections
}

function encodeSeat(seat: Seat, key: string): JsonObject {
  const [name, ...disclosures] = seat.characteristics.filter(word => word.length > 1)
  return {
    type: seat.availability === 'blocked' ? 'restricted_seat_general' : 'seat',
    name: name ?? null,
    id: `ele_${key}`,
    disclosures,
    designator: seat.designator,
    available_services: seat.prices.map(({ total }, i) => encodeService(total, `${key}${i}`)),
  }
}

function encodeService(total: Money, key: string): JsonObject {
  return {
    total_currency: total.currency,
    total_amount: formatAmount(total),
    passenger_id: null,
    id: `ase_${key}`,
  }
}
