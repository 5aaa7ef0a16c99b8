import { SealError, unseal } from '../booking/crypto.ts'
import type { MasterKeys } from '../booking/master-key.ts'
import type { Clock, Timer } from '../core/clock.ts'
import { newId } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import type { Metrics } from '../core/metrics.ts'
import type { ClaimedDelivery, MessageStore, StoredWebhook } from './message-store.ts'
import { type Outage, watchOutage } from './outage.ts'
import type { MessagingHealth, WebhookId } from './port.ts'
import type { Receiver, Sent } from './receiver.ts'
import { patienceMs, pauseMs, streamPauseMaxMs } from './retry.ts'
import type { WebhookClient } from './webhook-client.ts'

/** Takes messages from the outbox to whoever is to be told, at least once, in any number of processes. A receiver that is slow
 *  or away takes its own places only. */
export type Dispatcher = {
  /** One round; how many deliveries were tried. */
  round(): Promise<number>
  health(): MessagingHealth
  close(): Promise<void>
}

export type DispatcherParts = {
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly store: MessageStore
  readonly streams: readonly Receiver[]
  readonly webhooks: WebhookClient
  readonly masterKeys: MasterKeys
  /** In [0, 1). */
  readonly random: () => number
}

const roundMs = 500
/** While the store does not answer. */
const roundMsMax = 30_000
/** Between two looks whether the streams are there: messages may be rare. */
const lookMs = 10_000
const fanOutMax = 500
const deliveriesMax = 200
/** Of one receiver at once. */
const perReceiver = 8
/** At the end: what has no answer by then is tried again by whoever comes next. */
const drainMs = 2_000
/** Longer than any try takes. */
const leaseMs = 60_000
const keptMs = 30 * 24 * 3_600_000
const cleaningMs = 3_600_000
const droppedMax = 1_000

export function startDispatcher(given: DispatcherParts): Dispatcher {
  const outages = new Map(given.streams.map(({ name }) => [name, watchOutage(name, given)]))
  const parts: Parts = { ...given, outages }
  const { clock, log, store, streams } = parts
  const storeOutage = watchOutage('webhooks', parts)
  const busy = new Set<string>()
  const underWay = new Set<Promise<unknown>>()
  let timer: Timer | undefined
  let closed = false
  let failures = 0
  let cleanedAt = clock.now()
  let lookedAt = Number.NEGATIVE_INFINITY

  const plan = (ms: number): void => {
    if (!closed) timer = clock.after(ms, turn, { unref: true })
  }
  const turn = (): void => {
    const work = round()
      .then(async tried => {
        failures = 0
        storeOutage.took()
        await clean()
        plan(tried >= deliveriesMax ? 0 : roundMs)
      })
      .catch((error: unknown) => {
        failures = Math.min(failures + 1, 10)
        storeOutage.refused(error)
        plan(Math.min(roundMsMax, roundMs * 2 ** failures))
      })
    track(work)
  }
  const track = (work: Promise<unknown>): void => {
    underWay.add(work)
    void work.finally(() => underWay.delete(work))
  }
  const clean = async (): Promise<void> => {
    if (clock.now() < cleanedAt + cleaningMs) return
    cleanedAt = clock.now()
    await store.dropOld(clock.now() - keptMs, droppedMax)
  }

  /** Answers may come when they like, also never: nobody waits for them. */
  const look = (): void => {
    if (clock.monotonicMs() < lookedAt + lookMs) return
    lookedAt = clock.monotonicMs()
    for (const { name, ping } of streams) {
      const outage = outages.get(name)
      void ping().then(
        () => outage?.answered(),
        (error: unknown) => closed || outage?.silent(error),
      )
    }
  }

  /** Does not wait for slow receivers: their deliveries are settled when they are. */
  const round = async (): Promise<number> => {
    look()
    const now = clock.now()
    while ((await store.fanOut({ now, streams: streams.map(({ name }) => name), limit: fanOutMax })) >= fanOutMax) {}
    const owner = newId('own')
    const until = now + leaseMs
    const taken = { now, until, owner, perReceiver, busy: [...busy], limit: deliveriesMax }
    const claimed = await store.claim(taken)
    const groups = Map.groupBy(claimed, ({ receiver }) => receiver)
    const quick: Promise<void>[] = []
    for (const [receiver, deliveries] of groups) {
      busy.add(receiver)
      const work = tell(parts, receiver, deliveries, owner).finally(() => busy.delete(receiver))
      track(work.catch((error: unknown) => log.warn({ err: error, receiver }, 'a delivery could not be settled')))
      quick.push(work.catch(() => {}))
    }
    await Promise.race([Promise.all(quick), clock.sleep(roundMs)])
    return claimed.length
  }
  plan(roundMs)
  return {
    round,
    health() {
      const away = (name: string): boolean => outages.get(name)?.isAway() ?? false
      const anyAway = storeOutage.isAway() || streams.some(({ name }) => away(name))
      const kafka = outages.has('kafka') ? (away('kafka') ? 'degraded' : 'ok') : 'off'
      return { messages: anyAway ? 'degraded' : 'ok', kafka }
    },
    async close() {
      closed = true
      timer?.cancel()
      await Promise.race([Promise.all(underWay), clock.sleep(drainMs)])
      await parts.webhooks.close()
      await Promise.all(underWay)
      await Promise.all(streams.map(stream => stream.close()))
    },
  }
}

type Parts = DispatcherParts & { readonly outages: ReadonlyMap<string, Outage> }

async function tell(
  parts: Parts,
  receiver: string,
  deliveries: readonly ClaimedDelivery[],
  owner: string,
): Promise<void> {
  const stream = parts.streams.find(({ name }) => name === receiver)
  if (stream) return settle(parts, deliveries, await sendAll(parts, stream, deliveries), owner)
  if (!receiver.startsWith('whk_'))
    // a stream that was switched off since: whoever switches it on again gets what is not too old
    return settle(parts, deliveries, { kind: 'failed', fault: `${receiver} is not connected` }, owner)
  const webhook = await parts.store.findWebhook(receiver as WebhookId)
  if (!webhook || webhook.disabledAt !== null) return settle(parts, deliveries, { kind: 'gone' }, owner)
  const secret = openSecret(webhook, parts)
  if (secret === undefined) return settle(parts, deliveries, { kind: 'hopeless', fault: sealedOtherwise }, owner)
  await Promise.all(
    deliveries.map(async delivery => {
      const sent = await parts.webhooks.send({ url: webhook.url, secret }, delivery.message)
      if (sent.kind === 'gone') await parts.store.disableWebhook(webhook.id, parts.clock.now())
      await settle(parts, [delivery], sent, owner)
    }),
  )
}

const sealedOtherwise =
  'the secret of this webhook cannot be opened with the master key of now: give the webhook a new secret ' +
  '(POST /v1/webhooks/{id}/secret) or add the former key to MASTER_KEY, then redeliver'

function openSecret({ id, secret }: StoredWebhook, { masterKeys, log }: Parts): string | undefined {
  try {
    return unseal(secret, masterKeys, `${id} secret`).toString('utf8')
  } catch (error) {
    if (!(error instanceof SealError)) throw error
    log.error({ receiver: id, err: error }, 'the secret of a webhook cannot be opened: its messages are dead letters')
    return undefined
  }
}

async function sendAll({ outages }: Parts, stream: Receiver, deliveries: readonly ClaimedDelivery[]): Promise<Sent> {
  const outage = outages.get(stream.name)
  try {
    await stream.send(deliveries.map(({ message }) => message))
    outage?.took()
    return { kind: 'delivered' }
  } catch (error) {
    outage?.refused(error)
    return { kind: 'failed', fault: ((error as Error).message || 'not reachable').slice(0, 300) }
  }
}

async function settle(
  { store, clock, metrics, random }: DispatcherParts,
  deliveries: readonly ClaimedDelivery[],
  sent: Sent,
  owner: string,
): Promise<void> {
  const at = clock.now()
  const isWebhook = deliveries[0]?.receiver.startsWith('whk_') ?? false
  const kind = isWebhook ? 'webhook' : (deliveries[0]?.receiver ?? '')
  metrics.count('fareloom_deliveries_total', { receiver: kind, outcome: sent.kind }, deliveries.length)
  if (sent.kind === 'delivered') {
    const ids = deliveries.map(({ id }) => id)
    await store.settle({ ids, owner, at, status: 'delivered', fault: null, nextAt: at })
    return
  }
  for (const { id, tries, since } of deliveries) {
    const nextAt = at + pauseMs(tries + 1, random(), isWebhook ? undefined : streamPauseMaxMs)
    const over = sent.kind !== 'failed' || nextAt > since + patienceMs
    const fault = sent.kind === 'gone' ? 'the receiver is gone' : sent.fault
    await store.settle({ ids: [id], owner, at, status: over ? 'dead' : 'waiting', fault, nextAt })
  }
}
