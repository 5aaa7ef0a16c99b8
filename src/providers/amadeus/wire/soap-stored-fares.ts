import { toInstant } from '../../../core/clock.ts'
import type { PassengerId } from '../../../core/ids.ts'
import type { PassengerType, SegmentFare } from '../../../core/itinerary.ts'
import type { Charge, SupplierOffer } from '../../../core/offer.ts'
import { childText, findChild, listChildren, listDescendants, type XmlElement } from '../../../core/xml/tree.ts'
import { findInstant } from '../../../reference/zones.ts'
import { Unreadable, type Warnings, warn } from './read.ts'
import { offerFrom, passengersFrom } from './soap-offer.ts'
import { amountOf, bareSegment, mergeTaxes, numbered, priceFrom, readEach, textAt } from './soap-pricing.ts'
import { allowanceOf, typeOfPtc } from './soap-words.ts'

/** `fareList`: a stored fare (TST) of one passenger or more; it names segments of the booking, not flights. */
export function decodeFareLists(reply: XmlElement, warnings: Warnings): readonly SupplierOffer[] {
  return readEach(listChildren(reply, 'fareList'), 'fareList', warnings, decodeFareList)
}

function decodeFareList(list: XmlElement, at: string, warnings: Warnings): SupplierOffer {
  const information = findChild(list, 'fareDataInformation')
  const amounts = (information?.children ?? []).flatMap(item => {
    const text = childText(item, 'fareAmount')
    const currency = childText(item, 'fareCurrency')
    if (text === undefined || currency === undefined) return []
    return [
      {
        qualifier: childText(item, 'fareDataQualifier') ?? '',
        money: amountOf(text, currency, `${at}/fareDataInformation`),
      },
    ]
  })
  const currency = amounts.find(one => one.qualifier === '712')?.money.currency ?? ''
  const taxes = mergeTaxes(listChildren(list, 'taxInformation').map(tax => listedTax(tax, currency, at)))
  const price = priceFrom(amounts, taxes, at, warnings)
  const segments = flownSegments(list, at, warnings)
  const type = fareListType(list, segments)
  const fares = segments.map(segment => bareSegment(listedFare(segment, type)))
  return offerFrom({
    passengers: passengersFrom(fareListTravellers(list, type).map(id => ({ id, type, price }))),
    slices: fares.length === 0 ? [] : [numbered(fares)],
    currency: price.total.currency,
    validatingCarrier: textAt(list, 'validatingCarrier', 'carrierCode') ?? null,
    refundAllowed: null,
    seatsLeft: null,
    ticketBy: lastTicketing(list),
  })
}

/** Those that are flown; which flights they are stands in the booking alone, and the offer tells only class and fare. */
function flownSegments(list: XmlElement, at: string, warnings: Warnings): readonly XmlElement[] {
  const segments = listChildren(list, 'segmentInformation').filter((segment, i) => {
    const kind = textAt(segment, 'segDetails', 'identification') ?? 'AIR'
    if (kind === 'AIR') return true
    warn(warnings, 'no-flight', `${at}/segmentInformation[${i + 1}]`, `left out: ${kind} is no flight`)
    return false
  })
  if (segments.length > 0) {
    const text = 'a stored fare names no flights: its segments tell class, fare and baggage alone'
    warn(warnings, 'flights-not-told', `${at}/segmentInformation`, text)
  }
  return segments
}

function listedTax(tax: XmlElement, currency: string, at: string): Charge {
  const main = listDescendants(tax, 'fareDataMainInformation')[0]
  const place = `${at}/taxInformation`
  if (!main) throw new Unreadable('amount-unreadable', place, 'a tax without an amount')
  const own = childText(main, 'fareCurrency') ?? currency
  if (own !== currency) throw new Unreadable('currency-mixed', place, `${own} beside ${currency}`)
  return { code: textAt(tax, 'isoCountry') ?? 'XT', amount: amountOf(childText(main, 'fareAmount'), currency, place) }
}

function fareListType(list: XmlElement, segments: readonly XmlElement[]): PassengerType {
  const qualifier = textAt(list, 'paxSegReference', 'refQualifier')
  if (qualifier === 'PI') return 'INF'
  const designator = segments.map(segment => textAt(segment, 'discTktDesignator')).find(word => word !== undefined)
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
  const basis = `${textAt(segment, 'primaryCode') ?? ''}${textAt(segment, 'fareBasisCode') ?? ''}`
  const designator = textAt(segment, 'ticketDesignator')
  const bag = findChild(segment, 'bagAllowanceInformation')
  const pieces = bag && textAt(bag, 'baggageQuantity')
  const weight = bag && textAt(bag, 'baggageWeight')
  return {
    passengerType: type,
    fareBasis: [basis, designator].filter(Boolean).join('/') || null,
    bookingClass: textAt(segment, 'classOfService') ?? null,
    cabin: null,
    brand: null,
    baggage: {
      checked:
        pieces !== undefined
          ? allowanceOf(pieces, 'N')
          : allowanceOf(weight ?? '', (bag && textAt(bag, 'measureUnit')) ?? 'K'),
      cabin: null,
    },
  }
}

function lastTicketing(list: XmlElement): string | null {
  const date = listDescendants(list, 'lastTktDate')[0]
  const [year, month, day] = ['year', 'month', 'day'].map(name => (date && textAt(date, name)) ?? '')
  const limit = findInstant(`${year}-${month?.padStart(2, '0')}-${day?.padStart(2, '0')}T23:59:59`, 'UTC')
  return limit === undefined ? null : toInstant(limit)
}
