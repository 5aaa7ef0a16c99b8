import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import pg from 'pg'

/** Real servers for the store suites: `npm test` starts them and hands their URLs over in the environment; while
 *  `npm run services -- up` holds, a single suite run by hand finds them in the state file.
 *  They are shared by everything that runs: each suite makes its own database, key prefix or index prefix. */

const stateFile = new URL('../../.services/state.json', import.meta.url)

export function redisUrl(): string {
  return urlOf('redis', 'TEST_REDIS_URL')
}

/** PostgreSQL 18, the one that `npm start` embeds. The role owns the server. */
export function postgresUrl(): string {
  return urlOf('postgres', 'TEST_POSTGRES_URL')
}

/** Debian's own version: whatever SQL we write must run there too. */
export function postgres15Url(): string {
  return urlOf('postgres15', 'TEST_POSTGRES15_URL')
}

export function elasticsearchUrl(): string {
  return urlOf('elasticsearch', 'TEST_ELASTICSEARCH_URL')
}

/** `host:port`; the long suites only. */
export function kafkaBrokers(): string {
  return urlOf('kafka', 'TEST_KAFKA_BROKERS')
}

/** For keys and index names that no other suite uses; lower case letters and digits, starts with a letter. */
export function uniqueName(): string {
  return `t${randomBytes(6).toString('hex')}`
}

export type TestDatabase = { readonly url: string; readonly name: string; readonly drop: () => Promise<void> }

/** A fresh, empty database; `drop` also ends connections that a failed test left open. */
export async function createTestDatabase(serverUrl: string = postgresUrl()): Promise<TestDatabase> {
  const name = `test_${uniqueName()}`
  await onServer(serverUrl, `CREATE DATABASE ${name}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return { url: url.href, name, drop: () => onServer(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) }
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

function urlOf(service: string, variable: string): string {
  const url = process.env[variable] ?? stateUrls()[service]
  if (url) return url
  throw new Error(`no server for this test: run "npm test" or "npm run services -- up" (or set ${variable})`)
}

function stateUrls(): Readonly<Record<string, string>> {
  try {
    return JSON.parse(readFileSync(stateFile, 'utf8')).urls
  } catch {
    return {}
  }
}
