/** From what /metrics said at each look to what happened between looks. */
import type { Sample } from './scrape.ts'

export type SupplierReport = {
  readonly code: string
  /** Made; outcomes count those too that were not. */
  readonly calls: number
  /** `shop offers` and how often. */
  readonly outcomes: Readonly<Record<string, number>>
}

/** Between two looks. Absent in all but name where the target has no metrics: the list is empty then. */
export type TargetPoint = {
  /** Middle, in seconds from the start. */
  readonly at: number
  readonly callsPerSecond: Readonly<Record<string, number>>
  /** Failed, or not made: the breaker was open, the budget used up. */
  readonly failedCallsPerSecond: Readonly<Record<string, number>>
  readonly cpuCores: number
  readonly residentMegabytes: number
  readonly heapMegabytes: number
  readonly loopDelayMs: number
  readonly supplierWaiting: number
}

const megabyte = 2 ** 20
/** Outcomes that are an answer; the others are failures and calls that were not made. */
const good = [
  ...['offers', 'no-offers', 'confirmed', 'created', 'found', 'absent', 'ticketed', 'quoted', 'cancelled'],
  ...['price-changed', 'sold-out', 'gone', 'offer-gone'],
]

export function supplierReport(samples: readonly Sample[]): readonly SupplierReport[] {
  const [first, last] = [samples[0], samples.at(-1)]
  if (!first || !last || first === last) return []
  const since = (now: ReadonlyMap<string, number>, then: ReadonlyMap<string, number>) =>
    [...now].map(([key, count]) => [key, count - (then.get(key) ?? 0)] as const).filter(([, count]) => count > 0)
  const outcomes = since(last.calls, first.calls)
  const made = new Map(since(last.made, first.made))
  const codes = [...new Set(outcomes.map(([key]) => key.split(' ')[0]!))].sort()
  return codes.map(code => ({
    ...{ code, calls: made.get(code) ?? 0 },
    outcomes: Object.fromEntries(
      outcomes.filter(([key]) => key.startsWith(`${code} `)).map(([key, count]) => [key.slice(code.length + 1), count]),
    ),
  }))
}

export function targetPoints(samples: readonly Sample[]): readonly TargetPoint[] {
  return samples.slice(1).map((sample, index) => {
    const before = samples[index]!
    const seconds = Math.max(0.001, sample.at - before.at)
    // a service that was started anew counts from nothing
    const perSecond = (now: number, then = 0): number => Math.max(0, now - then) / seconds
    const failed: Record<string, number> = {}
    for (const [key, count] of sample.calls) {
      const [code = '', , outcome = ''] = key.split(' ')
      if (!good.includes(outcome)) failed[code] = (failed[code] ?? 0) + perSecond(count, before.calls.get(key))
    }
    return {
      at: (sample.at + before.at) / 2,
      callsPerSecond: Object.fromEntries(
        [...sample.made].map(([code, count]) => [code, perSecond(count, before.made.get(code))]),
      ),
      ...{ failedCallsPerSecond: failed, cpuCores: perSecond(sample.cpuSeconds, before.cpuSeconds) },
      residentMegabytes: sample.residentBytes / megabyte,
      heapMegabytes: sample.heapBytes / megabyte,
      ...{ loopDelayMs: sample.loopDelayMs, supplierWaiting: sample.supplierWaiting },
    }
  })
}
