import type { Context } from 'hono'
import type { Clock } from '../core/clock.ts'
import { ProblemError } from '../core/problem.ts'
import type { SearchEvent, SearchWatch } from '../shopping/port.ts'
import type { ReplyContext } from './reply.ts'

/** A comment so often, so that nobody on the way takes a quiet stream for a dead one. */
const heartbeatMs = 10_000
/** A search is over after 30 s; a reader that has not taken its end by then is cut off. */
const lifeMsMax = 90_000
/** Open at once in this process. */
const streamsMax = 5_000

const encoder = new TextEncoder()
const heartbeat = encoder.encode(':\n\n')
let open = 0

/** Server-sent events. The next one is asked for when the last has gone out: what a reader does not take is not kept. */
export function openEventStream(watch: SearchWatch, c: Context, context: ReplyContext, clock: Clock): Response {
  const { requestId, rate } = context
  const limits = rate ? { ratelimit: rate.limit, 'ratelimit-policy': rate.policy } : {}
  // the last one is for nginx, which would hold events back
  const headers = { 'x-request-id': requestId, ...limits, 'cache-control': 'no-store', 'x-accel-buffering': 'no' }
  const streaming = { status: 200, headers: { ...headers, 'content-type': 'text/event-stream' } }
  if (watch.isOver) return new Response(null, { status: 204, headers })
  if (c.req.method === 'HEAD') return new Response(null, streaming)
  if (open >= streamsMax) throw new ProblemError('overloaded', 'too many streams are open', { retryAfterSeconds: 1 })
  open++
  const gone = new AbortController()
  const close = (): void => {
    if (gone.signal.aborted) return
    gone.abort()
    life.cancel()
    open--
  }
  const life = clock.after(lifeMsMax, () => {
    close()
    c.env?.outgoing?.destroy()
  })
  c.req.raw.signal.addEventListener('abort', close, { once: true })
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const event = await watch.next(heartbeatMs, gone.signal)
          if (event && !gone.signal.aborted) {
            controller.enqueue(event === 'nothing' ? heartbeat : encodeEvent(event))
            return
          }
          close()
          controller.close()
        } catch (error) {
          close()
          controller.error(error)
        }
      },
      cancel: close,
    },
    // nothing is made before somebody takes it
    { highWaterMark: 0 },
  )
  return new Response(body, streaming)
}

/** JSON has no line breaks of its own: one line of data. */
function encodeEvent({ kind, id, body }: SearchEvent): Uint8Array {
  return Buffer.concat([Buffer.from(`id: ${id}\nevent: ${kind}\ndata: `), body, Buffer.from('\n\n')])
}
