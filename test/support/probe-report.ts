/** What probe.ts tells of the service that it is loaded into. */
/** Milliseconds. */
export type Spread = {
  readonly count: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
}

export type ProbeReport = {
  /** What something that falls due at any moment waits for its turn. */
  readonly loopDelayMs: Spread
  /** Of requests that name their deadline in `deadlineHeader`: how much later the answer went out; 0 where it did not. */
  readonly overrunMs: Spread
  /** The same without the time in which the loop was held up: what remains is ours, however busy the machine is. */
  readonly lateMs: Spread
  /** From a request's head to its 503 `overloaded`. */
  readonly refusedMs: Spread
  /** The same without the time in which the loop was held up. */
  readonly refusedLateMs: Spread
  readonly heapBytes: number
  /** File descriptors, 0 where the system does not say. */
  readonly openFiles: number
  /** Objects by class. */
  readonly alive: Readonly<Record<string, number>>
}

export const deadlineHeader = 'x-test-deadline-ms'
