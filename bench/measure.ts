/** One variant of one row in a process of its own: a row's CPU time per unit after a warm-up, or a sheet's figures. Prints one
 *  JSON line: a list of figures. */
import { setUpHeap } from '../src/heap.ts'
import { inQuick } from './effort.ts'
import type { Row, Sheet, Variant } from './row.ts'

// floor and ours: what is compared is the work, not how its garbage is collected
setUpHeap()
const [file, which] = process.argv.slice(2)
/** Of the rank step a quick run said 1.7 to 4.6 ms after 100 ms, 0.9 to 1.4 after 200, 0.86 to 1.0 after 300, 0.85 after 500. */
const warmUpMs = inQuick(300, 400)
const measureMs = inQuick(200, 800)

const module: { readonly row?: Row; readonly sheet?: Sheet } = await import(
  new URL(`./rows/${file}`, import.meta.url).href
)
const subject = (module.row ?? module.sheet)!
const made = await (which === 'floor' ? subject.floor() : subject.value())
console.log(JSON.stringify('run' in made ? [await cpuMicrosPerUnit(made)] : made))
process.exit(0)

async function cpuMicrosPerUnit(variant: Variant): Promise<number> {
  await variant.check()
  await runFor(variant, warmUpMs)
  const cpu = process.cpuUsage()
  const units = await runFor(variant, measureMs)
  const used = process.cpuUsage(cpu)
  await variant.check()
  await variant.close?.()
  return (used.user + used.system) / units
}

async function runFor(variant: Variant, ms: number): Promise<number> {
  const start = performance.now()
  let units = 0
  while (performance.now() - start < ms) units += await variant.run()
  return units
}
