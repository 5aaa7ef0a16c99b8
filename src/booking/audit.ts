import { type EpochMs, type Instant, toInstant } from '../core/clock.ts'
import type { BookingId } from '../core/ids.ts'
import { canonicalJson } from './canonical-json.ts'
import type { BookingEvent } from './events.ts'
import type { BookingStatus } from './port.ts'

/** One line of the audit log: who did what when, and what it changed; ids only. */
export type AuditEntry = {
  /** The booking's version: 1, 2, 3 … without a gap. */
  readonly sequence: number
  readonly at: Instant
  readonly actor: string
  readonly requestId: string
  readonly kind: BookingEvent['kind']
  /** Of the whole write, which may hold several events. */
  readonly statusBefore: BookingStatus | null
  readonly statusAfter: BookingStatus
  readonly data: Readonly<Record<string, unknown>>
}

/** `hash`: keyed, over this entry and the hash of the one before. */
export type AuditRecord = AuditEntry & { readonly hash: string }

export type AuditSeal = (text: string) => string

/** Before the first entry. */
export const auditStart = ''

export function auditOf(
  write: {
    readonly id: BookingId
    readonly events: readonly BookingEvent[]
    /** Of the booking after them. */
    readonly version: number
    readonly status: { readonly before: BookingStatus | null; readonly after: BookingStatus }
    readonly at: EpochMs
    readonly actor: string
    readonly requestId: string
  },
  head: string,
  seal: AuditSeal,
): readonly AuditRecord[] {
  const { id, events, version, status, actor, requestId } = write
  const first = version - events.length + 1
  const at = toInstant(write.at)
  let previous = head
  return events.map((event, i) => {
    const entry: AuditEntry = {
      sequence: first + i,
      at,
      actor,
      requestId,
      kind: event.kind,
      statusBefore: status.before,
      statusAfter: status.after,
      data: auditData(event),
    }
    previous = hashOf(id, entry, previous, seal)
    return { ...entry, hash: previous }
  })
}

/** The first entry that is not as it was written, or is missing; null where the chain holds. `seals`: one for each master key
 *  that entries may have been written under. `head`: the last hash, as the booking has it. */
export function findBreak(
  id: BookingId,
  records: readonly AuditRecord[],
  head: string,
  seals: readonly AuditSeal[],
): number | null {
  const chain = startChain(id, seals)
  chain.follow(records)
  return chain.findBreak(head)
}

/** For a log too long to be held at once: follow it part by part, then ask. */
export function startChain(id: BookingId, seals: readonly AuditSeal[]) {
  let previous = auditStart
  let expected = 1
  let holds = true
  return {
    follow(records: readonly AuditRecord[]): void {
      for (const { hash, ...entry } of records) {
        holds &&= entry.sequence === expected && seals.some(seal => hashOf(id, entry, previous, seal) === hash)
        if (!holds) return
        previous = hash
        expected++
      }
    },
    findBreak: (head: string): number | null => (holds && previous === head ? null : expected),
  }
}

function hashOf(id: BookingId, entry: AuditEntry, previous: string, seal: AuditSeal): string {
  const { sequence, at, actor, requestId, kind, statusBefore, statusAfter, data } = entry
  return seal(canonicalJson([previous, id, sequence, at, actor, requestId, kind, statusBefore, statusAfter, data]))
}

/** All of an event, but of a sale only what names it (the whole is in `sales`, which never changes). */
export function auditData(event: BookingEvent): Readonly<Record<string, unknown>> {
  const { kind: _, ...data } = event
  if (event.kind !== 'booking-started') return data
  const { sale, ...rest } = data as Omit<typeof event, 'kind'>
  const { offerId, provider, total, rate, hold } = sale
  return { ...rest, sale: { offerId, provider, total, rate, hold } }
}
