/** Latency and error rate over the last calls of one operation, for GET /v1/providers. */
export type CallStatistics = {
  readonly latencyMs: { readonly p50: number | null; readonly p95: number | null }
  /** 0 to 1; null before the first call. */
  readonly errorRate: number | null
  readonly calls: number
}

const callsKept = 200

export function makeStatistics(): { add(elapsedMs: number, isError: boolean): void; read(): CallStatistics } {
  const elapsed = new Float64Array(callsKept)
  const errors = new Uint8Array(callsKept)
  let calls = 0
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
  }
}
