import type { BookingId } from '../core/ids.ts'
import { type AuditRecord, auditStart } from './audit.ts'
import type { Booking } from './booking.ts'
import {
  type Announcement,
  auditMax,
  type BookingStore,
  type Change,
  type FoundWorkItem,
  type KeptBody,
  type KeyClaim,
  type KeyName,
  type KeyState,
  type NewPrivate,
  type OwnedKey,
  ReferenceTaken,
  type StoredBooking,
  VersionConflict,
} from './booking-store.ts'
import type { BookingStatus } from './port.ts'
import type { SealedRecord } from './private-data.ts'

/** For simulations and tests: the same promises as the PostgreSQL one, as long as the process lives. */
export function createMemoryBookingStore(): MemoryBookingStore {
  const rows = new Map<BookingId, Row>()
  const keys = new Map<string, KeyRow>()
  const audit = new Map<BookingId, AuditRecord[]>()
  /** When they came, by gateway and id. */
  const news = new Map<string, number>()
  const sightings: { readonly tenant: string; readonly hash: string; readonly at: number }[] = []
  const outbox: (Announcement & { readonly bookingId: BookingId })[] = []

  const owned = (key: OwnedKey): KeyRow | undefined => {
    const row = keys.get(keyOf(key))
    return row?.owner === key.owner ? row : undefined
  }
  const rowOf = (tenant: string, id: BookingId): Row | undefined => {
    const row = rows.get(id)
    return row?.booking.tenant === tenant ? row : undefined
  }
  const checkVersion = ({ before, after, key }: Change): void => {
    const row = rows.get(after.id)
    if (row && row.booking.tenant !== after.tenant) throw new VersionConflict(after.id)
    if (row?.booking.version !== before?.version) throw new VersionConflict(after.id)
    if (key && !key.answer && !owned(key.name)) throw new VersionConflict(after.id)
    if (before) return
    for (const other of rows.values()) {
      if (other.booking.reference === after.reference) throw new ReferenceTaken(after.reference)
    }
  }
  const writeKey = ({ key, after, sealed }: Change): void => {
    const row = key && owned(key.name)
    if (!key || !row) return
    const { answer } = key
    const record = answer ? (sealed.find(one => one.kind === answer.answerKind) ?? null) : null
    const kept = answer && record ? { status: answer.status, contentType: answer.contentType, record } : null
    keys.set(keyOf(key.name), { ...row, bookingId: after.id, subject: key.subject, answer: kept })
  }

  const workItemsOf = (tenant: string): readonly FoundWorkItem[] =>
    [...rows.values()]
      .filter(({ booking }) => booking.tenant === tenant)
      .flatMap(({ booking }) => booking.workItems.map(item => ({ bookingId: booking.id, item })))

  return {
    outbox,

    async save(change) {
      checkVersion(change)
      const { after, status, wakeAt, newPrivate } = change
      const row = rows.get(after.id)
      rows.set(after.id, {
        booking: after,
        status: status.after,
        wakeAt,
        wrappedKey: change.forget ? null : newPrivate ? newPrivate.wrappedKey : (row?.wrappedKey ?? null),
        sealed: change.forget || row?.wrappedKey === null ? [] : replaced(row?.sealed ?? [], change.sealed),
        lastNameHashes: change.forget ? [] : (hashesOf(newPrivate) ?? row?.lastNameHashes ?? []),
        auditHead: change.audit.at(-1)?.hash ?? row?.auditHead ?? auditStart,
      })
      writeKey(change)
      audit.set(after.id, [...(audit.get(after.id) ?? []), ...change.audit])
      for (const announcement of change.announcements) outbox.push({ ...announcement, bookingId: after.id })
    },

    async find(tenant, id) {
      const row = rowOf(tenant, id)
      return row && storedOf(row)
    },

    async findByReference(tenant, reference) {
      for (const row of rows.values()) {
        if (row.booking.tenant === tenant && row.booking.reference === reference)
          return { stored: storedOf(row), lastNameHashes: row.lastNameHashes }
      }
      return undefined
    },

    async list({ tenant, status, limit, after }) {
      return [...rows.values()]
        .filter(row => row.booking.tenant === tenant && (status === null || row.status === status))
        .sort((a, b) => newestFirst(a.booking, b.booking))
        .filter(row => after === null || newestFirst(after, row.booking) < 0)
        .slice(0, limit)
        .map(storedOf)
    },

    async claimDue({ now, until, limit }) {
      const due = [...rows.values()]
        .filter(row => row.wakeAt !== null && row.wakeAt <= now)
        .sort((a, b) => a.wakeAt! - b.wakeAt!)
        .slice(0, limit)
      for (const row of due) rows.set(row.booking.id, { ...row, wakeAt: until })
      return due.map(({ booking }) => ({ tenant: booking.tenant, id: booking.id }))
    },

    async claimKey(claim) {
      const row = keys.get(keyOf(claim))
      const state = row ? stateOf(row, claim, rows) : undefined
      if (state && state.kind !== 'claimed') return state
      const { owner, fingerprint, leaseUntil, expiresAt } = claim
      const past = state ? { bookingId: state.bookingId, subject: state.subject } : { bookingId: null, subject: null }
      keys.set(keyOf(claim), { owner, fingerprint, leaseUntil, expiresAt, ...past, answer: null })
      return { kind: 'claimed', ...past }
    },

    async noteSightings(tenant, seen, now) {
      const counts = seen.map(({ hash, withinMs, countMax }) => {
        const recent = sightings.filter(one => one.tenant === tenant && one.hash === hash && one.at >= now - withinMs)
        return Math.min(countMax, recent.length)
      })
      sightings.push(...seen.map(({ hash }) => ({ tenant, hash, at: now })))
      return counts
    },

    async dropSightings(before, limit) {
      const old = sightings.filter(({ at }) => at < before).slice(0, limit)
      for (const one of old) sightings.splice(sightings.indexOf(one), 1)
      return old.length
    },

    async findPayment(at) {
      for (const { booking } of rows.values()) {
        const payment = booking.payments.find(one =>
          'paymentId' in at ? one.id === at.paymentId : one.gatewayPaymentId === at.gatewayPaymentId,
        )
        if (payment?.gateway === at.gateway)
          return { tenant: booking.tenant, bookingId: booking.id, paymentId: payment.id }
      }
      return undefined
    },

    async hasNews({ gateway, id }) {
      return news.has(`${gateway} ${id}`)
    },

    async noteNews({ gateway, id }, now) {
      if (!news.has(`${gateway} ${id}`)) news.set(`${gateway} ${id}`, now)
    },

    async dropNews(before, limit) {
      const old = [...news].filter(([, at]) => at < before).slice(0, limit)
      for (const [name] of old) news.delete(name)
      return old.length
    },

    async freeKey(key) {
      if (owned(key)) keys.delete(keyOf(key))
    },

    async releaseKey(key, now) {
      const row = owned(key)
      if (row?.bookingId === null) keys.delete(keyOf(key))
      else if (row) keys.set(keyOf(key), { ...row, leaseUntil: now })
    },

    async listAudit(tenant, id, after = 0) {
      if (!rowOf(tenant, id)) return []
      return (audit.get(id) ?? []).filter(({ sequence }) => sequence > after).slice(0, auditMax)
    },

    async listWorkItems({ tenant, open, limit, after }) {
      return workItemsOf(tenant)
        .filter(({ item }) => (item.resolvedAt === null) === open)
        .sort((a, b) => oldestFirst(a.item, b.item))
        .filter(({ item }) => after === null || oldestFirst(after, item) < 0)
        .slice(0, limit)
    },

    async findWorkItem(tenant, id) {
      return workItemsOf(tenant).find(({ item }) => item.id === id)
    },

    async dropExpiredKeys(now, limit) {
      const expired = [...keys].filter(([, row]) => row.expiresAt <= now).slice(0, limit)
      for (const [name] of expired) keys.delete(name)
      return expired.length
    },

    async findAnyWrappedKey() {
      for (const { booking, wrappedKey } of rows.values())
        if (wrappedKey) return { tenant: booking.tenant, bookingId: booking.id, wrappedKey }
      return undefined
    },

    async ping() {},
    async close() {},
  }
}

export type MemoryBookingStore = BookingStore & {
  readonly outbox: readonly (Announcement & { readonly bookingId: BookingId })[]
}

type Row = {
  readonly booking: Booking
  readonly status: BookingStatus
  readonly wakeAt: number | null
  readonly wrappedKey: Uint8Array | null
  readonly sealed: readonly SealedRecord[]
  readonly lastNameHashes: readonly string[]
  readonly auditHead: string
}

type KeyRow = {
  readonly owner: string
  readonly fingerprint: string
  readonly leaseUntil: number
  readonly expiresAt: number
  readonly bookingId: BookingId | null
  readonly subject: string | null
  readonly answer: { readonly status: number; readonly contentType: string; readonly record: SealedRecord } | null
}

/** What a claim meets; `claimed`: expired, or left behind by whoever held it. */
function stateOf(row: KeyRow, claim: KeyClaim, rows: ReadonlyMap<BookingId, Row>): KeyState {
  if (row.expiresAt <= claim.now) return { kind: 'claimed', bookingId: null, subject: null }
  if (row.fingerprint !== claim.fingerprint) return { kind: 'conflict' }
  if (row.answer) {
    const { status, contentType, record } = row.answer
    return { kind: 'answered', status, contentType, body: keptBody(row.bookingId!, record, rows) }
  }
  if (row.leaseUntil > claim.now) return { kind: 'in-progress', leaseUntil: row.leaseUntil }
  return { kind: 'claimed', bookingId: row.bookingId, subject: row.subject }
}

function keptBody(bookingId: BookingId, record: SealedRecord, rows: ReadonlyMap<BookingId, Row>): KeptBody {
  const wrappedKey = rows.get(bookingId)?.wrappedKey ?? null
  return { bookingId, wrappedKey, record: wrappedKey && record }
}

function storedOf({ booking, wrappedKey, sealed, auditHead }: Row): StoredBooking {
  return { booking, wrappedKey, auditHead, sealed: sealed.filter(record => !record.kind.startsWith('answer:')) }
}

function replaced(old: readonly SealedRecord[], now: readonly SealedRecord[]): readonly SealedRecord[] {
  const kept = old.filter(record => !now.some(({ kind }) => kind === record.kind))
  return [...kept, ...now].sort((a, b) => (a.kind < b.kind ? -1 : 1))
}

function hashesOf(made: NewPrivate | null): readonly string[] | undefined {
  return made ? Object.values(made.lastNameHashes).flat() : undefined
}

type Opened = { readonly openedAt: number; readonly id: string }

function oldestFirst(a: Opened, b: Opened): number {
  return a.openedAt - b.openedAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

type Placed = { readonly createdAt: number; readonly id: string }

function newestFirst(a: Placed, b: Placed): number {
  return b.createdAt - a.createdAt || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0)
}

function keyOf({ tenant, scope, key }: KeyName): string {
  return JSON.stringify([tenant, scope, key])
}
