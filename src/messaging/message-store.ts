import type { EpochMs } from '../core/clock.ts'
import type { TenantId } from '../core/tenant.ts'
import type { Message } from './message.ts'
import type { DeliveryStatus, WebhookId } from './port.ts'

/** Who is told, and how far it has got: message-store.postgres.ts. Every question of a caller names its tenant. */
export interface MessageStore {
  /** false where its tenant has `max` already. */
  addWebhook(webhook: StoredWebhook, max: number): Promise<boolean>
  listWebhooks(tenant: TenantId, limit: number): Promise<readonly StoredWebhook[]>
  /** Of any tenant, for sending. */
  findWebhook(id: WebhookId, tenant?: TenantId): Promise<StoredWebhook | undefined>
  /** With all that was to be delivered to it; false where there is none. */
  dropWebhook(tenant: TenantId, id: WebhookId): Promise<boolean>
  /** false where there is none. */
  replaceSecret(webhook: Pick<StoredWebhook, 'id' | 'tenant' | 'secret'>): Promise<boolean>
  disableWebhook(id: WebhookId, at: EpochMs): Promise<void>
  /** New messages become one delivery for each webhook of their tenant that wants them and each of `streams`; how many
   *  messages. */
  fanOut(query: { readonly now: EpochMs; readonly streams: readonly string[]; readonly limit: number }): Promise<number>
  /** Takes up to so many due deliveries of each receiver, none of those that are busy, and puts them off until `until`: no two
   *  callers get the same one. In the order of their messages. */
  claim(query: ClaimQuery): Promise<readonly ClaimedDelivery[]>
  /** Nothing where the delivery was claimed anew meanwhile. */
  settle(outcome: DeliveryOutcome): Promise<void>
  /** Newest first. */
  listDeliveries(query: DeliveriesQuery): Promise<readonly StoredDelivery[]>
  /** To be sent at once, as if for the first time. */
  redeliver(receiver: WebhookId, deliveryId: string, now: EpochMs): Promise<StoredDelivery | undefined>
  redeliverDead(receiver: WebhookId, now: EpochMs): Promise<number>
  /** Messages that all who wanted them have had, older than `before`; at most `limit`. */
  dropOld(before: EpochMs, limit: number): Promise<number>
  close(): Promise<void>
}

export type StoredWebhook = {
  readonly id: WebhookId
  readonly tenant: TenantId
  readonly url: string
  readonly types: readonly string[]
  /** Sealed. */
  readonly secret: Uint8Array
  readonly createdAt: EpochMs
  readonly disabledAt: EpochMs | null
}

export type ClaimQuery = {
  readonly now: EpochMs
  readonly until: EpochMs
  readonly owner: string
  readonly perReceiver: number
  readonly busy: readonly string[]
  readonly limit: number
}

export type ClaimedDelivery = {
  readonly id: string
  readonly receiver: string
  readonly tries: number
  readonly since: EpochMs
  readonly message: Message
}

export type DeliveryOutcome = {
  readonly ids: readonly string[]
  readonly owner: string
  readonly at: EpochMs
  readonly status: DeliveryStatus
  readonly fault: string | null
  /** For one that waits. */
  readonly nextAt: EpochMs
}

export type DeliveriesQuery = {
  readonly receiver: WebhookId
  readonly status: DeliveryStatus | null
  readonly limit: number
  /** Those before this one. */
  readonly before: string | null
}

export type StoredDelivery = {
  readonly id: string
  readonly messageId: string
  readonly type: string
  readonly bookingId: string
  readonly sequence: number
  readonly status: DeliveryStatus
  readonly tries: number
  readonly nextAt: EpochMs
  readonly fault: string | null
}
