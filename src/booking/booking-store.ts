import type { EpochMs } from '../core/clock.ts'
import type { BookingId, PaymentId } from '../core/ids.ts'
import type { TenantId } from '../core/tenant.ts'
import type { AuditRecord } from './audit.ts'
import type { Booking, WorkItem } from './booking.ts'
import type { BookingStatus } from './port.ts'
import type { SealedRecord } from './private-data.ts'

/** Where bookings are kept: memory-booking-store.ts, booking-store.postgres.ts; one suite for both
 *  (test/contract/booking-store.ts). Every question names its tenant. StoreUnavailable may come from any. */
export interface BookingStore {
  /** All of it or nothing. Throws VersionConflict where somebody else wrote since `before` was read, or where a key that is to
   *  be bound is no longer ours; ReferenceTaken for a new one. */
  save(change: Change): Promise<void>
  find(tenant: TenantId, id: BookingId): Promise<StoredBooking | undefined>
  /** `lastNameHashes`: of all who travel, for the caller to compare. */
  findByReference(
    tenant: TenantId,
    reference: string,
  ): Promise<{ readonly stored: StoredBooking; readonly lastNameHashes: readonly string[] } | undefined>
  /** Newest first. */
  list(query: BookingQuery): Promise<readonly StoredBooking[]>
  /** Takes up to `limit` bookings whose time has come, and puts them off until `until`: no two callers get the same one. */
  claimDue(query: {
    readonly now: EpochMs
    readonly until: EpochMs
    readonly limit: number
  }): Promise<readonly { readonly tenant: TenantId; readonly id: BookingId }[]>
  /** Takes the key, or says who has it. */
  claimKey(claim: KeyClaim): Promise<KeyState>
  /** Whatever was done under it came to nothing (5xx): the key is free again. */
  freeKey(key: OwnedKey): Promise<void>
  /** No final answer (202, or thrown): free where no booking was made under it, else whoever sends it again goes on from there. */
  releaseKey(key: OwnedKey, now: EpochMs): Promise<void>
  /** Oldest first, at most `auditMax`, those after the entry of this sequence. */
  listAudit(tenant: TenantId, id: BookingId, after?: number): Promise<readonly AuditRecord[]>
  /** Oldest first. */
  listWorkItems(query: WorkItemQuery): Promise<readonly FoundWorkItem[]>
  findWorkItem(tenant: TenantId, id: WorkItem['id']): Promise<FoundWorkItem | undefined>
  /** Old keys (their time is over) go; how many. At most `limit` at once. */
  dropExpiredKeys(now: EpochMs, limit: number): Promise<number>
  /** Notes that each was seen now, and says how often within its time before, at most `countMax`; in their order. */
  noteSightings(tenant: TenantId, sightings: readonly Sighting[], now: EpochMs): Promise<readonly number[]>
  /** Sightings from before then go; how many. At most `limit` at once. */
  dropSightings(before: EpochMs, limit: number): Promise<number>
  /** Whoever's it is: a gateway knows no tenants. */
  findPayment(payment: PaymentAt): Promise<FoundPayment | undefined>
  /** Whether this event has been seen to. */
  hasNews(news: NewsName): Promise<boolean>
  noteNews(news: NewsName, now: EpochMs): Promise<void>
  /** Events from before then go; how many. At most `limit` at once. */
  dropNews(before: EpochMs, limit: number): Promise<number>
  /** Of any one booking, whoever's: to tell at the start whether the master key is the one that they were sealed with. */
  findAnyWrappedKey(): Promise<
    { readonly tenant: TenantId; readonly bookingId: BookingId; readonly wrappedKey: Uint8Array } | undefined
  >
  ping(): Promise<void>
  close(): Promise<void>
}

/** By our id, or by the gateway's. */
export type PaymentAt = { readonly gateway: string } & (
  | { readonly paymentId: PaymentId }
  | { readonly gatewayPaymentId: string }
)
export type FoundPayment = { readonly tenant: TenantId; readonly bookingId: BookingId; readonly paymentId: PaymentId }

/** Of a card or an address, by its keyed hash. */
export type Sighting = { readonly hash: string; readonly withinMs: number; readonly countMax: number }

/** `id`: the gateway's, of an event. */
export type NewsName = { readonly gateway: string; readonly id: string }

export class VersionConflict extends Error {
  override readonly name = 'VersionConflict'
}

export class ReferenceTaken extends Error {
  override readonly name = 'ReferenceTaken'
}

/** Nobody knows whether what was asked has been done; whoever asks again finds out. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
}

export type Change = {
  /** As read; undefined: new. */
  readonly before: Booking | undefined
  readonly after: Booking
  /** What happened from before to after, in order. */
  readonly audit: readonly AuditRecord[]
  readonly status: { readonly before: BookingStatus | null; readonly after: BookingStatus }
  /** When somebody must look at it again unasked. */
  readonly wakeAt: EpochMs | null
  readonly sealed: readonly SealedRecord[]
  /** For a new one. */
  readonly newPrivate: NewPrivate | null
  readonly key: KeyWrite | null
  readonly announcements: readonly Announcement[]
  /** Deletes the booking's key, its sealed records and the hashes of names. */
  readonly forget: boolean
  readonly at: EpochMs
}

export type NewPrivate = {
  readonly wrappedKey: Uint8Array
  /** By passenger id. */
  readonly lastNameHashes: Readonly<Record<string, readonly string[]>>
}

/** For those who listen; ids only. */
export type Announcement = { readonly type: string; readonly payload: Readonly<Record<string, unknown>> }

export type StoredBooking = {
  readonly booking: Booking
  /** Null once forgotten. */
  readonly wrappedKey: Uint8Array | null
  readonly sealed: readonly SealedRecord[]
  /** Hash of its last audit entry. */
  readonly auditHead: string
}

/** A booking's life has dozens of entries. */
export const auditMax = 5_000

export type WorkItemQuery = {
  readonly tenant: TenantId
  readonly open: boolean
  readonly limit: number
  readonly after: { readonly openedAt: EpochMs; readonly id: WorkItem['id'] } | null
}

export type FoundWorkItem = { readonly bookingId: BookingId; readonly item: WorkItem }

export type BookingQuery = {
  readonly tenant: TenantId
  readonly status: BookingStatus | null
  readonly limit: number
  readonly after: { readonly createdAt: EpochMs; readonly id: BookingId } | null
}

/** Scope of an idempotency key: tenant, method and path, key. */
export type KeyName = { readonly tenant: TenantId; readonly scope: string; readonly key: string }

export type OwnedKey = KeyName & { readonly owner: string }

export type KeyClaim = OwnedKey & {
  readonly fingerprint: string
  readonly now: EpochMs
  /** Whoever holds it longer is taken for dead. */
  readonly leaseUntil: EpochMs
  /** Kept until then. */
  readonly expiresAt: EpochMs
}

export type KeyState =
  /** Ours. `bookingId`: somebody got that far before us, without a final answer. */
  | { readonly kind: 'claimed'; readonly bookingId: BookingId | null; readonly subject: string | null }
  | { readonly kind: 'in-progress'; readonly leaseUntil: EpochMs }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'answered'; readonly status: number; readonly contentType: string; readonly body: KeptBody }

/** Under the key of the booking, so that it is forgotten with it. */
export type KeptBody = {
  readonly bookingId: BookingId
  /** Null once forgotten. */
  readonly wrappedKey: Uint8Array | null
  readonly record: SealedRecord | null
}

/** With a change of the booking, in the same transaction. */
export type KeyWrite = {
  readonly name: OwnedKey
  /** What the key is about within the booking: a payment. */
  readonly subject: string | null
  /** The body is among the change's sealed records, under `answerKind`. */
  readonly answer: { readonly status: number; readonly contentType: string; readonly answerKind: string } | null
}
