/** The test gateway's HTTP format: JSON, `authorization: Bearer <key>`, an `idempotency-key` on every POST. Amounts are whole
 *  minor units, as card gateways have them. */

/** POST /v1/payments */
export type AuthoriseBody = {
  readonly reference: string
  readonly amount: AmountBody
  readonly methodToken: string
  readonly description: string
}

/** POST /v1/payments/{id}/captures and …/refunds; …/voids has an empty object. */
export type MoveBody = { readonly amount: AmountBody }

export type AmountBody = { readonly value: number; readonly currency: string }

/** Answer to POST /v1/payments (201), and each of GET /v1/payments?reference= `{payments: []}`. */
export type PaymentBody = {
  readonly id: string
  readonly reference: string
  readonly status: WireStatus
  readonly amount: AmountBody
  readonly refunded: AmountBody
  readonly nextAction: { readonly type: 'redirect'; readonly url: string } | null
}

export const wireStatuses = [
  'requires_action',
  'authorised',
  'captured',
  'voided',
  'refunded',
  'partially_refunded',
  'declined',
] as const
export type WireStatus = (typeof wireStatuses)[number]

/** Answer to a capture, void or refund (201). */
export type EntryBody = { readonly id: string; readonly paymentId: string; readonly kind: EntryKind }
export type EntryKind = 'authorise' | 'capture' | 'void' | 'refund'
