/** As many requests as so many connections get answered one after the other: what the target can do when nobody waits in
 *  line. Only for answers out of memory; a stall would stop the questions too (see open-loop.ts). */
import { once } from 'node:events'
import autocannon from 'autocannon'
import type { Reply } from './client.ts'
import { cacheStatusOf, outcomeOf, supplierStatusesOf } from './outcome.ts'
import type { Questions } from './questions.ts'
import type { Tally } from './tally.ts'

export type ClosedLoop = {
  readonly target: string
  readonly connections: number
  readonly seconds: number
  readonly timeoutMs: number
  readonly apiKey: string | null
  readonly questions: Questions
}

/** Each connection goes round this list. */
const listLength = 200

export async function playClosedLoop(
  loop: ClosedLoop,
  tally: Tally,
  nowMs: () => number,
  signal: AbortSignal,
): Promise<void> {
  const { target, connections, seconds, timeoutMs, apiKey, questions } = loop
  const { origin, pathname } = new URL(target)
  // an interrupt that has been is not told again
  if (signal.aborted) return
  let text = ''
  const instance = autocannon({
    ...{ url: origin, connections, duration: seconds, timeout: timeoutMs / 1000 },
    requests: Array.from({ length: listLength }, () => ({
      ...{ method: 'POST', path: `${pathname.replace(/\/$/, '')}/v1/searches`, body: questions.next().body },
      headers: {
        'content-type': 'application/json',
        ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
      },
      onResponse: (_status: number, body: string) => {
        text = body
      },
    })),
  })
  const finish = (reply: Reply, tookMs: number): void => {
    const endMs = nowMs()
    const dueMs = Math.max(0, endMs - tookMs)
    const answer = reply.kind === 'answer' ? reply.text : ''
    tally.fallsDue('search', dueMs)
    tally.finish({
      ...{ operation: 'search', dueMs, sentMs: dueMs, endMs, outcome: outcomeOf('search', reply) },
      ...{ cache: cacheStatusOf(answer), suppliers: supplierStatusesOf(answer) },
    })
  }
  instance.on('response', (_client: unknown, status: number, _bytes: number, ms: number) =>
    finish({ kind: 'answer', status, text }, ms),
  )
  instance.on('reqError', (error: Error & { readonly code?: string }) => {
    const timedOut = error.message === 'request timed out'
    finish({ kind: 'none', why: timedOut ? 'timeout' : (error.code ?? 'connection') }, timedOut ? timeoutMs : 0)
  })
  const stop = (): void => instance.stop()
  signal.addEventListener('abort', stop)
  await once(instance, 'done')
  signal.removeEventListener('abort', stop)
}
