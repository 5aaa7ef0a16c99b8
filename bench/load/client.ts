/** One request and what became of it; nothing throws. */
import { Pool } from 'undici'

export type Reply =
  | { readonly kind: 'answer'; readonly status: number; readonly text: string }
  /** `why`: timeout, or the code of the connection's error. */
  | { readonly kind: 'none'; readonly why: string }

export type Call = {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: string
  readonly idempotencyKey?: string
  readonly timeoutMs: number
}

export type Client = { send(call: Call): Promise<Reply>; close(): Promise<void> }

export function openClient(target: string, connections: number, apiKey: string | null): Client {
  const { origin, pathname } = new URL(target)
  const prefix = pathname.replace(/\/$/, '')
  // our own deadline counts from when a request was due, undici's from when it was sent
  const pool = new Pool(origin, { connections, headersTimeout: 0, bodyTimeout: 0 })
  const authorization = apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }
  return {
    async send({ method, path, body, idempotencyKey, timeoutMs }) {
      const abort = new AbortController()
      const timer = setTimeout(() => abort.abort(), Math.max(0, timeoutMs))
      try {
        const reply = await pool.request({
          method,
          path: `${prefix}${path}`,
          headers: {
            ...authorization,
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
          },
          body: body ?? null,
          signal: abort.signal,
        })
        return { kind: 'answer', status: reply.statusCode, text: await reply.body.text() }
      } catch (error) {
        return { kind: 'none', why: abort.signal.aborted ? 'timeout' : codeOf(error) }
      } finally {
        clearTimeout(timer)
      }
    },
    close: () => pool.destroy(),
  }
}

function codeOf(error: unknown): string {
  const { code, name } = error as { readonly code?: string; readonly name?: string }
  return code ?? name ?? 'connection'
}
