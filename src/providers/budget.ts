import type { Clock, EpochMs, Timer } from '../core/clock.ts'
import type { Deadline } from '../core/deadline.ts'
import { type Fault, fault } from '../core/fault.ts'
import type { AnyOutcome, CallBudget } from '../core/guarded-calls.ts'
import { type BudgetLedger, type Grant, looksEarned, type SpentBudget, type Usage } from './budget-ledger.ts'
import type { BudgetSettings } from './budget-settings.ts'
import type { Operation } from './guard.ts'
import { bucketsOf } from './token-bucket.ts'

/** One supplier's budget as its guard keeps it: who leaves now, who waits for a token, who is told that there is none. */
export interface SupplierBudget extends CallBudget<Operation> {
  /** `heldBack`: our own rate stopped one of its requests. */
  came(operation: Operation, outcome: AnyOutcome, heldBack?: boolean): void
  /** A further request of a call that has left: it goes before those that have not. */
  takeAnother(deadline: Deadline): Promise<Fault | null>
  state(): BudgetState
}

export type BudgetState = Usage & {
  /** Looks used of those allowed today, by whichever bound is nearer: 0 to 1 and beyond; null: no bound. */
  readonly looksUsed: number | null
  /** What ends first; null: no bound. */
  readonly nearest: SpentBudget | null
  readonly looksAllowed: number | null
  /** Calls waiting for a token. */
  readonly waiting: number
}

export type RefusalReason = 'rate' | 'paused' | SpentBudget

export type BudgetParts = {
  readonly code: string
  readonly settings: BudgetSettings
  readonly ledger: BudgetLedger
  readonly clock: Clock
  readonly refused: (reason: RefusalReason) => void
  readonly waited: (ms: number) => void
  readonly paused: (ms: number) => void
  /** How far the looks of today are used. */
  readonly looks: (used: number) => void
}

/** A token is waited for where it comes within this part of what is left until the deadline: an answer needs time too. */
const waitShare = { look: 0.5, urgent: 0.8 }
/** After a 429 that names no reset: doubled with each one that follows. */
const pauseMsFirst = 1_000
const pauseMsLast = 60_000

type Waiting = {
  readonly urgent: boolean
  readonly look: boolean
  /** The last moment at which its turn is of use. */
  readonly until: number
  readonly signal: AbortSignal
  readonly tell: (refused: Fault | null) => void
}

export function makeBudget(parts: BudgetParts): SupplierBudget {
  const { code, settings, ledger, clock } = parts
  const intervalMs = Math.max(0, ...bucketsOf(settings).map(bucket => bucket.intervalMs))
  const queue = makeTokenQueue(parts, intervalMs)
  let refusalsInARow = 0

  const pauseAfter = (retryAfterMs: number | null): void => {
    // those that were under way with the first one say nothing new
    if (!retryAfterMs && ledger.usage().pausedForMs > 0) return
    // "at once" beside a refusal is no reset either: it would be refused again, as often as we ask
    const ms = retryAfterMs || Math.min(pauseMsLast, pauseMsFirst * 2 ** refusalsInARow)
    refusalsInARow++
    ledger.pause(ms)
    parts.paused(ms)
  }

  const takeToken = async (
    { look, patient }: { readonly look: boolean; readonly patient: boolean },
    deadline: Deadline,
  ): Promise<Fault | null> => {
    const grant = queue.isBusy(!look) ? queue.later() : await ledger.take({ look, urgent: !look })
    if (look) parts.looks(stateOf(settings, ledger.usage(), 0).looksUsed ?? 0)
    if (grant.kind === 'granted' && grant.waitMs === 0) return null
    const waitMs = patient ? deadline.remainingMs() * (look ? waitShare.look : waitShare.urgent) : 0
    if (grant.kind === 'granted') return leaveIn(grant.waitMs, deadline, clock)
    if (grant.kind === 'spent') {
      parts.refused(grant.budget)
      return fault('rate-limited', spentText(code, grant.budget, settings, ledger.usage()))
    }
    return queue.join(grant, { look, urgent: !look, waitMs, signal: deadline.signal })
  }

  return {
    take: (operation, deadline, patient) => takeToken({ look: operation === 'shop', patient }, deadline),
    takeAnother: deadline => takeToken({ look: false, patient: true }, deadline),

    came(operation, outcome, heldBack = false) {
      if (operation === 'createOrder' && outcome.kind === 'created') ledger.booked()
      if (heldBack) return
      if (outcome.fault?.kind === 'rate-limited') pauseAfter(outcome.fault.retryAfterMs)
      else if (outcome.fault === undefined) refusalsInARow = 0
    },

    state: () => stateOf(settings, ledger.usage(), queue.length()),
  }
}

async function leaveIn(waitMs: number, { signal }: Deadline, clock: Clock): Promise<null> {
  await clock.sleep(waitMs, signal).catch(() => undefined)
  return null
}

function stateOf({ looksPerDay, lookToBook }: BudgetSettings, usage: Usage, waiting: number): BudgetState {
  const earned = lookToBook === null ? null : looksEarned(usage, lookToBook)
  const isByDay = looksPerDay !== null && (earned === null || looksPerDay <= earned)
  const looksAllowed = isByDay ? looksPerDay : earned
  return {
    ...usage,
    looksAllowed,
    looksUsed: looksAllowed === null ? null : usage.looks / looksAllowed,
    nearest: looksAllowed === null ? null : isByDay ? 'looks-per-day' : 'look-to-book',
    waiting,
  }
}

export function spentText(
  code: string,
  budget: SpentBudget,
  { looksPerDay, lookToBook, dayZone }: BudgetSettings,
  usage: Usage,
): string {
  const { day, bookings } = usage
  if (budget === 'looks-per-day') return `the ${looksPerDay} looks a day of ${code} are used up for ${day} (${dayZone})`
  const allowed = looksEarned(usage, lookToBook!)
  return `${code} allows ${lookToBook} looks to a booking, and the ${allowed} of ${day} are used up (${bookings} booked so far)`
}

type Turn = Pick<Waiting, 'look' | 'urgent' | 'signal'> & { readonly waitMs: number }
type Later = Extract<Grant, { kind: 'later' }>

type TokenQueue = {
  /** Somebody waits who goes before. */
  isBusy(urgent: boolean): boolean
  later(): Later
  join(grant: Later, turn: Turn): Promise<Fault | null>
  length(): number
}

/** Those that wait for a token, bookings first. Only the first of them asks, when its token is due. */
function makeTokenQueue({ code, ledger, clock, refused, waited }: BudgetParts, intervalMs: number): TokenQueue {
  const lines: { readonly urgent: Waiting[]; readonly looks: Waiting[] } = { urgent: [], looks: [] }
  let timer: Timer | undefined
  let dueAt = 0
  let isPaused = false
  let asking = false

  const length = (): number => lines.urgent.length + lines.looks.length
  const lineOf = ({ urgent }: { readonly urgent: boolean }): Waiting[] => (urgent ? lines.urgent : lines.looks)

  const schedule = ({ waitMs, paused }: Later): void => {
    isPaused = paused
    dueAt = clock.monotonicMs() + waitMs
    timer?.cancel()
    timer = clock.after(Math.ceil(waitMs), () => void serve(), { unref: true })
  }

  const refusal = (waitMs: number): Fault => {
    refused(isPaused ? 'paused' : 'rate')
    const seconds = `${(Math.max(waitMs, 100) / 1_000).toFixed(1)} s`
    const text = isPaused
      ? `${code} has asked for fewer requests: none for another ${seconds}`
      : `the rate that ${code} allows is used up; the next call could leave in ${seconds}`
    return fault('rate-limited', text, { retryAfterMs: Math.ceil(waitMs) })
  }

  /** Whoever has left, or whose turn would come too late. */
  const dropLate = (nextMs: number): void => {
    const now = clock.monotonicMs()
    let place = 0
    for (const line of [lines.urgent, lines.looks]) {
      for (const waiting of line.splice(0)) {
        const turnMs = nextMs + place * intervalMs
        if (waiting.signal.aborted) waiting.tell(null)
        else if (now + turnMs > waiting.until) waiting.tell(refusal(turnMs))
        else {
          line.push(waiting)
          place++
        }
      }
    }
  }

  const serve = async (): Promise<void> => {
    timer = undefined
    if (asking) return
    asking = true
    try {
      while (length() > 0) {
        dropLate(0)
        const next = lines.urgent[0] ?? lines.looks[0]
        if (!next) return
        const grant = await ledger.take({ look: next.look, urgent: next.urgent })
        if (grant.kind === 'later') {
          dropLate(grant.waitMs)
          if (length() > 0) schedule(grant)
          return
        }
        remove(next)
        if (grant.kind === 'granted') release(next, grant.waitMs)
        else {
          refused(grant.budget)
          next.tell(fault('rate-limited', `the looks that ${code} allows today are used up`))
        }
      }
    } finally {
      asking = false
    }
  }

  const remove = (waiting: Waiting): void => {
    const line = lineOf(waiting)
    line.splice(line.indexOf(waiting), 1)
  }

  const release = ({ tell }: Waiting, waitMs: number): void => {
    if (waitMs > 0) clock.after(waitMs, () => tell(null))
    else tell(null)
  }

  return {
    isBusy: urgent => (urgent ? lines.urgent.length : length()) > 0,
    later: () => ({ kind: 'later', waitMs: Math.max(0, dueAt - clock.monotonicMs()), paused: isPaused }),
    length,
    join(grant, { look, urgent, waitMs, signal }) {
      isPaused = grant.paused
      const ahead = urgent ? lines.urgent.length : length()
      const turnMs = grant.waitMs + ahead * intervalMs
      if (turnMs > waitMs) return Promise.resolve(refusal(turnMs))
      const start: EpochMs = clock.monotonicMs()
      return new Promise(resolve => {
        const tell = (fault: Fault | null): void => {
          waited(clock.monotonicMs() - start)
          resolve(fault)
        }
        lineOf({ urgent }).push({ urgent, look, until: start + waitMs, signal, tell })
        if (!asking && (timer === undefined || length() === 1 || (urgent && lines.urgent.length === 1))) schedule(grant)
      })
    },
  }
}
