import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterEach, describe, expect, it } from 'vitest'
import { serverEnvironment, serverPrograms } from '../../src/booking/embedded/command.ts'
import { isReady } from '../../src/booking/embedded/postmaster.ts'
import { type EmbeddedPostgres, StartUpError, startEmbeddedPostgres } from '../../src/booking/embedded-postgres.ts'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { isRunning } from '../support/processes.ts'
import { removeDataDir } from '../support/service.ts'
import { until } from '../support/until.ts'

const holderProgram = fileURLToPath(new URL('../support/embedded-postgres-holder.ts', import.meta.url))

/** Linux that lets processes make user namespaces; elsewhere there is nothing to forbid. */
const namespaces = spawnSync('unshare', ['--user', '--map-root-user', 'true']).status === 0

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

function newDataDir(): string {
  const parent = mkdtempSync(join(tmpdir(), 'fareloom-test-'))
  cleanUps.push(() => removeDataDir(parent))
  return join(parent, '.data')
}

async function start(dataDir: string, onUnexpectedEnd?: (text: string) => void): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, clock: systemClock, log: silentLog, onUnexpectedEnd })
  cleanUps.push(server.stop)
  return server
}

async function query(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

/** Another process that starts the server over the directory and then only waits. */
async function startHolder(dataDir: string): Promise<{ readonly child: ChildProcess; readonly ownerUrl: string }> {
  const child = spawn(process.execPath, [holderProgram, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] })
  cleanUps.push(() => child.kill('SIGKILL'))
  const [ownerUrl] = await once(createInterface({ input: child.stdout }), 'line')
  return { child, ownerUrl }
}

/** A server over the directory that nobody watches. */
async function startStray(dataDir: string, port: number): Promise<number> {
  const data = join(dataDir, 'postgres', 'data')
  const { file, args } = serverPrograms().postgres(['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', ''])
  const stray = spawn(file, args, { env: serverEnvironment, stdio: 'ignore', detached: true })
  cleanUps.push(() => stray.kill('SIGQUIT'))
  await until(() => isReady(data, stray.pid ?? 0), 'the stray server is ready')
  return stray.pid ?? 0
}

async function killAndWait(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

function postmasterNote(dataDir: string): readonly string[] {
  return readFileSync(join(dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n')
}

function postmasterPid(dataDir: string): number {
  return Number(postmasterNote(dataDir)[0])
}

describe('embedded PostgreSQL', () => {
  it('keeps what was written over a stop and a start, and the second start takes under 2 s', async () => {
    const dataDir = newDataDir()
    const first = await start(dataDir)
    await query(first.ownerUrl, 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)')
    await first.stop()
    const startedAt = performance.now()
    const second = await start(dataDir)
    expect(performance.now() - startedAt).toBeLessThan(2_000)
    expect(await query(second.serviceUrl, 'SELECT n FROM kept')).toEqual([{ n: 7 }])
  })

  it('leaves no process and no open port after stop, which may be called twice', async () => {
    const dataDir = newDataDir()
    const server = await start(dataDir)
    const pid = postmasterPid(dataDir)
    await Promise.all([server.stop(), server.stop()])
    expect(isRunning(pid)).toBe(false)
    await expect(query(server.ownerUrl, 'SELECT 1')).rejects.toThrow(/ECONNREFUSED/)
  })

  it('is durable and in order: checksums and fsync on, UTF-8, code point collation, UTC', async () => {
    const { ownerUrl } = await start(newDataDir())
    const settings = ['data_checksums', 'fsync', 'full_page_writes', 'server_encoding', 'TimeZone']
    const shown = await Promise.all(settings.map(name => query(ownerUrl, `SHOW "${name}"`)))
    expect(shown.map(rows => Object.values(rows[0] ?? {})[0])).toEqual(['on', 'on', 'on', 'UTF8', 'UTC'])
    const [row] = await query(ownerUrl, `SELECT lower('ÅÉ') AS lowered, 'Z' < 'a' AS "byCodePoint"`)
    expect(row).toEqual({ lowered: 'åé', byCodePoint: true })
  })

  it('lets the service read and write rows but not change tables, and gives nobody rights of a superuser', async () => {
    const { ownerUrl, serviceUrl } = await start(newDataDir())
    await query(
      ownerUrl,
      'CREATE SCHEMA room; CREATE TABLE room.notes (id bigint GENERATED ALWAYS AS IDENTITY, text text)',
    )
    await query(serviceUrl, `INSERT INTO room.notes (text) VALUES ('a'); UPDATE room.notes SET text = 'b'`)
    await expect(query(serviceUrl, 'DROP TABLE room.notes')).rejects.toThrow(/must be owner/)
    await expect(query(serviceUrl, 'TRUNCATE room.notes')).rejects.toThrow(/permission denied/)
    await expect(query(serviceUrl, 'CREATE TABLE public.mine (n int)')).rejects.toThrow(/permission denied/)
    await query(ownerUrl, 'REVOKE UPDATE, DELETE ON room.notes FROM fareloom_service')
    await expect(query(serviceUrl, 'DELETE FROM room.notes')).rejects.toThrow(/permission denied/)
    const roles = await query(ownerUrl, `SELECT rolname FROM pg_roles WHERE rolsuper AND rolname LIKE 'fareloom%'`)
    expect(roles).toEqual([])
  })

  it('asks for the password, keeps it in a file that only its owner can read, and has no Unix socket', async () => {
    const dataDir = newDataDir()
    const { ownerUrl } = await start(dataDir)
    const wrong = new URL(ownerUrl)
    wrong.password = 'wrong'
    await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/)
    expect(statSync(join(dataDir, 'postgres', 'credentials.json')).mode & 0o777).toBe(0o600)
    const [, , , , socketDirectory, address] = postmasterNote(dataDir)
    expect([socketDirectory, address]).toEqual(['', '127.0.0.1'])
    expect(existsSync(join(dataDir, 'postgres', 'password'))).toBe(false)
  })

  it('refuses a data directory that a living process uses, in one sentence that names both', async () => {
    const dataDir = newDataDir()
    const { child } = await startHolder(dataDir)
    const refusal = await start(dataDir).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(StartUpError)
    expect(String(refusal)).toContain(`${dataDir} is in use by another process (pid ${child.pid})`)
  })

  it('starts over the directory of a process that was killed, with all that was committed', async () => {
    const dataDir = newDataDir()
    const { child, ownerUrl } = await startHolder(dataDir)
    await query(ownerUrl, 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)')
    const left = postmasterPid(dataDir)
    await killAndWait(child)
    const server = await start(dataDir)
    expect(isRunning(left)).toBe(false)
    expect(await query(server.ownerUrl, 'SELECT n FROM kept')).toEqual([{ n: 7 }])
  })

  it.runIf(process.platform === 'linux')('ends by itself when its process is killed', async () => {
    const dataDir = newDataDir()
    const { child } = await startHolder(dataDir)
    const left = postmasterPid(dataDir)
    await killAndWait(child)
    await until(() => !isRunning(left), 'the server ends')
  })

  it('takes the place of a server that an earlier run left, its connections and all', async () => {
    const dataDir = newDataDir()
    const first = await start(dataDir)
    await query(first.ownerUrl, 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)')
    await first.stop()
    const left = await startStray(dataDir, Number(new URL(first.ownerUrl).port))
    const client = new pg.Client({ connectionString: first.ownerUrl })
    client.on('error', () => {})
    await client.connect()
    const server = await start(dataDir)
    expect(isRunning(left)).toBe(false)
    expect(await query(server.ownerUrl, 'SELECT n FROM kept')).toEqual([{ n: 7 }])
  })

  it('starts after process and server were killed together', async () => {
    const dataDir = newDataDir()
    const { child, ownerUrl } = await startHolder(dataDir)
    await query(ownerUrl, 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)')
    process.kill(postmasterPid(dataDir), 'SIGKILL')
    await killAndWait(child)
    const server = await start(dataDir)
    expect(await query(server.ownerUrl, 'SELECT n FROM kept')).toEqual([{ n: 7 }])
  })

  it("never harms a process that was given a dead server's pid", async () => {
    const dataDir = newDataDir()
    await (await start(dataDir)).stop()
    const innocent = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
    cleanUps.push(() => innocent.kill('SIGKILL'))
    const data = join(dataDir, 'postgres', 'data')
    writeFileSync(
      join(data, 'postmaster.pid'),
      `${innocent.pid}\n${data}\n1700000000\n5432\n\n127.0.0.1\n0 0\nready   \n`,
    )
    await query((await start(dataDir)).ownerUrl, 'SELECT 1')
    expect(innocent.exitCode ?? innocent.signalCode).toBeNull()
  })

  it.skipIf(!namespaces)('names the two ways out where root may not give the server another identity', () => {
    const dataDir = newDataDir()
    // Root of a namespace in which no further one may be made.
    const script = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$0" "$@"'
    const args = ['--user', '--map-root-user', 'sh', '-c', script, process.execPath, holderProgram, dataDir]
    const { status, stderr } = spawnSync('unshare', args, { encoding: 'utf8', timeout: 20_000 })
    expect(status).toBe(1)
    expect(stderr).toMatch(/refuses to run as root.*start Fareloom as another user, or set DATABASE_URL/)
  })

  it('begins anew where setting up was cut off', async () => {
    const dataDir = newDataDir()
    await (await start(dataDir)).stop()
    const half = join(dataDir, 'postgres')
    rmSync(join(half, 'credentials.json'))
    renameSync(half, `${half}.new`)
    await query((await start(dataDir)).ownerUrl, 'SELECT 1')
    expect(existsSync(`${half}.new`)).toBe(false)
  })

  it('says so when the database was made by another version', async () => {
    const dataDir = newDataDir()
    await (await start(dataDir)).stop()
    writeFileSync(join(dataDir, 'postgres', 'data', 'PG_VERSION'), '17\n')
    await expect(start(dataDir)).rejects.toThrow(/was made by PostgreSQL 17, not 18/)
    writeFileSync(join(dataDir, 'postgres', 'data', 'PG_VERSION'), '18\n')
    await start(dataDir)
  })

  it('tells when the server ends although nobody stopped it', async () => {
    const dataDir = newDataDir()
    const told = new Promise<string>(resolve => {
      void start(dataDir, resolve).then(() => process.kill(postmasterPid(dataDir), 'SIGQUIT'))
    })
    expect(await told).toMatch(/^the embedded PostgreSQL ended: .*immediate shutdown/)
  })
})

describe('a server that is killed', () => {
  it('runs again at its address, with all that was acknowledged, and stops when it is told to', async () => {
    const dataDir = newDataDir()
    const ends: string[] = []
    const server = await start(dataDir, text => ends.push(text))
    await query(server.ownerUrl, 'CREATE TABLE kept (n integer)')
    await query(server.ownerUrl, 'INSERT INTO kept VALUES (1)')
    for (let n = 2; n <= 3; n++) {
      const before = postmasterPid(dataDir)
      process.kill(before, 'SIGKILL')
      await until(
        () =>
          query(server.ownerUrl, `INSERT INTO kept VALUES (${n})`).then(
            () => true,
            () => false,
          ),
        'it takes writes again',
        30_000,
      )
      expect(postmasterPid(dataDir)).not.toBe(before)
    }
    expect(await query(server.ownerUrl, 'SELECT n FROM kept ORDER BY n')).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
    expect(ends).toHaveLength(2)
    const last = postmasterPid(dataDir)
    await server.stop()
    expect(isRunning(last)).toBe(false)
    expect(ends).toHaveLength(2)
  })

  it('is not started again while it is being stopped', async () => {
    const dataDir = newDataDir()
    const server = await start(dataDir)
    process.kill(postmasterPid(dataDir), 'SIGKILL')
    await server.stop()
    const stopped = existsSync(join(dataDir, 'postgres', 'data', 'postmaster.pid')) ? postmasterPid(dataDir) : 0
    expect(stopped === 0 || !isRunning(stopped)).toBe(true)
  })
})
