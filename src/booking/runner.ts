import { isDeepStrictEqual } from 'node:util'
import type { EpochMs } from '../core/clock.ts'
import type { Deadline } from '../core/deadline.ts'
import type { BookingId } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import type { Metrics } from '../core/metrics.ts'
import type { TenantId } from '../core/tenant.ts'
import type { Answer } from './answers.ts'
import { announcementsOf } from './announcements.ts'
import { auditOf } from './audit.ts'
import { attemptEnded, attemptLost, newAttempt } from './attempts.ts'
import { type Attempt, type Booking, findOpenAttempt } from './booking.ts'
import { type BookingStore, type KeyWrite, type NewPrivate, type OwnedKey, VersionConflict } from './booking-store.ts'
import { decide } from './decide.ts'
import { decideGiveUp } from './decide-rules.ts'
import type { BookingEvent } from './events.ts'
import { evolveAll } from './evolve.ts'
import { next, wakeAt } from './next.ts'
import { type Outside, type Performed, perform } from './perform.ts'
import { type BookingKey, type PrivateData, type SealedRecord, type Vault, nothingPrivate } from './private-data.ts'
import { type StepName, saga } from './saga.ts'
import { isSettled, statusOf } from './status.ts'

/** Drives a booking through the saga: intent recorded -> call -> outcome recorded. The outcome of one step and the intent of
 *  the next are one transaction. Whoever records an intent makes the call; nobody else does. */
export type Tools = {
  readonly store: BookingStore
  readonly vault: Vault
  readonly outside: Outside
  readonly log: Log
  readonly metrics: Metrics
}

/** A pause longer than this is not sat out: the background goes on, the caller polls. Retries of ticketing are shorter. */
const patienceMs = 2_500

/** A booking in hand. */
export type Held = {
  readonly booking: Booking
  readonly key: BookingKey | null
  readonly secrets: PrivateData
  /** Hash of the last audit entry that is written. */
  readonly auditHead: string
}

export type Run = {
  readonly deadline: Deadline
  readonly actor: string
  readonly requestId: string
  readonly traceparent: string | null
  /** The idempotency key under which this runs. */
  readonly key: { readonly name: OwnedKey; readonly subject: string | null } | null
  /** The answer that goes with the booking's last write, where it is a final one. */
  readonly answer: ((held: Held) => Promise<Answer>) | null
}

/** What is decided but not written yet. */
export type Start = Held & {
  /** As the store has it; undefined: new. */
  readonly before: Booking | undefined
  readonly events: readonly BookingEvent[]
  readonly sealed: readonly SealedRecord[]
  readonly newPrivate: NewPrivate | null
}

export async function load(tools: Tools, tenant: TenantId, id: BookingId): Promise<Held | undefined> {
  const stored = await tools.store.find(tenant, id)
  if (!stored) return undefined
  const key = stored.wrappedKey ? tools.vault.openKey(id, stored.wrappedKey) : null
  const secrets = key ? tools.vault.read(key, stored.sealed) : nothingPrivate
  return { booking: stored.booking, key, secrets, auditHead: stored.auditHead }
}

/** Until it rests, waits for somebody else, or the deadline is near. Throws VersionConflict only where nothing of this run
 *  has been written and `start` was decided on an older version. */
export async function run(start: Start, tools: Tools, how: Run): Promise<Driven> {
  return new Runner(start, tools, how).drive()
}

/** `answer`: what was kept for the key with the last write. */
export type Driven = { readonly held: Held; readonly answer: Answer | null }

export function startFrom(held: Held, events: readonly BookingEvent[], sealed: readonly SealedRecord[] = []): Start {
  const booking = events.length > 0 ? evolveAll(held.booking, events) : held.booking
  return { ...held, booking, before: held.booking, events, sealed, newPrivate: null }
}

/** The state of one drive. */
class Runner {
  private held: Held
  private before: Booking | undefined
  private events: BookingEvent[]
  private sealed: SealedRecord[]
  private newPrivate: NewPrivate | null
  private written = false
  private kept: Answer | null = null
  private unbound: boolean
  /** Of a call made here whose outcome is not written yet. */
  private unwritten: { readonly attempt: Attempt; readonly done: Performed } | null = null
  private readonly tools: Tools
  private readonly how: Run

  constructor(start: Start, tools: Tools, how: Run) {
    this.held = { booking: start.booking, key: start.key, secrets: start.secrets, auditHead: start.auditHead }
    this.before = start.before
    this.events = [...start.events]
    this.sealed = [...start.sealed]
    this.newPrivate = start.newPrivate
    this.tools = tools
    this.how = how
    this.unbound = how.key !== null
  }

  async drive(): Promise<Driven> {
    while (!(await this.ended())) {}
    return { held: this.held, answer: this.kept }
  }

  /** One turn; true where there is nothing more to do now. */
  private async ended(): Promise<boolean> {
    const now = this.now()
    const action = next(this.held.booking, now)
    switch (action.kind) {
      case 'rest':
        return this.write(true)
      case 'wait': {
        // a hold that waits for its time limit is an end for whoever asked for it
        const settled = isSettled(statusOf(this.held.booking))
        return (await this.write(settled)) && (settled || !(await this.waited(action.until, now)))
      }
      case 'lose':
        this.decided(attemptLost(this.held.booking, action.attempt, now))
        return false
      case 'give-up':
        this.decided(decideGiveUp(this.held.booking, action.failure))
        return false
      case 'remind': {
        const { order, ticketBy } = action
        this.decided([{ kind: 'order-reminded', orderId: order.id, ticketBy, at: now }])
        return false
      }
      case 'perform':
        // too little time left: the background goes on
        if (this.how.deadline.remainingMs() < saga[action.step].startMs) return this.write(false)
        await this.step(action.step, action.target)
        return false
    }
  }

  private async step(step: StepName, target: string): Promise<void> {
    const attempt = saga[step].changes ? this.begin(step, target) : null
    if (!(await this.write(false))) return
    const { booking, secrets } = this.held
    const { deadline, requestId, traceparent } = this.how
    const done = await perform({ booking, step, target, secrets, deadline, requestId, traceparent }, this.tools.outside)
    this.tools.metrics.count('fareloom_booking_steps_total', { step, outcome: done.report.outcome.kind })
    if (attempt) this.unwritten = { attempt, done }
    this.report(attempt, done)
  }

  private begin(step: StepName, target: string): Attempt {
    const attempt = newAttempt(step, target, { now: this.now(), leftMs: this.how.deadline.remainingMs() })
    this.decided([{ kind: 'attempt-started', attempt }])
    return attempt
  }

  private report(attempt: Attempt | null, { report, contexts }: Performed): void {
    const { booking, key, secrets } = this.held
    const ended = attempt ? [attemptEnded(attempt, report)] : []
    this.decided([...ended, ...decide(booking, report, this.now())])
    if (!key) return
    for (const [id, context] of Object.entries(contexts)) {
      // a supplier mostly says again what it needs back: then it is there already
      if (isDeepStrictEqual(secrets.contexts[id], context)) continue
      const known = this.held.secrets
      this.held = { ...this.held, secrets: { ...known, contexts: { ...known.contexts, [id]: context } } }
      const kind = `context:${id}`
      this.sealed = [...this.sealed.filter(one => one.kind !== kind), this.tools.vault.seal(key, kind, context)]
    }
  }

  private decided(events: readonly BookingEvent[]): void {
    if (events.length === 0) return
    this.held = { ...this.held, booking: evolveAll(this.held.booking, events) }
    this.events.push(...events)
  }

  /** False where somebody else wrote in between: the booking in hand is theirs now, to be looked at again. */
  private async write(atRest: boolean): Promise<boolean> {
    if (this.events.length === 0 && !(atRest && this.how.answer)) return true
    const asked = atRest && this.how.answer ? await this.how.answer(this.held) : null
    const answer = asked?.final ? asked : null
    if (this.events.length === 0 && !answer) return true
    try {
      await this.save(answer)
    } catch (error) {
      if (!(error instanceof VersionConflict) || !this.written) throw error
      await this.yield()
      return false
    }
    this.kept = answer
    this.written = true
    this.unbound = false
    this.before = this.held.booking
    this.events = []
    this.sealed = []
    this.newPrivate = null
    this.unwritten = null
    return true
  }

  private async save(answer: Answer | null): Promise<void> {
    const { before, events, newPrivate } = this
    const { booking: after, auditHead } = this.held
    const { actor, requestId } = this.how
    const now = this.now()
    const status = { before: before ? statusOf(before) : null, after: statusOf(after) }
    if (status.before !== status.after) {
      this.tools.metrics.count('fareloom_bookings_total', { status: status.after })
    }
    const kept = this.keyWrite(answer)
    const write = { id: after.id, events, version: after.version, status, at: now, actor, requestId }
    const audit = auditOf(write, auditHead, this.tools.vault.auditSeals[0])
    await this.tools.store.save({
      before,
      after,
      audit,
      status,
      wakeAt: wakeAt(after, now),
      sealed: [...this.sealed, ...kept.sealed],
      newPrivate,
      key: kept.key,
      announcements: announcementsOf(after, status, events),
      forget: false,
      at: now,
    })
    this.held = { ...this.held, auditHead: audit.at(-1)?.hash ?? auditHead }
  }

  private keyWrite(answer: Answer | null): { readonly key: KeyWrite | null; readonly sealed: readonly SealedRecord[] } {
    const { key: used } = this.how
    const { key } = this.held
    if (!used || (!this.unbound && !answer)) return { key: null, sealed: [] }
    const { name, subject } = used
    if (!answer || !key) return { key: { name, subject, answer: null }, sealed: [] }
    const answerKind = `answer:${subject ?? 'booking'}`
    const { status, contentType, body } = answer
    const sealed = this.tools.vault.sealBytes(key, answerKind, body)
    return { key: { name, subject, answer: { status, contentType, answerKind } }, sealed: [sealed] }
  }

  /** Takes over what the store has. The outcome of a call that was made here is not lost while its attempt is open there. */
  private async yield(): Promise<void> {
    const { tenant, id } = this.held.booking
    const theirs = await load(this.tools, tenant, id)
    if (!theirs) throw new VersionConflict(id)
    const mine = this.unwritten
    this.held = theirs
    this.before = theirs.booking
    this.events = []
    this.sealed = []
    this.unwritten = null
    if (!mine) return
    if (findOpenAttempt(theirs.booking)?.id === mine.attempt.id) {
      this.unwritten = mine
      this.report(mine.attempt, mine.done)
    } else {
      this.tools.log.warn({ bookingId: id, step: mine.attempt.step }, 'an outcome came after it was taken for lost')
    }
  }

  private async waited(until: EpochMs, now: EpochMs): Promise<boolean> {
    const { deadline } = this.how
    const { booking } = this.held
    // an open attempt is somebody else's: they will write its outcome; a traveller takes minutes
    if (findOpenAttempt(booking) || statusOf(booking) === 'action-required') return false
    if (until - now > patienceMs || until - now >= deadline.remainingMs()) return false
    await this.tools.outside.clock.sleep(Math.max(0, until - now))
    return true
  }

  private now(): EpochMs {
    return this.tools.outside.clock.now()
  }
}
