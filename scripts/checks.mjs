import { join } from 'node:path'
import { run } from './command.mjs'
import { step, Trouble } from './console.mjs'
import { root } from './paths.mjs'

/** Types, lint and format of everything that is committed.
 *  @param {string} node */
export async function runChecks(node) {
  const modules = join(root, 'node_modules')
  await check('checking types', node, [join(modules, 'typescript', 'bin', 'tsc'), '--noEmit', '-p', root])
  const biome = ['check', '--assist-enabled=false', '--colors=off', root]
  await check('checking style', node, [join(modules, '@biomejs', 'biome', 'bin', 'biome'), ...biome])
}

async function check(title, node, args) {
  await step(title, async () => {
    const { code, output } = await run(node, args, { cwd: root, endsWithUs: true })
    if (code === 0) return
    process.stdout.write(output)
    throw new Trouble(`${title} failed, see above`)
  })
}
