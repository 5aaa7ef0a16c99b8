import { nonceBytes, seal } from '../booking/crypto.ts'
import type { MasterKeys } from '../booking/master-key.ts'
import { isDatabaseAway } from '../booking/sql-away.ts'
import { type Clock, toInstant } from '../core/clock.ts'
import { newId, randomFraction, randomOctets } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import type { Metrics } from '../core/metrics.ts'
import { ProblemError } from '../core/problem.ts'
import { whyNotCallable } from './address-guard.ts'
import { startDispatcher } from './dispatcher.ts'
import { messageId } from './message.ts'
import type { MessageStore, StoredDelivery, StoredWebhook } from './message-store.ts'
import { isMessageType, messageTypes } from './message-types.ts'
import type { CreateWebhookRequest, DeliveryJson, Messaging, WebhookId, WebhookJson } from './port.ts'
import type { Receiver } from './receiver.ts'
import { openWebhookClient } from './webhook-client.ts'

export type MessagingParts = {
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly store: MessageStore
  readonly masterKeys: MasterKeys
  /** Redis, Kafka: what is configured. */
  readonly streams: readonly Receiver[]
  /** Webhooks may be on private networks and plain HTTP: for development. */
  readonly allowInward: boolean
}

const webhooksMax = 20
const limitDefault = 20
const limitMax = 100
const secretBytes = 32

export function createMessaging(parts: MessagingParts): Messaging {
  const { clock, store, masterKeys, allowInward } = parts
  const webhooks = openWebhookClient({ clock, allowInward })
  const dispatcher = startDispatcher({ ...parts, webhooks, random: randomFraction })

  const getWebhook = async (id: WebhookId, tenant: string): Promise<StoredWebhook> => {
    const found = await store.findWebhook(id, tenant)
    if (!found) throw new ProblemError('not-found', 'There is no such webhook.')
    return found
  }

  const asked: Asked = {
    async createWebhook(request, { tenant }) {
      const types = checked(request, allowInward)
      const id: WebhookId = newId('whk')
      const { secret, sealed } = newSecret(id, masterKeys)
      const webhook = { id, tenant, url: request.url, types, secret: sealed, createdAt: clock.now(), disabledAt: null }
      if (!(await store.addWebhook(webhook, webhooksMax)))
        throw invalid('/url', 'too-many', `at most ${webhooksMax} webhooks; delete one that is not used`)
      return { ...webhookJson(webhook), secret }
    },
    async listWebhooks({ tenant }) {
      return { webhooks: (await store.listWebhooks(tenant, webhooksMax)).map(webhookJson) }
    },
    getWebhook: async (id, { tenant }) => webhookJson(await getWebhook(id, tenant)),
    async deleteWebhook(id, { tenant }) {
      if (!(await store.dropWebhook(tenant, id))) throw new ProblemError('not-found', 'There is no such webhook.')
    },
    async replaceSecret(id, { tenant }) {
      const webhook = await getWebhook(id, tenant)
      const { secret, sealed } = newSecret(id, masterKeys)
      if (!(await store.replaceSecret({ id, tenant, secret: sealed })))
        throw new ProblemError('not-found', 'There is no such webhook.')
      return { ...webhookJson(webhook), secret }
    },
    async listDeliveries(id, { status = null, cursor, limit: asked = limitDefault }, { tenant }) {
      await getWebhook(id, tenant)
      const limit = Math.min(limitMax, Math.max(1, asked))
      const before = cursor === undefined ? null : readCursor(cursor)
      const found = await store.listDeliveries({ receiver: id, status, limit: limit + 1, before })
      const page = found.slice(0, limit)
      const next = found.length > limit ? (page.at(-1)?.id ?? null) : null
      return { deliveries: page.map(deliveryJson), page: { limit, next } }
    },
    async redeliver(id, deliveryId, { tenant }) {
      await getWebhook(id, tenant)
      const delivery = isNumber(deliveryId) ? await store.redeliver(id, deliveryId, clock.now()) : undefined
      if (!delivery) throw new ProblemError('not-found', 'There is no such delivery.')
      return deliveryJson(delivery)
    },
    async redeliverDead(id, { tenant }) {
      await getWebhook(id, tenant)
      return { count: await store.redeliverDead(id, clock.now()) }
    },
  }
  return {
    createWebhook: (request, context) => guarded(asked.createWebhook(request, context)),
    listWebhooks: context => guarded(asked.listWebhooks(context)),
    getWebhook: (id, context) => guarded(asked.getWebhook(id, context)),
    deleteWebhook: (id, context) => guarded(asked.deleteWebhook(id, context)),
    replaceSecret: (id, context) => guarded(asked.replaceSecret(id, context)),
    listDeliveries: (id, query, context) => guarded(asked.listDeliveries(id, query, context)),
    redeliver: (id, deliveryId, context) => guarded(asked.redeliver(id, deliveryId, context)),
    redeliverDead: (id, context) => guarded(asked.redeliverDead(id, context)),
    dispatch: () => dispatcher.round(),
    health: () => dispatcher.health(),
    async close() {
      await dispatcher.close()
      await store.close()
    },
  }
}

/** What callers ask; the rest is the background's. */
type Asked = Omit<Messaging, 'dispatch' | 'health' | 'close'>

/** As Standard Webhooks write one. */
function newSecret(id: WebhookId, masterKeys: MasterKeys): { readonly secret: string; readonly sealed: Uint8Array } {
  const secret = `whsec_${Buffer.from(randomOctets(secretBytes)).toString('base64')}`
  return { secret, sealed: seal(Buffer.from(secret), masterKeys[0], randomOctets(nonceBytes), `${id} secret`) }
}

async function guarded<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (error instanceof ProblemError || !isDatabaseAway(error)) throw error
    throw new ProblemError('unavailable', 'Webhooks are not available now.', { retryAfterSeconds: 5, cause: error })
  }
}

function checked({ url, types = [] }: CreateWebhookRequest, allowInward: boolean): readonly string[] {
  const why = whyNotCallable(url, allowInward)
  if (why) throw invalid('/url', 'not-callable', `this ${why}`)
  const unknown = types.findIndex(type => !isMessageType(type))
  if (unknown >= 0)
    throw invalid(`/types/${unknown}`, 'unknown-type', `one of ${messageTypes.map(({ type }) => type).join(', ')}`)
  return [...new Set(types)]
}

function invalid(pointer: string, code: string, detail: string): ProblemError {
  return new ProblemError('validation', `${pointer}: ${detail}`, { errors: [{ pointer, code, detail }] })
}

function readCursor(text: string): string {
  if (isNumber(text)) return text
  throw invalid('query:cursor', 'broken-cursor', 'this is no cursor of ours')
}

/** As PostgreSQL's bigint has it. */
const isNumber = (text: string): boolean => /^\d{1,18}$/.test(text)

function webhookJson({ id, url, types, createdAt, disabledAt }: StoredWebhook): WebhookJson {
  const status = disabledAt === null ? 'active' : 'disabled'
  return { id, url, types, status, createdAt: toInstant(createdAt) }
}

function deliveryJson(delivery: StoredDelivery): DeliveryJson {
  const { id, type, bookingId, sequence, status, tries, nextAt, fault } = delivery
  const at = status === 'waiting' ? toInstant(nextAt) : null
  return { id, messageId: messageId(delivery.messageId), type, bookingId, sequence, status, tries, nextAt: at, fault }
}
