import { lookup as lookUpName } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { Agent, type Dispatcher } from 'undici'
import { type Clock, toInstant } from '../core/clock.ts'
import { isInward, whyNotCallable } from './address-guard.ts'
import { type Message, messageBody, messageId } from './message.ts'
import type { Sent } from './receiver.ts'

/** POST of one message, signed as Standard Webhooks 1.0 say. Never repeats by itself, follows no redirect. */
export type WebhookClient = {
  send(to: { readonly url: string; readonly secret: string }, message: Message): Promise<Sent>
  /** Ends what is under way. */
  close(): Promise<void>
}

const connectMs = 5_000
const answerMs = 15_000
/** What a receiver says is of no use to us: enough to end the answer in good order. */
const answerBytesMax = 64_000

export function openWebhookClient(options: { readonly clock: Clock; readonly allowInward: boolean }): WebhookClient {
  const { clock, allowInward } = options
  const agent = new Agent({
    connect: { timeout: connectMs, ...(allowInward ? {} : { lookup: lookUpOutward }) },
    headersTimeout: answerMs,
    bodyTimeout: answerMs,
    keepAliveTimeout: 4_000,
    // no bound for a host: several receivers may be there, and each has its own in the dispatcher
  })
  return {
    async send({ url, secret }, message) {
      // it may have been made while more was allowed; an address that is no name is not looked up
      const why = whyNotCallable(url, allowInward)
      if (why) return { kind: 'failed', fault: `this ${why}` }
      const stopper = new AbortController()
      const timer = clock.after(answerMs, () => stopper.abort(new Error(`no answer within ${answerMs / 1000} s`)))
      try {
        return await post(agent, url, signed(secret, message, clock), stopper.signal)
      } catch (error) {
        return { kind: 'failed', fault: textOf(error) }
      } finally {
        timer.cancel()
      }
    },
    close: () => agent.destroy(),
  }
}

type Signed = { readonly body: string; readonly headers: Readonly<Record<string, string>> }

/** The time is that of the try: a receiver refuses old signatures. */
function signed(secret: string, message: Message, clock: Clock): Signed {
  const body = messageBody(message)
  const id = messageId(message.id)
  const at = new Date(toInstant(Math.floor(clock.now() / 1000) * 1000))
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'fareloom-webhooks/1',
      'webhook-id': id,
      'webhook-timestamp': String(at.getTime() / 1000),
      'webhook-signature': new Webhook(secret).sign(id, at, body),
    },
  }
}

async function post(agent: Agent, url: string, { body, headers }: Signed, signal: AbortSignal): Promise<Sent> {
  const { origin, pathname, search } = new URL(url)
  const answer = await agent.request({ origin, path: pathname + search, method: 'POST', headers, body, signal })
  await drain(answer)
  if (answer.statusCode >= 200 && answer.statusCode < 300) return { kind: 'delivered' }
  if (answer.statusCode === 410) return { kind: 'gone' }
  return { kind: 'failed', fault: `the receiver answered ${answer.statusCode}` }
}

async function drain({ body }: Dispatcher.ResponseData): Promise<void> {
  await body.dump({ limit: answerBytesMax })
}

/** Every address of the name must be outward: which one is taken is not ours to choose. */
const lookUpOutward: LookupFunction = (hostname, options, callback) => {
  lookUpName(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 0)
    const hidden = addresses.find(({ address }) => isInward(address))
    if (hidden) return callback(new Error(`${hostname} is an address of a private network`), '', 0)
    if (options.all) return (callback as (error: null, addresses: object) => void)(null, addresses)
    const [first] = addresses
    return first
      ? callback(null, first.address, first.family)
      : callback(new Error(`${hostname} has no address`), '', 0)
  })
}

const faultMax = 300

function textOf(error: unknown): string {
  const { message, code, cause } = error as { message?: string; code?: string; cause?: { message?: string } }
  return (message || cause?.message || code || 'not reachable').slice(0, faultMax)
}
