import type { PassengerType, Segment, SegmentFare, Slice } from '../../../core/itinerary.ts'
import type { Charge, PassengerPrice, SupplierOffer } from '../../../core/offer.ts'
import { childText, findChild, listChildren, listDescendants, type XmlElement } from '../../../core/xml/tree.ts'
import { zoneOf } from '../../../reference/assemble.ts'
import { Unreadable, type Warnings } from './read.ts'
import { offerFrom, type PricedTraveller, passengersFrom } from './soap-offer.ts'
import { amountOf, bareSegment, mergeTaxes, numbered, priceFrom, readEach, textAt } from './soap-pricing.ts'
import { allowanceOf, cabinOfLetter, timeOf, typeOfPtc } from './soap-words.ts'

/** `mainGroup`: informative pricing of named flights; its pricing groups are the passengers of one offer. */
export function decodeMainGroups(reply: XmlElement, warnings: Warnings): readonly SupplierOffer[] {
  return readEach(listChildren(reply, 'mainGroup'), 'mainGroup', warnings, decodeMainGroup)
}

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
    slices: informativeSlices(pricings, at),
    currency,
    validatingCarrier: textAt(group, 'pricingIndicators', 'otherCompany') ?? null,
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
      { qualifier: childText(item, 'typeQualifier') ?? '', money: amountOf(childText(item, 'amount'), currency, at) },
    ]
  })
  const total = amounts.find(one => one.qualifier === '712')?.money
  if (!fare || !total) throw new Unreadable('total-missing', at, 'there is no total')
  const taxes = listChildren(fare, 'surchargesGroup')
    .flatMap(surcharges => listDescendants(surcharges, 'taxDetails'))
    .map(
      (tax): Charge => ({
        code: childText(tax, 'countryCode') ?? 'XT',
        amount: amountOf(childText(tax, 'rate'), total.currency, at),
      }),
    )
  return priceFrom(amounts, mergeTaxes(taxes), at, warnings)
}

/** As many as the group says, by the numbers that it names. */
function informativeTravellers(pricing: XmlElement, price: PassengerPrice, index: number): readonly PricedTraveller[] {
  const count = Number(textAt(pricing, 'numberOfPax', 'numberOfUnits') ?? '1')
  const named = listChildren(pricing, 'passengersID').flatMap(ids => listDescendants(ids, 'measurementValue'))
  const type = typeOfPtc(textAt(pricing, 'ptcSegment', 'unitQualifier') ?? 'ADT') ?? 'ADT'
  const length = Math.min(Math.max(Number.isInteger(count) ? count : 1, 1), 18)
  return Array.from({ length }, (_, i) => {
    const number = named[i]?.text.trim() ?? `${index + 1}_${i + 1}`
    return { id: `pax_${number}${type === 'INF' ? '_inf' : ''}`, type, price }
  })
}

/** The flights of the first group with the fares of all; a fare component is a direction. */
function informativeSlices(pricings: readonly XmlElement[], at: string): readonly Slice[] {
  const levels = pricings.map(pricing => {
    const fare = findChild(pricing, 'fareInfoGroup')
    return fare ? listChildren(fare, 'segmentLevelGroup') : []
  })
  const segments = (levels[0] ?? []).map((level, i): Segment => {
    const seen = new Set<PassengerType>()
    const fares = levels.flatMap(other => (other[i] ? [informativeFare(other[i])] : []))
    return {
      ...informativeSegment(level, `${at}/segmentLevelGroup[${i + 1}]`),
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

function informativeSegment(level: XmlElement, place: string): Segment {
  const information = findChild(level, 'segmentInformation')
  const at = (...path: readonly string[]): string => (information && textAt(information, ...path)) ?? ''
  const carrier = at('companyDetails', 'marketingCompany')
  const number = at('flightIdentification', 'flightNumber').replace(/^0+(?=.)/, '')
  const operating = at('companyDetails', 'operatingCompany')
  const origin = at('boardPointDetails', 'trueLocationId')
  const destination = at('offpointDetails', 'trueLocationId')
  if (![origin, destination].every(code => /^[A-Z]{3}$/.test(code))) {
    throw new Unreadable('segment-unreadable', place, `a flight from "${origin}" to "${destination}"`)
  }
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
  const quantity = (bag && textAt(bag, 'freeAllowance')) ?? ''
  const code =
    bag &&
    (textAt(bag, 'quantityCode') === 'N' ? 'N' : (textAt(bag, 'unitQualifier') ?? textAt(bag, 'quantityCode') ?? ''))
  const cabin = findChild(level, 'cabinGroup')
  return {
    passengerType: typeOfPtc(textAt(level, 'ptcSegment', 'unitQualifier') ?? 'ADT') ?? 'ADT',
    fareBasis: textAt(level, 'fareBasis', 'rateClass') ?? null,
    bookingClass: textAt(level, 'segmentInformation', 'flightIdentification', 'bookingClass') ?? null,
    cabin: cabinOfLetter((cabin && textAt(cabin, 'option')) ?? ''),
    brand: null,
    baggage: { checked: bag ? allowanceOf(quantity, code ?? '') : null, cabin: null },
  }
}
