import type { Baggage, Brand, PassengerType, SegmentFare } from '../../../core/itinerary.ts'
import type { CurrencyCode, Money } from '../../../core/money.ts'
import type { Charge } from '../../../core/offer.ts'
import { cabinOf, passengerTypeOf } from './codes.ts'
import { readPenalties } from './conditions.ts'
import { type Descriptions, descriptionsById } from './grouped-flights.ts'
import { GroupedTaxes } from './grouped-taxes.ts'
import {
  booleanOf,
  isObject,
  type JsonObject,
  moneyOf,
  numberOf,
  objectOf,
  objectsOf,
  textOf,
  wholeOf,
} from './json.ts'
import type { PassengerOffer } from './offers.ts'
import type { SaidPrice } from './prices.ts'
import { OfferProblem, type Place } from './reading.ts'

type MadeFare = { readonly segment: JsonObject; readonly fare: SegmentFare }

/** Of one component; what goes beyond is made anew each time. */
const alikeMax = 32

/** Where the flights of an itinerary begin, in the order of travel. */
export type Origins = readonly string[]

/** fare.passengerInfoList: what one kind of passenger pays and flies on, every reference resolved. What is described once
 *  is read once. */
export class GroupedFares {
  readonly #components: Descriptions
  readonly #allowances: Descriptions
  readonly #taxes: GroupedTaxes
  readonly #summaries: GroupedTaxes
  readonly #baggage = new Map<number, Baggage | undefined>()
  readonly #brands = new Map<JsonObject, Brand | null>()
  readonly #made = new Map<JsonObject, MadeFare[]>()

  constructor(reply: JsonObject) {
    this.#components = descriptionsById(reply.fareComponentDescs)
    this.#allowances = descriptionsById(reply.baggageAllowanceDescs)
    this.#taxes = new GroupedTaxes(descriptionsById(reply.taxDescs))
    this.#summaries = new GroupedTaxes(descriptionsById(reply.taxSummaryDescs))
  }

  passengers(fare: JsonObject, origins: Origins, currency: CurrencyCode, at: Place): readonly PassengerOffer[] {
    const list = objectsOf(fare.passengerInfoList)
    if (list.length === 0) throw new OfferProblem('incomplete-fare', at(), 'a fare without passengers')
    const passengers = new Array<PassengerOffer>(list.length)
    for (let i = 0; i < list.length; i++) {
      const place = (): string => `${at()}/fare/passengerInfoList/${i}/passengerInfo`
      const info = list[i]!.passengerInfo
      if (!isObject(info)) throw new OfferProblem('incomplete-fare', place(), 'a passenger without a price')
      passengers[i] = this.#passenger(info, origins, currency, place)
    }
    return passengers
  }

  #passenger(info: JsonObject, origins: Origins, currency: CurrencyCode, at: Place): PassengerOffer {
    const price = this.#price(info, currency, at)
    const said = this.#fareSegments(info, origins, at)
    const checked = this.#baggageOf(info, 'A', origins.length, at)
    const carryOn = this.#baggageOf(info, 'B', origins.length, at)
    const fares = new Array<SegmentFare>(said.length)
    const breaks = new Array<boolean>(said.length)
    let seatsLeft: number | null = null
    for (let i = 0; i < said.length; i++) {
      const { segment } = said[i]!
      const seats = wholeOf(segment.seatsAvailable)
      if (seats !== null && (seatsLeft === null || seats < seatsLeft)) seatsLeft = seats
      breaks[i] = segment.availabilityBreak === true || segment.availabilityBreak === 'true'
      fares[i] = this.#fare(price.type, said[i]!, checked[i] ?? null, carryOn[i] ?? null)
    }
    const penalties = objectsOf(objectOf(info.penaltiesInfo).penalties)
    return {
      price,
      fares,
      breaks,
      seatsLeft,
      penalties: readPenalties(penalties, booleanOf(info.nonRefundable), currency),
    }
  }

  /** A search of 200 return offers with two kinds of passenger tells 1,212 fares, of which 62 differ. */
  #fare(type: PassengerType, said: FareSegment, checked: Baggage | null, cabin: Baggage | null): SegmentFare {
    const { segment, component } = said
    let alike = this.#made.get(component)
    if (!alike) {
      alike = []
      this.#made.set(component, alike)
    }
    for (const { segment: other, fare } of alike) {
      if (
        other.bookingCode === segment.bookingCode &&
        other.cabinCode === segment.cabinCode &&
        fare.passengerType === type &&
        fare.baggage.checked === checked &&
        fare.baggage.cabin === cabin
      ) {
        return fare
      }
    }
    const fare = {
      passengerType: type,
      fareBasis: textOf(component.fareBasisCode),
      bookingClass: textOf(segment.bookingCode),
      cabin: cabinOf(segment.cabinCode) ?? cabinOf(component.cabinCode),
      brand: this.#brand(component),
      baggage: { checked, cabin },
    }
    if (alike.length < alikeMax) alike.push({ segment, fare })
    return fare
  }

  #price(info: JsonObject, currency: CurrencyCode, at: Place): SaidPrice {
    const code = textOf(info.passengerType)
    const type = code === null ? undefined : passengerTypeOf(code)
    const count = wholeOf(info.passengerNumber) ?? 1
    if (code === null || !type) throw new OfferProblem('unknown-passenger', at(), `passenger type ${code ?? 'absent'}`)
    if (count < 1 || count > 99) throw new OfferProblem('incomplete-fare', at(), `${count} passengers`)
    const said = objectOf(info.passengerTotalFare)
    const total = said.currency === currency ? moneyOf(said.totalFare, currency) : null
    if (!total) throw new OfferProblem('incomplete-fare', `${at()}/passengerTotalFare`, 'no price for a passenger')
    const taxTotal = moneyOf(said.totalTaxAmount, currency)
    const base = baseOf(said, total, taxTotal)
    const taxes = this.#taxList(info, currency, at)
    if (taxes.length > 0 || !taxTotal || taxTotal.amountMinor === 0) return { type, code, count, base, taxes, total }
    return { type, code, count, base, taxes: [{ code: 'XT', amount: taxTotal }], total }
  }

  /** Each single tax; where a reply has only the summaries, those. */
  #taxList(info: JsonObject, currency: CurrencyCode, at: Place): readonly Charge[] {
    const single = objectsOf(info.taxes)
    if (single.length > 0) return this.#taxes.list(single, currency, at)
    return this.#summaries.list(objectsOf(info.taxSummaries), currency, at)
  }

  /** One entry a flight, in the order of travel. Components come in that order too; where one does not begin at the
   *  airport of the next flight, the flight that does is taken. */
  #fareSegments(info: JsonObject, origins: Origins, at: Place): readonly (FareSegment | undefined)[] {
    const flights = origins.length
    // sized at once, here and below: a list that grows from nothing takes room for 17
    const said = new Array<FareSegment | undefined>(flights)
    let next = 0
    let found = 0
    for (const component of objectsOf(info.fareComponents)) {
      const ref = wholeOf(component.ref) ?? -1
      const description = this.#components.get(ref)
      if (!description) throw new OfferProblem('dangling-reference', at(), `no fare component ${ref}`)
      next = startOf(component.beginAirport, origins, said, next)
      for (const entry of objectsOf(component.segments)) {
        const segment = objectOf(entry.segment)
        if (booleanOf(segment.surface) === true) continue
        if (next >= flights) throw new OfferProblem('incomplete-fare', at(), 'more fares than flights')
        if (said[next] === undefined) found++
        said[next++] = { segment, component: description }
      }
    }
    if (found < flights) throw new OfferProblem('incomplete-fare', at(), 'a flight without a fare')
    return said
  }

  #brand(component: JsonObject): Brand | null {
    let brand = this.#brands.get(component)
    if (brand === undefined) {
      const said = objectOf(component.brand)
      const code = textOf(said.code)
      const name = textOf(said.brandName)
      brand = code || name ? { code, name } : null
      this.#brands.set(component, brand)
    }
    return brand
  }

  /** By flight. Provision A is checked baggage, B what goes into the cabin; others are charges. `id` counts flights from 0. */
  #baggageOf(info: JsonObject, wanted: 'A' | 'B', flights: number, at: Place): readonly (Baggage | undefined)[] {
    const found = new Array<Baggage | undefined>(flights)
    for (const entry of objectsOf(info.baggageInformation)) {
      if ((textOf(entry.provisionType) ?? 'A') !== wanted) continue
      const ref = wholeOf(objectOf(entry.allowance).ref)
      if (ref === null) continue
      const baggage = this.#allowance(ref, at)
      for (const { id } of objectsOf(entry.segments)) {
        const index = wholeOf(id) ?? -1
        if (index >= 0 && index < flights) found[index] = baggage
      }
    }
    return found
  }

  #allowance(ref: number, at: Place): Baggage | undefined {
    if (this.#baggage.has(ref)) return this.#baggage.get(ref)
    const description = this.#allowances.get(ref)
    if (!description) throw new OfferProblem('dangling-reference', at(), `no baggage allowance ${ref}`)
    const pieces = wholeOf(description.pieceCount)
    const baggage = baggageOf(pieces, numberOf(description.weight), textOf(description.unit))
    this.#baggage.set(ref, baggage)
    return baggage
  }
}

type FareSegment = { readonly segment: JsonObject; readonly component: JsonObject }

/** Base fares are filed in the currency of departure; the equivalent is in that of the total. */
function baseOf(said: JsonObject, total: Money, taxes: Money | null): Money {
  const { currency } = total
  const equivalent = said.equivalentCurrency === currency ? moneyOf(said.equivalentAmount, currency) : null
  if (equivalent) return equivalent
  const filed = said.baseFareCurrency === currency ? moneyOf(said.baseFareAmount, currency) : null
  return filed ?? { amountMinor: total.amountMinor - (taxes?.amountMinor ?? 0), currency }
}

function startOf(
  airport: unknown,
  origins: Origins,
  taken: readonly (FareSegment | undefined)[],
  next: number,
): number {
  if (typeof airport !== 'string' || origins[next] === airport) return next
  const index = origins.findIndex((origin, i) => origin === airport && taken[i] === undefined)
  return index >= 0 ? index : next
}

/** Undefined where it says nothing. */
export function baggageOf(pieces: number | null, weight: number | null, unit: string | null): Baggage | undefined {
  if (pieces === null && weight === null) return undefined
  const pounds = unit !== null && /^(lb|pound)/i.test(unit)
  return { pieces, weightKg: pounds ? null : weight, weightLb: pounds ? weight : null }
}
