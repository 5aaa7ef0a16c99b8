import type { Slice } from '../core/itinerary.ts'
import { formatAmount, type Money } from '../core/money.ts'
import type { SupplierOffer } from '../core/offer.ts'
import type { SupplierOrder } from '../core/order.ts'
import type { SeatMap } from '../core/seat-map.ts'
import type { DecodedMessage } from './port.ts'

const rowsMax = 200

/** `fareloom decode --summary`: what a message holds, for reading in a terminal. */
export function decodeSummary(provider: string, decoded: DecodedMessage): string {
  const version = decoded.version === null ? '' : ` ${decoded.version}`
  const parts = [
    `${provider} ${decoded.message}${version}`,
    ...offersPart(decoded.offers),
    ...(decoded.order ? orderPart(decoded.order) : []),
    ...(decoded.seatMaps ?? []).map(seatMapLine),
    ...listed('fault', decoded.faults, ({ code, kind, mayHaveBooked, text }) => [
      code ?? '-',
      kind,
      mayHaveBooked ? 'may have booked' : '',
      text,
    ]),
    ...listed('warning', decoded.warnings, ({ code, at, text }) => [code, at, text]),
  ]
  return `${parts.map(oneLine).join('\n')}\n`
}

function offersPart(offers: readonly SupplierOffer[]): readonly string[] {
  return listed('offer', offers, offer => [
    moneyText(offer.total),
    offer.validatingCarrier ?? '-',
    offer.passengers.map(({ type, count }) => `${count} ${type}`).join(' '),
    offer.slices.map(sliceText).join(' | ') || 'no flights told',
    offer.seatsLeft === null ? '' : `${offer.seatsLeft} left`,
  ])
}

function orderPart(order: SupplierOrder): readonly string[] {
  const passengers = order.passengers.map(({ surname, givenNames, type }) =>
    [surname, givenNames, type].filter(part => part).join(' '),
  )
  return [
    '',
    `order ${order.locators.map(({ owner, locator }) => `${owner} ${locator}`).join(', ') || 'without a locator'}: ${order.status}`,
    `  total    ${order.total ? moneyText(order.total) : '-'}`,
    ...(order.ticketBy === null ? [] : [`  ticket by ${order.ticketBy}`]),
    ...order.slices.map(slice => `  flights  ${sliceText(slice)}`),
    ...passengers.map(passenger => `  traveller ${passenger}`),
    ...order.documents.map(({ kind, number, status }) => `  ${kind.padEnd(8)} ${number} ${status}`),
  ]
}

/** `BA117 by AA LHR-JFK 2027-03-10 08:20-11:15`; a day change is `+1`. */
function sliceText({ segments }: Slice): string {
  return segments
    .map(({ marketing, operating, origin, destination, departure, arrival, stops, status }) => {
      const days = daysBetween(departure, arrival)
      const times = [departure.slice(0, 16).replace('T', ' '), arrival.slice(11, 16)].filter(part => part).join('-')
      const by = operating.carrier && operating.carrier !== marketing.carrier ? ` by ${operating.carrier}` : ''
      const landings = stops.length > 0 ? ` via ${stops.map(stop => stop.airport).join(' ')}` : ''
      const dayChange = days === 0 ? '' : days > 0 ? `+${days}` : String(days)
      const flight = `${marketing.carrier}${marketing.number}`
      return `${flight}${by} ${origin}-${destination}${landings} ${times}${dayChange}${status === null ? '' : ` ${status}`}`
    })
    .join(', ')
}

function daysBetween(departure: string, arrival: string): number {
  const days = (Date.parse(arrival.slice(0, 10)) - Date.parse(departure.slice(0, 10))) / 86_400_000
  return Number.isInteger(days) ? days : 0
}

function seatMapLine(map: SeatMap): string {
  const seats = map.cabins.flatMap(cabin => cabin.rows.flatMap(row => row.seats))
  const free = seats.filter(seat => seat.availability === 'available').length
  const flight = `${map.carrier ?? ''}${map.number ?? ''} ${map.origin ?? '?'}-${map.destination ?? '?'}`.trim()
  return `\nseat map ${flight}: ${map.cabins.length} cabins, ${seats.length} seats, ${free} free`
}

function moneyText(money: Money): string {
  return `${formatAmount(money)} ${money.currency}`
}

/** A heading with the number, then a row each, its columns as wide as the widest. */
function listed<T>(name: string, items: readonly T[], columnsOf: (item: T) => readonly string[]): readonly string[] {
  if (items.length === 0) return []
  const rows = items.slice(0, rowsMax).map(columnsOf)
  const widths = rows[0]!.map((_, column) => Math.min(40, Math.max(...rows.map(row => row[column]!.length))))
  const numberWidth = String(rows.length).length
  const lines = rows.map((row, index) => {
    const cells = row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]!)))
    return `  ${String(index + 1).padStart(numberWidth)}  ${cells.join('  ')}`.trimEnd()
  })
  const more = items.length > rowsMax ? [`  and ${items.length - rowsMax} more`] : []
  return ['', `${items.length} ${name}${items.length === 1 ? '' : 's'}`, ...lines, ...more]
}

/** Foreign words do not drive the terminal. */
function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is taken out
  return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, ' ')
}
