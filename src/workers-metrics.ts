/** The workers' metrics added up. What those that have ended had counted stays counted: a counter never goes back. */
import type { Clock } from './core/clock.ts'
import { addUpReports, countsOf, type MetricsReport, renderReports } from './core/metrics.prometheus.ts'

/** A worker that is busier than this is shown as it was at its last report. */
const answerWithinMs = 1_000

export type MetricsRoom = {
  take(workerId: number, message: { readonly id?: number; readonly report: MetricsReport }): void
  /** The worker has ended. */
  bury(workerId: number): void
  render(workers: readonly Askable[]): Promise<string>
}
export type Askable = { readonly id: number; ask(id: number): void }

export function makeMetricsRoom(clock: Clock): MetricsRoom {
  const last = new Map<number, MetricsReport>()
  const waiting = new Map<number, () => void>()
  let past: Promise<readonly MetricsReport[]> = Promise.resolve([])
  let asked = 0

  const ask = (worker: Askable): Promise<void> =>
    new Promise(resolve => {
      const id = ++asked
      const done = (): void => {
        waiting.delete(id)
        timer.cancel()
        resolve()
      }
      const timer = clock.after(answerWithinMs, done)
      waiting.set(id, done)
      worker.ask(id)
    })

  return {
    take(workerId, { id, report }) {
      last.set(workerId, report)
      if (id !== undefined) waiting.get(id)?.()
    },
    bury(workerId) {
      const report = last.get(workerId)
      last.delete(workerId)
      if (report) past = past.then(async before => [await addUpReports([...before, countsOf(report)])])
    },
    async render(workers) {
      await Promise.all(workers.map(ask))
      return renderReports([...(await past), ...last.values()])
    },
  }
}
