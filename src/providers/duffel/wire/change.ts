import type { Instant } from '../../../core/clock.ts'
import type { Slice } from '../../../core/itinerary.ts'
import { formatAmount, type Money } from '../../../core/money.ts'
import { encodeSegment } from './flight.ts'
import { assembleJourney, readJourney } from './journey.ts'
import { partId, sliceEnds } from './offer-encode.ts'
import { instantOf, type JsonObject, listOf, moneyOf, objectOf, textOf, Unreadable, type Warnings } from './read.ts'

/** What changing an order would cost: slices taken out, slices put in, and the difference. No offer of its own: it cannot
 *  be bought without the order. */
export type ChangeOffer = {
  readonly id: string
  /** Null: the airline has not said. */
  readonly change: Money | null
  readonly penalty: Money | null
  readonly newTotal: Money | null
  readonly expiresAt: Instant | null
  readonly add: readonly Slice[]
  readonly remove: readonly Slice[]
}

export function isChangeOffer(raw: JsonObject): boolean {
  const slices = objectOf(raw.slices)
  return Array.isArray(slices.add) && 'change_total_amount' in raw
}

export function decodeChangeOffer(raw: JsonObject, at: string, warnings: Warnings): ChangeOffer {
  const id = textOf(raw.id)
  if (id === null) throw new Unreadable('change-unreadable', at, 'a change offer without an id')
  const slices = objectOf(raw.slices)
  const read = (name: 'add' | 'remove'): readonly Slice[] =>
    listOf(slices[name]).length === 0 ? [] : readSlices(slices[name], `${at}/slices/${name}`, warnings)
  return {
    id,
    change: moneyOf(raw.change_total_amount, raw.change_total_currency),
    penalty:
      moneyOf(raw.penalty_total_amount, raw.penalty_total_currency) ??
      moneyOf(raw.penalty_amount, raw.penalty_currency),
    newTotal: moneyOf(raw.new_total_amount, raw.new_total_currency),
    expiresAt: instantOf(raw.expires_at),
    add: read('add'),
    remove: read('remove'),
  }
}

function readSlices(value: unknown, at: string, warnings: Warnings): readonly Slice[] {
  return assembleJourney(readJourney(value, [], at, warnings), [], null, warnings)
}

export function encodeChangeOffer(offer: ChangeOffer, createdAt: Instant): JsonObject {
  const { change, penalty, newTotal } = offer
  return {
    updated_at: createdAt,
    slices: { remove: encodeSlices(offer.remove, offer.id, 0), add: encodeSlices(offer.add, offer.id, 100) },
    refund_to: 'original_form_of_payment',
    penalty_total_currency: penalty === null ? null : penalty.currency,
    penalty_total_amount: penalty === null ? null : formatAmount(penalty),
    order_change_id: null,
    new_total_currency: newTotal === null ? null : newTotal.currency,
    new_total_amount: newTotal === null ? null : formatAmount(newTotal),
    live_mode: false,
    id: offer.id,
    expires_at: offer.expiresAt,
    created_at: createdAt,
    change_total_currency: change === null ? null : change.currency,
    change_total_amount: change === null ? null : formatAmount(change),
  }
}

/** `from`: where the numbers of this list begin. */
function encodeSlices(slices: readonly Slice[], ownerId: string, from: number): readonly JsonObject[] {
  let at = from
  return slices.map((slice, index) => ({
    segments: slice.segments.map(segment =>
      encodeSegment(segment, { wireId: partId('seg', ownerId, at++), distanceKm: null, passengers: [] }),
    ),
    ...sliceEnds(slice),
    id: partId('sli', ownerId, from + index),
    fare_brand_name: null,
  }))
}
