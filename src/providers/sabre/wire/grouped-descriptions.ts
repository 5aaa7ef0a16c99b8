import type { Baggage, LocalDateTime, Segment, SegmentFare, ZoneName } from '../../../core/itinerary.ts'
import { exponentOf, type Money } from '../../../core/money.ts'
import type { Charge, SupplierOffer } from '../../../core/offer.ts'
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

  tax(tax: Charge): number {
    return this.#taxes.ref(taxKey(tax), () => taxDescription(tax))
  }

  taxSummary(tax: Charge): number {
    return this.#taxSummaries.ref(taxKey(tax), () => taxDescription(tax))
  }

  allowance(baggage: Baggage): number {
    const { pieces, weightKg, weightLb } = baggage
    return this.#allowances.ref(`${pieces} ${weightKg} ${weightLb}`, () => ({
      ...(pieces === null ? {} : { pieceCount: pieces }),
      ...(weightKg === null ? {} : { weight: weightKg, unit: 'kg' }),
      ...(weightLb === null ? {} : { weight: weightLb, unit: 'lb' }),
    }))
  }

  component(fare: SegmentFare, code: string, segments: readonly Segment[], offer: SupplierOffer): number {
    const { fareBasis, cabin, brand } = fare
    const carrier = segments[0]!.marketing.carrier
    const turns = segments.at(-1)!.destination === offer.slices[0]!.destination
    const key = `${fareBasis} ${cabin} ${brand?.code} ${brand?.name} ${code} ${carrier} ${segments.length} ${turns}`
    return this.#components.ref(key, () => ({
      governingCarrier: carrier,
      ...(fareBasis === null ? {} : { fareBasisCode: fareBasis }),
      farePassengerType: code,
      directionality: turns ? 'FROM' : 'TO',
      vendorCode: 'ATP',
      ...(cabin === null ? {} : { cabinCode: cabinCode(cabin) }),
      ...(brand === null ? {} : { brand: brandOf(brand) }),
      segments: segments.map((_, i) => ({ segment: i + 1 === segments.length && turns ? { stopover: true } : {} })),
    }))
  }

  descriptions(): JsonObject {
    return {
      scheduleDescs: this.schedules.list.toReversed(),
      taxDescs: this.#taxes.list.toReversed(),
      taxSummaryDescs: this.#taxSummaries.list,
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
    time: `${local.slice(11)}${zone === null ? '' : offsetText(offsetMinutes(zone, local))}`,
    ...(terminal === null ? {} : { terminal }),
  }
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
