import type { AirportCode, LocalDate } from '../../../core/itinerary.ts'
import { formatAmount, type Money, parseMoney } from '../../../core/money.ts'
import { localDateOf, type Raw, rawOf, textOf, type Warnings, warn } from './read.ts'

/** `GET /v1/shopping/flight-dates`: the lowest price by day pair, without flights. */

export type FlightDate = {
  readonly origin: AirportCode
  readonly destination: AirportCode
  readonly departureDate: LocalDate
  readonly returnDate: LocalDate | null
  readonly total: Money
}

export function decodeFlightDates(
  list: readonly unknown[],
  currency: string | null,
  at: string,
  warnings: Warnings,
): readonly FlightDate[] {
  return list.flatMap((item, i) => {
    const date = decodeFlightDate(rawOf(item), currency)
    if (date === null) warn(warnings, 'date-unreadable', `${at}/${i}`, 'the row is left out: place, day or price')
    return date === null ? [] : [date]
  })
}

/** The currency stands in the meta data, or in the dictionary where that has one only. */
export function currencyOf(envelope: Raw | null): string | null {
  const said = textOf(rawOf(envelope?.meta)?.currency)
  if (said !== null) return said
  const known = Object.keys(rawOf(rawOf(envelope?.dictionaries)?.currencies) ?? {})
  return known.length === 1 ? known[0]! : null
}

function decodeFlightDate(raw: Raw | null, ofReply: string | null): FlightDate | null {
  const price = rawOf(raw?.price)
  const currency = textOf(price?.currency) ?? ofReply
  const origin = textOf(raw?.origin)
  const destination = textOf(raw?.destination)
  const departureDate = localDateOf(raw?.departureDate)
  const total = typeof price?.total === 'string' && currency ? parseMoney(price.total, currency) : undefined
  if (!origin || !destination || !departureDate || !total) return null
  return { origin, destination, departureDate, returnDate: localDateOf(raw?.returnDate), total }
}

export function encodeFlightDates(dates: readonly FlightDate[]): Raw {
  return {
    meta: { currency: dates[0]?.total.currency },
    data: dates.map(({ origin, destination, departureDate, returnDate, total }) => ({
      type: 'flight-date',
      origin,
      destination,
      departureDate,
      returnDate: returnDate ?? undefined,
      price: { total: formatAmount(total) },
    })),
  }
}
