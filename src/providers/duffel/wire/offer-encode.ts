import type { Instant } from '../../../core/clock.ts'
import type { PassengerId } from '../../../core/ids.ts'
import type { Slice } from '../../../core/itinerary.ts'
import { formatAmount } from '../../../core/money.ts'
import type { SupplierOffer } from '../../../core/offer.ts'
import { encodeCondition, encodeConditions } from './conditions.ts'
import { encodeSegment, nameOfAirline } from './flight.ts'
import { encodeFare } from './journey.ts'
import { encodeAirline, encodeAirport } from './place.ts'
import { durationText, type JsonObject } from './read.ts'
import { passengerTypeWord } from './vocabulary.ts'

/** What an offer of the wire has and ours has not. */
export type OfferDetails = {
  readonly id: string
  readonly createdAt: Instant
  /** In the order of the search. */
  readonly passengers: readonly OfferPassenger[]
  readonly distancesKm: readonly number[]
}

export type OfferPassenger = { readonly wireId: string; readonly id: PassengerId; readonly age: number | null }

/** The members in the order of the recorded replies. */
export function encodeOffer(offer: SupplierOffer, details: OfferDetails): JsonObject {
  const { total, base, taxes } = offer
  return {
    updated_at: details.createdAt,
    total_emissions_kg: String(emissionsKg(details)),
    total_currency: total.currency,
    total_amount: formatAmount(total),
    tax_currency: taxes.currency,
    tax_amount: formatAmount(taxes),
    supported_passenger_identity_document_types: offer.requirements.documents === null ? [] : ['passport'],
    supported_loyalty_programmes: offer.validatingCarrier === null ? [] : [offer.validatingCarrier],
    slices: encodeSlices(offer, details),
    private_fares: [],
    payment_requirements: {
      requires_instant_payment: offer.requirements.instantPayment === true,
      price_guarantee_expires_at: offer.ticketBy,
      payment_required_by: offer.ticketBy,
    },
    passengers: details.passengers.map(passenger => encodePassenger(passenger, offer)),
    passenger_identity_documents_required: offer.requirements.documents === 'required',
    partial: offer.supplierContext.partial === true,
    owner:
      offer.validatingCarrier === null
        ? null
        : encodeAirline(offer.validatingCarrier, nameOfAirline(offer.validatingCarrier)),
    live_mode: false,
    id: details.id,
    expires_at: offer.expiresAt,
    created_at: details.createdAt,
    conditions: encodeConditions(offer.conditions),
    base_currency: base.currency,
    base_amount: formatAmount(base),
    allowed_passenger_identity_document_types: offer.requirements.documents === null ? [] : ['passport'],
  }
}

/** Some 0.09 kg for each passenger and kilometre. */
function emissionsKg(details: OfferDetails): number {
  const km = details.distancesKm.reduce((sum, distance) => sum + distance, 0)
  return Math.round(km * 0.09 * details.passengers.length)
}

function encodePassenger({ wireId, id, age }: OfferPassenger, offer: SupplierOffer): JsonObject {
  const fare = offer.passengers.find(passenger => passenger.ids.includes(id))
  return {
    type: fare === undefined ? null : passengerTypeWord(fare.type),
    loyalty_programme_accounts: [],
    id: wireId,
    given_name: null,
    fare_type: fare?.type === 'STU' ? 'student' : null,
    family_name: null,
    age,
  }
}

function encodeSlices(offer: SupplierOffer, details: OfferDetails): readonly JsonObject[] {
  let at = 0
  return offer.slices.map((slice, index) => {
    const brand = slice.segments[0]?.fares[0]?.brand
    const first = at
    return {
      segments: slice.segments.map(segment =>
        encodeSegment(segment, {
          wireId: partId('seg', details.id, at),
          distanceKm: details.distancesKm[at++] ?? null,
          passengers: details.passengers.map(({ wireId, id }) => {
            const entry = offer.passengers.findIndex(passenger => passenger.ids.includes(id))
            return encodeFare(segment.fares[entry], wireId)
          }),
        }),
      ),
      ...sliceEnds(slice),
      ngs_shelf: 1,
      id: partId('sli', details.id, index),
      fare_brand_name: brand?.name ?? brand?.code ?? null,
      comparison_key: comparisonKey(slice, first),
      conditions: {
        priority_check_in: false,
        priority_boarding: false,
        change_before_departure: encodeCondition(offer.conditions.change),
        advance_seat_selection: false,
      },
    }
  })
}

/** Where a slice starts and ends: the same in offers and orders. */
export function sliceEnds(slice: Slice): JsonObject {
  return {
    origin_type: 'airport',
    origin: encodeAirport(slice.origin),
    duration: slice.durationMinutes === null ? null : durationText(slice.durationMinutes),
    destination_type: 'airport',
    destination: encodeAirport(slice.destination),
  }
}

/** Ids of slices and segments are their offer's or order's with their place in the first digits, which are zeros in
 *  every id: unique, and the same whenever asked. */
export function partId(prefix: 'seg' | 'sli', ownerId: string, index: number): string {
  const tail = ownerId.slice(ownerId.indexOf('_') + 1)
  return `${prefix}_${String(index).padStart(4, '0')}${tail.slice(4)}`
}

/** Equal for slices with the same flights. */
function comparisonKey(slice: Slice, salt: number): string {
  const flights = slice.segments.map(
    ({ marketing, departure }) => `${marketing.carrier}${marketing.number}${departure}`,
  )
  let hash = salt
  for (const character of flights.join()) hash = (hash * 31 + character.charCodeAt(0)) | 0
  return Buffer.from(String(hash)).toString('base64')
}
