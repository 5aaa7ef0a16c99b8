import type { Instant } from '../../../core/clock.ts'
import { formatAmount, type Money } from '../../../core/money.ts'
import { WireError } from '../../../core/wire-error.ts'
import { dataOf } from './envelope.ts'
import { instantOf, type JsonObject, moneyOf, objectOf, textOf } from './read.ts'
import { BadField, dataObject } from './search.ts'

/** A cancellation is created as a quote and confirmed by its id; only an order's newest can be. */
export type Cancellation = {
  readonly id: string
  readonly orderId: string
  /** Null: the airline gives no money back, or the vendor does not know yet. */
  readonly refund: Money | null
  /** `balance`, `arc_bsp_cash`, `card`, `voucher`, `awaiting_payment`, `airline_credits`, `original_form_of_payment`. */
  readonly refundTo: string | null
  readonly expiresAt: Instant | null
  readonly confirmedAt: Instant | null
}

export function isCancellation(raw: JsonObject): boolean {
  return 'order_id' in raw && ('refund_to' in raw || 'refund_amount' in raw) && !('slices' in raw)
}

export function decodeCancellation(root: unknown): Cancellation {
  const raw = objectOf(dataOf(root))
  const id = textOf(raw.id)
  const orderId = textOf(raw.order_id)
  if (id === null || orderId === null) throw new WireError('an order cancellation without ids', '/data')
  return {
    id,
    orderId,
    refund: moneyOf(raw.refund_amount, raw.refund_currency),
    refundTo: textOf(raw.refund_to),
    expiresAt: instantOf(raw.expires_at),
    confirmedAt: instantOf(raw.confirmed_at),
  }
}

export function encodeCancellation(cancellation: Cancellation, createdAt: Instant): JsonObject {
  const { refund } = cancellation
  return {
    refund_to: cancellation.refundTo,
    refund_currency: refund === null ? null : refund.currency,
    refund_amount: refund === null ? null : formatAmount(refund),
    order_id: cancellation.orderId,
    live_mode: false,
    id: cancellation.id,
    expires_at: cancellation.expiresAt,
    created_at: createdAt,
    confirmed_at: cancellation.confirmedAt,
    airline_credits: [],
  }
}

export function encodeCancellationRequest(orderId: string): JsonObject {
  return { data: { order_id: orderId } }
}

export function decodeCancellationRequest(root: unknown): string {
  const orderId = textOf(dataObject(root).order_id)
  if (orderId === null) throw new BadField('/order_id', 'validation_required', "Field 'order_id' can't be blank")
  return orderId
}
