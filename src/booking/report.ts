import type { Fault } from '../core/fault.ts'
import type { Money } from '../core/money.ts'
import type { DocumentStatus } from '../core/order.ts'
import type { AuthoriseOutcome, FindPaymentOutcome, MoveOutcome } from '../payments/port.ts'
import type { OrderFacts } from './events.ts'

/** What came back from a step, freed of names and of what only the supplier understands. */
export type Report =
  | { readonly step: 'authorise'; readonly target: string; readonly outcome: AuthoriseOutcome }
  | { readonly step: 'capture' | 'void' | 'refund'; readonly target: string; readonly outcome: MoveOutcome }
  | { readonly step: 'create-order'; readonly target: string; readonly outcome: OrderOutcome }
  | {
      readonly step: 'issue-tickets'
      readonly target: string
      readonly outcome: OrderOutcome & { readonly retryable?: boolean }
    }
  | { readonly step: 'cancel-order'; readonly target: string; readonly outcome: CancelledOutcome }
  | { readonly step: 'check-payment' | 'check-refund'; readonly target: string; readonly outcome: FindPaymentOutcome }
  | { readonly step: 'check-order'; readonly target: string; readonly outcome: SightOutcome }

export type OrderOutcome =
  | { readonly kind: 'done'; readonly facts: OrderFacts }
  | { readonly kind: 'refused'; readonly fault: Fault }
  | { readonly kind: 'unknown'; readonly fault: Fault }

export type CancelledOutcome =
  /** `total`: of a part, what the rest of the order costs. */
  | { readonly kind: 'cancelled'; readonly documents: Documents; readonly total?: Money | null }
  | { readonly kind: 'refused'; readonly fault: Fault }
  | { readonly kind: 'unknown'; readonly fault: Fault }

export type Documents = readonly { readonly number: string; readonly status: DocumentStatus }[]

export type SightOutcome =
  /** `settled`: the supplier's settle time has passed, so what is not there now will not come. */
  | { readonly kind: 'live'; readonly facts: OrderFacts; readonly settled: boolean }
  | { readonly kind: 'cancelled'; readonly documents: Documents; readonly settled: boolean }
  | { readonly kind: 'absent'; readonly settled: boolean }
  /** More than one live order bears our reference. */
  | { readonly kind: 'several' }
  | { readonly kind: 'failed'; readonly fault: Fault }
