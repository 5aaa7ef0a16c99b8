// npm test [-- filters]: types and style, then every suite on real servers. --long: the suites of test/long instead.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { runChecks } from './checks.mjs'
import { which } from './command.mjs'
import { runMain, say, Trouble } from './console.mjs'
import { handOver } from './handover.mjs'
import { root } from './paths.mjs'
import { quickServices } from './services/catalogue.mjs'
import { withServices } from './services/lease.mjs'
import { installPackages } from './services/packages.mjs'
import { ensureToolchain } from './toolchain.mjs'

const long = process.argv.includes('--long')
const filters = process.argv.slice(2).filter(arg => arg !== '--long')
const command = long ? 'npm run test:long' : 'npm test'

runMain(async () => {
  const startedAt = Date.now()
  if (long && !hasLongSuites()) return say('test/long holds no suite yet: nothing to run')
  const fixtures = checkFixtures()
  if (fixtures) await ensureXmllint()
  const node = await ensureToolchain()
  if (!long) await runChecks(node)
  const code = await withServices(env => runVitest(node, env), long ? undefined : quickServices)
  const outcome = code === 0 ? 'passed' : code > 128 ? 'was interrupted' : 'FAILED'
  say(`${command} ${outcome} after ${Math.round((Date.now() - startedAt) / 1000)} s`)
  return code
})

function runVitest(node, env) {
  const config = join(root, long ? 'scripts/vitest.long.config.ts' : 'vitest.config.ts')
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  return handOver(node, [vitest, 'run', '--root', root, '--config', config, ...filters], {
    env: { ...process.env, ...env },
  })
}

function hasLongSuites() {
  const dir = join(root, 'test', 'long')
  return existsSync(dir) && readdirSync(dir, { recursive: true }).some(file => String(file).endsWith('.test.ts'))
}

/** Recorded replies of real hosts lie beside the repository, not in it. */
function checkFixtures() {
  const dir = process.env.FARELOOM_FIXTURES ?? join(root, '..', 'shared', 'fixtures')
  if (existsSync(dir)) return true
  if (process.env.CI === 'true') throw new Trouble(`CI=true, but the recorded replies are absent: ${dir}`)
  say('no recorded replies (../shared/fixtures, or FARELOOM_FIXTURES): the suites over them are left out')
  return false
}

/** The vendors' schemas lie beside the recorded replies; what we send is held against them. */
async function ensureXmllint() {
  if (!which('xmllint')) await installPackages(['libxml2-utils'], "xmllint, for the vendors' XML schemas")
}
