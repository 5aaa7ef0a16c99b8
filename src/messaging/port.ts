/** What http/ and the composition root see of messaging. Methods throw ProblemError. */
import type { RequestContext } from '../core/context.ts'
import type { Id } from '../core/ids.ts'
import type { PartHealth } from '../shopping/port.ts'

export type WebhookId = Id<'whk'>

export interface Messaging {
  /** Throws `validation` for an address that may not be called. */
  createWebhook(
    request: CreateWebhookRequest,
    context: RequestContext,
  ): Promise<WebhookJson & { readonly secret: string }>
  listWebhooks(context: RequestContext): Promise<{ readonly webhooks: readonly WebhookJson[] }>
  getWebhook(id: WebhookId, context: RequestContext): Promise<WebhookJson>
  /** What waits for it is dropped. */
  deleteWebhook(id: WebhookId, context: RequestContext): Promise<void>
  /** Newest first. */
  listDeliveries(id: WebhookId, query: DeliveryQuery, context: RequestContext): Promise<DeliveriesPage>
  /** Sent again, whatever became of it; its 72 hours begin anew. */
  redeliver(id: WebhookId, deliveryId: string, context: RequestContext): Promise<DeliveryJson>
  /** A new secret in place of the old one; what waits is signed with it. */
  replaceSecret(id: WebhookId, context: RequestContext): Promise<WebhookJson & { readonly secret: string }>
  /** All that is dead; how many. */
  redeliverDead(id: WebhookId, context: RequestContext): Promise<{ readonly count: number }>
  /** One round of the background work; for tests and tools. How many were sent. */
  dispatch(): Promise<number>
  health(): MessagingHealth
  close(): Promise<void>
}

/** `messages`: of all ways to tell. A receiver of a tenant's that fails is that tenant's affair, and shows in its deliveries. */
export type MessagingHealth = { readonly messages: PartHealth; readonly kafka: PartHealth }

export type CreateWebhookRequest = { readonly url: string; readonly types?: readonly string[] | undefined }

export type WebhookJson = {
  readonly id: WebhookId
  readonly url: string
  /** Empty: all. */
  readonly types: readonly string[]
  readonly status: 'active' | 'disabled'
  readonly createdAt: string
}

export type DeliveryStatus = 'waiting' | 'delivered' | 'dead'

export type DeliveryQuery = {
  readonly status?: DeliveryStatus | undefined
  readonly limit?: number | undefined
  readonly cursor?: string | undefined
}

export type DeliveryJson = {
  readonly id: string
  readonly messageId: string
  readonly type: string
  readonly bookingId: string
  readonly sequence: number
  readonly status: DeliveryStatus
  readonly tries: number
  readonly nextAt: string | null
  readonly fault: string | null
}

export type DeliveriesPage = {
  readonly deliveries: readonly DeliveryJson[]
  readonly page: { readonly limit: number; readonly next: string | null }
}
