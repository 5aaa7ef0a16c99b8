/** What the target says of itself at /metrics, read every few seconds on a connection of its own. */
import { openClient } from './client.ts'
import { bump } from './tally.ts'

export type Sample = {
  /** Seconds from the start of the run; negative before it. */
  readonly at: number
  /** Outcomes so far by supplier, operation and outcome; calls that were not made (breaker, budget) have one too. */
  readonly calls: ReadonlyMap<string, number>
  /** Calls so far that were made, by supplier. */
  readonly made: ReadonlyMap<string, number>
  readonly cpuSeconds: number
  readonly residentBytes: number
  readonly heapBytes: number
  /** The 99th percentile since the sample before, as the target measures it. */
  readonly loopDelayMs: number
  readonly supplierWaiting: number
}

export type Metrics = {
  /** Leaves no sample where the target has none to show. */
  sample(): Promise<void>
  readonly samples: readonly Sample[]
  close(): Promise<void>
}

const scrapeTimeoutMs = 5_000
const callCounters = ['fareloom_supplier_calls_total', 'fareloom_supplier_call_seconds_count']

export function openMetrics(target: string, apiKey: string | null, nowMs: () => number): Metrics {
  const client = openClient(target, 1, apiKey)
  const samples: Sample[] = []
  let busy = false
  return {
    samples,
    async sample() {
      if (busy) return
      busy = true
      const at = nowMs() / 1000
      const reply = await client.send({ method: 'GET', path: '/metrics', timeoutMs: scrapeTimeoutMs })
      busy = false
      if (reply.kind === 'answer' && reply.status === 200) samples.push(readSample(at, reply.text))
    },
    close: () => client.close(),
  }
}

export function readSample(at: number, text: string): Sample {
  const values = new Map<string, number>()
  const calls = new Map<string, number>()
  const made = new Map<string, number>()
  let waiting = 0
  for (const [, name = '', labels = '', value = ''] of text.matchAll(/^(\w+)(?:\{([^}]*)\})? (\S+)$/gm)) {
    values.set(name, (values.get(name) ?? 0) + Number(value))
    if (name === 'fareloom_supplier_waiting') waiting += Number(value)
    if (!callCounters.includes(name)) continue
    const label = Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(match => [match[1], match[2]]))
    if (label.outcome === undefined) bump(made, `${label.provider}`, Number(value))
    else bump(calls, `${label.provider} ${label.operation} ${label.outcome}`, Number(value))
  }
  return {
    ...{ at, calls, made, supplierWaiting: waiting },
    cpuSeconds: values.get('process_cpu_seconds_total') ?? 0,
    residentBytes: values.get('process_resident_memory_bytes') ?? 0,
    heapBytes: values.get('nodejs_heap_size_used_bytes') ?? 0,
    loopDelayMs: (values.get('nodejs_eventloop_lag_p99_seconds') ?? 0) * 1000,
  }
}
