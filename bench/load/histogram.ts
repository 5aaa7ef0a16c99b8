/** Latencies to three digits, up to two minutes and a bit. */
import { build, type Histogram } from 'hdr-histogram-js'

/** Tenths of a millisecond are counted: a cached answer takes less than one. */
const perMs = 10
const highestMs = 130_000

export type Latencies = {
  readonly count: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

export type LatencyHistogram = {
  add(ms: number): void
  addAll(other: LatencyHistogram): void
  /** In ms; null: nothing was counted. */
  latencies(): Latencies | null
  at(percentile: number): number
  reset(): void
  readonly inner: Histogram
}

export function newHistogram(): LatencyHistogram {
  const inner = build({
    ...{ lowestDiscernibleValue: 1, highestTrackableValue: highestMs * perMs },
    ...{ numberOfSignificantValueDigits: 3, bitBucketSize: 32, autoResize: false, useWebAssembly: false },
  })
  // what is given is the top of a bucket, which may lie above the longest of all
  const at = (percentile: number): number => Math.min(inner.getValueAtPercentile(percentile), inner.maxValue) / perMs
  return {
    inner,
    at,
    add: ms => inner.recordValue(Math.min(highestMs * perMs, Math.max(1, Math.round(ms * perMs)))),
    addAll: other => inner.add(other.inner),
    latencies: () =>
      inner.totalCount === 0
        ? null
        : { count: inner.totalCount, p50: at(50), p95: at(95), p99: at(99), max: inner.maxValue / perMs },
    reset: () => inner.reset(),
  }
}
