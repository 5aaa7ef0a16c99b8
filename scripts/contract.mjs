// npm run contract -- CODE: the types and the contract suite of one supplier, in the tree or of PROVIDERS_PATH, in seconds.
// No database and no style: what an author runs after each change. `npm test` has it too, of all suppliers.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { run } from './command.mjs'
import { runMain, step, Trouble } from './console.mjs'
import { handOver } from './handover.mjs'
import { root, toolchainDir } from './paths.mjs'
import { ensureToolchain } from './toolchain.mjs'

const [code, ...more] = process.argv.slice(2)

runMain(async () => {
  if (!code || code.startsWith('-') || more.length > 0) throw new Trouble('usage: npm run contract -- CODE')
  const node = await ensureToolchain()
  await checkTypes(node)
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const suite = join('test', 'contract', 'providers.test.ts')
  // once: what fails here is to be mended, not waited for
  return handOver(node, [vitest, 'run', '--root', root, '--retry', '0', suite], {
    env: { ...process.env, CONTRACT_SUPPLIER: code },
  })
})

/** Type stripping believes everything: a name that no file exports is told here with its line. Only this supplier's files and what
 *  they import: the whole tree took 38 s where this takes one, and what else does not fit is not its author's business. */
async function checkTypes(node) {
  const folders = (process.env.PROVIDERS_PATH ?? '')
    .split(delimiter)
    .filter(part => part !== '')
    .map(part => join(part, code))
  const outside = folders.find(path => existsSync(join(path, 'tsconfig.json')))
  const inTree = join('src', 'providers', code)
  if (!outside && !existsSync(join(root, inTree))) {
    if (folders.some(existsSync)) return
    throw new Trouble(`there is no supplier ${code} in ${['src/providers', ...folders.map(dirname)].join(' or ')}`)
  }
  await step(`checking types of ${outside ?? inTree}`, async () => {
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    const args = [tsc, '--noEmit', '-p', outside ?? projectOf(inTree)]
    const { code: exit, output } = await run(node, args, { cwd: root, endsWithUs: true })
    if (exit === 0) return
    process.stdout.write(output)
    throw new Trouble('the types do not fit, see above')
  })
}

function projectOf(inTree) {
  const file = join(toolchainDir, `contract-${code}.tsconfig.json`)
  mkdirSync(toolchainDir, { recursive: true })
  writeFileSync(file, JSON.stringify({ extends: join(root, 'tsconfig.json'), include: [join(root, inTree)] }))
  return file
}
