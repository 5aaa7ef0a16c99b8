/** `npm run bench [-- --quick] [--only NAME]`: every row against its floor, in alternating order, each variant in a fresh
 *  process. Method: bench/README.md. */
import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { parseArgs, promisify } from 'node:util'
import type { Row } from './row.ts'

const values = readArguments()
const rounds = values.quick ? 3 : 7
const here = new URL('.', import.meta.url)
const run = promisify(execFile)

type Measured = { readonly median: number; readonly min: number; readonly max: number }
type Result = {
  readonly name: string
  readonly unit: string
  readonly value: number
  readonly floor: number
  readonly ratio: number
  readonly spread: readonly [number, number]
  readonly aim: string
  readonly better: 'lower'
  readonly met: boolean | null
}

const files = readdirSync(new URL('./rows/', here)).filter(
  file => file.endsWith('.ts') && file.includes(values.only ?? ''),
)
if (files.length === 0) stop(`no row in bench/rows has ${values.only} in its name`)
const results: Result[] = []
console.log(`${machine()}; ${rounds} rounds, CPU time, median (min-max)\n`)
for (const file of files.sort()) {
  const { row } = (await import(new URL(`./rows/${file}`, here).href)) as { readonly row: Row }
  if (row.unavailable) {
    console.log(`${row.name}: not measured, ${row.unavailable}`)
    continue
  }
  const result = await measureRow(file, row)
  results.push(result)
  print(row, result)
}
mkdirSync(new URL('./results/', here), { recursive: true })
const report = { at: new Date().toISOString(), machine: machine(), rows: results }
if (!values.only) writeFileSync(new URL('./results/latest.json', here), `${JSON.stringify(report, null, 1)}\n`)

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

async function measureRow(file: string, row: Row): Promise<Result> {
  const floors: number[] = []
  const ours: number[] = []
  for (let round = 0; round < rounds; round++) {
    process.stderr.write(`\r${row.name}: round ${round + 1} of ${rounds} `)
    const order = round % 2 === 0 ? (['floor', 'value'] as const) : (['value', 'floor'] as const)
    for (const which of order) (which === 'floor' ? floors : ours).push(await measure(file, which))
  }
  process.stderr.write('\r\x1b[K')
  const floor = summary(floors)
  const value = summary(ours)
  const ratios = summary(ours.map((each, index) => each / floors[index]!))
  return {
    name: row.name,
    unit: `µs of CPU a ${row.unit}`,
    value: round(value.median),
    floor: round(floor.median),
    ratio: round(ratios.median),
    spread: [round(ratios.min), round(ratios.max)],
    aim: aimText(row),
    better: 'lower',
    met: isMet(row, ratios.median, value.median),
  }
}

async function measure(file: string, which: 'floor' | 'value'): Promise<number> {
  const { stdout } = await run(process.execPath, [new URL('./measure.ts', here).pathname, file, which], {
    timeout: 120_000,
    maxBuffer: 1 << 24,
  })
  const lastLine = stdout.trim().split('\n').at(-1)!
  return (JSON.parse(lastLine) as { cpuMicrosPerUnit: number }).cpuMicrosPerUnit
}

function summary(values: readonly number[]): Measured {
  const sorted = [...values].sort((a, b) => a - b)
  return { median: sorted[Math.floor(sorted.length / 2)]!, min: sorted[0]!, max: sorted.at(-1)! }
}

function aimText({ aim }: Row): string {
  if (!aim) return 'watched'
  return 'ratioMax' in aim ? `ratio <= ${round(aim.ratioMax)}` : `<= ${aim.microsMax} µs`
}

function isMet({ aim }: Row, ratio: number, micros: number): boolean | null {
  if (!aim) return null
  return 'ratioMax' in aim ? ratio <= aim.ratioMax : micros <= aim.microsMax
}

function print(row: Row, result: Result): void {
  const met = result.met === null ? '' : result.met ? ', met' : ', NOT met'
  console.log(row.name)
  console.log(`  ours   ${result.value} ${result.unit}`)
  console.log(`  floor  ${result.floor} (${row.floorIs})`)
  console.log(`  ratio  ${result.ratio} (${result.spread[0]}-${result.spread[1]}), aim ${result.aim}${met}\n`)
}

function round(value: number): number {
  return Number(value.toPrecision(4))
}

function machine(): string {
  const [cpu, ...more] = cpus()
  return `Node ${process.version}, ${more.length + 1} × ${cpu?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`
}
