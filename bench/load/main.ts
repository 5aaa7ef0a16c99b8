/** `npm run load -- --scenario NAME ...`: docs/load-testing.md. Exit codes: 0 all kept; 1 an objective broken, a booking
 *  unexplained or nothing answered; 2 options or target wrong. */
import { accessSync, constants, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { type Options, parseOptions, UsageError, usage } from './options.ts'
import { type OwnService, startOwnService } from './own-service.ts'
import { play } from './play.ts'
import { newProgress } from './progress.ts'
import { type RunReport, reportOf } from './report.ts'
import { pageOf } from './report/page.ts'
import { summaryOf } from './summary.ts'

/** One Ctrl-C comes twice (from the terminal, and passed on by the program that started us); a later one ends us at once. */
const sameKeyMs = 1_000

process.exitCode = await main(process.argv.slice(2))

async function main(argv: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(argv)
    if (options === 'help') {
      console.log(usage)
      return 0
    }
    return verdict(await load(options))
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    process.stderr.write(`${error.message}\n(npm run load -- --help tells what there is)\n`)
    return 2
  }
}

async function load(options: Options): Promise<RunReport> {
  const interrupt = new AbortController()
  const stop = stopper(interrupt)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop)
  const progress = newProgress(process.stderr, options.seconds)
  const place = reportPlace(options, new Date())
  let service: OwnService | null = null
  try {
    if (options.target === null) progress.stage('starting a service')
    service = options.target === null ? await startOwnService() : null
    const target = options.target ?? service!.url
    progress.stage(`${options.scenario} against ${target}`)
    const played = await play(options, target, {
      signal: interrupt.signal,
      onSecond: progress.second,
      onStage: progress.stage,
    })
    progress.end()
    const report = reportOf(options, target, played)
    console.log(`${summaryOf(report)}\n`)
    write(place, report)
    return report
  } finally {
    await service?.stop()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, stop)
  }
}

function stopper(interrupt: AbortController): () => void {
  let firstMs: number | null = null
  return () => {
    interrupt.abort()
    firstMs ??= performance.now()
    if (performance.now() - firstMs > sameKeyMs) process.exit(130)
  }
}

/** Without its ending. Tried out before the run: an hour that cannot be written down would be lost. */
function reportPlace({ out, scenario }: Options, now: Date): string {
  const results = new URL('../results/load/', import.meta.url).pathname
  const time = now.toISOString().slice(0, 19).replace(/[:T]/g, '-')
  const base = out === null ? resolve(results, `${scenario}-${time}`) : resolve(out)
  try {
    mkdirSync(dirname(base), { recursive: true })
    for (const path of [dirname(base), `${base}.json`, `${base}.html`])
      if (existsSync(path)) accessSync(path, constants.W_OK)
  } catch (error) {
    throw new UsageError(`--out: no report can be written there (${(error as Error).message})`)
  }
  return base
}

function write(base: string, report: RunReport): void {
  writeFileSync(`${base}.json`, `${JSON.stringify(report, null, 1)}\n`)
  writeFileSync(`${base}.html`, pageOf(report))
  const near = relative('.', base)
  console.log(`report      ${near.startsWith('..') ? base : near}.html, .json`)
}

function verdict({ slo, bookings, latencyMs }: RunReport): number {
  const broken = slo.filter(each => !each.kept)
  const reasons = [
    ...broken.map(({ text }) => text),
    ...(bookings.unexplained.length > 0 ? [`${bookings.unexplained.length} bookings are unexplained`] : []),
    ...(latencyMs === null ? ['nothing was answered'] : []),
  ]
  for (const reason of reasons) process.stderr.write(`not kept: ${reason.replace(/: BROKEN$/, '')}\n`)
  return reasons.length > 0 ? 1 : 0
}
