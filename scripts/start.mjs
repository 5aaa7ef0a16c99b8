// npm start
import { join } from 'node:path'
import { runMain } from './console.mjs'
import { cachingEnvironment, handOver } from './handover.mjs'
import { root } from './paths.mjs'
import { serviceOptions } from './service-options.mjs'
import { ensureToolchain } from './toolchain.mjs'

runMain(async () =>
  handOver(await ensureToolchain(), [...serviceOptions, join(root, 'src', 'main.ts'), ...process.argv.slice(2)], {
    env: cachingEnvironment(),
  }),
)
