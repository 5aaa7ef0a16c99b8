/** Counts what fell due and what became of it. Latency runs from when a request was due: while a target stalls, all that
 *  would have been asked meanwhile waits too, and shows. */
import { type LatencyHistogram, newHistogram } from './histogram.ts'
import { type Operation, type Outcome, operations, outcomeKinds } from './outcome.ts'
import type { Phase } from './scenarios.ts'

export type Finished = {
  readonly operation: Operation
  /** All in ms from the start of the run. */
  readonly dueMs: number
  readonly sentMs: number
  readonly endMs: number
  readonly outcome: Outcome
  readonly cache: string | null
  readonly suppliers: readonly (readonly [string, string])[]
}

export type Counts = Readonly<Record<(typeof outcomeKinds)[number], number>>
type MutableCounts = { -readonly [kind in keyof Counts]: number }

/** A stretch of the run: latency of what fell due in it, counts of what was answered in it. */
type Stretch = {
  due: number
  readonly answered: MutableCounts
  readonly latency: LatencyHistogram
  readonly cache: Map<string, number>
  readonly trouble: Map<string, number>
  readonly suppliers: Map<string, number>
}

export type Tally = ReturnType<typeof newTally>

/** As many points as a chart can show. */
const stretchesMax = 150

export function newTally(seconds: number, phases: readonly Phase[]) {
  const stretchSeconds = Math.ceil(seconds / stretchesMax)
  const stretches: Stretch[] = []
  const parts = phases.map(phase => ({ phase, latency: newHistogram(), counts: noCounts() }))
  const kinds = operations.map(name => ({ name, due: 0, counts: noCounts(), latency: newHistogram() }))
  const live = { latency: newHistogram(), counts: noCounts(), cache: new Map<string, number>() }
  const all = { latency: newHistogram(), shedLatency: newHistogram(), lateStart: newHistogram() }
  const labels = new Map<string, { readonly operation: Operation; readonly outcome: Outcome; count: number }>()
  let due = 0

  const stretchAt = (ms: number): Stretch => {
    const index = Math.floor(ms / 1000 / stretchSeconds)
    while (stretches.length <= index) stretches.push(newStretch())
    return stretches[index]!
  }
  const countLatency = ({ dueMs, endMs, operation }: Finished): void => {
    const ms = endMs - dueMs
    const part = dueMs / 1000 / seconds
    for (const histogram of [all.latency, live.latency, kindOf(operation).latency]) histogram.add(ms)
    stretchAt(dueMs).latency.add(ms)
    for (const { phase, latency } of parts) if (part >= phase.from && part < phase.to) latency.add(ms)
  }
  const kindOf = (operation: Operation) => kinds.find(({ name }) => name === operation)!

  return {
    ...{ stretchSeconds, stretches, parts, kinds, live, all, labels },
    due: () => due,
    counts: (): Counts => sum(kinds.map(({ counts }) => counts)),
    fallsDue(operation: Operation, dueMs: number): void {
      due++
      stretchAt(dueMs).due++
      kindOf(operation).due++
    },
    finish(done: Finished): void {
      const { operation, outcome, endMs, dueMs } = done
      const stretch = stretchAt(endMs)
      const part = dueMs / 1000 / seconds
      for (const counts of [stretch.answered, live.counts, kindOf(operation).counts]) counts[outcome.kind]++
      for (const { phase, counts } of parts) if (part >= phase.from && part < phase.to) counts[outcome.kind]++
      if (hasLatency(outcome)) countLatency(done)
      if (outcome.kind === 'shed') all.shedLatency.add(endMs - dueMs)
      all.lateStart.add(done.sentMs - dueMs)
      if (outcome.kind === 'shed' || outcome.kind === 'error') bump(stretch.trouble, outcome.label)
      if (done.cache !== null) for (const cache of [stretch.cache, live.cache]) bump(cache, done.cache)
      for (const [code, status] of done.suppliers) bump(stretch.suppliers, `${code} ${status}`)
      const key = `${operation} ${outcome.kind} ${outcome.label}`
      const known = labels.get(key)
      if (known) known.count++
      else labels.set(key, { operation, outcome, count: 1 })
    },
  }
}

/** Of what was served, and of what was given up (the wait was real); a refusal or a broken connection in 1 ms makes no run fast. */
function hasLatency({ kind, label }: Outcome): boolean {
  return kind === 'served' || kind === 'refused' || label === 'timeout'
}

export function bump(counts: Map<string, number>, key: string, by = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + by)
}

export function noCounts(): MutableCounts {
  return { served: 0, refused: 0, shed: 0, error: 0 }
}

function sum(all: readonly Counts[]): Counts {
  const total = noCounts()
  for (const counts of all) for (const kind of outcomeKinds) total[kind] += counts[kind]
  return total
}

function newStretch(): Stretch {
  const maps = { cache: new Map(), trouble: new Map(), suppliers: new Map() }
  return { due: 0, answered: noCounts(), latency: newHistogram(), ...maps }
}
