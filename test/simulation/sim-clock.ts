import type { Clock, EpochMs } from '../../src/core/clock.ts'

/** Time that passes only when nothing else is left to do: it jumps to the next timer. Hours take milliseconds, and the order
 *  of events does not depend on the machine. */
export type SimClock = Clock & {
  /** Something that takes real time (a database): simulated time stands still until it is done. */
  busy<T>(work: Promise<T>): Promise<T>
  /** Until nothing is due before `until`; throws where that does not come about. */
  runUntil(until: EpochMs): Promise<void>
}

type Entry = { readonly at: EpochMs; readonly order: number; readonly callback: () => void; cancelled: boolean }

/** Ten times what any of a thousand runs needed. */
const eventsMax = 20_000

export function simClock(start: EpochMs): SimClock {
  let now = start
  let order = 0
  let working = 0
  let events = 0
  const heap: Entry[] = []

  const after: Clock['after'] = (ms, callback) => {
    const entry: Entry = { at: now + Math.max(0, ms), order: order++, callback, cancelled: false }
    push(heap, entry)
    return {
      cancel() {
        entry.cancelled = true
      },
    }
  }
  /** All that can go on without time passing has gone on. */
  const quiet = async (): Promise<void> => {
    do await new Promise(resolve => setImmediate(resolve))
    while (working > 0)
  }
  return {
    now: () => now,
    monotonicMs: () => now,
    after,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const timer = after(ms, () => resolve())
        const leave = (): void => {
          timer.cancel()
          reject(signal?.reason)
        }
        if (signal?.aborted) leave()
        else signal?.addEventListener('abort', leave, { once: true })
      }),
    async busy(work) {
      working++
      try {
        return await work
      } finally {
        working--
      }
    },
    async runUntil(until) {
      await quiet()
      for (let next = heap[0]; next !== undefined && next.at <= until; next = heap[0]) {
        pop(heap)
        if (next.cancelled) continue
        now = next.at
        if (++events > eventsMax) throw new Error(`${events} events: something goes round in circles`)
        next.callback()
        await quiet()
      }
      now = until
    },
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}

function push(heap: Entry[], entry: Entry): void {
  let i = heap.length
  heap.push(entry)
  while (i > 0) {
    const parent = (i - 1) >> 1
    if (!before(entry, heap[parent]!)) break
    heap[i] = heap[parent]!
    i = parent
  }
  heap[i] = entry
}

function pop(heap: Entry[]): void {
  const last = heap.pop()!
  if (heap.length === 0) return
  let i = 0
  for (;;) {
    let child = 2 * i + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++
    if (!before(heap[child]!, last)) break
    heap[i] = heap[child]!
    i = child
  }
  heap[i] = last
}
