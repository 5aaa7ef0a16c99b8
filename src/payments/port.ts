/** The contract between the engine and a payment gateway, built like providers/. A gateway is one folder; its index.ts
 *  exports `create: CreateGateway`. Amounts are what the traveller accepted; no card number ever passes, only tokens. */
import type { Clock, EpochMs } from '../core/clock.ts'
import type { Deadline } from '../core/deadline.ts'
import type { Fault } from '../core/fault.ts'
import type { PaymentId } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import type { Money } from '../core/money.ts'

export type CreateGateway = (
  settings: Readonly<Record<string, string>>,
  parts: { readonly clock: Clock; readonly log: Log },
) => PaymentGateway

/** Thrown by create() for missing or senseless settings; its message is one sentence for the terminal. */
export class GatewaySettingsError extends Error {
  override readonly name = 'GatewaySettingsError'
}

/** Every call is idempotent at the gateway by (payment, operation, idempotencyKey): asking again with the same key gives the
 *  first answer and moves no money twice. */
export interface PaymentGateway {
  readonly code: string
  authorise(request: AuthoriseRequest, call: PaymentCall): Promise<AuthoriseOutcome>
  capture(request: MoveRequest, call: PaymentCall): Promise<MoveOutcome>
  /** Lets an authorisation go. */
  void(request: Omit<MoveRequest, 'amount'>, call: PaymentCall): Promise<MoveOutcome>
  refund(request: MoveRequest, call: PaymentCall): Promise<MoveOutcome>
  /** What the gateway holds under our payment id: how an unknown outcome is cleared up. `absent` is the gateway's certain word;
   *  what it cannot tell for certain is `failed`. */
  find(paymentId: PaymentId, call: PaymentCall, known?: KnownPayment): Promise<FindPaymentOutcome>
  /** What is known of a payment method without moving money: for the fraud score. Absent where it says nothing. */
  identify?(methodToken: string, call: PaymentCall): Promise<IdentifyOutcome>
  /** Reads what the gateway sends unasked. Absent where it sends nothing. */
  readNews?(letter: GatewayLetter): NewsOutcome
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
  /** What the traveller must do, while the status is `requires-action`. */
  readonly action: { readonly type: string; readonly url: string } | null
}

/** Where to look. */
export type KnownPayment = {
  /** Null while no answer of the gateway has come. */
  readonly gatewayPaymentId: string | null
  /** Before the first call. */
  readonly startedAt: EpochMs
}

export type FindPaymentOutcome =
  | { readonly kind: 'found'; readonly payment: GatewayPayment }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly fault: Fault }

export type IdentifyOutcome =
  | {
      readonly kind: 'identified'
      /** The same for the same card, whatever the token. */
      readonly fingerprint: string | null
      /** As the payer gave it. */
      readonly holderName: string | null
    }
  | { readonly kind: 'failed'; readonly fault: Fault }

/** A webhook as it came: `body` byte for byte, for its signature is over them. */
export type GatewayLetter = {
  readonly body: Uint8Array
  readonly header: (name: string) => string | undefined
  readonly receivedAt: EpochMs
}

export type NewsOutcome =
  /** `id`: the gateway's, the same each time that it is sent. */
  | { readonly kind: 'news'; readonly id: string; readonly about: GatewayNews }
  /** Unsigned, signed by somebody else or too old. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The gateway's own, and not understood. */
  | { readonly kind: 'unreadable'; readonly reason: string }

export type GatewayNews =
  /** Something happened to this payment: to be asked about, not believed. */
  | { readonly kind: 'payment'; readonly paymentId: PaymentId }
  /** The card's holder has the money claimed back; `disputeId` is the gateway's. */
  | {
      readonly kind: 'dispute'
      readonly gatewayPaymentId: string
      readonly disputeId: string
      readonly status: 'opened' | 'won' | 'lost'
      readonly reason: string
      readonly amount: Money
    }
  /** Nothing that concerns us. */
  | { readonly kind: 'other'; readonly type: string }

/** payments/<gateway>/simulator.ts exports `startGatewaySimulator: StartGatewaySimulator`; for the sandbox process only. */
export type StartGatewaySimulator = (options: GatewaySimulatorOptions) => Promise<RunningGatewaySimulator>

export type GatewaySimulatorOptions = {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** Where it keeps its ledger over restarts. */
  readonly stateDir: string
  readonly clock: Clock
  readonly log: Log
}

export type RunningGatewaySimulator = {
  readonly code: string
  readonly baseUrl: string
  /** What create() needs to reach it, baseUrl included. */
  readonly settings: Readonly<Record<string, string>>
  /** For `GET /v1/sandbox`. */
  readonly tokens: readonly { readonly token: string; readonly effect: string; readonly text: string }[]
  close(): Promise<void>
}
