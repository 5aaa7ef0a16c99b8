/** One line a second while a run goes on. */
import type { Tally } from './tally.ts'

export type Progress = {
  second(tally: Tally, elapsedMs: number, open: number): void
  stage(text: string): void
  end(): void
}

/** Where lines cannot be written over (a log), a long run writes one each ten seconds. */
const manySeconds = 120

export function newProgress(out: NodeJS.WriteStream, seconds: number): Progress {
  let lines = 0
  const put = (line: string): void => {
    if (out.isTTY) out.write(`\r${line.slice(0, out.columns - 1)}\x1b[K`)
    else if (seconds <= manySeconds || lines % 10 === 0) out.write(`${line}\n`)
    lines++
  }
  return {
    second(tally, elapsedMs, open) {
      put(progressLine(tally, elapsedMs, { seconds, open }))
      const { counts, latency, cache } = tally.live
      latency.reset()
      cache.clear()
      Object.assign(counts, { served: 0, refused: 0, shed: 0, error: 0 })
    },
    stage: text => out.write(out.isTTY ? `\r${text} …\x1b[K` : `${text} …\n`),
    end: () => {
      if (out.isTTY) out.write('\r\x1b[K')
    },
  }
}

type Surroundings = { readonly seconds: number; readonly open: number }

export function progressLine({ live }: Tally, elapsedMs: number, { seconds, open }: Surroundings): string {
  const { counts, latency, cache } = live
  const found = latency.latencies()
  const searches = [...cache.values()].reduce((sum, each) => sum + each, 0)
  const hits = searches - (cache.get('miss') ?? 0)
  const ms = found ? [found.p50, found.p95, found.p99].map(each => inMs(each)).join(' / ') : '- / - / -'
  return [
    `${Math.min(seconds, Math.round(elapsedMs / 1000))}/${seconds} s`.padStart(9),
    `${counts.served + counts.refused}/s`.padStart(7),
    `p50/p95/p99 ${ms} ms`.padEnd(34),
    `errors ${counts.error}`,
    `shed ${counts.shed}`,
    `from cache ${searches === 0 ? '-' : `${Math.round((100 * hits) / searches)} %`}`,
    `open ${open}`,
  ].join('  ')
}

export function inMs(ms: number): string {
  return ms < 10 ? ms.toFixed(1) : Math.round(ms).toString()
}
