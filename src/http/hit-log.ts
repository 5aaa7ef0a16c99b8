import type { Timer } from '../core/clock.ts'
import type { RequestContext } from '../core/context.ts'
import type { HttpParts } from './parts.ts'
import { logRequest } from './record.ts'

/** Requests that cost less than what is noted of them: counted and logged together, with the request id of each. */
export interface HitLog {
  /** All of one status. */
  note(context: RequestContext, status: number, elapsedMs: number): void
  flush(): void
}

type Labels = { readonly method: string; readonly route: string }
type Batch = {
  readonly first: RequestContext
  readonly status: number
  readonly requestIds: string[]
  length: number
  slowestMs: number
}

/** A line has at most so many characters of ids (collectors cut at 16 kB), some 400 of our own, and is at most so old. */
const lengthMax = 12_000
const waitMs = 100

export function makeHitLog(labels: Labels, parts: HttpParts): HitLog {
  let batch: Batch | undefined
  let timer: Timer | undefined

  const flush = (): void => {
    timer?.cancel()
    timer = undefined
    const written = batch
    batch = undefined
    if (!written) return
    const { first, status, requestIds, slowestMs } = written
    parts.metrics.count('fareloom_http_requests_total', { ...labels, status: String(status) }, requestIds.length)
    if (requestIds.length === 1) logRequest(labels, first, { status, elapsedMs: slowestMs }, parts)
    else
      parts.log.info(
        {
          tenant: first.tenant,
          ...labels,
          status,
          requests: requestIds.length,
          requestIds,
          slowestMs: tenths(slowestMs),
        },
        'requests',
      )
  }

  return {
    note(context, status, elapsedMs) {
      parts.metrics.observe('fareloom_http_request_seconds', labels, elapsedMs / 1000)
      if (batch && batch.first.tenant !== context.tenant) flush()
      batch ??= { first: context, status, requestIds: [], length: 0, slowestMs: 0 }
      batch.requestIds.push(context.requestId)
      batch.length += context.requestId.length
      if (elapsedMs > batch.slowestMs) batch.slowestMs = elapsedMs
      if (batch.length >= lengthMax) flush()
      else timer ??= parts.clock.after(waitMs, flush, { unref: true })
    },
    flush,
  }
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10
}
