/** `npm run bench [-- --quick] [--only NAME] [--out DIRECTORY]`: every row against its floor, in alternating order, each variant in a fresh
 *  process. Method: bench/README.md. */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { serviceOptions } from '../scripts/service-options.mjs'
import { renderCapacity } from './capacity.ts'
import { renderPerformance } from './render-performance.ts'
import type { BenchReport, BenchResult } from './results.ts'
import { Tally } from './tally.ts'

const values = readArguments()
const here = new URL('.', import.meta.url)
const runDir = mkdtempSync(join(tmpdir(), 'fareloom-bench-'))
process.on('exit', () => rmSync(runDir, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
const run = promisify(execFile)

/** Rounds: so many at least, at most, and between them as long as the time is not up. */
const effort = values.quick
  ? { roundsMin: 1, roundsMax: 2, seconds: 108 }
  : { roundsMin: 3, roundsMax: 5, seconds: 13 * 60 }
/** Of one variant of one row; the longest takes half of it on a busy machine. */
const variantSeconds = 90

const tallies = await openTallies()
/** The others go on. */
const failed = new Map<Tally, string>()
const leftOut: Tally[] = []
/** Of its last round. */
const seconds = new Map<Tally, number>()
const startedAt = performance.now()
console.log(machine())
for (let round = 0; round < effort.roundsMax; round++) {
  for (const [at, tally] of tallies.entries()) {
    if (!isWanted(tally, round)) continue
    if (values.quick && round === 0 && elapsed() > effort.seconds) {
      leftOut.push(tally)
      continue
    }
    process.stderr.write(`\r\x1b[Kround ${round + 1}: ${tally.file}, ${minutes(elapsed())} gone, ${left(round, at)}`)
    const start = elapsed()
    await measureRound(tally, round).catch((error: MeasureError) => failed.set(tally, reasonOf(error)))
    seconds.set(tally, elapsed() - start)
    process.stderr.write('\r\x1b[K')
    if (values.quick) console.log(`${(elapsed() - start).toFixed(1).padStart(6)} s  ${tally.file}`)
  }
}
const rows = tallies.filter(tally => tally.rounds > 0).flatMap(tally => tally.results())
for (const row of rows) print(row)
for (const [tally, reason] of failed) console.log(`\n${tally.file} FAILED: ${reason}`)
for (const { file } of leftOut) console.log(`\n${file} not measured: the two minutes of a quick run were over`)
console.log(`\n${minutes(elapsed())} in all`)
process.exitCode = failed.size > 0 ? 1 : 0
if (values.out || !values.only) write({ at: new Date().toISOString(), machine: machine(), rounds: leastRounds(), rows })

async function openTallies(): Promise<readonly Tally[]> {
  const files = readdirSync(new URL('./rows/', here)).filter(file => file.endsWith('.ts'))
  const wanted = files
    .filter(file => file.includes(values.only ?? ''))
    .sort((a, b) => turnOf(a) - turnOf(b) || (a < b ? -1 : 1))
  const found: Tally[] = []
  for (const file of wanted) {
    const tally = new Tally(file, await import(new URL(`./rows/${file}`, here).href))
    if (tally.unavailable) console.log(`${tally.lines[0]!.name}: not measured, ${tally.unavailable}`)
    else found.push(tally)
  }
  if (found.length === 0) {
    const names = files.map(file => file.slice(0, -'.ts'.length))
    stop(`no file of bench/rows has ${values.only} in its name and can run here; there are ${names.join(', ')}`)
  }
  return found
}

/** What matters most first, should a quick run's time be over before all have had their turn. */
function turnOf(file: string): number {
  const first = ['search-', 'overload', 'latency', 'workers', 'booking', 'decode-', 'memory', 'cost-']
  const at = first.findIndex(start => file.startsWith(start))
  return at === -1 ? first.length : at
}

function readArguments() {
  try {
    return parseArgs({
      options: { quick: { type: 'boolean', default: false }, only: { type: 'string' }, out: { type: 'string' } },
    }).values
  } catch (error) {
    return stop(`${(error as Error).message}\nusage: npm run bench [-- --quick] [--only NAME] [--out DIRECTORY]`)
  }
}

function stop(text: string): never {
  process.stderr.write(`${text}\n`)
  process.exit(2)
}

function elapsed(): number {
  return (performance.now() - startedAt) / 1000
}

function isWanted(tally: Tally, round: number): boolean {
  if (failed.has(tally) || round >= tally.roundsMax) return false
  return round < effort.roundsMin || (seconds.has(tally) && elapsed() + seconds.get(tally)! < effort.seconds)
}

/** Of what has not been measured yet the mean of what has; rounds that there may be no time for are not counted. */
function left(round: number, at: number): string {
  if (seconds.size === 0) return 'nothing known of the rest'
  const mean = [...seconds.values()].reduce((sum, each) => sum + each, 0) / seconds.size
  let sum = 0
  for (let r = round; r < effort.roundsMax; r++)
    for (const tally of tallies.slice(r === round ? at : 0))
      if (!failed.has(tally) && r < tally.roundsMax) sum += seconds.get(tally) ?? mean
  const most = Math.max(0, effort.seconds - elapsed())
  return `about ${minutes(round < effort.roundsMin - 1 ? sum : Math.min(sum, most))} left`
}

function minutes(all: number): string {
  return all < 100 ? `${Math.round(all)} s` : `${(all / 60).toFixed(1)} min`
}

/** What execFile rejects with. */
type MeasureError = Error & { readonly killed?: boolean; readonly stdout: string; readonly stderr?: string }

/** The line that says what was thrown, else the last one that says anything. */
function reasonOf({ message, killed, stderr = '' }: MeasureError): string {
  if (killed) return `a variant took longer than ${variantSeconds} s`
  const said = (stderr || message).split('\n').filter(line => line.trim() !== '' && !isNoise(line))
  return (said.find(line => /^\s*\w*Error\b/.test(line)) ?? said.at(-1) ?? message).trim().slice(0, 300)
}

/** Log lines, the stack, and what Node prints around it. */
function isNoise(line: string): boolean {
  return /^(\{"level"|\s+at |Node\.js v|file:|\s*\^)/.test(line)
}

async function measureRound(tally: Tally, round: number): Promise<void> {
  const order = round % 2 === 0 ? (['floor', 'value'] as const) : (['value', 'floor'] as const)
  for (const which of order) tally.note(which, await measure(tally.file, which))
}

async function measure(file: string, which: 'floor' | 'value'): Promise<readonly number[]> {
  const env = { ...process.env, BENCH_QUICK: values.quick ? '1' : '0', BENCH_DIR: runDir, TMPDIR: runDir }
  const program = fileURLToPath(new URL('./measure.ts', here))
  const options = { timeout: variantSeconds * 1000, maxBuffer: 1 << 24, env }
  const ended = run(process.execPath, [...serviceOptions, program, file, which], options)
  // Node 24 may hang while it exits (seen once in 600): what was measured stands
  const { stdout } = await ended.catch((error: MeasureError) => {
    if (error.killed && figures(error.stdout)) return error
    throw error
  })
  return JSON.parse(figures(stdout)!) as readonly number[]
}

/** Log lines that wait until the process ends come after it. */
function figures(stdout: string): string | undefined {
  return stdout.split('\n').findLast(line => line.startsWith('['))
}

function leastRounds(): number {
  return Math.min(...tallies.filter(tally => tally.rounds > 0).map(tally => tally.rounds))
}

function print(row: BenchResult): void {
  const met = row.met === null ? '' : row.met ? ', met' : ', NOT met'
  console.log(`\n${row.name}`)
  console.log(`  ours   ${row.value} ${row.unit}`)
  console.log(`  floor  ${row.floor} (${row.floorIs})`)
  console.log(`  ratio  ${row.ratio} (${row.spread[0]}-${row.spread[1]}, ${row.rounds} rounds), aim ${row.aim}${met}`)
}

/** Where they are published, or all three in one directory. */
function write(report: BenchReport): void {
  const folder = (path: string): string => (values.out ? values.out : fileURLToPath(new URL(path, here)))
  mkdirSync(folder('./results/'), { recursive: true })
  writeFileSync(join(folder('./results/'), 'latest.json'), `${JSON.stringify(report, null, 1)}\n`)
  writeFileSync(join(folder('../docs/'), 'performance.md'), renderPerformance(report))
  writeFileSync(join(folder('../docs/'), 'capacity.md'), renderCapacity(report))
}

function machine(): string {
  const [cpu, ...more] = cpus()
  const gib = Math.round(totalmem() / 2 ** 30)
  const load = loadavg()[0]!.toFixed(1)
  return `Node ${process.version}, ${more.length + 1} × ${cpu?.model.trim() ?? 'unknown'}, ${gib} GiB, load ${load}`
}
