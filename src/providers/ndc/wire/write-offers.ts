import type { PassengerType, SegmentFare } from '../../../core/itinerary.ts'
import { type Money, money, times } from '../../../core/money.ts'
import type { Condition, PassengerFare, PassengerPrice, SupplierOffer } from '../../../core/offer.ts'
import { amount } from './create-request.ts'
import { leaf, leaves, part, type ReplyHead, replyMessage, tag } from './envelope.ts'
import { cabinCode } from './vocabulary.ts'
import { type JourneyIds, type ListWriter, openLists } from './write-lists.ts'

/** An offer under the id that it is sold by; its items are numbered from there. */
export type OfferToWrite = { readonly id: string; readonly offer: SupplierOffer }

/** `infantRef` of an adult: the infant on its lap. */
export type AskedPassenger = { readonly ref: string; readonly type: PassengerType; readonly infantRef: string | null }

export function encodeAirShoppingReply(
  offers: readonly OfferToWrite[],
  passengers: readonly AskedPassenger[],
  head: ReplyHead,
): string {
  const lists = openLists()
  for (const one of passengers) lists.addPassenger({ ...one, person: null })
  const written = offers.map(one => tag('Offer', offerContent(lists, one)))
  const byOwner = tag('CarrierOffers', ...written)
  return replyMessage('AirShoppingRS', head, part('DataLists', lists.xml()) + part('OffersGroup', byOwner))
}

export function encodeOfferPriceReply(
  one: OfferToWrite,
  passengers: readonly AskedPassenger[],
  head: ReplyHead,
): string {
  const lists = openLists()
  for (const passenger of passengers) lists.addPassenger({ ...passenger, person: null })
  const content = offerContent(lists, one)
  return replyMessage('OfferPriceRS', head, part('DataLists', lists.xml()) + part('PricedOffer', content))
}

export function itemIdOf(offerId: string, index: number): string {
  return `${offerId}-${index + 1}`
}

function offerContent(lists: ListWriter, { id, offer }: OfferToWrite): string {
  const journeys = offer.slices.map(slice =>
    lists.addJourney(
      slice,
      slice.segments.map(segment => segment.fares[0]),
    ),
  )
  return (
    baggage(lists, offer, journeys) +
    tag('JourneyOverview', ...journeys.map((journey, index) => journeyClass(lists, offer, journey, index))) +
    leaf('OfferExpirationTimeLimitDateTime', offer.expiresAt) +
    leaf('OfferID', id) +
    offer.passengers.map((fare, index) => item(lists, { id, offer }, fare, index, journeys)).join('') +
    leaf('OwnerCode', offer.validatingCarrier) +
    tag('TotalPrice', amount('TotalAmount', offer.total))
  )
}

function journeyClass(lists: ListWriter, offer: SupplierOffer, { journeyId }: JourneyIds, slice: number): string {
  const fare = offer.slices[slice]!.segments[0]!.fares[0]
  return tag(
    'JourneyPriceClass',
    leaf('PaxJourneyRefID', journeyId),
    leaf('PriceClassRefID', fare && lists.addPriceClass(fare)),
  )
}

/** Each passenger type's allowances on each segment. */
function baggage(lists: ListWriter, offer: SupplierOffer, journeys: readonly JourneyIds[]): string {
  let all = ''
  for (const [index, fare] of offer.passengers.entries()) {
    for (const kind of ['checked', 'cabin'] as const) {
      const segmentsOf = new Map<string, string[]>()
      offer.slices.forEach((slice, at) => {
        slice.segments.forEach((segment, place) => {
          const own = segment.fares[index]
          const allowance = own ? lists.addAllowance(own, kind) : null
          if (allowance === null) return
          const known = segmentsOf.get(allowance)
          const segmentId = journeys[at]!.segmentIds[place]!
          if (known) known.push(segmentId)
          else segmentsOf.set(allowance, [segmentId])
        })
      })
      for (const [allowance, segmentIds] of segmentsOf) all += bagRule(allowance, segmentIds, fare)
    }
  }
  return all
}

function bagRule(allowance: string, segmentIds: readonly string[], fare: PassengerFare): string {
  return tag(
    'BaggageAssociations',
    leaf('BaggageAllowanceRefID', allowance),
    tag('OfferFlightAssociations', tag('PaxSegmentReferences', leaves('PaxSegmentRefID', segmentIds))),
    leaves('PaxRefID', fare.ids),
  )
}

function item(
  lists: ListWriter,
  { id, offer }: OfferToWrite,
  fare: PassengerFare,
  index: number,
  journeys: readonly JourneyIds[],
): string {
  const components = offer.slices.flatMap((slice, at) => {
    const fares = slice.segments.map(segment => segment.fares[index])
    return componentsOf(lists, offer, journeys[at]!, fares)
  })
  const journeyRefs = leaves(
    'PaxJourneyRefID',
    journeys.map(journey => journey.journeyId),
  )
  return tag(
    'OfferItem',
    tag('FareDetail', components.join(''), leaves('PaxRefID', fare.ids)),
    leaf('MandatoryInd', 'true'),
    leaf('OfferItemID', itemIdOf(id, index)),
    paymentLimit(offer),
    tag('Price', priceContent(fare.each, fare.count)),
    tag(
      'Service',
      tag('OfferServiceAssociation', tag('PaxJourneyRef', journeyRefs)),
      leaves('PaxRefID', fare.ids),
      leaf('ServiceID', `SV${index + 1}`),
    ),
  )
}

/** Segments that follow each other on one fare are one component. */
function componentsOf(
  lists: ListWriter,
  offer: SupplierOffer,
  journey: JourneyIds,
  fares: readonly (SegmentFare | undefined)[],
): readonly string[] {
  const components: { readonly fare: SegmentFare; readonly segmentIds: string[] }[] = []
  fares.forEach((fare, index) => {
    if (!fare) return
    const last = components[components.length - 1]
    const segmentId = journey.segmentIds[index]!
    if (last && isSameFare(last.fare, fare)) last.segmentIds.push(segmentId)
    else components.push({ fare, segmentIds: [segmentId] })
  })
  return components.map(({ fare, segmentIds }) =>
    tag(
      'FareComponent',
      fare.cabin ? tag('CabinType', cabinContent(fare)) : '',
      restriction('CancelRestrictions', offer.conditions.refund, offer),
      restriction('ChangeRestrictions', offer.conditions.change, offer),
      leaf('FareBasisCode', fare.fareBasis),
      leaves('PaxSegmentRefID', segmentIds),
      leaf('PriceClassRefID', lists.addPriceClass(fare)),
      fare.bookingClass === null ? '' : tag('RBD', leaf('RBD_Code', fare.bookingClass)),
    ),
  )
}

function cabinContent({ cabin }: SegmentFare): string {
  return leaf('CabinTypeCode', cabin === null ? null : cabinCode(cabin))
}

function isSameFare(a: SegmentFare, b: SegmentFare): boolean {
  return (
    a.fareBasis === b.fareBasis &&
    a.bookingClass === b.bookingClass &&
    a.cabin === b.cabin &&
    a.brand?.code === b.brand?.code &&
    a.brand?.name === b.brand?.name
  )
}

/** The fee is for all passengers: each pays its part, where that is a whole amount. */
function restriction(name: string, { allowed, fee }: Condition, offer: SupplierOffer): string {
  if (allowed === null) return ''
  const people = offer.passengers.reduce((count, one) => count + one.count, 0)
  const each = fee && fee.amountMinor % people === 0 ? money(fee.amountMinor / people, fee.currency) : null
  return tag(
    name,
    leaf('AllowedModificationInd', String(allowed)),
    allowed && each ? tag('Fee', amount('Amount', each)) : '',
    leaf('JourneyStageCode', 'Prior To Departure'),
  )
}

function paymentLimit({ requirements, ticketBy }: SupplierOffer): string {
  if (requirements.instantPayment === true) {
    const duration = tag('PaymentTimeLimitDuration', leaf('PaymentTimeLimitDuration', 'PT0S'))
    return tag('PaymentTimeLimit', duration)
  }
  if (ticketBy === null) return ''
  return tag('PaymentTimeLimit', tag('PaymentTimeLimitDate', leaf('PaymentTimeLimitDateTime', ticketBy)))
}

/** For `count` passengers. */
export function priceContent(each: PassengerPrice, count: number): string {
  const currency = each.total.currency
  const taxes = each.taxes.map(({ code, amount: value }) =>
    tag('Tax', amount('Amount', times(value, count)), leaf('TaxCode', code)),
  )
  const total: Money = each.taxes.reduce(
    (sum, one) => money(sum.amountMinor + one.amount.amountMinor, currency),
    money(0, currency),
  )
  const fees = each.fees.map(({ code, amount: value }) =>
    tag('Fee', amount('Amount', times(value, count)), leaf('DesigText', code)),
  )
  return (
    amount('BaseAmount', times(each.base, count)) +
    fees.join('') +
    tag('TaxSummary', ...taxes, amount('TotalTaxAmount', times(total, count))) +
    amount('TotalAmount', times(each.total, count))
  )
}
