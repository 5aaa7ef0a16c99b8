import type { Baggage, Brand, Slice } from '../../../core/itinerary.ts'
import type { CurrencyCode, Money } from '../../../core/money.ts'
import { cabinOf, passengerTypeOf, taxCodeOf } from './codes.ts'
import type { Penalties } from './conditions.ts'
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
import { type SaidPrice, TaxList } from './prices.ts'
import { OfferProblem } from './reading.ts'
import type { PassengerOffer, ReadFare } from './offers.ts'

/** fare.passengerInfoList: what one kind of passenger pays and flies on, every reference resolved. */
export class GroupedFares {
  readonly #components: Descriptions
  readonly #taxes: Descriptions
  readonly #summaries: Descriptions
  readonly #allowances: Descriptions
  readonly #baggage = new Map<number, Baggage | undefined>()
  readonly #brands = new Map<JsonObject, Brand | null>()

  constructor(reply: JsonObject) {
    this.#components = descriptionsById(reply.fareComponentDescs)
    this.#taxes = descriptionsById(reply.taxDescs)
    this.#summaries = descriptionsById(reply.taxSummaryDescs)
    this.#allowances = descriptionsById(reply.baggageAllowanceDescs)
  }

  passengers(
    fare: JsonObject,
    slices: readonly Slice[],
    flights: number,
    currency: CurrencyCode,
    at: string,
  ): readonly PassengerOffer[] {
    const list = objectsOf(fare.passengerInfoList)
    if (list.length === 0) throw new OfferProblem('incomplete-fare', at, 'a fare without passengers')
    return list.map((entry, i) => {
      const place = `${at}/fare/passengerInfoList/${i}/passengerInfo`
      if (!isObject(entry.passengerInfo))
        throw new OfferProblem('incomplete-fare', place, 'a passenger without a price')
      return this.#passenger(entry.passengerInfo, slices, flights, currency, place)
    })
  }

  #passenger(
    info: JsonObject,
    slices: readonly Slice[],
    flights: number,
    currency: CurrencyCode,
    at: string,
  ): PassengerOffer {
    const price = this.#price(info, currency, at)
    const fares = this.#fares(info, slices, flights, at)
    this.#addBaggage(info, fares, at)
    let seatsLeft: number | null = null
    for (const { seats } of fares) if (seats !== null && (seatsLeft === null || seats < seatsLeft)) seatsLeft = seats
    return {
      price,
      fares: fares.map(fare => ({
        passengerType: price.type,
        fareBasis: fare.fareBasis,
        bookingClass: fare.bookingClass,
        cabin: fare.cabin,
        brand: fare.brand,
        baggage: { checked: fare.checked, cabin: fare.carryOn },
      })),
      breaks: fares.map(fare => fare.endsGroup),
      seatsLeft,
      penalties: this.#penalties(info, currency),
    }
  }

  #price(info: JsonObject, currency: CurrencyCode, at: string): SaidPrice {
    const code = textOf(info.passengerType)
    const type = code === null ? undefined : passengerTypeOf(code)
    const count = wholeOf(info.passengerNumber) ?? 1
    if (code === null || !type) throw new OfferProblem('unknown-passenger', at, `passenger type ${code ?? 'absent'}`)
    if (count < 1 || count > 99) throw new OfferProblem('incomplete-fare', at, `${count} passengers`)
    const said = objectOf(info.passengerTotalFare)
    const total = currencyOf(said.currency) === currency ? moneyOf(said.totalFare, currency) : null
    if (!total) throw new OfferProblem('incomplete-fare', `${at}/passengerTotalFare`, 'no price for a passenger')
    const taxTotal = moneyOf(said.totalTaxAmount, currency)
    const taxes = this.#taxList(info, currency, at)
    if (taxes.length > 0 || !taxTotal || taxTotal.amountMinor === 0) {
      return { type, code, count, base: baseOf(said, total, taxTotal), taxes, total }
    }
    return { type, code, count, base: baseOf(said, total, taxTotal), taxes: [{ code: 'XT', amount: taxTotal }], total }
  }

  /** Each single tax; where a reply has only the summaries, those. */
  #taxList(info: JsonObject, currency: CurrencyCode, at: string): SaidPrice['taxes'] {
    const single = objectsOf(info.taxes)
    const references = single.length > 0 ? single : objectsOf(info.taxSummaries)
    const descriptions = single.length > 0 ? this.#taxes : this.#summaries
    const list = new TaxList()
    for (const reference of references) {
      const description = descriptions.get(wholeOf(reference.ref) ?? -1)
      if (!description) throw new OfferProblem('dangling-reference', at, `no tax description ${reference.ref}`)
      const code = textOf(description.code)
      const amount = currencyOf(description.currency) === currency ? moneyOf(description.amount, currency) : null
      if (!code || !amount)
        throw new OfferProblem('incomplete-fare', at, `tax description ${reference.ref} has no amount`)
      list.add(taxCodeOf(code), amount)
    }
    return list.charges(currency)
  }

  /** One entry a flight, in the order of travel. Components come in that order too; where one does not begin at the
   *  airport of the next flight, the flight that does is taken. */
  #fares(info: JsonObject, slices: readonly Slice[], flights: number, at: string): readonly ReadFare[] {
    const fares: (ReadFare | undefined)[] = new Array<undefined>(flights).fill(undefined)
    const origins = slices.flatMap(slice => slice.segments.map(segment => segment.origin))
    let next = 0
    for (const component of objectsOf(info.fareComponents)) {
      const description = this.#components.get(wholeOf(component.ref) ?? -1)
      if (!description) throw new OfferProblem('dangling-reference', at, `no fare component ${component.ref}`)
      const segments = objectsOf(component.segments).map(entry => objectOf(entry.segment))
      const flown = segments.filter(segment => booleanOf(segment.surface) !== true)
      next = startOf(component.beginAirport, origins, fares, next)
      for (const segment of flown) {
        if (next >= flights) throw new OfferProblem('incomplete-fare', at, 'more fares than flights')
        fares[next++] = this.#fareOf(segment, description)
      }
    }
    const complete = fares.filter(fare => fare !== undefined)
    if (complete.length < flights) throw new OfferProblem('incomplete-fare', at, 'a flight without a fare')
    return complete
  }

  #fareOf(segment: JsonObject, description: JsonObject): ReadFare {
    return {
      fareBasis: textOf(description.fareBasisCode),
      bookingClass: textOf(segment.bookingCode),
      cabin: cabinOf(segment.cabinCode) ?? cabinOf(description.cabinCode),
      brand: this.#brand(description),
      seats: wholeOf(segment.seatsAvailable),
      endsGroup: booleanOf(segment.availabilityBreak) === true,
      checked: null,
      carryOn: null,
    }
  }

  #brand(description: JsonObject): Brand | null {
    let brand = this.#brands.get(description)
    if (brand === undefined) {
      const said = objectOf(description.brand)
      const code = textOf(said.code)
      const name = textOf(said.brandName)
      brand = code || name ? { code, name } : null
      this.#brands.set(description, brand)
    }
    return brand
  }

  /** Provision A is checked baggage, B what goes into the cabin; others are charges. `id` counts flights from 0. */
  #addBaggage(info: JsonObject, fares: readonly ReadFare[], at: string): void {
    for (const entry of objectsOf(info.baggageInformation)) {
      const provision = textOf(entry.provisionType) ?? 'A'
      if (provision !== 'A' && provision !== 'B') continue
      const ref = wholeOf(objectOf(entry.allowance).ref)
      if (ref === null) continue
      const baggage = this.#allowance(ref, at)
      for (const { id } of objectsOf(entry.segments)) {
        const fare = fares[wholeOf(id) ?? -1]
        if (!fare) continue
        if (provision === 'A') fare.checked = baggage
        else fare.carryOn = baggage
      }
    }
  }

  #allowance(ref: number, at: string): Baggage | null {
    let baggage = this.#baggage.get(ref)
    if (baggage === undefined) {
      const description = this.#allowances.get(ref)
      if (!description) throw new OfferProblem('dangling-reference', at, `no baggage allowance ${ref}`)
      baggage = baggageOf(wholeOf(description.pieceCount), numberOf(description.weight), textOf(description.unit))
      this.#baggage.set(ref, baggage)
    }
    return baggage ?? null
  }

  #penalties(info: JsonObject, currency: CurrencyCode): Penalties {
    return readPenalties(objectsOf(objectOf(info.penaltiesInfo).penalties), booleanOf(info.nonRefundable), currency)
  }
}

/** Base fares are filed in the currency of departure; the equivalent is in that of the total. */
function baseOf(said: JsonObject, total: Money, taxes: Money | null): Money {
  const { currency } = total
  const equivalent = currencyOf(said.equivalentCurrency) === currency ? moneyOf(said.equivalentAmount, currency) : null
  const filed = currencyOf(said.baseFareCurrency) === currency ? moneyOf(said.baseFareAmount, currency) : null
  const base = equivalent ?? filed
  return base ?? { amountMinor: total.amountMinor - (taxes?.amountMinor ?? 0), currency }
}

function startOf(
  airport: unknown,
  origins: readonly string[],
  taken: readonly (ReadFare | undefined)[],
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
