import { writeSync } from 'node:fs'
import { type Clock, nextTurn, toInstant } from './clock.ts'

/** Where log lines go: never holds the process up, whatever became of whoever reads them. */
export type LogLines = {
  /** `line` ends in a line feed. */
  write(line: string): void
  /** What is left, at the end of the process: waits for a slow reader a moment, for a dead one not at all. */
  flush(): void
}

/** What a reader that does not read is kept for; newer lines are dropped and counted. */
const keptCharactersMax = 4_000_000
/** A pipe takes 64 kB: a reader that is only slow is asked often, one that does nothing ever less. */
const retryMs = 1
const retryMsMax = 64
/** At the end, in all; signals.test.ts has a service end within ten seconds. */
const lastWaitMs = 250
const lastPauseMs = 5

/**
 * Lines of one turn of the event loop go out in one write, at once, in order. Pipes and sockets are written without blocking
 * (that is what process.stdout makes of them); a write to a file is one to the page cache.
 *
 * sonic-boom, pino's own way out, was tried and lost (4.2.1): its flushSync sleeps and tries again after every error, so that a
 * process whose reader had died (EPIPE), or whose disk was full, never ended; a reader that only stopped reading (EAGAIN) held
 * the end up as long as it liked, and what waited for it had no bound. Handing each write to a thread of the pool, as it does,
 * costs more too: a turn of 4, 20 and 100 lines 38, 8 and 5.0 µs a line against 16, 3.9 and 1.4 (into a pipe, timer included).
 */
export function openLogLines(fd: number, clock: Clock): LogLines {
  let waiting = ''
  let rest: Uint8Array = Buffer.alloc(0)
  let dropped = 0
  let isPlanned = false
  let isBroken = false
  let pauseMs = retryMs

  const turn = (): void => {
    isPlanned = false
    const before = rest
    const isSent = send() === 'sent'
    pauseMs = isSent || rest !== before ? retryMs : Math.min(retryMsMax, 2 * pauseMs)
    if (isSent) return
    isPlanned = true
    clock.after(pauseMs, turn, { unref: true })
  }

  const send = (): 'sent' | 'full' => {
    while (!isBroken && (rest.length > 0 || waiting !== '')) {
      if (rest.length === 0) rest = take()
      const written = tryToWrite(fd, rest)
      if (written === 'full') return 'full'
      isBroken = written === 'broken'
      if (written !== 'broken') rest = rest.subarray(written)
    }
    return 'sent'
  }

  const take = (): Uint8Array => {
    const text = waiting + (dropped > 0 ? lossLine(dropped, clock) : '')
    waiting = ''
    dropped = 0
    return Buffer.from(text)
  }

  return {
    write(line) {
      if (isBroken) return
      if (waiting.length + line.length > keptCharactersMax) dropped += 1
      else waiting += line
      if (isPlanned) return
      isPlanned = true
      void nextTurn().then(turn)
    },
    flush() {
      for (let waitedMs = 0; send() === 'full' && waitedMs < lastWaitMs; waitedMs += lastPauseMs) pause(lastPauseMs)
    },
  }
}

/** How many bytes went out. */
function tryToWrite(fd: number, bytes: Uint8Array): number | 'full' | 'broken' {
  try {
    return writeSync(fd, bytes)
  } catch (error) {
    // a disk may have room again; anything else (EPIPE, EIO, EBADF) stays as it is
    return ['EAGAIN', 'EBUSY', 'EINTR', 'ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '')
      ? 'full'
      : 'broken'
  }
}

function lossLine(dropped: number, clock: Clock): string {
  const line = { level: 'warn', time: toInstant(clock.now()), dropped, msg: 'nobody read these lines: dropped' }
  return `${JSON.stringify(line)}\n`
}

const nobody = new Int32Array(new SharedArrayBuffer(4))

/** Without the event loop, which has ended. */
function pause(ms: number): void {
  Atomics.wait(nobody, 0, 0, ms)
}
