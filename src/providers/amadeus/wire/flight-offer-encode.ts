import type { PassengerId } from '../../../core/ids.ts'
import type { SegmentFare, Slice } from '../../../core/itinerary.ts'
import { formatAmount, type Money, sum } from '../../../core/money.ts'
import type { Charge, PassengerFare, SupplierOffer } from '../../../core/offer.ts'
import { encodeConditions } from './conditions.ts'
import { encodeFare } from './fares.ts'
import { encodeFlight, type StopTimes } from './flight.ts'
import { durationText, type Raw } from './read.ts'
import { chargeWord, feeTypes, passengerTypeWord } from './vocabulary.ts'

/** What the wire says and our offer does not. */
export type OfferDetails = {
  readonly id: string
  /** The supplier's ids of the segments, in the order of travel. */
  readonly segmentIds: readonly string[]
  /** Traveller ids by ours; lap infants name their adult. */
  readonly travellers: readonly WireTraveller[]
  readonly stopTimes?: (segmentIndex: number) => readonly StopTimes[]
  /** `search` (taxes in one sum) or `price` (itemised, billing currency). */
  readonly step: 'search' | 'price'
}

export type WireTraveller = { readonly id: string; readonly passengerId: PassengerId; readonly adultId: string | null }

/** The members in the order of the recorded replies. */
export function encodeOffer(offer: SupplierOffer, details: OfferDetails): Raw {
  const { instantPayment, holdAllowed } = offer.requirements
  const limit = offer.ticketBy?.slice(0, 19)
  const searching = details.step === 'search'
  const seats = offer.passengers.reduce((n, { type, count }) => n + (type === 'INF' ? 0 : count), 0)
  const cardRequired = holdAllowed === false && instantPayment === false
  return {
    type: 'flight-offer',
    id: details.id,
    source: 'GDS',
    instantTicketingRequired: instantPayment ?? undefined,
    nonHomogeneous: false,
    oneWay: searching ? false : undefined,
    isUpsellOffer: searching ? false : undefined,
    paymentCardRequired: cardRequired || !searching ? cardRequired : undefined,
    lastTicketingDate: limit?.slice(0, 10),
    lastTicketingDateTime: limit,
    numberOfBookableSeats: offer.seatsLeft ?? undefined,
    itineraries: encodeItineraries(offer.slices, details),
    price: encodePrice(offer, searching),
    pricingOptions: { fareType: ['PUBLISHED'], includedCheckedBagsOnly: everyoneHasBags(offer.slices) },
    validatingAirlineCodes: offer.validatingCarrier === null ? undefined : [offer.validatingCarrier],
    travelerPricings: details.travellers.map(traveller => encodeTraveller(traveller, offer, details)),
    fareRules: encodeConditions(offer.conditions, Math.max(seats, 1)),
  }
}

function encodeItineraries(slices: readonly Slice[], details: OfferDetails): readonly Raw[] {
  let place = 0
  return slices.map(slice => ({
    duration: slice.durationMinutes === null ? undefined : durationText(slice.durationMinutes),
    segments: slice.segments.map(segment => {
      const at = place++
      return encodeFlight(segment, details.segmentIds[at]!, details.stopTimes?.(at) ?? noTimes)
    }),
  }))
}

const noTimes: readonly StopTimes[] = []

/** Without fees: the travellers' totals hold theirs. */
function encodePrice(offer: SupplierOffer, searching: boolean): Raw {
  const fees = searching ? ['SUPPLIER', 'TICKETING'] : feeTypes
  const all = offer.passengers.flatMap(({ count, each }) => each.fees.map(fee => ({ fee, count })))
  return {
    currency: offer.total.currency,
    total: formatAmount(offer.total),
    base: formatAmount(offer.base),
    fees: fees.map(type => ({ amount: formatAmount(feeOfType(all, type, offer.total)), type })),
    grandTotal: formatAmount(offer.total),
    billingCurrency: searching ? undefined : offer.total.currency,
  }
}

function feeOfType(
  fees: readonly { readonly fee: Charge; readonly count: number }[],
  type: string,
  total: Money,
): Money {
  const amounts = fees
    .filter(({ fee }) => chargeWord(fee.code) === type)
    .map(({ fee, count }) => ({ amountMinor: fee.amount.amountMinor * count, currency: fee.amount.currency }))
  return sum(amounts, total.currency)
}

function everyoneHasBags(slices: readonly Slice[]): boolean {
  return slices.every(slice =>
    slice.segments.every(segment =>
      segment.fares.every(({ passengerType, baggage }) => passengerType === 'INF' || hasBag(baggage.checked)),
    ),
  )
}

function hasBag(bag: SegmentFare['baggage']['checked']): boolean {
  return bag !== null && (bag.pieces ?? bag.weightKg ?? bag.weightLb ?? 0) > 0
}

function encodeTraveller(traveller: WireTraveller, offer: SupplierOffer, details: OfferDetails): Raw {
  const passenger = passengerOf(offer.passengers, traveller.passengerId)
  const place = placeAmongType(offer.passengers, passenger)
  const segments = offer.slices.flatMap(slice => slice.segments)
  return {
    travelerId: traveller.id,
    fareOption: 'STANDARD',
    travelerType: passengerTypeWord(passenger.type),
    associatedAdultId: traveller.adultId === null ? undefined : traveller.adultId,
    price: encodeTravellerPrice(passenger, details.step),
    fareDetailsBySegment: segments.map((segment, i) => {
      const fares = segment.fares.filter(fare => fare.passengerType === passenger.type)
      return encodeFare(fares[Math.min(place, fares.length - 1)]!, details.segmentIds[i]!)
    }),
  }
}

function passengerOf(passengers: readonly PassengerFare[], id: PassengerId): PassengerFare {
  const found = passengers.find(passenger => passenger.ids.includes(id))
  if (!found) throw new RangeError(`the offer has no passenger ${id}`)
  return found
}

/** Two entries of one type have the fares of that type in their own order. */
function placeAmongType(passengers: readonly PassengerFare[], passenger: PassengerFare): number {
  return passengers.filter(other => other.type === passenger.type).indexOf(passenger)
}

function encodeTravellerPrice(passenger: PassengerFare, step: OfferDetails['step']): Raw {
  const { base, taxes, fees, total } = passenger.each
  const untold = taxes.length === 1 && taxes[0]!.code === 'XT'
  return {
    currency: total.currency,
    total: formatAmount(total),
    base: formatAmount(base),
    fees:
      fees.length === 0
        ? undefined
        : fees.map(fee => ({ amount: formatAmount(fee.amount), type: chargeWord(fee.code) })),
    taxes:
      step === 'search' && untold
        ? undefined
        : taxes.map(tax => ({ amount: formatAmount(tax.amount), code: tax.code })),
  }
}
