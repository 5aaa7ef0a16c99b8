import type { Baggage, Brand, SegmentFare, Slice } from '../../../core/itinerary.ts'
import { type CurrencyCode, type Money, money, sum } from '../../../core/money.ts'
import { nothingRequired, type SupplierOffer } from '../../../core/offer.ts'
import { cabinOf, passengerTypeOf, taxCodeOf } from './codes.ts'
import { conditionsOf, readPenalties } from './conditions.ts'
import { baggageOf } from './grouped-fares.ts'
import type { ReadOffers } from './grouped.ts'
import { fillSlices, type Flight, noStops, type SegmentDetails, sliceTemplate } from './journeys.ts'
import {
  airlineOf,
  airportOf,
  currencyOf,
  dateOf,
  flightNumberOf,
  type JsonObject,
  manyOf,
  moneyOf,
  objectOf,
  textOf,
  wholeOf,
} from './json.ts'
import type { PassengerOffer } from './offers.ts'
import { addUp, offerPrices, roundingText, type SaidPrice } from './prices.ts'
import { OfferProblem, type ReplyContext, Warnings } from './reading.ts'
import { many, one, type TwinRules } from './xml-twin.ts'

const repeated = [
  'PriceQuote',
  'PricedItinerary',
  'AirItineraryPricingInfo',
  'BaggageProvisions',
  'FareCalculationBreakdown',
  'PTC_FareBreakdown',
  'Tax',
  'CarrierCode',
  'FlightNumber',
  'DepartureDate',
  'OriginLocation',
  'DestinationLocation',
  'Warning',
] as const
const single = [
  'MiscInformation',
  'HeaderInformation',
  'ValidatingCarrier',
  'Associations',
  'ProvisionType',
  'NumPiecesBDI',
  'WeightLimit',
  'Departure',
  'FareBasis',
  'FreeBaggageAllowance',
  'BrandedFareInformation',
  'BrandCode',
  'BrandName',
  'ItinTotalFare',
  'BaseFare',
  'EquivFare',
  'Taxes',
  'TotalFare',
  'PassengerTypeQuantity',
] as const

/** OTA_AirPriceRS, the price of a booking's flights. */
export const airPriceTwin: TwinRules = {
  elements: new Map([
    ...single.map(name => [name, one(name)] as const),
    ...repeated.map(name => [name, many(name)] as const),
  ]),
  attributeKey: name => name,
}

/** Flights stand in the baggage provisions only, by date without times; fares and bags come flight by flight in
 *  FareCalculationBreakdown. */
export function readAirPrice(reply: JsonObject, context: ReplyContext): ReadOffers {
  const warnings = new Warnings()
  const offers: SupplierOffer[] = []
  manyOf(reply.PriceQuote).forEach((quote, q) => {
    manyOf(quote.PricedItinerary).forEach((itinerary, i) => {
      const at = `/PriceQuote/${q}/PricedItinerary/${i}`
      const offer = warnings.guard(() => readOffer(quote, itinerary, context, warnings, at))
      if (offer) offers.push(offer)
    })
  })
  return { offers, warnings }
}

function readOffer(
  quote: JsonObject,
  itinerary: JsonObject,
  context: ReplyContext,
  warnings: Warnings,
  at: string,
): SupplierOffer {
  const currency = currencyOf(itinerary.CurrencyCode)
  const total = currency && moneyOf(itinerary.TotalAmount, currency)
  if (!currency || !total) throw new OfferProblem('incomplete-fare', at, 'no total that can be read')
  const infos = manyOf(itinerary.AirItineraryPricingInfo)
  const passengers = infos.map((info, i) => readPassenger(info, currency, `${at}/AirItineraryPricingInfo/${i}`))
  if (passengers.length === 0) throw new OfferProblem('incomplete-fare', at, 'a fare without passengers')
  const prices = offerPrices(passengers, total, context.passengers())
  if (!prices) throw new OfferProblem('passenger-mismatch', at, 'prices other passengers than were asked for')
  if (prices.isOff) warnings.add('rounding', at, roundingText(prices.fees))
  const slices = slicesOf(infos[0]!)
  const details: SegmentDetails[] = []
  const flights = slices.reduce((count, slice) => count + slice.segments.length, 0)
  for (let i = 0; i < flights; i++) {
    const fares = prices.sources.map(source => passengers[source]!.fares[i]).filter(fare => fare !== undefined)
    details.push({ fares, marriageGroup: null, status: null })
  }
  const header = objectOf(objectOf(quote.MiscInformation).HeaderInformation)
  return {
    provider: 'sabre',
    validatingCarrier: airlineOf(objectOf(header.ValidatingCarrier).Code),
    total: prices.total,
    base: prices.base,
    taxes: prices.taxes,
    fees: prices.fees,
    passengers: prices.passengers,
    slices: fillSlices(slices, details),
    conditions: conditionsOf(passengers, currency),
    requirements: nothingRequired,
    seatsLeft: null,
    ticketBy: null,
    expiresAt: null,
    supplierContext: {},
  }
}

function readPassenger(info: JsonObject, currency: CurrencyCode, at: string): PassengerOffer {
  const price = readPrice(info, currency, at)
  const brands = brandsOf(manyOf(info.PTC_FareBreakdown))
  const fares = manyOf(info.FareCalculationBreakdown).map((breakdown, i): SegmentFare => {
    const basis = objectOf(breakdown.FareBasis)
    return {
      passengerType: price.type,
      fareBasis: textOf(basis.Code),
      bookingClass: null,
      cabin: cabinOf(basis.Cabin),
      brand: brands[i] ?? null,
      baggage: { checked: freeBaggage(contentOf(breakdown.FreeBaggageAllowance)), cabin: null },
    }
  })
  if (fares.length === 0) throw new OfferProblem('incomplete-fare', at, 'a price without fares')
  const breaks = fares.map(() => true)
  return { price, fares, breaks, seatsLeft: null, penalties: readPenalties([], null, currency) }
}

function readPrice(info: JsonObject, currency: CurrencyCode, at: string): SaidPrice {
  const quantity = objectOf(info.PassengerTypeQuantity)
  const code = textOf(quantity.Code)
  const type = code === null ? undefined : passengerTypeOf(code)
  const count = wholeOf(quantity.Quantity) ?? 1
  if (code === null || !type || count < 1 || count > 99) {
    throw new OfferProblem('unknown-passenger', at, `passenger type ${code ?? 'absent'}`)
  }
  const fare = objectOf(info.ItinTotalFare)
  const total = moneyOf(objectOf(fare.TotalFare).Amount, currency)
  if (!total) throw new OfferProblem('incomplete-fare', at, 'no price for a passenger')
  const taxes = manyOf(objectOf(fare.Taxes).Tax).map(tax => {
    const amount = moneyOf(tax.Amount, currency)
    const taxCode = textOf(tax.TaxCode)
    if (!amount || !taxCode) throw new OfferProblem('incomplete-fare', at, 'a tax without amount')
    return { code: taxCodeOf(taxCode), amount }
  })
  return { type, code, count, base: baseOf(fare, total, taxes, currency), taxes: addUp(taxes), total }
}

function baseOf(fare: JsonObject, total: Money, taxes: SaidPrice['taxes'], currency: CurrencyCode): Money {
  for (const said of [objectOf(fare.EquivFare), objectOf(fare.BaseFare)]) {
    const amount = said.CurrencyCode === currency ? moneyOf(said.Amount, currency) : null
    if (amount) return amount
  }
  const rest =
    total.amountMinor -
    sum(
      taxes.map(tax => tax.amount),
      currency,
    ).amountMinor
  return money(rest, currency)
}

/** A brand stands with the last flight of its component. */
function brandsOf(breakdowns: readonly JsonObject[]): readonly (Brand | null)[] {
  const brands: (Brand | null)[] = []
  let waiting = 0
  for (const breakdown of breakdowns) {
    waiting++
    const said = objectOf(breakdown.BrandedFareInformation)
    const code = contentOf(said.BrandCode)
    const name = contentOf(said.BrandName)
    if (!code && !name) continue
    for (; waiting > 0; waiting--) brands.push({ code, name })
  }
  return brands
}

function contentOf(value: unknown): string | null {
  return textOf(objectOf(value).content)
}

/** `KG035`, `PC002`, `LB050`, `NIL`. */
function freeBaggage(text: string | null): Baggage | null {
  const match = /^(KG|LB|PC)0*(\d+)$/.exec(text ?? '')
  if (!match) return text === 'NIL' ? { pieces: 0, weightKg: null, weightLb: null } : null
  const amount = Number(match[2])
  if (match[1] === 'PC') return baggageOf(amount, null, null) ?? null
  return baggageOf(null, amount, match[1]!) ?? null
}

/** A stopover (`O`) ends a direction. */
function slicesOf(info: JsonObject): readonly Slice[] {
  const named = flightsOf(info)
  const slices: Flight[][] = [[]]
  manyOf(info.FareCalculationBreakdown).forEach((breakdown, i, all) => {
    const said = objectOf(breakdown.Departure)
    const origin = airportOf(said.AirportCode) ?? ''
    const destination = airportOf(said.ArrivalAirportCode) ?? ''
    const known = named.find(flight => flight.origin === origin && flight.destination === destination)
    const carrier = known?.carrier ?? airlineOf(said.AirlineCode) ?? ''
    slices.at(-1)!.push(flightOf(carrier, known, origin, destination))
    if (said.GenericInd === 'O' && i + 1 < all.length) slices.push([])
  })
  return slices.map(flights => sliceTemplate(flights))
}

type Named = {
  readonly carrier: string
  readonly number: string
  readonly date: string
  readonly origin: string
  readonly destination: string
}

function flightOf(carrier: string, named: Named | undefined, origin: string, destination: string): Flight {
  const number = named?.number ?? ''
  return {
    carrier,
    number,
    operatingCarrier: carrier,
    operatingNumber: number,
    operatingName: null,
    origin,
    originTerminal: null,
    destination,
    destinationTerminal: null,
    // no time of day is said
    departure: named?.date ?? '',
    arrival: '',
    durationMinutes: null,
    aircraft: null,
    stops: noStops,
  }
}

/** By RPH inside each provision's associations. */
function flightsOf(info: JsonObject): readonly Named[] {
  return manyOf(info.BaggageProvisions).flatMap(provision => {
    const said = objectOf(provision.Associations)
    const numbers = manyOf(said.FlightNumber)
    return numbers.flatMap((entry, i): readonly Named[] => {
      const number = flightNumberOf(entry.content)
      const carrier = airlineOf(contentOf(manyOf(said.CarrierCode)[i]))
      const date = dateOf(contentOf(manyOf(said.DepartureDate)[i]))
      const origin = airportOf(manyOf(said.OriginLocation)[i]?.LocationCode)
      const destination = airportOf(manyOf(said.DestinationLocation)[i]?.LocationCode)
      return number && carrier && date && origin && destination ? [{ carrier, number, date, origin, destination }] : []
    })
  })
}
