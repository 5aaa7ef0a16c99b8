/** A run as it is written to JSON: everything that the summary and the page show. */
import { cpus, totalmem } from 'node:os'
import type { Audit } from './audit.ts'
import type { Latencies } from './histogram.ts'
import type { Options } from './options.ts'
import { outcomeKinds } from './outcome.ts'
import type { Played } from './play.ts'
import { scenarios } from './scenarios.ts'
import { type SupplierReport, supplierReport, type TargetPoint, targetPoints } from './target-figures.ts'
import { type Judged, judge } from './slo.ts'
import type { Counts } from './tally.ts'

export type RunReport = {
  readonly scenario: string
  readonly text: string
  readonly startedAt: string
  readonly target: string
  readonly ownService: boolean
  readonly machine: string
  readonly settings: Readonly<Record<string, string | number | null>>
  /** How long requests fell due; `asked` is how many, from then on nothing new. */
  readonly seconds: number
  readonly asked: number
  readonly counts: Counts
  readonly answeredPerSecond: number
  /** In ms, from when a request was due; null: nothing was answered. */
  readonly latencyMs: Latencies | null
  readonly shedLatencyMs: Latencies | null
  /** How late this process sent what was due: when it is not small, the generator is measured too. */
  readonly sentLateMs: Latencies | null
  readonly operations: readonly OperationReport[]
  readonly phases: readonly PhaseReport[]
  readonly labels: readonly {
    readonly operation: string
    readonly kind: string
    readonly label: string
    readonly count: number
  }[]
  readonly cache: Readonly<Record<string, number>>
  readonly suppliers: readonly SupplierReport[]
  /** What searches said of suppliers: `amadeus ok` and how often. */
  readonly supplierStatuses: Readonly<Record<string, number>>
  readonly stretchSeconds: number
  readonly timeline: readonly Point[]
  readonly targetTimeline: readonly TargetPoint[]
  readonly bookings: Audit
  readonly slo: readonly Judged[]
}

export type OperationReport = {
  readonly name: string
  readonly asked: number
  readonly counts: Counts
  readonly latencyMs: Latencies | null
  /** `[percentile, ms]` along the curve. */
  readonly curve: readonly (readonly [number, number])[]
}

export type PhaseReport = { readonly name: string; readonly from: number; readonly to: number } & {
  readonly counts: Counts
  readonly latencyMs: Latencies | null
}

/** A stretch: latency of what fell due in it, counts a second of what was answered in it. */
export type Point = {
  readonly at: number
  readonly duePerSecond: number
  readonly answeredPerSecond: Counts
  readonly latencyMs: Latencies | null
  readonly cache: Readonly<Record<string, number>>
  readonly trouble: Readonly<Record<string, number>>
  readonly suppliers: Readonly<Record<string, number>>
}

export function reportOf(options: Options, target: string, played: Played): RunReport {
  const { tally, samples, audit, startedAt, seconds, seed, struck } = played
  const counts = tally.counts()
  const latencyMs = tally.all.latency.latencies()
  const timeline = points(played)
  return {
    ...{ scenario: options.scenario, text: scenarios[options.scenario].text, startedAt, target, machine: machine() },
    ...{ ownService: options.target === null, settings: settingsOf(options, seed, struck), seconds },
    ...{ asked: tally.due(), counts, latencyMs },
    answeredPerSecond: (counts.served + counts.refused) / seconds,
    shedLatencyMs: tally.all.shedLatency.latencies(),
    sentLateMs: options.rate === null ? null : tally.all.lateStart.latencies(),
    operations: operationsOf(played),
    phases: tally.parts.map(({ phase, latency, counts: own }) => ({
      ...{ name: phase.name, from: phase.from * options.seconds, to: phase.to * options.seconds },
      ...{ counts: own, latencyMs: latency.latencies() },
    })),
    labels: [...tally.labels.values()]
      .map(({ operation, outcome, count }) => ({ operation, ...outcome, count }))
      .sort((a, b) => b.count - a.count),
    cache: total(timeline.map(point => point.cache)),
    suppliers: supplierReport(samples),
    supplierStatuses: total(timeline.map(point => point.suppliers)),
    ...{ stretchSeconds: tally.stretchSeconds, timeline, targetTimeline: targetPoints(samples), bookings: audit },
    slo: judge(options.slo, { asked: tally.due(), errors: counts.error, shed: counts.shed, latencyMs }),
  }
}

function operationsOf({ tally }: Played): readonly OperationReport[] {
  return tally.kinds
    .filter(({ due }) => due > 0)
    .map(({ name, due, counts, latency }) => ({
      ...{ name, asked: due, counts, latencyMs: latency.latencies() },
      curve: latency.latencies() === null ? [] : percentiles.map(each => [each, latency.at(each)] as const),
    }))
}

const percentiles = [0, 10, 20, 30, 40, 50, 60, 70, 80, 85, 90, 92.5, 95, 97, 98, 99, 99.5, 99.7, 99.9, 99.95, 99.99]

function points({ tally }: Played): readonly Point[] {
  const { stretchSeconds, stretches } = tally
  return stretches.map((stretch, index) => ({
    at: index * stretchSeconds,
    duePerSecond: stretch.due / stretchSeconds,
    answeredPerSecond: Object.fromEntries(
      outcomeKinds.map(kind => [kind, stretch.answered[kind] / stretchSeconds]),
    ) as Counts,
    latencyMs: stretch.latency.latencies(),
    cache: Object.fromEntries(stretch.cache),
    trouble: Object.fromEntries(stretch.trouble),
    suppliers: Object.fromEntries(stretch.suppliers),
  }))
}

/** Never the key. */
function settingsOf(options: Options, seed: string, struck: string | null) {
  const { scenario, rate, seconds, arrivals, lookToBook, connections, timeoutMs } = options
  const mixed = scenarios[scenario].searches === 'mixed'
  return {
    ...{
      rate: rate ?? 'as answered',
      seconds,
      arrivals: rate === null ? null : arrivals,
      connections,
      timeoutMs,
      seed,
    },
    ...{ lookToBook: mixed ? lookToBook : null, supplier: struck },
  }
}

function machine(): string {
  const gigabytes = (totalmem() / 2 ** 30).toFixed(0)
  return `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${gigabytes} GB, Node ${process.version}, ${process.platform}`
}

function total(all: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {}
  for (const each of all) for (const [key, count] of Object.entries(each)) sums[key] = (sums[key] ?? 0) + count
  return sums
}
