import type { RequestContext } from '../core/context.ts'
import { type Deadline, startDeadline } from '../core/deadline.ts'
import { type BookingId, newId } from '../core/ids.ts'
import { ProblemError } from '../core/problem.ts'
import { canonicalJson } from './canonical-json.ts'
import type { KeyClaim, KeptBody, KeyState, OwnedKey } from './booking-store.ts'
import type { Desk } from './parts.ts'
import type { StoredAnswer } from './port.ts'
import type { Vault } from './private-data.ts'
import { lostAfterMs } from './saga.ts'

/** One key, one booking, one charge, however often and from however many connections and processes it is sent. The key is taken
 *  in one statement (INSERT … ON CONFLICT), never checked first. Who waits looks again until the one ahead has answered. */
export type Turn = {
  readonly name: OwnedKey
  readonly deadline: Deadline
  /** How far somebody got before us without a final answer. */
  readonly past: { readonly bookingId: BookingId; readonly subject: string | null } | null
}

/** `kept`: written with the booking's last change. */
export type Answered = { readonly answer: StoredAnswer; readonly kept: boolean }

const keptMs = 30 * 24 * 3_600_000
const firstPauseMs = 20
const pauseMaxMs = 250

export async function withKey(
  desk: Desk,
  asked: { readonly scope: string; readonly key: string; readonly request: unknown; readonly context: RequestContext },
  work: (turn: Turn) => Promise<Answered>,
): Promise<StoredAnswer> {
  checkKey(asked.key)
  const { clock } = desk.tools.outside
  const deadline = startDeadline(clock, desk.limits.deadlineMs)
  const name: OwnedKey = {
    tenant: asked.context.tenant,
    scope: asked.scope,
    key: asked.key,
    owner: newId('own'),
  }
  const fingerprint = desk.vault.fingerprint(canonicalJson(asked.request))
  try {
    const state = await takeTurn(desk, { name, fingerprint, deadline })
    if (state.kind === 'answered') return replay(desk.vault, state)
    return await worked(desk, { name, deadline, past: pastOf(state) }, work)
  } finally {
    deadline.dispose()
  }
}

/** What fails before anything was done leaves the key free; a booking that was made keeps it. */
async function worked(desk: Desk, turn: Turn, work: (turn: Turn) => Promise<Answered>): Promise<StoredAnswer> {
  let answered: Answered | undefined
  try {
    answered = await work(turn)
    const { status, contentType, body } = answered.answer
    return { status, contentType, body }
  } finally {
    if (!answered?.kept) await letGo(desk, turn, answered?.answer)
  }
}

async function letGo(desk: Desk, turn: Turn, answer: StoredAnswer | undefined): Promise<void> {
  const { store, log, outside } = desk.tools
  try {
    if (answer && answer.status >= 500) await store.freeKey(turn.name)
    else await store.releaseKey(turn.name, outside.clock.now())
  } catch (error) {
    log.warn({ err: error }, 'an idempotency key could not be let go; its lease runs out by itself')
  }
}

type Waiting = { readonly name: OwnedKey; readonly fingerprint: string; readonly deadline: Deadline }
type MyTurn = Extract<KeyState, { readonly kind: 'claimed' | 'answered' }>

async function takeTurn(desk: Desk, waiting: Waiting): Promise<MyTurn> {
  const { clock } = desk.tools.outside
  let pauseMs = firstPauseMs
  for (;;) {
    const state = await desk.tools.store.claimKey(claimOf(waiting, clock.now(), desk.limits.deadlineMs))
    switch (state.kind) {
      case 'claimed':
      case 'answered':
        return state
      case 'conflict':
        throw new ProblemError('idempotency-conflict', 'Another request was sent with this idempotency key.')
      case 'in-progress':
        if (waiting.deadline.remainingMs() <= pauseMs) throw stillRunning(state.leaseUntil - clock.now())
        await clock.sleep(pauseMs)
        pauseMs = Math.min(pauseMaxMs, pauseMs * 2)
    }
  }
}

function claimOf({ name, fingerprint }: Waiting, now: number, deadlineMs: number): KeyClaim {
  return { ...name, fingerprint, now, leaseUntil: now + deadlineMs + lostAfterMs, expiresAt: now + keptMs }
}

function stillRunning(leftMs: number): ProblemError {
  const retryAfterSeconds = Math.max(1, Math.min(10, Math.ceil(leftMs / 1000)))
  const detail = 'A request with this idempotency key is still being worked on; send it again later.'
  return new ProblemError('idempotency-in-progress', detail, { retryAfterSeconds })
}

function pastOf(state: MyTurn): Turn['past'] {
  if (state.kind === 'answered' || state.bookingId === null) return null
  return { bookingId: state.bookingId, subject: state.subject }
}

function replay(
  vault: Vault,
  { status, contentType, body }: { readonly status: number; readonly contentType: string; readonly body: KeptBody },
): StoredAnswer {
  if (!body.wrappedKey || !body.record)
    throw new ProblemError('not-found', 'The personal data of this booking were deleted, and its answer with them.')
  const key = vault.openKey(body.bookingId, body.wrappedKey)
  return { status, contentType, body: new Uint8Array(vault.unsealBytes(key, body.record)) }
}

function checkKey(key: string): void {
  if (/^[\x20-\x7e]{1,255}$/.test(key)) return
  const error = { pointer: 'header:idempotency-key', code: 'malformed', detail: '1 to 255 visible ASCII characters' }
  throw new ProblemError('validation', `${error.pointer}: ${error.detail}`, { errors: [error] })
}
