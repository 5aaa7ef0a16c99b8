// npm run check: types, lint and format, no tests.
import { runChecks } from './checks.mjs'
import { runMain, say } from './console.mjs'
import { ensureToolchain } from './toolchain.mjs'

runMain(async () => {
  await runChecks(await ensureToolchain())
  say('types and style are fine')
})
