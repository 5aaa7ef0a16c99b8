import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface, type Interface } from 'node:readline'

export const repository = new URL('../../', import.meta.url)

/** A module of scripts/ run in a process of its own, as plain JavaScript on the Node at hand. */
export class ScriptProcess {
  readonly child: ChildProcessWithoutNullStreams
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
  readonly #lines: AsyncIterator<string>
  readonly #reader: Interface
  stderr = ''

  constructor(file: string, args: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}) {
    const env = { ...process.env, ...options.env }
    this.child = spawn(file, args, { env, cwd: options.cwd ?? repository, detached: true })
    this.ended = once(this.child, 'close').then(([code, signal]) => ({ code, signal }))
    this.#reader = createInterface({ input: this.child.stdout })
    this.#lines = this.#reader[Symbol.asyncIterator]()
    this.child.stderr.setEncoding('utf8').on('data', chunk => {
      this.stderr += chunk
    })
  }

  /** Code that may import from scripts/ by `./scripts/…`. */
  static module(code: string, env: Record<string, string> = {}): ScriptProcess {
    const absolute = code.replaceAll("'./scripts/", `'${repository.href}scripts/`)
    return new ScriptProcess(process.execPath, ['--input-type=module', '-e', absolute], { env })
  }

  get pid(): number {
    return this.child.pid ?? 0
  }

  async nextLine(): Promise<string> {
    const { value, done } = await this.#lines.next()
    if (done) throw new Error(`the program ended without a further line; stderr: ${this.stderr}`)
    return value
  }

  /** To the process alone, as npm and container engines do. */
  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal)
  }

  /** To the whole process group, as a terminal does. */
  signalGroup(signal: NodeJS.Signals): void {
    process.kill(-this.pid, signal)
  }

  /** For clean-up: whatever is left of the group. */
  destroy(): void {
    try {
      process.kill(-this.pid, 'SIGKILL')
    } catch {
      // nothing is left
    }
  }
}
