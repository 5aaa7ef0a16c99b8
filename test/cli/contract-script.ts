import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('../../scripts/contract.mjs', import.meta.url))

/** `npm run contract -- CODE` for suppliers of a directory. */
export function runContract(
  code: string,
  providersPath: string,
): Promise<{ readonly code: number | null; readonly output: string }> {
  // a vitest of its own, not a worker of ours
  const inherited = Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_ENV$|TEST$)/.test(name))
  const env = { ...Object.fromEntries(inherited), NO_COLOR: '1', PROVIDERS_PATH: providersPath }
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...(code === '' ? [] : [code])], { env })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    }
    child.on('error', reject)
    child.on('close', exit => resolve({ code: exit, output }))
  })
}
