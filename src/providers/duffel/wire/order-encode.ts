import type { Instant } from '../../../core/clock.ts'
import type { PassengerId } from '../../../core/ids.ts'
import { formatAmount, type Money } from '../../../core/money.ts'
import type { Conditions } from '../../../core/offer.ts'
import type { SupplierOrder } from '../../../core/order.ts'
import { encodeConditions, encodeCondition } from './conditions.ts'
import { encodeSegment, nameOfAirline } from './flight.ts'
import { encodeFare } from './journey.ts'
import { partId, sliceEnds } from './offer-encode.ts'
import { encodeAirline } from './place.ts'
import type { JsonObject } from './read.ts'
import { passengerTypeWord } from './vocabulary.ts'

/** What an order of the wire has and ours has not. */
export type OrderDetails = {
  readonly id: string
  readonly offerId: string | null
  readonly owner: string
  readonly createdAt: Instant
  readonly cancelledAt: Instant | null
  readonly paidAt: Instant | null
  readonly paymentRequiredBy: Instant | null
  readonly voidUntil: Instant | null
  readonly refund: { readonly id: string; readonly amount: Money; readonly to: string } | null
  readonly base: Money
  readonly tax: Money
  readonly conditions: Conditions
  readonly passengers: readonly OrderPassengerDetails[]
  readonly distancesKm: readonly number[]
}

/** In the order of the order's passengers. */
export type OrderPassengerDetails = {
  readonly wireId: string
  readonly infantWireId: string | null
  readonly title: string | null
  readonly gender: string | null
  readonly bornOn: string | null
}

/** The members in the order of the recorded replies. */
export function encodeOrder(order: SupplierOrder, details: OrderDetails): JsonObject {
  const { total } = order
  const cancellable = order.status !== 'cancelled'
  return {
    void_window_ends_at: details.voidUntil,
    users: [],
    type: details.paymentRequiredBy === null ? 'instant' : 'hold',
    total_currency: total?.currency ?? null,
    total_amount: total === null ? null : formatAmount(total),
    tax_currency: details.tax.currency,
    tax_amount: formatAmount(details.tax),
    synced_at: details.createdAt,
    slices: encodeSlices(order, details),
    services: [],
    payment_status: {
      price_guarantee_expires_at: details.paymentRequiredBy,
      payment_required_by: details.paymentRequiredBy,
      paid_at: details.paidAt,
      awaiting_payment: details.paidAt === null && order.status === 'held',
    },
    passengers: order.passengers.map((passenger, i) => encodePassenger(passenger, details.passengers[i])),
    owner: encodeAirline(details.owner, nameOfAirline(details.owner)),
    offer_id: details.offerId,
    metadata: order.reference === null ? null : { client_ref: order.reference },
    live_mode: false,
    id: details.id,
    documents: encodeDocuments(order, details),
    created_at: details.createdAt,
    content: 'managed',
    conditions: encodeConditions(details.conditions),
    changes: [],
    cancelled_at: details.cancelledAt,
    cancellation: encodeRefund(details),
    booking_references: encodeReferences(order),
    booking_reference: order.locators[0]?.locator ?? null,
    base_currency: details.base.currency,
    base_amount: formatAmount(details.base),
    available_actions: cancellable ? ['cancel', 'update'] : ['update'],
    airline_initiated_changes: [],
  }
}

function encodeSlices(order: SupplierOrder, details: OrderDetails): readonly JsonObject[] {
  let at = 0
  return order.slices.map((slice, index) => ({
    segments: slice.segments.map(segment => {
      const passengers = details.passengers.map(({ wireId }, i) => {
        const type = order.passengers[i]?.type
        return encodeFare(segment.fares.find(fare => fare.passengerType === type) ?? segment.fares[0], wireId)
      })
      const wireId = partId('seg', details.id, at)
      const raw = encodeSegment(segment, { wireId, distanceKm: details.distancesKm[at++] ?? null, passengers })
      return {
        ...raw,
        departure_terminal: segment.originTerminal,
        departure_datetime: segment.departure,
        arrival_terminal: segment.destinationTerminal,
        arrival_datetime: segment.arrival,
      }
    }),
    ...sliceEnds(slice),
    id: partId('sli', details.id, index),
    fare_brand_name: slice.segments[0]?.fares[0]?.brand?.name ?? null,
    conditions: { change_before_departure: encodeCondition(details.conditions.change) },
    changeable: false,
  }))
}

function encodePassenger(
  passenger: SupplierOrder['passengers'][number],
  details: OrderPassengerDetails | undefined,
): JsonObject {
  return {
    user_id: null,
    type: passenger.type === null ? null : passengerTypeWord(passenger.type),
    title: details?.title ?? null,
    loyalty_programme_accounts: [],
    infant_passenger_id: details?.infantWireId ?? null,
    id: details?.wireId ?? null,
    given_name: passenger.givenNames,
    gender: details?.gender ?? null,
    family_name: passenger.surname,
    born_on: details?.bornOn ?? null,
  }
}

function encodeDocuments(order: SupplierOrder, details: OrderDetails): readonly JsonObject[] {
  const wireIdOf = (id: PassengerId | null): readonly string[] => {
    const at = order.passengers.findIndex(passenger => passenger.id !== null && passenger.id === id)
    const known = at < 0 ? undefined : details.passengers[at]
    return known ? [known.wireId] : []
  }
  return order.documents.map(({ kind, number, passengerId }) => ({
    unique_identifier: number,
    type: kind === 'ticket' ? 'electronic_ticket' : 'electronic_miscellaneous_document_associated',
    passenger_ids: wireIdOf(passengerId),
  }))
}

function encodeRefund({ refund, cancelledAt, createdAt, id }: OrderDetails): JsonObject | null {
  if (refund === null) return null
  return {
    refund_to: refund.to,
    refund_currency: refund.amount.currency,
    refund_amount: formatAmount(refund.amount),
    order_id: id,
    live_mode: false,
    id: refund.id,
    expires_at: null,
    created_at: cancelledAt ?? createdAt,
    confirmed_at: cancelledAt,
    airline_credits: [],
  }
}

function encodeReferences(order: SupplierOrder): readonly JsonObject[] {
  return order.locators
    .slice(1)
    .map(({ owner, locator }) => ({ carrier: encodeAirline(owner, nameOfAirline(owner)), booking_reference: locator }))
}
