import { readdirSync, readFileSync } from 'node:fs'
import pg from 'pg'
import { sha256Hex } from '../core/ids.ts'

/** Its message is one sentence for the terminal. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError'
}

export type MigrateOptions = {
  /** Of the role that owns the tables. */
  readonly url: string
  /** The role that the service works as, where it is another one. */
  readonly serviceRole: string | null
  /** Where another process is at it. */
  readonly waitMs?: number
}

/** "fareloom": the same number in every process that migrates this database. */
const lockNumber = 7_382_091_145
const connectMs = 5_000
const waitMsDefault = 60_000

/**
 * Applies the numbered files of migrations/ that this database has not had, in order, each in a transaction of its own, under a
 * lock; then the rights. Returns the numbers applied. Throws MigrationError.
 */
export async function migrate(options: MigrateOptions): Promise<readonly number[]> {
  const client = new pg.Client({ connectionString: options.url, connectionTimeoutMillis: connectMs })
  // a server that goes away is reported by the query under way
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (error) {
    throw new MigrationError(`The database cannot be reached: ${(error as Error).message}`, { cause: error })
  }
  try {
    await client.query(`SET lock_timeout = ${Math.floor(options.waitMs ?? waitMsDefault)}`)
    await client.query('SELECT pg_advisory_lock($1)', [lockNumber])
    const applied = await applyAll(client)
    await client.query(`SELECT set_config('fareloom.service_role', $1, false)`, [options.serviceRole ?? ''])
    await client.query(read('rights.sql'))
    return applied
  } catch (error) {
    if (error instanceof MigrationError) throw error
    throw new MigrationError(`The database cannot be brought up to date: ${(error as Error).message}`, { cause: error })
  } finally {
    await client.end()
  }
}

type Migration = { readonly number: number; readonly name: string; readonly sql: string; readonly hash: string }

const folder = new URL('../../migrations/', import.meta.url)

function listMigrations(): readonly Migration[] {
  return readdirSync(folder)
    .flatMap(name => {
      const match = /^(\d{4})-[a-z0-9-]+\.sql$/.exec(name)
      if (!match) return []
      const sql = read(name)
      return [{ number: Number(match[1]), name, sql, hash: sha256Hex(sql) }]
    })
    .sort((a, b) => a.number - b.number)
}

function read(name: string): string {
  return readFileSync(new URL(name, folder), 'utf8')
}

async function applyAll(client: pg.Client): Promise<readonly number[]> {
  await client.query('CREATE SCHEMA IF NOT EXISTS fareloom')
  await client.query(`CREATE TABLE IF NOT EXISTS fareloom.migrations (
    number integer PRIMARY KEY, name text NOT NULL, hash text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`)
  const known = await client.query<{ number: number; hash: string }>('SELECT number, hash FROM fareloom.migrations')
  const hashes = new Map(known.rows.map(row => [row.number, row.hash]))
  const all = listMigrations()
  const newest = all.at(-1)?.number ?? 0
  for (const number of hashes.keys()) {
    if (number > newest)
      throw new MigrationError(`The database is of a newer version of Fareloom: it has had migration ${number}.`)
  }
  const applied: number[] = []
  for (const migration of all) {
    const hash = hashes.get(migration.number)
    if (hash === undefined) {
      await apply(client, migration)
      applied.push(migration.number)
    } else if (hash !== migration.hash)
      throw new MigrationError(`The migration ${migration.name} was changed after this database had had it.`)
  }
  return applied
}

async function apply(client: pg.Client, { number, name, sql, hash }: Migration): Promise<void> {
  await client.query('BEGIN')
  try {
    await client.query(sql)
    await client.query('INSERT INTO fareloom.migrations (number, name, hash) VALUES ($1, $2, $3)', [number, name, hash])
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw new MigrationError(`The migration ${name} failed: ${(error as Error).message}`, { cause: error })
  }
}
