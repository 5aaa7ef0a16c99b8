import type { Baggage, Brand, SegmentFare } from '../../../core/itinerary.ts'
import type { CurrencyCode, Money } from '../../../core/money.ts'
import type { Charge } from '../../../core/offer.ts'
import { cabinOf, passengerTypeOf, taxCodeOf } from './codes.ts'
import { readPenalties } from './conditions.ts'
import { type Descriptions, descriptionsById } from './grouped-flights.ts'
import {
  booleanOf,
  currencyOf,
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
import { addTo, type SaidPrice } from './prices.ts'
import { OfferProblem } from './reading.ts'

/** Where the flights of an itinerary begin, in the order of travel. */
export type Origins = readonly string[]

/** fare.passengerInfoList: what one kind of passenger pays and flies on, every reference resolved. What is described once
 *  is read once. */
export class GroupedFares {
  readonly #components: Descriptions
  readonly #allowances: Descriptions
  readonly #taxes: Taxes
  readonly #summaries: Taxes
  readonly #baggage = new Map<number, Baggage | undefined>()
  readonly #brands = new Map<JsonObject, Brand | null>()

  constructor(reply: JsonObject) {
    this.#components = descriptionsById(reply.fareComponentDescs)
    this.#allowances = descriptionsById(reply.baggageAllowanceDescs)
    this.#taxes = new Taxes(descriptionsById(reply.taxDescs))
    this.#summaries = new Taxes(descriptionsById(reply.taxSummaryDescs))
  }

  passengers(fare: JsonObject, origins: Origins, currency: CurrencyCode, at: string): readonly PassengerOffer[] {
    const list = objectsOf(fare.passengerInfoList)
    if (list.length === 0) throw new OfferProblem('incomplete-fare', at, 'a fare without passengers')
    return list.map((entry, i) => {
      const place = `${at}/fare/passengerInfoList/${i}/passengerInfo`
      if (!isObject(entry.passengerInfo))
        throw new OfferProblem('incomplete-fare', place, 'a passenger without a price')
      return this.#passenger(entry.passengerInfo, origins, currency, place)
    })
  }

  #passenger(info: JsonObject, origins: Origins, currency: CurrencyCode, at: string): PassengerOffer {
    const price = this.#price(info, currency, at)
    const said = this.#fareSegments(info, origins, at)
    const checked = this.#baggageOf(info, 'A', origins.length, at)
    const carryOn = this.#baggageOf(info, 'B', origins.length, at)
    const fares: SegmentFare[] = []
    const breaks: boolean[] = []
    let seatsLeft: number | null = null
    for (let i = 0; i < said.length; i++) {
      const { segment, component } = said[i]!
      const seats = wholeOf(segment.seatsAvailable)
      if (seats !== null && (seatsLeft === null || seats < seatsLeft)) seatsLeft = seats
      breaks.push(segment.availabilityBreak === true || segment.availabilityBreak === 'true')
      fares.push({
        passengerType: price.type,
        fareBasis: textOf(component.fareBasisCode),
        bookingClass: textOf(segment.bookingCode),
        cabin: cabinOf(segment.cabinCode) ?? cabinOf(component.cabinCode),
        brand: this.#brand(component),
        baggage: { checked: checked[i] ?? null, cabin: carryOn[i] ?? null },
      })
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

  #price(info: JsonObject, currency: CurrencyCode, at: string): SaidPrice {
    const code = textOf(info.passengerType)
    const type = code === null ? undefined : passengerTypeOf(code)
    const count = wholeOf(info.passengerNumber) ?? 1
    if (code === null || !type) throw new OfferProblem('unknown-passenger', at, `passenger type ${code ?? 'absent'}`)
    if (count < 1 || count > 99) throw new OfferProblem('incomplete-fare', at, `${count} passengers`)
    const said = objectOf(info.passengerTotalFare)
    const total = said.currency === currency ? moneyOf(said.totalFare, currency) : null
    if (!total) throw new OfferProblem('incomplete-fare', `${at}/passengerTotalFare`, 'no price for a passenger')
    const taxTotal = moneyOf(said.totalTaxAmount, currency)
    const base = baseOf(said, total, taxTotal)
    const taxes = this.#taxList(info, currency, at)
    if (taxes.length > 0 || !taxTotal || taxTotal.amountMinor === 0) return { type, code, count, base, taxes, total }
    return { type, code, count, base, taxes: [{ code: 'XT', amount: taxTotal }], total }
  }

  /** Each single tax; where a reply has only the summaries, those. */
  #taxList(info: JsonObject, currency: CurrencyCode, at: string): readonly Charge[] {
    const single = objectsOf(info.taxes)
    const references = single.length > 0 ? single : objectsOf(info.taxSummaries)
    const taxes = single.length > 0 ? this.#taxes : this.#summaries
    const found: Charge[] = []
    for (const reference of references) addTo(found, taxes.charge(reference.ref, currency, at))
    return found
  }

  /** One entry a flight, in the order of travel. Components come in that order too; where one does not begin at the
   *  airport of the next flight, the flight that does is taken. */
  #fareSegments(info: JsonObject, origins: Origins, at: string): readonly FareSegment[] {
    const flights = origins.length
    const said: (FareSegment | undefined)[] = new Array<undefined>(flights).fill(undefined)
    let next = 0
    let found = 0
    for (const component of objectsOf(info.fareComponents)) {
      const ref = wholeOf(component.ref) ?? -1
      const description = this.#components.get(ref)
      if (!description) throw new OfferProblem('dangling-reference', at, `no fare component ${ref}`)
      next = startOf(component.beginAirport, origins, said, next)
      for (const entry of objectsOf(component.segments)) {
        const segment = objectOf(entry.segment)
        if (booleanOf(segment.surface) === true) continue
        if (next >= flights) throw new OfferProblem('incomplete-fare', at, 'more fares than flights')
        if (said[next] === undefined) found++
        said[next++] = { segment, component: description }
      }
    }
    if (found < flights) throw new OfferProblem('incomplete-fare', at, 'a flight without a fare')
    return said.filter(entry => entry !== undefined)
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
  #baggageOf(info: JsonObject, wanted: 'A' | 'B', flights: number, at: string): readonly (Baggage | undefined)[] {
    const found: (Baggage | undefined)[] = []
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

  #allowance(ref: number, at: string): Baggage | undefined {
    if (this.#baggage.has(ref)) return this.#baggage.get(ref)
    const description = this.#allowances.get(ref)
    if (!description) throw new OfferProblem('dangling-reference', at, `no baggage allowance ${ref}`)
    const pieces = wholeOf(description.pieceCount)
    const baggage = baggageOf(pieces, numberOf(description.weight), textOf(description.unit))
    this.#baggage.set(ref, baggage)
    return baggage
  }
}

type FareSegment = { readonly segment: JsonObject; readonly component: JsonObject }

/** Tax descriptions as charges of ours, made once each. */
class Taxes {
  readonly #descriptions: Descriptions
  readonly #charges = new Map<number, Charge>()

  constructor(descriptions: Descriptions) {
    this.#descriptions = descriptions
  }

  charge(reference: unknown, currency: CurrencyCode, at: string): Charge {
    const ref = wholeOf(reference) ?? -1
    let charge = this.#charges.get(ref)
    if (!charge) {
      charge = this.#read(ref, at)
      this.#charges.set(ref, charge)
    }
    if (charge.amount.currency === currency) return charge
    throw new OfferProblem('incomplete-fare', at, `tax description ${ref} is in another currency`)
  }

  #read(ref: number, at: string): Charge {
    const description = this.#descriptions.get(ref)
    if (!description) throw new OfferProblem('dangling-reference', at, `no tax description ${ref}`)
    const code = textOf(description.code)
    const currency = currencyOf(description.currency)
    const amount = currency && moneyOf(description.amount, currency)
    if (!code || !amount) throw new OfferProblem('incomplete-fare', at, `tax description ${ref} has no amount`)
    return { code: taxCodeOf(code), amount }
  }
}

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
