import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cleanEnvironment } from './service.ts'

/** The sandbox as a process of its own; `settings` is the environment of a service that uses it. */
export type RunningSandbox = { readonly settings: Readonly<Record<string, string>>; stop(): Promise<void> }

export async function startSandbox(dataDir: string): Promise<RunningSandbox> {
  const entry = new URL('../../src/sandbox-main.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [entry], {
    env: { ...cleanEnvironment(), DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  const text = await new Promise<string>((resolve, reject) => {
    let said = ''
    void ended.then(([code]) => reject(new Error(`the sandbox ended with ${code}`)))
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk
      if (/GATEWAY_TEST_API_KEY=.+\n/.test(said)) resolve(said)
    })
  })
  return {
    settings: parseSettings(text),
    async stop() {
      child.kill()
      await ended
    },
  }
}

/** `NAME=value`, a line each. */
export function parseSettings(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    text
      .trim()
      .split('\n')
      .map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
}
