import type { EpochMs } from '../core/clock.ts'
import { fault } from '../core/fault.ts'
import { newId } from '../core/ids.ts'
import type { Attempt, Booking } from './booking.ts'
import { decide } from './decide.ts'
import type { BookingEvent } from './events.ts'
import type { Report } from './report.ts'
import { lostAfterMs, saga, type StepName } from './saga.ts'

/** A call that may change something outside, from its intent to its outcome. */
export function newAttempt(
  step: StepName,
  target: string,
  time: { readonly now: EpochMs; readonly leftMs: number },
): Attempt {
  const until = time.now + Math.min(saga[step].deadlineMs, time.leftMs) + lostAfterMs
  return { id: newId('att'), step, target, startedAt: time.now, until, outcome: 'started', fault: null }
}

export function attemptEnded(attempt: Attempt, { outcome }: Report): BookingEvent {
  const why = 'fault' in outcome ? outcome.fault : null
  return { kind: 'attempt-ended', attemptId: attempt.id, outcome: ends[outcome.kind] ?? 'done', fault: why }
}

const ends: Readonly<Record<string, 'refused' | 'unknown'>> = {
  refused: 'refused',
  declined: 'refused',
  unknown: 'unknown',
}

/** The process that made the call is gone: its outcome is unknown, as if the answer had been lost. */
export function attemptLost(booking: Booking, attempt: Attempt, now: EpochMs): readonly BookingEvent[] {
  const lost = fault('timeout', 'The answer to this call was lost.', { mayHaveBooked: true })
  const outcome = { kind: 'unknown', fault: lost } as const
  const report = { step: attempt.step, target: attempt.target, outcome } as Report
  return [attemptEnded(attempt, report), ...decide(booking, report, now)]
}
