import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomText } from '../../core/ids.ts'
import { majorVersion, runToEnd, type ServerPrograms } from './command.ts'
import { StartUpError } from './start-up-error.ts'

/** The lesser role: migrations may take rights from it (it need not change an audit log), never the other way round. */
export const serviceRole = 'fareloom_service'
export const ownerRole = 'fareloom_owner'
export const databaseName = 'fareloom'

export type Credentials = { readonly administrator: string; readonly owner: string; readonly service: string }
export type Cluster = { readonly dataDir: string; readonly logFile: string; readonly credentials: Credentials }

const passwordLength = 32
const passwordCharacters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

/**
 * The database files below `dir`, made on the first start. They are made beside their place and moved there whole, so
 * that a start which was cut off leaves nothing that the next one could mistake for a database.
 */
export async function openCluster(dir: string, programs: ServerPrograms): Promise<Cluster> {
  if (!existsSync(dir)) {
    const fresh = `${dir}.new`
    rmSync(fresh, { recursive: true, force: true })
    await makeCluster(fresh, programs)
    renameSync(fresh, dir)
  }
  checkVersion(dir)
  return { ...layout(dir), credentials: readCredentials(dir) }
}

function layout(dir: string): Omit<Cluster, 'credentials'> {
  return { dataDir: join(dir, 'data'), logFile: join(dir, 'postgres.log') }
}

async function makeCluster(dir: string, programs: ServerPrograms): Promise<void> {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const credentials = { administrator: newPassword(), owner: newPassword(), service: newPassword() }
  writeFileSync(credentialsFile(dir), JSON.stringify(credentials), { mode: 0o600 })
  const { dataDir } = layout(dir)
  const passwordFile = join(dir, 'password')
  writeFileSync(passwordFile, credentials.administrator, { mode: 0o600 })
  const access = ['-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`]
  await runToEnd(
    programs.initdb(['-D', dataDir, ...access, '--data-checksums', '-E', 'UTF8', ...locale()]),
    'be set up',
  )
  rmSync(passwordFile)
  await runSql(programs, dataDir, 'postgres', [...roles(credentials), ...database()])
  await runSql(programs, dataDir, databaseName, rights())
}

/** Code point order and Unicode case on every platform; macOS has no C.UTF-8 of its own, so there only the server's. */
function locale(): readonly string[] {
  const own = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  return [process.platform === 'linux' ? '--locale=C.UTF-8' : '--locale=C', ...own]
}

function roles({ owner, service }: Credentials): readonly string[] {
  return [
    `CREATE ROLE ${ownerRole} LOGIN PASSWORD '${owner}'`,
    `CREATE ROLE ${serviceRole} LOGIN PASSWORD '${service}'`,
  ]
}

function database(): readonly string[] {
  return [
    `CREATE DATABASE ${databaseName} OWNER ${ownerRole}`,
    `REVOKE ALL ON DATABASE ${databaseName} FROM PUBLIC`,
    `GRANT CONNECT ON DATABASE ${databaseName} TO ${serviceRole}`,
  ]
}

/** What the owner's migrations create is the service's to use, but not to change the shape of. */
function rights(): readonly string[] {
  const byDefault = `ALTER DEFAULT PRIVILEGES FOR ROLE ${ownerRole} GRANT`
  return [
    `${byDefault} SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${serviceRole}`,
    `${byDefault} USAGE, SELECT ON SEQUENCES TO ${serviceRole}`,
    `${byDefault} USAGE ON SCHEMAS TO ${serviceRole}`,
    `ALTER SCHEMA public OWNER TO ${ownerRole}`,
    `GRANT USAGE ON SCHEMA public TO ${serviceRole}`,
  ]
}

/** Single-user mode: no network, no driver, one statement a line. */
function runSql(programs: ServerPrograms, dataDir: string, name: string, statements: readonly string[]): Promise<void> {
  const options = ['--single', '-D', dataDir, '-c', 'exit_on_error=true', '-c', 'log_statement=none']
  const quiet = ['-c', 'log_min_error_statement=panic', name]
  return runToEnd(programs.postgres([...options, ...quiet]), 'make its roles', `${statements.join('\n')}\n`)
}

function newPassword(): string {
  return randomText(passwordLength, passwordCharacters)
}

function credentialsFile(dir: string): string {
  return join(dir, 'credentials.json')
}

function readCredentials(dir: string): Credentials {
  try {
    return JSON.parse(readFileSync(credentialsFile(dir), 'utf8'))
  } catch {
    throw new StartUpError(`The passwords of the embedded PostgreSQL cannot be read: ${credentialsFile(dir)}.`)
  }
}

function checkVersion(dir: string): void {
  const file = join(dir, 'data', 'PG_VERSION')
  const found = existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined
  if (found === majorVersion) return
  const what = found ? `was made by PostgreSQL ${found}, not ${majorVersion}` : 'holds no database'
  throw new StartUpError(`The database below ${dir} ${what}: move it away, or set DATA_DIR to another directory.`)
}
