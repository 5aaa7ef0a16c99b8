/** Latency and error rate over the last calls of one operation, for GET /v1/providers. */
export type CallStatistics = {
  readonly latencyMs: { readonly p50: number | null; readonly p95: number | null }
  /** 0 to 1; null before the first call. */
  readonly errorRate: number | null
  readonly calls: number
}

const callsKept = 200

/** Fewer say nothing about the slowest twentieth. */
const p95CallsMin = 40
/** Sorting 200 figures costs some 10 us: the p95 may be so many calls old. */
const p95EveryCalls = 16

export type Statistics = {
  add(elapsedMs: number, isError: boolean): void
  read(): CallStatistics
  /** Null while there are too few calls. */
  p95Ms(): number | null
}

export function makeStatistics(): Statistics {
  const elapsed = new Float64Array(callsKept)
  const errors = new Uint8Array(callsKept)
  let calls = 0
  let p95: { readonly ms: number; readonly atCalls: number } | undefined
  return {
    add(elapsedMs, isError) {
      elapsed[calls % callsKept] = elapsedMs
      errors[calls % callsKept] = isError ? 1 : 0
      calls++
    },
    read() {
      const kept = Math.min(calls, callsKept)
      if (kept === 0) return { latencyMs: { p50: null, p95: null }, errorRate: null, calls }
      const sorted = elapsed.slice(0, kept).sort()
      const at = (fraction: number): number => Math.round(sorted[Math.min(kept - 1, Math.floor(kept * fraction))]!)
      const failed = errors.subarray(0, kept).reduce((sum, flag) => sum + flag, 0)
      return { latencyMs: { p50: at(0.5), p95: at(0.95) }, errorRate: Math.round((failed / kept) * 1000) / 1000, calls }
    },
    p95Ms() {
      if (calls < p95CallsMin) return null
      if (p95 === undefined || calls >= p95.atCalls + p95EveryCalls) {
        const sorted = elapsed.slice(0, Math.min(calls, callsKept)).sort()
        p95 = { ms: sorted[Math.floor(sorted.length * 0.95)]!, atCalls: calls }
      }
      return p95.ms
    },
  }
}
