import { randomOctets } from '../core/ids.ts'
import type { SupplierContext } from '../core/offer.ts'
import type { Contact, Traveller } from '../core/order.ts'
import type { AuditSeal } from './audit.ts'
import { deriveKey, type Key, keyBytes, keyedHash, makeKey, nonceBytes, seal, unseal } from './crypto.ts'
import type { MasterKeys } from './master-key.ts'
import { lastNameForms } from './names.ts'

/** All that says who travels, and what only a supplier or gateway understands: sealed with a key of the booking's own, that is
 *  sealed with the master key. Delete the booking's key and it is forgotten, in every copy of the database. */
export type PrivateData = {
  /** Null once forgotten. */
  readonly party: Party | null
  /** By payment id: the token to charge. */
  readonly methodTokens: Readonly<Record<string, string>>
  /** By order id and by quote id: what the supplier needs back. */
  readonly contexts: Readonly<Record<string, SupplierContext>>
  /** By work item: what the person who resolved it wrote. */
  readonly notes: Readonly<Record<string, string>>
}

export type Party = {
  readonly travellers: readonly BookedTraveller[]
  readonly contact: Contact
  readonly metadata: Readonly<Record<string, string>>
}

/** As asked for, and as a ticket can hold it. */
export type BookedTraveller = Traveller & {
  readonly given: { readonly givenNames: string; readonly surname: string }
}

/** One row: `party`, `token:pay_…`, `context:ord_…`, `context:cnq_…`, `note:wit_…`, `answer:…`. */
export type SealedRecord = { readonly kind: string; readonly payload: Uint8Array }

/** Of one booking, while a request works on it. */
export type BookingKey = { readonly bookingId: string; readonly key: Key; readonly wrapped: Uint8Array }

export interface Vault {
  newKey(bookingId: string): BookingKey
  openKey(bookingId: string, wrapped: Uint8Array): BookingKey
  seal(key: BookingKey, kind: string, value: unknown): SealedRecord
  sealBytes(key: BookingKey, kind: string, bytes: Uint8Array): SealedRecord
  unsealBytes(key: BookingKey, record: SealedRecord): Uint8Array
  read(key: BookingKey | null, records: readonly SealedRecord[]): PrivateData
  /** To find a booking by a last name without storing it: differs from booking to booking. */
  lastNameHashes(bookingId: string, lastName: string): readonly string[]
  /** Of a request, to tell another one under the same idempotency key. */
  fingerprint(text: string): string
  /** To count how often the same card or address was used, without storing it. */
  sightingHash(...what: readonly string[]): string
  /** Of an audit entry: nobody without the master key can make one. The newest key's comes first. */
  readonly auditSeals: readonly [AuditSeal, ...AuditSeal[]]
}

export const nothingPrivate: PrivateData = { party: null, methodTokens: {}, contexts: {}, notes: {} }

export function createVault(masterKeys: MasterKeys): Vault {
  const [current] = masterKeys
  const nameKeys = masterKeys.map(key => deriveKey(key, 'last name'))
  // of the oldest key, so that a replay is known after the newest was added
  const sightingKey = deriveKey(masterKeys.at(-1)!, 'sighting')
  const requestKey = deriveKey(masterKeys.at(-1)!, 'request')
  const about = (bookingId: string, kind: string): string => `${bookingId} ${kind}`

  const sealBytes = (key: BookingKey, kind: string, bytes: Uint8Array): SealedRecord => ({
    kind,
    payload: seal(bytes, key.key, randomOctets(nonceBytes), about(key.bookingId, kind)),
  })
  const unsealBytes = (key: BookingKey, record: SealedRecord): Buffer =>
    unseal(record.payload, [key.key], about(key.bookingId, record.kind))

  return {
    newKey(bookingId) {
      const secret = randomOctets(keyBytes)
      const wrapped = seal(secret, current, randomOctets(nonceBytes), about(bookingId, 'key'))
      return { bookingId, key: makeKey(secret), wrapped }
    },
    openKey(bookingId, wrapped) {
      return { bookingId, key: makeKey(unseal(wrapped, masterKeys, about(bookingId, 'key'))), wrapped }
    },
    seal: (key, kind, value) => sealBytes(key, kind, Buffer.from(JSON.stringify(value))),
    sealBytes,
    unsealBytes,
    read(key, records) {
      if (!key) return nothingPrivate
      return collect(
        records.map(record => ({
          kind: record.kind,
          value: () => JSON.parse(unsealBytes(key, record).toString('utf8')),
        })),
      )
    },
    lastNameHashes(bookingId, lastName) {
      const forms = lastNameForms(lastName)
      return nameKeys.flatMap(key => forms.map(form => keyedHash(key, bookingId, form)))
    },
    sightingHash: (...what) => keyedHash(sightingKey, ...what),
    fingerprint: text => keyedHash(requestKey, text),
    auditSeals: [sealOf(current), ...masterKeys.slice(1).map(sealOf)],
  }
}

function sealOf(key: Key): AuditSeal {
  const secret = deriveKey(key, 'audit log')
  return text => keyedHash(secret, text)
}

function collect(records: readonly { readonly kind: string; readonly value: () => unknown }[]): PrivateData {
  let party: Party | null = null
  const methodTokens: Record<string, string> = {}
  const contexts: Record<string, SupplierContext> = {}
  const notes: Record<string, string> = {}
  for (const { kind, value } of records) {
    const [sort, id] = splitKind(kind)
    if (sort === 'party') party = value() as Party
    else if (sort === 'token') methodTokens[id] = value() as string
    else if (sort === 'context') contexts[id] = value() as SupplierContext
    else if (sort === 'note') notes[id] = value() as string
  }
  return { party, methodTokens, contexts, notes }
}

function splitKind(kind: string): readonly [string, string] {
  const colon = kind.indexOf(':')
  return colon < 0 ? [kind, ''] : [kind.slice(0, colon), kind.slice(colon + 1)]
}
