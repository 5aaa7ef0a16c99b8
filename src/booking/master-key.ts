import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { randomOctets, randomText } from '../core/ids.ts'
import type { BookingStore } from './booking-store.ts'
import { keyBytes, type Key, makeKey, SealError } from './crypto.ts'
import { createVault } from './private-data.ts'

/** The first one seals; all of them open, so that a key can be replaced. */
export type MasterKeys = readonly [Key, ...Key[]]

/** Its message is one sentence for the terminal. */
export class MasterKeyError extends Error {
  override readonly name = 'MasterKeyError'
}

const keyFile = 'master-key'

/**
 * `given`: MASTER_KEY, 32 bytes in base64 or hexadecimal; several apart by commas, the newest first. Without it a key is made
 * once and kept in `dataDir`/master-key, readable by its owner only. Whoever loses the key loses the names in all bookings.
 */
export function openMasterKeys(given: string | undefined, dataDir: string): MasterKeys {
  const texts = given?.trim() ? given.split(',') : [readOrMake(join(dataDir, keyFile))]
  const keys = texts.map(text => makeKey(parseKey(text.trim())))
  return keys as [Key, ...Key[]]
}

/** Without making one: for who only reads. */
export function hasMasterKey(given: string | undefined, dataDir: string): boolean {
  return Boolean(given?.trim()) || existsSync(join(dataDir, keyFile))
}

/** Told at the start, not by the first booking that cannot be read. */
export async function checkMasterKeys(keys: MasterKeys, store: BookingStore): Promise<void> {
  const sample = await store.findAnyWrappedKey()
  if (!sample) return
  try {
    createVault(keys).openKey(sample.bookingId, sample.wrappedKey)
  } catch (error) {
    if (!(error instanceof SealError)) throw error
    throw new MasterKeyError(
      'the master key is not the one that the bookings in this database were sealed with: ' +
        'set MASTER_KEY to that one (several apart by commas, the newest first), or use another database',
      { cause: error },
    )
  }
}

function parseKey(text: string): Uint8Array {
  const bytes = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64')
  if (bytes.length === keyBytes && /^[0-9A-Za-z+/_=-]+$/.test(text)) return bytes
  throw new MasterKeyError(`MASTER_KEY must be ${keyBytes} bytes in base64 or hexadecimal (openssl rand -base64 32)`)
}

function readOrMake(path: string): string {
  const kept = readKept(path)
  if (kept !== undefined) return kept
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 })
  // written aside and linked into place: two starts at once end with one key, a crash with none or a whole one
  const aside = `${path}.${randomText(8, 'abcdefghijklmnopqrstuvwxyz')}`
  const file = openSync(aside, 'wx', 0o600)
  try {
    writeSync(file, `${Buffer.from(randomOctets(keyBytes)).toString('base64')}\n`)
    fsyncSync(file)
    linkSync(aside, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    closeSync(file)
    rmSync(aside, { force: true })
  }
  const made = readKept(path)
  if (made === undefined) throw new MasterKeyError(`the key file ${path} vanished while it was made`)
  return made
}

function readKept(path: string): string | undefined {
  let mode: number
  try {
    mode = statSync(path).mode
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  // Windows has no such bits
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new MasterKeyError(`the key file ${path} can be read by others; run: chmod 600 ${path}`)
  }
  return readFileSync(path, 'utf8')
}
