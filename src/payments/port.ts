/** The contract between the engine and a payment gateway, built like providers/. A gateway is one folder; its index.ts
 *  exports `create: CreateGateway`. Amounts are what the traveller accepted; no card number ever passes, only tokens. */
import type { Clock } from '../core/clock.ts'
import type { Deadline } from '../core/deadline.ts'
import type { Fault } from '../core/fault.ts'
import type { PaymentId } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import type { Money } from '../core/money.ts'

export type CreateGateway = (
  settings: Readonly<Record<string, string>>,
  parts: { readonly clock: Clock; readonly log: Log },
) => PaymentGateway

/** Every call is idempotent at the gateway by (payment, operation, idempotencyKey): asking again with the same key gives the
 *  first answer and moves no money twice. */
export interface PaymentGateway {
  readonly code: string
  authorise(request: AuthoriseRequest, call: PaymentCall): Promise<AuthoriseOutcome>
  capture(request: MoveRequest, call: PaymentCall): Promise<MoveOutcome>
  /** Lets an authorisation go. */
  void(request: Omit<MoveRequest, 'amount'>, call: PaymentCall): Promise<MoveOutcome>
  refund(request: MoveRequest, call: PaymentCall): Promise<MoveOutcome>
  /** What the gateway holds under our payment id: how an unknown outcome is cleared up. */
  find(paymentId: PaymentId, call: PaymentCall): Promise<FindPaymentOutcome>
  close(): Promise<void>
}

export type PaymentCall = {
  readonly deadline: Deadline
  readonly requestId: string
  readonly traceparent: string | null
}

export type AuthoriseRequest = {
  /** Ours; the gateway's `reference`. */
  readonly paymentId: PaymentId
  readonly amount: Money
  readonly methodToken: string
  readonly idempotencyKey: string
  readonly description: string
}

export type AuthoriseOutcome =
  | { readonly kind: 'authorised'; readonly gatewayPaymentId: string }
  | { readonly kind: 'declined'; readonly fault: Fault; readonly gatewayPaymentId: string | null }
  /** The traveller must do something (3-D Secure) at `action.url`. */
  | {
      readonly kind: 'requires-action'
      readonly gatewayPaymentId: string
      readonly action: { readonly type: string; readonly url: string }
    }
  | { readonly kind: 'unknown'; readonly fault: Fault }

export type MoveRequest = {
  readonly gatewayPaymentId: string
  readonly amount: Money
  readonly idempotencyKey: string
}

export type MoveOutcome =
  | { readonly kind: 'done'; readonly gatewayEntryId: string }
  | { readonly kind: 'refused'; readonly fault: Fault }
  | { readonly kind: 'unknown'; readonly fault: Fault }

export type GatewayPayment = {
  readonly gatewayPaymentId: string
  readonly status:
    | 'requires-action'
    | 'authorised'
    | 'captured'
    | 'voided'
    | 'refunded'
    | 'partially-refunded'
    | 'declined'
  readonly amount: Money
  readonly refunded: Money
}

export type FindPaymentOutcome =
  | { readonly kind: 'found'; readonly payment: GatewayPayment }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly fault: Fault }
