import type { AirportCode, Baggage, LocalDateTime, Segment, SegmentFare, ZoneName } from '../../../core/itinerary.ts'
import { type CurrencyCode, exponentOf, type Money } from '../../../core/money.ts'
import type { Charge } from '../../../core/offer.ts'
import { findAirport } from '../../../reference/airports.ts'
import { offsetMinutes } from '../../../reference/zones.ts'
import { cabinCode } from './codes.ts'
import { daysBetween } from './dates.ts'
import type { JsonObject } from './json.ts'

/** JSON numbers on the wire: 13180 minor units of USD are 131.8. */
export function amountNumber(amount: Money): number {
  return amount.amountMinor / 10 ** exponentOf(amount.currency)
}

/** One list of descriptions: alike ones are one. */
class Descriptions {
  readonly #refs = new Map<string, number>()
  readonly #list: JsonObject[] = []

  ref(key: string, make: () => JsonObject): number {
    const known = this.#refs.get(key)
    if (known !== undefined) return known
    const id = this.#list.length + 1
    this.#list.push({ id, ...make() })
    this.#refs.set(key, id)
    return id
  }

  get list(): readonly JsonObject[] {
    return this.#list
  }
}

/** Every list that a reply refers to. */
export class Collected {
  readonly schedules = new Descriptions()
  readonly legs = new Descriptions()
  readonly carriers = new Descriptions()
  readonly #taxes = new Descriptions()
  readonly #taxSummaries = new Descriptions()
  readonly #components = new Descriptions()
  readonly #allowances = new Descriptions()
  readonly #obFees = new Descriptions()

  tax(tax: Charge, station: AirportCode): number {
    return this.#taxes.ref(`${taxKey(tax)} ${station}`, () => ({ ...taxDescription(tax), station }))
  }

  taxSummary(tax: Charge): number {
    return this.#taxSummaries.ref(taxKey(tax), () => taxDescription(tax))
  }

  /** Ticketing fees of the carrier for its way of payment: none. */
  noFee(currency: CurrencyCode): number {
    return this.#obFees.ref(currency, () => ({ amount: 0, currency }))
  }

  allowance(baggage: Baggage): number {
    const { pieces, weightKg, weightLb } = baggage
    return this.#allowances.ref(`${pieces} ${weightKg} ${weightLb}`, () => ({
      ...(pieces === null ? {} : { pieceCount: pieces }),
      ...(weightKg === null ? {} : { weight: weightKg, unit: 'kg' }),
      ...(weightLb === null ? {} : { weight: weightLb, unit: 'lb' }),
    }))
  }

  /** `amount`: the part of the base fare that falls to it. */
  component(fare: SegmentFare, code: string, segments: readonly Segment[], outward: boolean, amount: Money): number {
    const { fareBasis, cabin, brand } = fare
    const carrier = segments[0]!.marketing.carrier
    const published = amountNumber(amount)
    const key = `${fareBasis} ${cabin} ${brand?.code} ${brand?.name} ${code} ${carrier} ${segments.length} ${outward} ${published} ${amount.currency}`
    return this.#components.ref(key, () => ({
      governingCarrier: carrier,
      fareAmount: published,
      fareCurrency: 'NUC',
      ...(fareBasis === null ? {} : { fareBasisCode: fareBasis }),
      farePassengerType: code,
      publishedFareAmount: published,
      publishedFareCurrency: amount.currency,
      directionality: outward ? 'FROM' : 'TO',
      applicablePricingCategories: '4 5 6 7 8 9 10 15 16 31 33',
      vendorCode: 'ATP',
      fareTypeBitmap: '00',
      fareType: 'XPN',
      fareTariff: '21',
      fareRule: 'SAV1',
      ...(cabin === null ? {} : { cabinCode: cabinCode(cabin) }),
      ...(brand === null ? {} : { brand: brandOf(brand) }),
      segments: segments.map((_, i) => ({ segment: i + 1 === segments.length && outward ? { stopover: true } : {} })),
    }))
  }

  descriptions(): JsonObject {
    return {
      scheduleDescs: this.schedules.list.toReversed(),
      taxDescs: this.#taxes.list.toReversed(),
      taxSummaryDescs: this.#taxSummaries.list,
      obFeeDescs: this.#obFees.list,
      brandFeatureDescs: [],
      fareComponentDescs: this.#components.list.toReversed(),
      validatingCarrierDescs: this.carriers.list,
      baggageAllowanceDescs: this.#allowances.list,
      legDescs: this.legs.list.toReversed(),
    }
  }
}

function brandOf(brand: { readonly code: string | null; readonly name: string | null }): JsonObject {
  return {
    ...(brand.code === null ? {} : { code: brand.code }),
    ...(brand.name === null ? {} : { brandName: brand.name }),
  }
}

/** Carrier-imposed and US taxes have a type behind the code. */
const typed: ReadonlyMap<string, string> = new Map([
  ['YQ', 'YQF'],
  ['YR', 'YRI'],
  ['US', 'US2'],
])

function taxKey({ code, amount }: Charge): string {
  return `${code} ${amount.amountMinor} ${amount.currency}`
}

function taxDescription(tax: Charge): JsonObject {
  const amount = amountNumber(tax.amount)
  const { currency } = tax.amount
  return {
    code: typed.get(tax.code) ?? tax.code,
    amount,
    currency,
    description: 'TAX',
    publishedAmount: amount,
    publishedCurrency: currency,
  }
}

export function scheduleDescription(segment: Segment): JsonObject {
  const { marketing, operating, departure, arrival, aircraft, stops } = segment
  const days = daysBetween(departure.slice(0, 10), arrival.slice(0, 10))
  return {
    frequency: 'SMTWTFS',
    stopCount: stops.length,
    eTicketable: true,
    totalMilesFlown: milesBetween(segment.origin, segment.destination),
    ...(segment.durationMinutes === null ? {} : { elapsedTime: segment.durationMinutes }),
    departure: place(segment.origin, segment.originTerminal, departure, segment.departureZone),
    arrival: {
      ...place(segment.destination, segment.destinationTerminal, arrival, segment.arrivalZone),
      ...(days === 0 ? {} : { dateAdjustment: days }),
    },
    carrier: {
      marketing: marketing.carrier,
      marketingFlightNumber: flightNumberValue(marketing.number),
      ...(operating.carrier === null ? {} : { operating: operating.carrier }),
      ...(operating.carrier === null && operating.name !== null ? { operating: operating.name } : {}),
      ...(operating.number === null ? {} : { operatingFlightNumber: flightNumberValue(operating.number) }),
      ...(operating.name === null ? {} : { codeShared: operating.name }),
      equipment: { ...(aircraft === null ? {} : { code: aircraft }), typeForFirstLeg: 'N', typeForLastLeg: 'N' },
    },
    ...(stops.length === 0 ? {} : { hiddenStops: stops.map(hiddenStop) }),
  }
}

function hiddenStop(stop: Segment['stops'][number]): JsonObject {
  const airport = findAirport(stop.airport)
  return {
    airport: stop.airport,
    city: airport?.cityCode ?? stop.airport,
    country: airport?.country ?? '',
    ...(stop.minutes === null ? {} : { elapsedLayoverTime: stop.minutes }),
  }
}

/** A number, but for the rare one with a letter. */
export function flightNumberValue(number: string): number | string {
  return /^\d+$/.test(number) ? Number(number) : number
}

function place(code: string, terminal: string | null, local: LocalDateTime, zone: ZoneName | null): JsonObject {
  const airport = findAirport(code)
  return {
    airport: code,
    city: airport?.cityCode ?? code,
    country: airport?.country ?? '',
    time: `${local.slice(11)}${zone === null ? '' : offsetOf(zone, local)}`,
    ...(terminal === null ? {} : { terminal }),
  }
}

const offsets = new Map<string, string>()

/** One look-up a zone and hour. */
function offsetOf(zone: ZoneName, local: LocalDateTime): string {
  const key = zone + local.slice(0, 13)
  let text = offsets.get(key)
  if (text === undefined) {
    text = offsetText(offsetMinutes(zone, local))
    if (offsets.size > 20_000) offsets.clear()
    offsets.set(key, text)
  }
  return text
}

function offsetText(minutes: number): string {
  const whole = Math.round(Math.abs(minutes))
  const pad = (n: number): string => String(n).padStart(2, '0')
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(whole / 60))}:${pad(whole % 60)}`
}

const miles = new Map<string, number>()

/** Great circle, statute miles; 0 where an airport is not known. */
function milesBetween(from: string, to: string): number {
  const key = from + to
  let distance = miles.get(key)
  if (distance === undefined) {
    distance = greatCircleMiles(from, to)
    if (miles.size > 20_000) miles.clear()
    miles.set(key, distance)
  }
  return distance
}

function greatCircleMiles(from: string, to: string): number {
  const a = findAirport(from)
  const b = findAirport(to)
  if (!a || !b) return 0
  const rad = Math.PI / 180
  const h =
    Math.sin(((b.latitude - a.latitude) * rad) / 2) ** 2 +
    Math.cos(a.latitude * rad) * Math.cos(b.latitude * rad) * Math.sin(((b.longitude - a.longitude) * rad) / 2) ** 2
  return Math.round(2 * 3958.8 * Math.asin(Math.sqrt(h)))
}
