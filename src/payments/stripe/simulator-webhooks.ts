import { createHmac } from 'node:crypto'
import type { Clock, Timer } from '../../core/clock.ts'
import { randomText } from '../../core/ids.ts'
import type { Log } from '../../core/log.ts'
import type { Told } from './simulator-bank.ts'
import { eventJson } from './simulator-objects.ts'

/** Events to whoever listens, signed as Stripe signs them, each again until it is taken, also over a restart of the simulator.
 *  When the tries have ended whoever listens must ask, as with Stripe. */
export type Webhooks = {
  send(news: Told): void
  /** Tries again what was not taken when the last simulator ended. */
  resume(): void
  close(): void
}

/** As it is kept: an event, and the end of its tries. */
export type EventChange = { readonly id: string; readonly body: string | null }

const triesMax = 8
const firstPauseMs = 500
const answerMs = 5_000
const apiVersion = '2026-10-28.endive'

export function openWebhooks(options: {
  readonly target: () => string | null
  readonly secret: string
  readonly past: readonly EventChange[]
  readonly keep: (change: EventChange) => void
  readonly clock: Clock
  readonly log: Log
}): Webhooks {
  const { clock, secret, log, keep } = options
  const untaken = untakenOf(options.past)
  const timers = new Set<Timer>()
  const controller = new AbortController()

  const post = async (url: string, body: string): Promise<boolean> => {
    const patience = new AbortController()
    const timer = clock.after(answerMs, () => patience.abort(), { unref: true })
    try {
      const signal = AbortSignal.any([patience.signal, controller.signal])
      const headers = {
        'content-type': 'application/json; charset=utf-8',
        'stripe-signature': signatureOf(body, secret, Math.floor(clock.now() / 1000)),
        'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      }
      const reply = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' })
      await reply.arrayBuffer()
      return reply.status >= 200 && reply.status < 300
    } catch {
      return false
    } finally {
      timer.cancel()
    }
  }
  const deliver = async (id: string, body: string, tries: number): Promise<void> => {
    const url = options.target()
    const isTaken = url !== null && (await post(url, body))
    if (controller.signal.aborted) return
    if (isTaken) return keep({ id, body: null })
    if (tries + 1 >= triesMax) {
      log.warn({ simulator: 'stripe' }, 'an event was not taken')
      return keep({ id, body: null })
    }
    const again = (): void => {
      timers.delete(timer)
      void deliver(id, body, tries + 1)
    }
    const timer = clock.after(firstPauseMs * 2 ** tries, again, { unref: true })
    timers.add(timer)
  }

  return {
    send({ type, object }) {
      // nobody listens, nobody is told
      if (options.target() === null) return
      const id = `evt_${randomText(24, '0123456789abcdefghijklmnopqrstuvwxyz')}`
      const body = JSON.stringify(eventJson({ id, type, atMs: clock.now() }, object, apiVersion))
      keep({ id, body })
      void deliver(id, body, 0)
    },
    resume() {
      for (const [id, body] of untaken) void deliver(id, body, 0)
      untaken.clear()
    },
    close() {
      controller.abort()
      for (const timer of timers) timer.cancel()
    },
  }
}

/** Of more the oldest are left out: nobody has taken any for long. */
const untakenMax = 200

function untakenOf(past: readonly EventChange[]): Map<string, string> {
  const untaken = new Map<string, string>()
  for (const { id, body } of past) {
    if (body === null) untaken.delete(id)
    else untaken.set(id, body)
  }
  return new Map([...untaken].slice(-untakenMax))
}

function signatureOf(body: string, secret: string, seconds: number): string {
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`
}
