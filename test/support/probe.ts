/** Loaded into a service before anything else (`--import`): measures what nobody outside can, on the clock of the process
 *  itself, from when a request's head has been parsed to when its answer has gone to the kernel. Answers one connection with
 *  one line of JSON; what it is sent is what to do first. Its address is written to PROBE_FILE. */
import { subscribe } from 'node:diagnostics_channel'
import { readdirSync, writeFileSync } from 'node:fs'
import { IncomingMessage, ServerResponse } from 'node:http'
import { type AddressInfo, createServer, Socket } from 'node:net'
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'
import { queryObjects, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { deadlineHeader, type ProbeReport, type Spread } from './probe-report.ts'

/** Short beside the 10 ms that an answer may be late. */
const tickMs = 2

type Exchange = { readonly request: IncomingMessage; readonly response: ServerResponse }

/** The sandbox and workers' first process inherit the option. */
if (process.argv[1]?.endsWith('/src/main.ts') && process.env.PROBE_FILE) attach(process.env.PROBE_FILE)

function attach(file: string): void {
  const names = ['loopDelayMs', 'overrunMs', 'lateMs', 'refusedMs', 'refusedLateMs'] as const
  const spreads = Object.fromEntries(names.map(name => [name, createHistogram()])) as Spreads
  watchRequests(spreads, watchLoop(spreads.loopDelayMs))
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const reset = (): void => {
    for (const spread of Object.values(spreads)) spread.reset()
  }

  const server = createServer(socket => {
    socket.on('error', () => socket.destroy())
    socket.once('data', text => {
      if (String(text).includes('reset')) reset()
      if (String(text).includes('collect')) collect()
      const report: ProbeReport = {
        ...(Object.fromEntries(names.map(name => [name, read(spreads[name])])) as Record<keyof Spreads, Spread>),
        heapBytes: process.memoryUsage().heapUsed,
        openFiles: process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0,
        alive: String(text).includes('collect') ? countAlive() : {},
      }
      socket.end(JSON.stringify(report))
    })
  })
  server.listen(0, '127.0.0.1', () => writeFileSync(file, String((server.address() as AddressInfo).port)))
  server.unref()
}

type Spreads = Readonly<
  Record<'loopDelayMs' | 'overrunMs' | 'lateMs' | 'refusedMs' | 'refusedLateMs', RecordableHistogram>
>
type Turn = { readonly from: number; readonly to: number }
const turnsMax = 5_000
/** A loop that comes round less often than this is held up, by its own work or by other processes. */
const calmMs = 2 * tickMs

/** What something that falls due at any moment has to wait: a turn of 10 ms is one wait of 10, one of 8, one of 6 …
 *  Gives how much of the time since a moment the loop was held up. */
function watchLoop(spread: RecordableHistogram): (since: number) => number {
  let last = performance.now()
  const turns: Turn[] = []
  setInterval(() => {
    const now = performance.now()
    for (let late = now - last - tickMs; ; late -= tickMs) {
      add(spread, late)
      if (late < tickMs) break
    }
    if (now - last > calmMs) turns.push({ from: last, to: now })
    if (turns.length > turnsMax) turns.shift()
    last = now
  }, tickMs).unref()
  return since => {
    const now = performance.now()
    let heldUp = now - last > calmMs ? now - Math.max(since, last) : 0
    for (let i = turns.length - 1; i >= 0 && turns[i]!.to > since; i--)
      heldUp += turns[i]!.to - Math.max(since, turns[i]!.from)
    return heldUp
  }
}

/** Answers that say so. */
function watchRefusals(): WeakSet<ServerResponse> {
  const overloaded = new WeakSet<ServerResponse>()
  const { prototype } = ServerResponse
  for (const name of ['write', 'end'] as const) {
    const original = prototype[name] as (...args: unknown[]) => unknown
    const watched = function (this: ServerResponse, ...args: unknown[]): unknown {
      const [chunk] = args
      const isText = typeof chunk === 'string' || chunk instanceof Uint8Array
      if (this.statusCode === 503 && isText && Buffer.from(chunk as string).includes('/problems/overloaded'))
        overloaded.add(this)
      return original.apply(this, args)
    }
    Object.assign(prototype, { [name]: watched })
  }
  return overloaded
}

function watchRequests(spreads: Spreads, blockedSince: (since: number) => number): void {
  const startedAt = new WeakMap<ServerResponse, number>()
  const overloaded = watchRefusals()
  subscribe('http.server.request.start', message => {
    startedAt.set((message as Exchange).response, performance.now())
  })
  subscribe('http.server.response.finish', message => {
    const { request, response } = message as Exchange
    const start = startedAt.get(response)!
    const elapsedMs = performance.now() - start
    const deadlineMs = Number(request.headers[deadlineHeader])
    if (deadlineMs > 0) {
      add(spreads.overrunMs, elapsedMs - deadlineMs)
      add(spreads.lateMs, elapsedMs - deadlineMs - blockedSince(start + deadlineMs))
    }
    if (overloaded.has(response)) {
      add(spreads.refusedMs, elapsedMs)
      add(spreads.refusedLateMs, elapsedMs - blockedSince(start))
    }
  })
}

/** Of each class, with everything that is not referenced gone. */
function countAlive(): Readonly<Record<string, number>> {
  const timer = setTimeout(() => {}, 0)
  clearTimeout(timer)
  const classes = { IncomingMessage, ServerResponse, Socket, AbortController, Timeout: timer.constructor }
  return Object.fromEntries(
    Object.entries(classes).map(([name, type]) => [
      name,
      Number(queryObjects(type as () => void, { format: 'count' })),
    ]),
  )
}

/** In microseconds; what is not late at all counts as one. */
function add(spread: RecordableHistogram, ms: number): void {
  spread.record(Math.max(1, Math.round(ms * 1000)))
}

function read(spread: RecordableHistogram): Spread {
  const at = (percentile: number): number => (spread.count === 0 ? 0 : spread.percentile(percentile) / 1000)
  return { count: spread.count, p50: at(50), p90: at(90), p99: at(99), max: at(100) }
}
