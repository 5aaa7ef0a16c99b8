import type { PassengerId } from '../../../core/ids.ts'
import type { PassengerType, Segment, SegmentFare, Slice } from '../../../core/itinerary.ts'
import { add, isZero, type Money, parseMoney, subtract, zero } from '../../../core/money.ts'
import type { Charge, PassengerPrice, SupplierOffer } from '../../../core/offer.ts'
import { childText, findChild, listChildren, listDescendants, type XmlElement } from '../../../core/xml/tree.ts'
import { assembleSlice, zoneOf } from '../../../reference/assemble.ts'
import { findInstant } from '../../../reference/zones.ts'
import { toInstant } from '../../../core/clock.ts'
import { Unreadable, type Warnings, warn } from './read.ts'
import { offerFrom, type PricedTraveller, passengersFrom } from './soap-offer.ts'
import { allowanceOf, cabinOfLetter, timeOf, typeOfPtc } from './soap-words.ts'

/** Prices of a booking or of named flights: `fareList` (one passenger's fare each) and `mainGroup` (one party). */

export function decodeFareLists(reply: XmlElement, warnings: Warnings): readonly SupplierOffer[] {
  return readEach(listChildren(reply, 'fareList'), 'fareList', warnings, decodeFareList)
}

export function decodeMainGroups(reply: XmlElement, warnings: Warnings): readonly SupplierOffer[] {
  return readEach(listChildren(reply, 'mainGroup'), 'mainGroup', warnings, decodeMainGroup)
}

function readEach(
  elements: readonly XmlElement[],
  name: string,
  warnings: Warnings,
  decode: (element: XmlElement, at: string, warnings: Warnings) => SupplierOffer,
): readonly SupplierOffer[] {
  return elements.flatMap((element, i) => {
    const at = `/${name}[${i + 1}]`
    try {
      return [decode(element, at, warnings)]
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      warn(warnings, error.code, error.at, `the fare is left out: ${error.message}`)
      return []
    }
  })
}

type Amount = { readonly qualifier: string; readonly money: Money }

/** `712` is the total; `B` the base in the currency of the fare, `E` in that of the total; `TOF` ticketing fees. */
function priceFrom(
  amounts: readonly Amount[],
  taxes: readonly Charge[],
  at: string,
  warnings: Warnings,
): PassengerPrice {
  const of = (qualifier: string): Money | undefined => amounts.find(amount => amount.qualifier === qualifier)?.money
  const total = of('712') ?? of('T') ?? of('TFT')
  if (!total) throw new Unreadable('total-missing', at, 'there is no total')
  const fees = amounts
    .filter(amount => amount.qualifier === 'TOF' && amount.money.currency === total.currency && !isZero(amount.money))
    .map((amount): Charge => ({ code: 'ticketing', amount: amount.money }))
  const charged = [...taxes, ...fees].reduce((sum, charge) => add(sum, charge.amount), zero(total.currency))
  const base = [of('E'), of('B')].find(amount => amount?.currency === total.currency) ?? subtract(total, charged)
  const rest = subtract(subtract(total, base), charged)
  if (isZero(rest)) return { base, taxes, fees, total }
  if (rest.amountMinor > taxes.length + 2) return { base, taxes: [...taxes, { code: 'XT', amount: rest }], fees, total }
  warn(warnings, 'rounding', at, 'base, taxes and fees do not add up to the total: the total wins')
  return { base, taxes, fees: [...fees, { code: 'rounding', amount: rest }], total }
}

function mergeTaxes(list: readonly Charge[]): readonly Charge[] {
  const byCode = new Map<string, Money>()
  for (const { code, amount } of list) {
    const told = byCode.get(code)
    byCode.set(code, told ? add(told, amount) : amount)
  }
  return [...byCode].map(([code, amount]) => ({ code, amount }))
}

function amount(text: string | undefined, currency: string, at: string): Money {
  const read = text === undefined ? undefined : parseMoney(text, currency)
  if (!read) throw new Unreadable('amount-unreadable', at, 'an amount is missing or no decimal number')
  return read
}

// ---- fareList: a stored fare (TST) of one passenger or more; it names segments of the PNR, not flights

function decodeFareList(list: XmlElement, at: string, warnings: Warnings): SupplierOffer {
  const information = findChild(list, 'fareDataInformation')
  const amounts = (information?.children ?? []).flatMap(item => {
    const text = childText(item, 'fareAmount')
    const currency = childText(item, 'fareCurrency')
    if (text === undefined || currency === undefined) return []
    return [
      {
        qualifier: childText(item, 'fareDataQualifier') ?? '',
        money: amount(text, currency, `${at}/fareDataInformation`),
      },
    ]
  })
  const currency = amounts.find(one => one.qualifier === '712')?.money.currency ?? ''
  const taxes = mergeTaxes(listChildren(list, 'taxInformation').map(tax => listedTax(tax, currency, at)))
  const price = priceFrom(amounts, taxes, at, warnings)
  const segments = listChildren(list, 'segmentInformation')
  const type = fareListType(list, segments)
  const fares = segments.map(segment => bareSegment(listedFare(segment, type)))
  return offerFrom({
    passengers: passengersFrom(fareListTravellers(list, type).map(id => ({ id, type, price }))),
    slices: fares.length === 0 ? [] : [numbered(fares)],
    currency: price.total.currency,
    validatingCarrier: text(list, 'validatingCarrier', 'carrierCode') ?? null,
    refundAllowed: null,
    seatsLeft: null,
    ticketBy: lastTicketing(list),
  })
}

function listedTax(tax: XmlElement, currency: string, at: string): Charge {
  const main = listDescendants(tax, 'fareDataMainInformation')[0]
  const place = `${at}/taxInformation`
  if (!main) throw new Unreadable('amount-unreadable', place, 'a tax without an amount')
  const own = childText(main, 'fareCurrency') ?? currency
  if (own !== currency) throw new Unreadable('currency-mixed', place, `${own} beside ${currency}`)
  return { code: text(tax, 'isoCountry') ?? 'XT', amount: amount(childText(main, 'fareAmount'), currency, place) }
}

function fareListType(list: XmlElement, segments: readonly XmlElement[]): PassengerType {
  const qualifier = text(list, 'paxSegReference', 'refQualifier')
  if (qualifier === 'PI') return 'INF'
  const designator = segments.map(segment => text(segment, 'discTktDesignator')).find(word => word !== undefined)
  return typeOfPtc(designator ?? 'ADT') ?? 'ADT'
}

function fareListTravellers(list: XmlElement, type: PassengerType): readonly PassengerId[] {
  const references = findChild(list, 'paxSegReference')
  const ids = (references ? listDescendants(references, 'refNumber') : []).map(
    (element): PassengerId => `pax_${element.text.trim()}${type === 'INF' ? '_inf' : ''}`,
  )
  return ids.length > 0 ? ids : ['pax_1']
}

/** Primary code and the rest are one fare basis; the ticket designator goes behind a slash. */
function listedFare(segment: XmlElement, type: PassengerType): SegmentFare {
  const basis = `${text(segment, 'primaryCode') ?? ''}${text(segment, 'fareBasisCode') ?? ''}`
  const designator = text(segment, 'ticketDesignator')
  const bag = findChild(segment, 'bagAllowanceInformation')
  const pieces = bag && text(bag, 'baggageQuantity')
  const weight = bag && text(bag, 'baggageWeight')
  return {
    passengerType: type,
    fareBasis: [basis, designator].filter(Boolean).join('/') || null,
    bookingClass: text(segment, 'classOfService') ?? null,
    cabin: null,
    brand: null,
    baggage: {
      checked:
        pieces !== undefined
          ? allowanceOf(pieces, 'N')
          : allowanceOf(weight ?? '', (bag && text(bag, 'measureUnit')) ?? 'K'),
      cabin: null,
    },
  }
}

/** What a fare says about a flight that the reply does not name. */
function bareSegment(fare: SegmentFare): Segment {
  return {
    id: 'seg_1',
    marketing: { carrier: '', number: '' },
    operating: { carrier: null, number: null, name: null },
    origin: '',
    originTerminal: null,
    destination: '',
    destinationTerminal: null,
    departure: '',
    departureZone: null,
    arrival: '',
    arrivalZone: null,
    durationMinutes: null,
    aircraft: null,
    stops: [],
    marriageGroup: null,
    fares: [fare],
    status: null,
  }
}

function numbered(segments: readonly Segment[], from = 0): Slice {
  return assembleSlice(segments.map((segment, i) => ({ ...segment, id: `seg_${from + i + 1}` })))
}

function lastTicketing(list: XmlElement): string | null {
  const date = listDescendants(list, 'lastTktDate')[0]
  const [year, month, day] = ['year', 'month', 'day'].map(name => (date && text(date, name)) ?? '')
  const limit = findInstant(`${year}-${month?.padStart(2, '0')}-${day?.padStart(2, '0')}T23:59:59`, 'UTC')
  return limit === undefined ? null : toInstant(limit)
}

// ---- mainGroup: informative pricing of named flights; its pricing groups are the passengers of one offer

function decodeMainGroup(group: XmlElement, at: string, warnings: Warnings): SupplierOffer {
  const pricings = listChildren(group, 'pricingGroupLevelGroup')
  const travellers = pricings.flatMap((pricing, i) => {
    const place = `${at}/pricingGroupLevelGroup[${i + 1}]`
    return informativeTravellers(pricing, informativePrice(pricing, place, warnings), i)
  })
  const currency = travellers[0]?.price.total.currency
  if (currency === undefined) throw new Unreadable('traveller-missing', at, 'it is priced for nobody')
  if (travellers.some(({ price }) => price.total.currency !== currency)) {
    throw new Unreadable('currency-mixed', at, 'passengers are priced in several currencies')
  }
  return offerFrom({
    passengers: passengersFrom(travellers),
    slices: informativeSlices(pricings),
    currency,
    validatingCarrier: text(group, 'pricingIndicators', 'otherCompany') ?? null,
    refundAllowed: null,
    seatsLeft: null,
    ticketBy: null,
  })
}

function informativePrice(pricing: XmlElement, at: string, warnings: Warnings): PassengerPrice {
  const fare = findChild(pricing, 'fareInfoGroup')
  const amounts = (fare ? (findChild(fare, 'fareAmount')?.children ?? []) : []).flatMap(item => {
    const currency = childText(item, 'currency')
    if (currency === undefined) return []
    return [
      { qualifier: childText(item, 'typeQualifier') ?? '', money: amount(childText(item, 'amount'), currency, at) },
    ]
  })
  const total = amounts.find(one => one.qualifier === '712')?.money
  if (!fare || !total) throw new Unreadable('total-missing', at, 'there is no total')
  const taxes = listChildren(fare, 'surchargesGroup')
    .flatMap(surcharges => listDescendants(surcharges, 'taxDetails'))
    .map(
      (tax): Charge => ({
        code: childText(tax, 'countryCode') ?? 'XT',
        amount: amount(childText(tax, 'rate'), total.currency, at),
      }),
    )
  return priceFrom(amounts, mergeTaxes(taxes), at, warnings)
}

/** As many as the group says, by the numbers that it names. */
function informativeTravellers(pricing: XmlElement, price: PassengerPrice, index: number): readonly PricedTraveller[] {
  const count = Number(text(pricing, 'numberOfPax', 'numberOfUnits') ?? '1')
  const named = listChildren(pricing, 'passengersID').flatMap(ids => listDescendants(ids, 'measurementValue'))
  const type = typeOfPtc(text(pricing, 'ptcSegment', 'unitQualifier') ?? 'ADT') ?? 'ADT'
  const length = Math.min(Math.max(Number.isInteger(count) ? count : 1, 1), 18)
  return Array.from({ length }, (_, i) => {
    const number = named[i]?.text.trim() ?? `${index + 1}_${i + 1}`
    return { id: `pax_${number}${type === 'INF' ? '_inf' : ''}`, type, price }
  })
}

/** The flights of the first group with the fares of all; a fare component is a direction. */
function informativeSlices(pricings: readonly XmlElement[]): readonly Slice[] {
  const levels = pricings.map(pricing => {
    const fare = findChild(pricing, 'fareInfoGroup')
    return fare ? listChildren(fare, 'segmentLevelGroup') : []
  })
  const segments = (levels[0] ?? []).map((level, i): Segment => {
    const seen = new Set<PassengerType>()
    const fares = levels.flatMap(other => (other[i] ? [informativeFare(other[i])] : []))
    return {
      ...informativeSegment(level),
      fares: fares.filter(({ passengerType }) => !seen.has(passengerType) && seen.add(passengerType)),
    }
  })
  const slices: Slice[] = []
  let from = 0
  for (const length of directionLengths(pricings[0], segments.length)) {
    slices.push(numbered(segments.slice(from, from + length), from))
    from += length
  }
  return slices
}

/** How many flights each fare component has; one direction where they are not told or do not fit. */
function directionLengths(pricing: XmlElement | undefined, segments: number): readonly number[] {
  if (segments === 0) return []
  const fare = pricing && findChild(pricing, 'fareInfoGroup')
  const lengths = (fare ? listChildren(fare, 'fareComponentDetailsGroup') : []).map(
    component => listChildren(component, 'couponDetailsGroup').length,
  )
  const fits = lengths.every(length => length > 0) && lengths.reduce((sum, length) => sum + length, 0) === segments
  return fits ? lengths : [segments]
}

function informativeSegment(level: XmlElement): Segment {
  const information = findChild(level, 'segmentInformation')
  const at = (...path: readonly string[]): string => (information && text(information, ...path)) ?? ''
  const carrier = at('companyDetails', 'marketingCompany')
  const number = at('flightIdentification', 'flightNumber').replace(/^0+(?=.)/, '')
  const operating = at('companyDetails', 'operatingCompany')
  const origin = at('boardPointDetails', 'trueLocationId')
  const destination = at('offpointDetails', 'trueLocationId')
  const bare = bareSegment(informativeFare(level))
  return {
    ...bare,
    marketing: { carrier, number },
    operating: { carrier: operating || carrier || null, number: operating === '' ? number : null, name: null },
    origin,
    destination,
    departure: timeOf(at('flightDate', 'departureDate'), at('flightDate', 'departureTime')) ?? '',
    departureZone: zoneOf(origin),
    arrival: timeOf(at('flightDate', 'arrivalDate'), at('flightDate', 'arrivalTime')) ?? '',
    arrivalZone: zoneOf(destination),
  }
}

function informativeFare(level: XmlElement): SegmentFare {
  const bag = findChild(level, 'baggageAllowance')
  const quantity = (bag && text(bag, 'freeAllowance')) ?? ''
  const code =
    bag && (text(bag, 'quantityCode') === 'N' ? 'N' : (text(bag, 'unitQualifier') ?? text(bag, 'quantityCode') ?? ''))
  const cabin = findChild(level, 'cabinGroup')
  return {
    passengerType: typeOfPtc(text(level, 'ptcSegment', 'unitQualifier') ?? 'ADT') ?? 'ADT',
    fareBasis: text(level, 'fareBasis', 'rateClass') ?? null,
    bookingClass: text(level, 'segmentInformation', 'flightIdentification', 'bookingClass') ?? null,
    cabin: cabinOfLetter((cabin && text(cabin, 'option')) ?? ''),
    brand: null,
    baggage: { checked: bag ? allowanceOf(quantity, code ?? '') : null, cabin: null },
  }
}

/** Of the first descendant found step by step. */
function text(element: XmlElement, ...path: readonly string[]): string | undefined {
  let current: XmlElement | undefined = element
  for (const name of path) current = current && listDescendants(current, name)[0]
  return current?.text.trim() || undefined
}
