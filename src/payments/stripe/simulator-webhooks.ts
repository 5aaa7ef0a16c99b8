import { createHmac } from 'node:crypto'
import type { Clock, Timer } from '../../core/clock.ts'
import { randomText } from '../../core/ids.ts'
import type { Log } from '../../core/log.ts'
import type { Told } from './simulator-bank.ts'
import { eventJson } from './simulator-objects.ts'

/** Events to whoever listens, signed as Stripe signs them, each again until it is taken. What is not delivered when the simulator
 *  ends is not sent again: whoever listens must ask now and then, as with Stripe when its own tries have ended. */
export type Webhooks = { send(news: Told): void; close(): void }

const triesMax = 8
const firstPauseMs = 500
const answerMs = 5_000
const apiVersion = '2026-10-28.endive'

export function openWebhooks(options: {
  readonly target: () => string | null
  readonly secret: string
  readonly clock: Clock
  readonly log: Log
}): Webhooks {
  const { clock, secret, log } = options
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
  const deliver = async (body: string, tries: number): Promise<void> => {
    const url = options.target()
    if (url === null || controller.signal.aborted || (await post(url, body)) || controller.signal.aborted) return
    if (tries + 1 >= triesMax) return void log.warn({ simulator: 'stripe' }, 'an event was not taken')
    const again = (): void => {
      timers.delete(timer)
      void deliver(body, tries + 1)
    }
    const timer = clock.after(firstPauseMs * 2 ** tries, again, { unref: true })
    timers.add(timer)
  }

  return {
    send({ type, object }) {
      const id = `evt_${randomText(24, '0123456789abcdefghijklmnopqrstuvwxyz')}`
      void deliver(JSON.stringify(eventJson({ id, type, atMs: clock.now() }, object, apiVersion)), 0)
    },
    close() {
      controller.abort()
      for (const timer of timers) timer.cancel()
    },
  }
}

function signatureOf(body: string, secret: string, seconds: number): string {
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`
}
