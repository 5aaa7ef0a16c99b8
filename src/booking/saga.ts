/** The booking flow as a table: confirm price (before anything is written) -> authorise -> create order -> ticket ->
 *  capture, each with what undoes it and how a lost answer is cleared up. What each one does: perform.ts; which is next:
 *  next.ts; what its outcome means: decide.ts. */
export const saga = {
  authorise: {
    /** Records the intent before the call: without an outcome afterwards it is taken as unknown. */
    changes: true,
    undo: 'void',
    /** Safe to ask again with the same key (payments/port.ts), after finding out. */
    whenUnknown: 'check-payment',
    deadlineMs: 10_000,
    startMs: 1_000,
    triesMax: 4,
    backoffMs: 1_000,
  },
  'create-order': {
    changes: true,
    undo: 'cancel-order',
    /** By our reference, until the supplier's settle time has passed; never asked again. */
    whenUnknown: 'check-order',
    deadlineMs: 20_000,
    startMs: 3_000,
    triesMax: 1,
    backoffMs: 0,
  },
  'issue-tickets': {
    changes: true,
    undo: 'cancel-order',
    /** Asked again only where the order is proven to have no ticket, or the supplier said to. */
    whenUnknown: 'check-order',
    deadlineMs: 20_000,
    startMs: 3_000,
    triesMax: 5,
    backoffMs: 250,
  },
  capture: {
    changes: true,
    undo: 'refund',
    whenUnknown: 'check-payment',
    deadlineMs: 10_000,
    startMs: 500,
    triesMax: 12,
    backoffMs: 500,
  },
  'cancel-order': {
    changes: true,
    undo: null,
    /** Safe to ask again: a cancelled order answers `cancelled` (providers/port.ts). */
    whenUnknown: 'check-order',
    deadlineMs: 20_000,
    startMs: 2_000,
    triesMax: 8,
    backoffMs: 500,
  },
  void: {
    changes: true,
    undo: null,
    whenUnknown: 'check-payment',
    deadlineMs: 10_000,
    startMs: 500,
    triesMax: 12,
    backoffMs: 500,
  },
  refund: {
    changes: true,
    undo: null,
    whenUnknown: 'check-refund',
    deadlineMs: 10_000,
    startMs: 500,
    triesMax: 12,
    backoffMs: 500,
  },
  'check-order': reading(),
  'check-payment': reading(),
  'check-refund': reading(),
} as const satisfies Readonly<Record<string, StepRule>>

export type StepName = keyof typeof saga

export type StepRule = {
  readonly changes: boolean
  readonly undo: string | null
  readonly whenUnknown: string | null
  /** For one call. */
  readonly deadlineMs: number
  /** With less time left than this the step is left to the background. */
  readonly startMs: number
  /** Including the first; reads have checksMax. */
  readonly triesMax: number
  /** Before the second try; doubles. */
  readonly backoffMs: number
}

function reading() {
  const rule = { changes: false, undo: null, whenUnknown: null, deadlineMs: 8_000, startMs: 300 } as const
  return { ...rule, triesMax: 1, backoffMs: 0 } as const
}

/** Reads until a doubt goes to a person: with the pauses below some twenty minutes. */
export const checksMax = 24
const firstCheckMs = 1_000
const pauseMaxMs = 60_000

/** Pause before the next read. */
export function checkPauseMs(checks: number): number {
  return Math.min(pauseMaxMs, firstCheckMs * 2 ** Math.min(checks, 10))
}

/** Pause before the next try. */
export function retryPauseMs(step: StepName, tries: number): number {
  return Math.min(pauseMaxMs, saga[step].backoffMs * 2 ** Math.min(tries, 10))
}

/** How long a traveller has to confirm a payment, and a payment to come about at all; the order is not made before. */
export const paymentWindowMs = 15 * 60_000
/** Before the first look at a payment that waits for its traveller; later ones are further apart. */
export const actionPauseMs = 5_000
/** A hold is looked at this long after its time limit. */
export const holdMarginMs = 30_000
/** Before its time limit a hold that nobody pays is given back: airlines charge for what they must cancel themselves. A short
 *  one keeps most of its time. */
export function releaseMarginMs(heldForMs: number): number {
  return Math.min(10 * 60_000, heldForMs / 8)
}
/** Before the time limit: when it is said that a hold must be paid. */
export const remindersMs = [24 * 3_600_000, 4 * 3_600_000, 3_600_000] as const
/** An answer that has not come this long after its deadline is lost with the process that waited for it. */
export const lostAfterMs = 5_000
