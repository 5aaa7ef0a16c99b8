import type { Segment } from '../../../core/itinerary.ts'
import type { SupplierOffer } from '../../../core/offer.ts'
import type { XmlElement } from '../../../core/xml/tree.ts'
import { element, escapeText } from '../../../core/xml/write.ts'
import type { ShopPassenger } from '../../port.ts'
import type { OfferContext, SegmentContext } from './context.ts'
import { headValues, message, pointOfSale, type RequestHead } from './envelope.ts'
import { accountCodes, decodeSearchPassenger, type RequestPassenger, searchPassenger } from './low-fare-search.ts'
import { integer } from './reply.ts'
import { all, at } from './requests.ts'
import { localTime, withoutZeros } from './segments.ts'

/** The same flights in the same booking classes under the same fares, priced now. */
export function encodeAirPrice(
  offer: SupplierOffer,
  context: OfferContext,
  passengers: readonly ShopPassenger[],
  head: RequestHead,
): string {
  const segments = offer.slices.flatMap((slice, group) =>
    slice.segments.map((segment, index) => ({
      segment,
      context: context.legs[group]?.[index],
      group,
      connects: index < slice.segments.length - 1,
    })),
  )
  const tokens = segments.flatMap(({ context, segment }) =>
    context?.hostToken ? { key: segment.id, token: context.hostToken } : [],
  )
  const itinerary =
    segments.map(one => priceSegment(one.segment, one.context, one.group, one.connects)).join('') +
    tokens.map(one => `<com:HostToken Key="token_${one.key}">${escapeText(one.token)}</com:HostToken>`).join('')
  const content =
    pointOfSale +
    element('air:AirItinerary', {}, itinerary) +
    element(
      'air:AirPricingModifiers',
      { CurrencyType: offer.total.currency, ETicketability: 'Yes', InventoryRequestType: 'DirectAccess' },
      accountCodes(context.accountCodes),
    ) +
    passengers.map(searchPassenger).join('') +
    element('air:AirPricingCommand', {}, segments.map(one => fareModifiers(one.segment)).join(''))
  return message('air:AirPriceReq', { ...headValues(head), CheckFlightDetails: true }, content)
}

function priceSegment(segment: Segment, context: SegmentContext | undefined, group: number, connects: boolean): string {
  const fare = segment.fares[0]
  return element(
    'air:AirSegment',
    {
      Key: segment.id,
      Group: group,
      Carrier: segment.marketing.carrier,
      FlightNumber: segment.marketing.number,
      ProviderCode: context?.providerCode ?? '1G',
      Origin: segment.origin,
      Destination: segment.destination,
      DepartureTime: context?.departureTime ?? segment.departure,
      ArrivalTime: context?.arrivalTime ?? segment.arrival,
      ClassOfService: fare?.bookingClass,
      HostTokenRef: context?.hostToken ? `token_${segment.id}` : undefined,
    },
    connects ? element('air:Connection', {}) : '',
  )
}

/** The class and the fare basis of the first passenger type: the others' follow from it. */
function fareModifiers(segment: Segment): string {
  const fare = segment.fares[0]
  const classes = fare?.bookingClass
    ? element('air:PermittedBookingCodes', {}, element('air:BookingCode', { Code: fare.bookingClass }))
    : ''
  return element(
    'air:AirSegmentPricingModifiers',
    { AirSegmentRef: segment.id, FareBasisCode: fare?.fareBasis },
    classes,
  )
}

/** A price request as the other side reads it. */
export type AirPriceRequest = {
  readonly segments: readonly RequestSegment[]
  readonly passengers: readonly RequestPassenger[]
  readonly currency: string | null
}

export type RequestSegment = {
  readonly key: string
  readonly group: number
  readonly carrier: string
  readonly number: string
  readonly origin: string
  readonly destination: string
  readonly departure: string
  readonly bookingClass: string
  readonly fareBasis: string | null
}

export function decodeAirPrice(request: XmlElement): AirPriceRequest {
  const fares = new Map<string, string>()
  for (const modifiers of all(at(request, 'AirPricingCommand'), 'AirSegmentPricingModifiers')) {
    const { AirSegmentRef, FareBasisCode } = modifiers.attributes
    if (AirSegmentRef !== undefined && FareBasisCode !== undefined) fares.set(AirSegmentRef, FareBasisCode)
  }
  return {
    segments: all(at(request, 'AirItinerary'), 'AirSegment').map(one => decodeRequestSegment(one, fares)),
    passengers: all(request, 'SearchPassenger').map(decodeSearchPassenger),
    currency: at(request, 'AirPricingModifiers')?.attributes.CurrencyType ?? null,
  }
}

export function decodeRequestSegment(segment: XmlElement, fares: ReadonlyMap<string, string>): RequestSegment {
  const a = segment.attributes
  return {
    key: a.Key ?? '',
    group: integer(a.Group) ?? 0,
    carrier: a.Carrier ?? '',
    number: withoutZeros(a.FlightNumber ?? ''),
    origin: a.Origin ?? '',
    destination: a.Destination ?? '',
    departure: localTime(a.DepartureTime ?? ''),
    bookingClass: a.ClassOfService ?? '',
    fareBasis: fares.get(a.Key ?? '') ?? null,
  }
}
