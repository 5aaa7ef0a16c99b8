import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StartUpError } from './embedded/start-up-error.ts'

/** Another process holds it. */
export class DirectoryInUse extends StartUpError {}

export type DirectoryLock = { readonly release: () => void }

/**
 * One process at a time over a directory. The kernel drops this lock with the process, however it ends: after `kill -9`
 * the next start takes it at once, and a pid that lingers or was given to another process does not matter.
 * Node has no flock; SQLite, which comes with it, takes such a lock portably. Nothing is ever stored in the file, and it
 * must not be opened otherwise by its holder: closing a second descriptor would drop the lock (fcntl(2)).
 * `name`: what of the directory is used, so that two parts of one process can each hold their own.
 * Throws DirectoryInUse when another process holds it, else StartUpError.
 */
export function lockDirectory(dir: string, name: string): DirectoryLock {
  makeDirectory(dir)
  const holderFile = join(dir, `${name}.pid`)
  const database = openLocked(join(dir, `${name}.lock`), dir, holderFile)
  writeFileSync(holderFile, `${process.pid}\n`)
  let held = true
  return {
    release() {
      if (!held) return
      held = false
      rmSync(holderFile, { force: true })
      database.close()
    },
  }
}

/** Level by level: mkdir's own `recursive` turns for ever where a parent is there but takes no folders (/proc, Node 24). */
function makeDirectory(dir: string): void {
  if (existsSync(dir)) return
  makeDirectory(dirname(dir))
  try {
    mkdirSync(dir, { mode: 0o700 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EEXIST')
      throw new StartUpError(`The data directory ${dir} cannot be made (${code}): set DATA_DIR to another one.`)
  }
}

function openLocked(file: string, dir: string, holderFile: string): DatabaseSync {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(file)
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    return database
  } catch (error) {
    database?.close()
    const text = error instanceof Error ? error.message : String(error)
    if (!/locked|busy/.test(text)) throw new StartUpError(`The data directory ${dir} cannot be used: ${text}.`)
    throw new DirectoryInUse(
      `The data directory ${dir} is in use by another process${holder(holderFile)}: stop that one, or set DATA_DIR to another directory.`,
    )
  }
}

/** For people only; the lock itself believes no pid. */
function holder(file: string): string {
  try {
    return ` (pid ${readFileSync(file, 'utf8').trim()})`
  } catch {
    return ''
  }
}
