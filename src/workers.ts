/** The first of several processes: lays the foundations, starts as many workers as asked for, replaces those that end, adds
 *  their metrics up, and ends last. It answers no request itself. */
import cluster, { type Worker } from 'node:cluster'
import { createServer } from 'node:net'
import { StartUpError } from './booking/embedded-postgres.ts'
import type { Config } from './config.ts'
import { systemClock } from './core/clock.ts'
import type { Log } from './core/log.ts'
import { layFoundations } from './foundations.ts'
import { begun, end, isEnding } from './lifetime.ts'
import type { Serving } from './serve.ts'
import { makeMetricsRoom, type MetricsRoom } from './workers-metrics.ts'
import type { SharedState, ToFirst, ToWorker } from './worker-messages.ts'

/** One that ends within this time of its start has died at once. */
const soonMs = 5_000
/** After so many such deaths in a row, with nobody else serving, the trouble is not the worker's. */
const deathsMax = 5
const backoffMs = 100
const backoffMsMax = 5_000
/** Within the time that a drain may take (lifetime.ts). */
const killAfterMs = 9_000

type Slot = { readonly number: number; worker: Worker | undefined; isServing: boolean; deaths: number }

export async function superviseWorkers(config: Config, log: Log): Promise<Serving> {
  let state: SharedState = { sandbox: 'off', workers: 'degraded' }
  const slots: readonly Slot[] = Array.from({ length: config.workers }, (_, index) => ({
    number: index + 1,
    worker: undefined,
    isServing: false,
    deaths: 0,
  }))
  const share = (change: Partial<SharedState>): void => {
    state = { ...state, ...change }
    for (const { worker } of slots) if (worker) send(worker, { kind: 'state', state })
  }
  const foundations = await layFoundations(config, log, sandbox => share({ sandbox }))
  const port = config.port === 0 ? await freePort(config.host) : config.port
  const metrics = makeMetricsRoom(systemClock)
  const first = Promise.withResolvers<Serving>()
  let hasStarted = false

  const fork = (slot: Slot): void => {
    if (isEnding()) return
    const worker = cluster.fork()
    slot.worker = worker
    const startedAt = systemClock.monotonicMs()
    worker.on('error', error => log.error({ worker: slot.number, err: error }, 'a worker could not be told'))
    worker.on('message', (message: ToFirst) => {
      switch (message.kind) {
        case 'ready':
          slot.isServing = true
          log.info({ worker: slot.number, pid: worker.process.pid }, 'worker serves')
          if (slots.some(({ isServing }) => !isServing)) return
          hasStarted = true
          share({ workers: 'ok' })
          return first.resolve({ ...message.serving, port })
        case 'failed':
          log.debug({ worker: slot.number, reason: message.text }, 'worker failed')
          return hasStarted ? undefined : first.reject(new StartUpError(message.text))
        case 'report':
          return metrics.take(worker.id, message)
        case 'metrics':
          return void answerMetrics(worker, message.id, metrics, slots)
      }
    })
    worker.once('exit', (code, signal) => {
      slot.worker = undefined
      slot.isServing = false
      metrics.bury(worker.id)
      if (isEnding()) return
      slot.deaths = systemClock.monotonicMs() - startedAt < soonMs ? slot.deaths + 1 : 0
      log.error({ worker: slot.number, code, signal, deaths: slot.deaths }, 'a worker ended; another takes its place')
      share({ workers: 'degraded' })
      if (slot.deaths >= deathsMax && !slots.some(({ isServing }) => isServing)) return giveUp(slot)
      const waitMs = slot.deaths === 0 ? 0 : Math.min(backoffMs * 2 ** (slot.deaths - 1), backoffMsMax)
      systemClock.after(waitMs, () => fork(slot))
    })
    send(worker, { kind: 'serve', number: slot.number, port, foundations, isReplacement: hasStarted })
    send(worker, { kind: 'state', state })
  }

  const giveUp = ({ number, deaths }: Slot): void => {
    const text = `worker ${number} ended ${deaths} times right after its start, and no other one serves`
    first.reject(new StartUpError(text))
    if (!hasStarted) return
    process.stderr.write(`fareloom stops: ${text}\n`)
    end(log, { reason: text }, 1)
  }

  begun('workers', slots, drainAll)
  for (const slot of slots) fork(slot)
  return first.promise
}

function send(worker: Worker, message: ToWorker): void {
  if (worker.isConnected()) worker.send(message)
}

async function drainAll(slots: readonly Slot[]): Promise<void> {
  await Promise.all(
    slots.map(async ({ worker }) => {
      if (!worker || worker.isDead()) return
      const ended = new Promise<void>(resolve => worker.once('exit', () => resolve()))
      send(worker, { kind: 'drain' })
      const late = systemClock.after(killAfterMs, () => worker.process.kill('SIGKILL'))
      await ended
      late.cancel()
    }),
  )
}

async function answerMetrics(asker: Worker, id: number, metrics: MetricsRoom, slots: readonly Slot[]): Promise<void> {
  const workers = slots.flatMap(({ worker, isServing }) => (worker && isServing ? [worker] : []))
  const text = await metrics.render(
    workers.map(worker => ({ id: worker.id, ask: id => send(worker, { kind: 'report', id }) })),
  )
  send(asker, { kind: 'metrics', id, text })
}

/** PORT=0 takes any port, but all workers the same, also those that come later. */
function freePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ host, port: 0 }, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
