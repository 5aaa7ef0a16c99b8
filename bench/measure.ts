/** One variant of one row in a process of its own: warm-up, then CPU time per unit. Prints one JSON line. */
import type { Row } from './row.ts'

const [file, which] = process.argv.slice(2)
const warmUpMs = Number(process.env.BENCH_WARM_UP_MS ?? 400)
const measureMs = Number(process.env.BENCH_MEASURE_MS ?? 800)

const { row } = (await import(new URL(`./rows/${file}`, import.meta.url).href)) as { readonly row: Row }
const variant = await (which === 'floor' ? row.floor() : row.value())
await variant.check()
await runFor(warmUpMs)
const cpu = process.cpuUsage()
const { units, elapsedMs } = await runFor(measureMs)
const used = process.cpuUsage(cpu)
await variant.check()
await variant.close?.()
console.log(
  JSON.stringify({
    cpuMicrosPerUnit: (used.user + used.system) / units,
    wallMicrosPerUnit: (elapsedMs * 1000) / units,
    units,
  }),
)
process.exit(0)

async function runFor(ms: number): Promise<{ readonly units: number; readonly elapsedMs: number }> {
  const start = performance.now()
  let units = 0
  while (performance.now() - start < ms) units += await variant.run()
  return { units, elapsedMs: performance.now() - start }
}
