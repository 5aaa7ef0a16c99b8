import type { Clock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import type { Metrics } from '../core/metrics.ts'
import type { PaymentGateway } from '../payments/port.ts'
import type { Provider } from '../providers/port.ts'
import type { Shopping } from '../shopping/port.ts'
import type { BookingStore } from './booking-store.ts'
import type { FraudRules } from './fraud-rules.ts'
import type { Convert } from './fraud-score.ts'
import type { MasterKeys } from './master-key.ts'
import type { Vault } from './private-data.ts'
import type { Tools } from './runner.ts'

/** What main.ts hands over. */
export type BookingParts = {
  readonly store: BookingStore
  readonly masterKeys: MasterKeys
  readonly shopping: Pick<Shopping, 'getStoredOffer' | 'getOffer' | 'confirmPrice'>
  readonly findProvider: (code: string) => Provider | undefined
  /** Takes new payments. */
  readonly gateway: PaymentGateway
  /** Those that older payments may be at. */
  readonly otherGateways?: readonly PaymentGateway[]
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly limits?: Partial<BookingLimits>
  /** Absent: payments are not scored. */
  readonly fraud?: Fraud
}

export type Fraud = { readonly rules: FraudRules; readonly convert: Convert }

export type BookingLimits = {
  /** Of a request; what is not done by then goes on in the background. */
  readonly deadlineMs: number
  /** Between two looks for bookings that need one unasked. */
  readonly sweepMs: number
}

export const defaultLimits: BookingLimits = { deadlineMs: 30_000, sweepMs: 1_000 }

/** What the use cases share. */
export type Desk = {
  readonly tools: Tools
  readonly vault: Vault
  readonly shopping: BookingParts['shopping']
  readonly limits: BookingLimits
  readonly fraud: Fraud | null
  /** ask-turns.ts */
  readonly mayAsk: (bookingId: string) => boolean
}
