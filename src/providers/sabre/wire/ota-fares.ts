import type { Brand, Cabin, Slice } from '../../../core/itinerary.ts'
import type { CurrencyCode, Money } from '../../../core/money.ts'
import type { Charge } from '../../../core/offer.ts'
import { cabinOf, passengerTypeOf, taxCodeOf } from './codes.ts'
import { readPenalties } from './conditions.ts'
import { baggageOf } from './grouped-fares.ts'
import { booleanOf, currencyOf, type JsonObject, moneyOf, numberOf, objectOf, manyOf, textOf, wholeOf } from './json.ts'
import type { PassengerOffer, ReadFare } from './offers.ts'
import { addUp, type SaidPrice } from './prices.ts'
import { OfferProblem } from './reading.ts'

/** PTC_FareBreakdowns: what one kind of passenger pays. Cabins and seats stand apart, in FareInfos, one a flight. */
export function readOtaPassengers(
  pricing: JsonObject,
  slices: readonly Slice[],
  currency: CurrencyCode,
  at: string,
): { readonly passengers: readonly PassengerOffer[]; readonly seatsLeft: number | null } {
  const breakdowns = manyOf(objectOf(pricing.PTC_FareBreakdowns).PTC_FareBreakdown)
  if (breakdowns.length === 0) throw new OfferProblem('incomplete-fare', at, 'a fare without passengers')
  const infos = manyOf(objectOf(pricing.FareInfos).FareInfo).map(info => objectOf(info.TPA_Extensions))
  const passengers = breakdowns.map((breakdown, i) => {
    const place = `${at}/PTC_FareBreakdown/${i}`
    return readPassenger(breakdown, infos, slices, currency, place)
  })
  return { passengers, seatsLeft: seatsLeftOf(infos) }
}

function seatsLeftOf(infos: readonly JsonObject[]): number | null {
  const seats = infos.map(info => wholeOf(objectOf(info.SeatsRemaining).Number)).filter(number => number !== null)
  return seats.length > 0 ? Math.min(...seats) : null
}

function readPassenger(
  breakdown: JsonObject,
  infos: readonly JsonObject[],
  slices: readonly Slice[],
  currency: CurrencyCode,
  at: string,
): PassengerOffer {
  const fare = objectOf(breakdown.PassengerFare)
  const price = readPrice(breakdown, fare, currency, at)
  const fares = readFares(breakdown, slices, infos, at)
  addBaggage(fare, fares)
  const penalties = manyOf(objectOf(fare.PenaltiesInfo).Penalty).map(lowerCase)
  const endorsed = booleanOf(objectOf(breakdown.Endorsements).NonRefundableIndicator)
  return {
    price,
    fares: fares.map(entry => ({
      passengerType: price.type,
      fareBasis: entry.fareBasis,
      bookingClass: entry.bookingClass,
      cabin: entry.cabin,
      brand: entry.brand,
      baggage: { checked: entry.checked, cabin: entry.carryOn },
    })),
    breaks: fares.map(entry => entry.endsGroup),
    seatsLeft: null,
    penalties: readPenalties(penalties, endorsed, currency),
  }
}

/** The grouped layout has the same words with a small first letter. */
function lowerCase(penalty: JsonObject): JsonObject {
  return {
    type: penalty.Type,
    applicability: penalty.Applicability,
    changeable: penalty.Changeable,
    refundable: penalty.Refundable,
    amount: penalty.Amount,
    currency: penalty.CurrencyCode,
  }
}

function readPrice(breakdown: JsonObject, fare: JsonObject, currency: CurrencyCode, at: string): SaidPrice {
  const quantity = objectOf(breakdown.PassengerTypeQuantity)
  const code = textOf(quantity.Code)
  const type = code === null ? undefined : passengerTypeOf(code)
  const count = wholeOf(quantity.Quantity) ?? 1
  if (code === null || !type) throw new OfferProblem('unknown-passenger', at, `passenger type ${code ?? 'absent'}`)
  if (count < 1 || count > 99) throw new OfferProblem('incomplete-fare', at, `${count} passengers`)
  const total = amountOf(fare.TotalFare, currency)
  if (!total) throw new OfferProblem('incomplete-fare', `${at}/PassengerFare`, 'no price for a passenger')
  const said = objectOf(fare.Taxes)
  const taxTotal = amountOf(said.TotalTax, currency)
  const taxes = taxesOf(said, currency, at)
  const base = amountOf(fare.EquivFare, currency) ??
    amountOf(fare.BaseFare, currency) ?? {
      amountMinor: total.amountMinor - (taxTotal?.amountMinor ?? 0),
      currency,
    }
  if (taxes.length > 0 || !taxTotal || taxTotal.amountMinor === 0) return { type, code, count, base, taxes, total }
  return { type, code, count, base, taxes: [{ code: 'XT', amount: taxTotal }], total }
}

/** TaxSummary repeats the single taxes; it counts only where they are not there. */
function taxesOf(said: JsonObject, currency: CurrencyCode, at: string): SaidPrice['taxes'] {
  const single = manyOf(said.Tax)
  const charges: Charge[] = []
  for (const tax of single.length > 0 ? single : manyOf(said.TaxSummary)) {
    const code = textOf(tax.TaxCode)
    const amount = amountOf(tax, currency)
    if (!code || !amount) throw new OfferProblem('incomplete-fare', `${at}/PassengerFare/Taxes`, 'a tax without amount')
    if (code !== 'TOTALTAX') charges.push({ code: taxCodeOf(code), amount })
  }
  return addUp(charges)
}

function amountOf(value: unknown, currency: CurrencyCode): Money | null {
  const said = objectOf(value)
  return currencyOf(said.CurrencyCode) === currency ? moneyOf(said.Amount, currency) : null
}

function readFares(
  breakdown: JsonObject,
  slices: readonly Slice[],
  infos: readonly JsonObject[],
  at: string,
): readonly ReadFare[] {
  const codes = manyOf(objectOf(breakdown.FareBasisCodes).FareBasisCode)
  const flights = slices.reduce((sum, slice) => sum + slice.segments.length, 0)
  if (codes.length !== flights)
    throw new OfferProblem('incomplete-fare', at, `${codes.length} fares, ${flights} flights`)
  const brands = brandsOf(breakdown, slices)
  let cabin: Cabin | null = null
  return codes.map((code, i) => {
    // said with the first flight of each component
    cabin = cabinOf(code.FareComponentCabinCode) ?? cabin
    return {
      fareBasis: textOf(code.content),
      bookingClass: textOf(code.BookingCode),
      cabin: cabinOf(objectOf(infos[i]?.Cabin).Cabin) ?? cabin,
      brand: brands.get(i) ?? null,
      endsGroup: booleanOf(code.AvailabilityBreak) === true,
      checked: null,
      carryOn: null,
    }
  })
}

/** By the place of the flight: components name theirs by leg and flight, both counted from 1. */
function brandsOf(breakdown: JsonObject, slices: readonly Slice[]): ReadonlyMap<number, Brand> {
  const brands = new Map<number, Brand>()
  const extensions = objectOf(objectOf(breakdown.PassengerFare).TPA_Extensions)
  for (const component of manyOf(objectOf(extensions.FareComponents).FareComponent)) {
    const code = textOf(component.BrandID)
    const name = textOf(component.BrandName)
    if (!code && !name) continue
    for (const segment of manyOf(component.Segment)) {
      const index = flightIndex(slices, wholeOf(segment.LegIndex) ?? 0, wholeOf(segment.FlightIndex) ?? 0)
      if (index !== null) brands.set(index, { code, name })
    }
  }
  return brands
}

function flightIndex(slices: readonly Slice[], leg: number, flight: number): number | null {
  const slice = slices[leg - 1]
  if (!slice || flight < 1 || flight > slice.segments.length) return null
  return slices.slice(0, leg - 1).reduce((sum, before) => sum + before.segments.length, flight - 1)
}

/** Without a ProvisionType, as in 1.8, it is checked baggage. `Id` counts flights from 0. */
function addBaggage(fare: JsonObject, fares: readonly ReadFare[]): void {
  const list = objectOf(objectOf(fare.TPA_Extensions).BaggageInformationList)
  for (const entry of manyOf(list.BaggageInformation)) {
    const provision = textOf(entry.ProvisionType) ?? 'A'
    if (provision !== 'A' && provision !== 'B') continue
    const allowance = Array.isArray(entry.Allowance) ? objectOf(entry.Allowance[0]) : objectOf(entry.Allowance)
    const said = baggageOf(wholeOf(allowance.Pieces), numberOf(allowance.Weight), textOf(allowance.Unit))
    if (!said) continue
    for (const segment of manyOf(entry.Segment)) {
      const target = fares[wholeOf(segment.Id) ?? -1]
      if (!target) continue
      if (provision === 'A') target.checked = said
      else target.carryOn = said
    }
  }
}
