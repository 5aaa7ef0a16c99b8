import type { Instant } from '../../../core/clock.ts'
import { formatAmount, type Money } from '../../../core/money.ts'
import { BadField, dataObject } from './search.ts'
import { type JsonObject, moneyOf, objectOf, textOf } from './read.ts'

/** Paying for a held order, which issues its tickets. The same payment stands in an instant order. */

export const paymentTypes = ['balance', 'arc_bsp_cash'] as const
export type PaymentType = (typeof paymentTypes)[number]

export function encodePaymentPart(amount: Money, type: PaymentType): JsonObject {
  return { type, currency: amount.currency, amount: formatAmount(amount) }
}

export function encodePaymentRequest(orderId: string, amount: Money, type: PaymentType): JsonObject {
  return { data: { order_id: orderId, payment: encodePaymentPart(amount, type) } }
}

export type PaymentRequest = { readonly orderId: string; readonly amount: Money; readonly type: PaymentType }

export function decodePaymentRequest(root: unknown): PaymentRequest {
  const data = dataObject(root)
  const orderId = textOf(data.order_id)
  if (orderId === null) throw new BadField('/order_id', 'validation_required', "Field 'order_id' can't be blank")
  return { orderId, ...decodePaymentPart(data.payment, '/payment') }
}

export function decodePaymentPart(value: unknown, at: string): Omit<PaymentRequest, 'orderId'> {
  const raw = objectOf(value)
  const type = paymentTypes.find(known => known === raw.type)
  const amount = moneyOf(raw.amount, raw.currency)
  if (type === undefined) throw new BadField(`${at}/type`, 'validation_inclusion', "Field 'type' is no payment type")
  if (amount === null) throw new BadField(`${at}/amount`, 'validation_format', "Field 'amount' is no amount")
  return { type, amount }
}

export type Payment = { readonly id: string; readonly createdAt: Instant }

export function encodePayment(payment: Payment, request: PaymentRequest): JsonObject {
  return {
    type: request.type,
    status: 'succeeded',
    order_id: request.orderId,
    live_mode: false,
    id: payment.id,
    failure_reason: null,
    currency: request.amount.currency,
    created_at: payment.createdAt,
    amount: formatAmount(request.amount),
  }
}
