import { setTimeout as pause } from 'node:timers/promises'
import { Agent } from 'undici'

// biome-ignore lint/suspicious/noExplicitAny: foreign JSON, as a front end sees it
export type Json = any
export type Heard = { readonly status: number; readonly text: string; readonly body: Json; readonly retryAfter: number }

/** HTTP as a careful front end does it: what broke, or was told to come back, is sent again as it was, with the same key. */
export type Caller = {
  /** Undefined: no answer came until `until` (performance.now()). */
  send(request: Request, until: number): Promise<Heard | undefined>
  /** Once; undefined where the connection broke. */
  once(request: Request): Promise<Heard | undefined>
  close(): Promise<void>
  readonly counts: { sent: number; broken: number; later: number }
}

export type Request = {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: unknown
  readonly key?: string
}

/** Longer than the service lets a request take. */
const answerMs = 45_000
const pauseMs = 300
const pauseMaxMs = 3_000

export function makeCaller(baseUrl: string, connections = 256): Caller {
  // one request a connection at a time: copies of a request come over several
  const agent = new Agent({ connections, pipelining: 1, headersTimeout: answerMs, bodyTimeout: answerMs })
  const counts = { sent: 0, broken: 0, later: 0 }

  const once = async ({ method, path, body, key }: Request): Promise<Heard | undefined> => {
    counts.sent++
    try {
      const answer = await agent.request({
        origin: baseUrl,
        method,
        path,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(key === undefined ? {} : { 'idempotency-key': key }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await answer.body.text()
      const retryAfter = Number(answer.headers['retry-after'] ?? 0)
      return { status: answer.statusCode, text, body: parsed(text), retryAfter }
    } catch {
      counts.broken++
      return undefined
    }
  }

  return {
    counts,
    once,
    async send(request, until) {
      for (let tries = 0; performance.now() < until; tries++) {
        const heard = await once(request)
        if (heard && !isLater(heard)) return heard
        if (heard) counts.later++
        const wish = (heard?.retryAfter ?? 0) * 1000
        await pause(Math.min(pauseMaxMs, Math.max(wish, pauseMs * Math.min(tries + 1, 5))))
      }
      return undefined
    },
    close: () => agent.destroy(),
  }
}

function isLater({ status, body }: Heard): boolean {
  return status >= 500 || status === 429 || body?.type === '/problems/idempotency-in-progress'
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
