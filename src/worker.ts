/** One of several processes that answer: told by the first one what to stand on, ends when that one says so or is gone. */
import { readConfig } from './config.ts'
import { systemClock } from './core/clock.ts'
import { pinoLog } from './core/log.pino.ts'
import { type PrometheusMetrics, prometheusMetrics } from './core/metrics.prometheus.ts'
import { end, endOnSignals, failToStart } from './lifetime.ts'
import { serve } from './serve.ts'
import type { SharedState, ToFirst, ToWorker } from './worker-messages.ts'

/** Counts of a worker that is killed are lost since its last report. */
const reportEveryMs = 2_000
/** For the first process to gather what all workers say. */
const metricsWithinMs = 3_000

export async function runAsWorker(): Promise<void> {
  const config = readConfig(process.env)
  const metrics = prometheusMetrics()
  let state: SharedState = { sandbox: 'off', workers: 'ok' }
  const rendered = new Map<number, (text: string) => void>()
  const told = Promise.withResolvers<ToWorker & { kind: 'serve' }>()
  const draining = Promise.withResolvers<void>()
  process.on('message', (message: ToWorker) => {
    switch (message.kind) {
      case 'serve':
        return told.resolve(message)
      case 'state':
        state = message.state
        return
      case 'drain':
        return draining.resolve()
      case 'report':
        return void report(metrics, message.id)
      case 'metrics':
        return rendered.get(message.id)?.(message.text)
    }
  })
  const { number, port, foundations, isReplacement } = await told.promise
  const log = pinoLog(config.logLevel, { worker: number })
  endOnSignals(log)
  void draining.promise.then(() => end(log, { reason: 'the service ends' }))
  try {
    const serving = await serve(
      { ...config, port },
      { log, metrics },
      {
        foundations,
        isReplacement,
        renderMetrics: togetherWith(rendered),
        otherParts: () => state,
      },
    )
    tell({ kind: 'ready', serving })
    reportRegularly(metrics)
  } catch (error) {
    await failToStart(error, log, text => tell({ kind: 'failed', text }))
  }
}

function tell(message: ToFirst): void {
  if (process.connected) process.send?.(message)
}

async function report(metrics: PrometheusMetrics, id?: number): Promise<void> {
  tell({ kind: 'report', ...(id === undefined ? {} : { id }), report: await metrics.report() })
}

function reportRegularly(metrics: PrometheusMetrics): void {
  systemClock.after(
    reportEveryMs,
    () => {
      void report(metrics)
      reportRegularly(metrics)
    },
    { unref: true },
  )
}

/** /metrics of all, added up by the first process. */
function togetherWith(rendered: Map<number, (text: string) => void>): () => Promise<string> {
  let asked = 0
  return () =>
    new Promise((resolve, reject) => {
      const id = ++asked
      const timer = systemClock.after(metricsWithinMs, () => {
        rendered.delete(id)
        reject(new Error('the first process did not add the metrics up'))
      })
      rendered.set(id, text => {
        rendered.delete(id)
        timer.cancel()
        resolve(text)
      })
      tell({ kind: 'metrics', id })
    })
}
