import type { Segment } from '../../../core/itinerary.ts'
import type { SupplierOffer } from '../../../core/offer.ts'
import { element, escapeText } from '../../../core/xml/write.ts'
import { isOfferContext, type SegmentContext } from './context.ts'
import { message, type ReplyHead, type ResponseMessage, replyValues, type Values } from './envelope.ts'
import {
  amountValues,
  baggageAllowances,
  bookingInfo,
  conditionValues,
  eachValues,
  fareCalculation,
  fareInfo,
  feeInfos,
  passengerTypes,
  penalties,
  taxInfos,
} from './write-pricing.ts'
import { instantNote } from './write-search.ts'
import { codeshare, equipmentOf, flightDetails, wireTimes } from './write-segments.ts'

/** `AirPriceRsp` with one solution. */
export function encodeAirPriceReply(
  offer: SupplierOffer,
  head: ReplyHead,
  facts: PriceFacts & { readonly messages?: readonly ResponseMessage[] },
): string {
  const refs = segmentsOf(offer).map(({ segment }) => element('air:AirSegmentRef', { Key: segment.id }))
  const solution = pricingSolution(offer, facts, refs.join(''))
  const itinerary = segmentsOf(offer).map(one => airSegment(one, { Key: one.segment.id }))
  return message(
    'air:AirPriceRsp',
    replyValues(head),
    responseMessages(facts.messages ?? []) +
      element('air:AirItinerary', {}, itinerary.join('')) +
      element('air:AirPriceResult', {}, solution),
  )
}

export type PriceFacts = {
  readonly effectiveDate: string
  /** By passenger, where known. */
  readonly ages: ReadonlyMap<string, number | null>
  readonly hostToken: string | null
}

/** `segments`: references into an itinerary beside it, or the segments themselves. */
function pricingSolution(offer: SupplierOffer, facts: PriceFacts, segments: string): string {
  const { hostToken } = facts
  const token = hostToken === null ? '' : `<com:HostToken Key="token1">${escapeText(hostToken)}</com:HostToken>`
  const instant = offer.requirements.instantPayment === true
  return element(
    'air:AirPricingSolution',
    { Key: 'solution1', ...amountValues(offer), QuoteDate: facts.effectiveDate.slice(0, 10) },
    segments +
      pricingInfos(offer, facts, { prefix: '', hostToken: hostToken === null ? undefined : 'token1' }).join('') +
      (instant ? `<air:FareNote Key="note1">${instantNote}</air:FareNote>` : '') +
      token,
  )
}

/** Beside no record, or beside one where the asker wanted it kept: what the journey costs now. */
export function solutionChanged(offer: SupplierOffer, facts: PriceFacts): string {
  const segments = segmentsOf(offer).map(one => airSegment(one, { Key: one.segment.id }))
  return element(
    'air:AirSolutionChangedInfo',
    { ReasonCode: 'Price' },
    pricingSolution(offer, facts, segments.join('')),
  )
}

export function responseMessages(messages: readonly ResponseMessage[]): string {
  return messages
    .map(({ code, type, text }) => {
      const values = { Code: code, Type: type, ProviderCode: '1G' }
      return element('com:ResponseMessage', values, escapeText(text))
    })
    .join('')
}

export type PlacedSegment = {
  readonly segment: Segment
  readonly group: number
  readonly connects: boolean
  readonly context: SegmentContext | undefined
}

export function segmentsOf(offer: SupplierOffer): readonly PlacedSegment[] {
  const context = offer.supplierContext
  return offer.slices.flatMap((slice, group) =>
    slice.segments.map((segment, index) => ({
      segment,
      group,
      connects: index < slice.segments.length - 1,
      context: isOfferContext(context) ? context.legs[group]?.[index] : undefined,
    })),
  )
}

/** With its flight details inside, as prices and records have it. */
export function airSegment(one: PlacedSegment, more: Values): string {
  const { segment, context } = one
  const times = wireTimes(segment, context)
  const fare = segment.fares[0]
  return element(
    'air:AirSegment',
    {
      Group: one.group,
      Carrier: segment.marketing.carrier,
      FlightNumber: segment.marketing.number,
      ProviderCode: '1G',
      Origin: segment.origin,
      Destination: segment.destination,
      DepartureTime: times.departure,
      ArrivalTime: times.arrival,
      FlightTime: segment.durationMinutes,
      TravelTime: segment.durationMinutes,
      ClassOfService: fare?.bookingClass ?? undefined,
      ETicketability: 'Yes',
      Equipment: equipmentOf(segment),
      MarriageGroup: segment.marriageGroup,
      ChangeOfPlane: false,
      OptionalServicesIndicator: false,
      ...more,
    },
    codeshare(segment) +
      flightDetails(segment, context, at => `${segment.id}d${at}`).join('') +
      (one.connects ? element('air:Connection', {}) : ''),
  )
}

export type PricingKeys = {
  readonly prefix: string
  readonly hostToken?: string | undefined
  /** What a record adds to a stored fare. */
  readonly values?: Values
  /** After the penalties. */
  readonly after?: string
}

/** One `AirPricingInfo` for each entry of the offer's passengers, fares inside. */
export function pricingInfos(offer: SupplierOffer, facts: PriceFacts, keys: PricingKeys): readonly string[] {
  return offer.passengers.map((passengers, index) => {
    const key = `${keys.prefix}info${index + 1}`
    const fares = new Map<string, { readonly key: string; readonly xml: string }>()
    const bookings: string[] = []
    for (const slice of offer.slices) {
      for (const segment of slice.segments) {
        const fare = segment.fares[index]!
        const { fareBasis, brand, baggage } = fare
        const id = JSON.stringify([fareBasis, brand, baggage, slice.segments[0]!.id])
        const fareKey = fares.get(id)?.key ?? `${key}fare${fares.size + 1}`
        if (!fares.has(id)) {
          const values = { key: fareKey, effectiveDate: facts.effectiveDate, brandName: brand?.name ?? null }
          fares.set(id, { key: fareKey, xml: fareInfo(fare, slice, values) })
        }
        const refs = { fare: fareKey, segment: segment.id, seats: offer.seatsLeft, ...tokenOf(keys) }
        bookings.push(bookingInfo(fare, refs))
      }
    }
    return element(
      'air:AirPricingInfo',
      { Key: key, ...eachValues(passengers), ...conditionValues(offer), ...keys.values },
      [...fares.values()].map(fare => fare.xml).join('') +
        bookings.join('') +
        taxInfos(passengers, at => `${key}t${at}`) +
        `<air:FareCalc>${fareCalculation(offer, passengers)}</air:FareCalc>` +
        passengerTypes(passengers, facts.ages) +
        penalties(offer, passengers) +
        feeInfos(passengers, at => `${key}f${at}`) +
        (keys.after ?? baggageAllowances(offer, index)),
    )
  })
}

function tokenOf({ hostToken }: PricingKeys): { readonly hostToken?: string } {
  return hostToken === undefined ? {} : { hostToken }
}
