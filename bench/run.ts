/** `npm run bench [-- --quick] [--only NAME]`: every row against its floor, in alternating order, each variant in a fresh
 *  process. Method: bench/README.md. */
import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { renderCapacity } from './capacity.ts'
import { renderPerformance } from './render-performance.ts'
import type { BenchReport, BenchResult } from './results.ts'
import { Tally } from './tally.ts'

const values = readArguments()
const here = new URL('.', import.meta.url)
const run = promisify(execFile)

/** A whole run takes as many rounds as it says; a quick one as many as fit, and one at least. */
const wholeRounds = 5
const quickMs = 105_000
/** Of one variant of one row; the longest takes half of it on a busy machine. */
const variantMs = 90_000
const phases = values.quick ? { warmUpMs: 150, measureMs: 250 } : { warmUpMs: 400, measureMs: 800 }

const tallies = await openTallies()
/** The others go on. */
const failed = new Map<Tally, string>()
const startedAt = performance.now()
console.log(machine())
for (let round = 0; round < (values.quick ? 3 : wholeRounds); round++) {
  for (const tally of tallies) {
    if (failed.has(tally) || round >= tally.roundsMax || (round > 0 && isTimeUp())) continue
    process.stderr.write(`\r\x1b[Kround ${round + 1}: ${tally.lines[0]!.name} `)
    await measureRound(tally, round).catch((error: Error) => failed.set(tally, reasonOf(error)))
  }
}
process.stderr.write('\r\x1b[K')
const rows = tallies.filter(tally => tally.rounds > 0).flatMap(tally => tally.results())
for (const row of rows) print(row)
for (const [tally, reason] of failed) console.log(`\n${tally.file} FAILED: ${reason}`)
process.exitCode = failed.size > 0 ? 1 : 0
if (!values.only) write({ at: new Date().toISOString(), machine: machine(), rounds: leastRounds(), rows })

async function openTallies(): Promise<readonly Tally[]> {
  const wanted = readdirSync(new URL('./rows/', here))
    .filter(file => file.endsWith('.ts') && file.includes(values.only ?? ''))
    .sort()
  const found: Tally[] = []
  for (const file of wanted) {
    const tally = new Tally(file, await import(new URL(`./rows/${file}`, here).href))
    if (tally.unavailable) console.log(`${tally.lines[0]!.name}: not measured, ${tally.unavailable}`)
    else found.push(tally)
  }
  if (found.length === 0) stop(`no row in bench/rows has ${values.only} in its name and can run here`)
  return found
}

function readArguments() {
  try {
    return parseArgs({ options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } } }).values
  } catch (error) {
    return stop(`${(error as Error).message}\nusage: npm run bench [-- --quick] [--only NAME]`)
  }
}

function stop(text: string): never {
  process.stderr.write(`${text}\n`)
  process.exit(2)
}

function isTimeUp(): boolean {
  return Boolean(values.quick) && performance.now() - startedAt > quickMs / 2
}

type Failure = Error & { readonly killed?: boolean; readonly code?: unknown; readonly stderr?: string }

/** In a line: what was thrown stands above the first line of its stack. */
function reasonOf({ message, killed, code, stderr = '' }: Failure): string {
  if (killed) return `no figures within ${variantMs / 1000} s`
  const lines = stderr.split('\n').filter(line => line.trim() !== '' && !/^Node\.js v\d/.test(line))
  const stack = lines.findIndex(line => /^\s+at /.test(line))
  const thrown = (stack > 0 ? lines[stack - 1] : lines.at(-1))?.trim()
  return thrown ?? (typeof code === 'number' ? `ended with ${code} and said nothing` : message)
}

async function measureRound(tally: Tally, round: number): Promise<void> {
  const order = round % 2 === 0 ? (['floor', 'value'] as const) : (['value', 'floor'] as const)
  for (const which of order) tally.note(which, await measure(tally.file, which))
}

async function measure(file: string, which: 'floor' | 'value'): Promise<readonly number[]> {
  const env = {
    ...process.env,
    BENCH_WARM_UP_MS: String(phases.warmUpMs),
    BENCH_MEASURE_MS: String(phases.measureMs),
  }
  const program = fileURLToPath(new URL('./measure.ts', here))
  const { stdout } = await run(process.execPath, [program, file, which], {
    timeout: variantMs,
    maxBuffer: 1 << 24,
    env,
  })
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as readonly number[]
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

function write(report: BenchReport): void {
  mkdirSync(new URL('./results/', here), { recursive: true })
  writeFileSync(new URL('./results/latest.json', here), `${JSON.stringify(report, null, 1)}\n`)
  writeFileSync(new URL('../docs/performance.md', here), renderPerformance(report))
  writeFileSync(new URL('../docs/capacity.md', here), renderCapacity(report))
}

function machine(): string {
  const [cpu, ...more] = cpus()
  const gib = Math.round(totalmem() / 2 ** 30)
  const load = loadavg()[0]!.toFixed(1)
  return `Node ${process.version}, ${more.length + 1} × ${cpu?.model.trim() ?? 'unknown'}, ${gib} GiB, load ${load}`
}
