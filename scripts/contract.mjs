// npm run contract -- CODE: the types and the contract suite of one supplier, in the tree or of PROVIDERS_PATH, in seconds.
// No database and no style: what an author runs after each change. `npm test` has it too, of all suppliers.
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { run } from './command.mjs'
import { runMain, step, Trouble } from './console.mjs'
import { handOver } from './handover.mjs'
import { root } from './paths.mjs'
import { ensureToolchain } from './toolchain.mjs'

const [code, ...more] = process.argv.slice(2)

runMain(async () => {
  if (!code || code.startsWith('-') || more.length > 0) throw new Trouble('usage: npm run contract -- CODE')
  const node = await ensureToolchain()
  await checkTypes(node)
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  return handOver(node, [vitest, 'run', '--root', root, join('test', 'contract', 'providers.test.ts')], {
    env: { ...process.env, CONTRACT_SUPPLIER: code },
  })
})

/** Type stripping believes everything: a name that no file exports is told here with its line. In the tree only this
 *  supplier's lines count: it is not its author's business what else does not fit. */
async function checkTypes(node) {
  const inTree = join('src', 'providers', code)
  const projects = (process.env.PROVIDERS_PATH ?? '')
    .split(delimiter)
    .filter(part => part !== '')
    .map(part => join(part, code))
  const folder = projects.find(path => existsSync(join(path, 'tsconfig.json')))
  if (!folder && !existsSync(join(root, inTree))) return
  await step(`checking types of ${folder ?? inTree}`, async () => {
    const args = [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '--noEmit', '-p', folder ?? root]
    const { output } = await run(node, args, { cwd: root, endsWithUs: true })
    const lines = output.split('\n').filter(line => /error TS/.test(line))
    const own = lines.filter(line => folder || line.startsWith(join(inTree, '/')))
    if (own.length === 0) return
    process.stdout.write(`${own.join('\n')}\n`)
    throw new Trouble('the types do not fit, see above')
  })
}
