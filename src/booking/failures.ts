import { type Fault, type FaultKind, isOutage } from '../core/fault.ts'
import type { ProblemType } from '../core/problem.ts'
import type { Failure } from './booking.ts'
import type { StepName } from './saga.ts'

/** What a fault at a step means for the caller. `fault` null: the answer was lost, and it was proven that nothing was done. */
export function failureOf(step: StepName, fault: Fault | null): Failure {
  return { problem: problemOf(step, fault), detail: detailOf(step, fault), fault }
}

function problemOf(step: StepName, fault: Fault | null): ProblemType {
  const kind = fault?.kind ?? 'timeout'
  if (step === 'authorise') return isUnavailable(kind) ? 'unavailable' : 'payment-declined'
  if (step === 'capture') return 'payment-declined'
  if (isUnavailable(kind)) return 'suppliers-unavailable'
  return byKind[kind] ?? 'booking-failed'
}

const byKind: Partial<Readonly<Record<FaultKind, ProblemType>>> = {
  'sold-out': 'sold-out',
  'offer-gone': 'offer-expired',
  'price-changed': 'price-changed',
}

export function isUnavailable(kind: FaultKind): boolean {
  return isOutage(kind) || kind === 'circuit-open' || kind === 'rate-limited' || kind === 'cancelled'
}

function detailOf(step: StepName, fault: Fault | null): string {
  const text = fault?.text ?? 'The supplier did not answer, and has not made the order.'
  switch (step) {
    case 'authorise':
      return text
    case 'capture':
      return `The payment could not be collected, so the tickets were given back: ${text}`
    case 'issue-tickets':
      return `The tickets could not be issued, so the seats and the payment were released: ${text}`
    default:
      return text
  }
}
