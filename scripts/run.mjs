// node scripts/run.mjs FILE [args ...]: runs a TypeScript file of ours on Node 24, whatever Node the machine has.
import { runMain, Trouble } from './console.mjs'
import { cachingEnvironment, handOver } from './handover.mjs'
import { ensureToolchain } from './toolchain.mjs'

const [file, ...args] = process.argv.slice(2)

runMain(async () => {
  if (!file) throw new Trouble('usage: node scripts/run.mjs FILE [args ...]')
  return handOver(await ensureToolchain(), [file, ...args], { env: cachingEnvironment() })
})
