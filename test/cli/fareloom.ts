import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export type Finished = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))

/** `fareloom …` as a process of its own, fed on standard input. */
export function fareloom(
  args: readonly string[],
  {
    input = '',
    env = {},
  }: { readonly input?: string | Uint8Array; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cli, ...args], { env: { ...process.env, ...env } })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.on('error', reject)
    child.on('close', code => resolve({ code, stdout: String(Buffer.concat(out)), stderr: String(Buffer.concat(err)) }))
    // it may have seen enough before it has read all
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}
