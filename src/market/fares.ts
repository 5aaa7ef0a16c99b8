import type { Instant } from '../core/clock.ts'
import { type CurrencyCode, type Money, money, moneyJson } from '../core/money.ts'
import type { Convert, MarketDocument } from './document.ts'
import type { Clause } from './index-search.ts'
import type { Freshness, MarketFare } from './port.ts'

/** A document in the currency that was asked for. Undefined where a rate has gone since it was written. */
export function fareOf(document: MarketDocument, currency: CurrencyCode, convert: Convert): MarketFare | undefined {
  const price = priceOf(document, currency, convert)
  if (!price) return undefined
  return {
    price: moneyJson(price),
    trip: document.trip,
    origin: document.origin,
    destination: document.destination,
    route: document.route,
    departure: document.departure,
    arrival: document.arrival,
    departureDate: document.departureDate,
    returnDate: document.returnDate,
    nights: document.nights,
    durationMinutes: document.durationMinutes,
    stops: document.stops,
    carriers: document.carriers,
    validatingCarrier: document.validatingCarrier,
    cabins: document.cabins,
    provider: document.supplier,
    pointOfSale: document.pointOfSale,
    shoppedAt: document.shoppedAt,
  }
}

/** What was shown, where it was shown in this currency; else converted from that, once. */
export function priceOf(document: MarketDocument, currency: CurrencyCode, convert: Convert): Money | undefined {
  const shown = money(document.shownPriceMinor, document.shownCurrency)
  return shown.currency === currency ? shown : convert(shown, currency)
}

/** A figure over documents, which need not be whole. */
export function figureOf(
  minor: number,
  given: CurrencyCode,
  currency: CurrencyCode,
  convert: Convert,
): Money | undefined {
  const own = money(Math.round(minor), given)
  return given === currency ? own : convert(own, currency)
}

/** By the currency in which prices were shown: a figure worked out of another one is off by some units of both. */
export function byShownCurrency(aggs: Readonly<Record<string, Clause>>): Clause {
  return { terms: { field: 'shownCurrency', size: currenciesMax }, aggs }
}

/** More than there are rates for. */
const currenciesMax = 200

export function freshnessOf(shoppedAt: readonly Instant[]): Freshness {
  const sorted = [...shoppedAt].sort()
  return { newest: sorted.at(-1) ?? null, oldest: sorted[0] ?? null }
}
