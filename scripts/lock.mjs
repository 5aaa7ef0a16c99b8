import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { say, Trouble } from './console.mjs'
import { becomes, isAlive, processIdentity } from './services/process.mjs'

const waitMs = 600_000
/** A holder writes its name within milliseconds of making the folder; a nameless one this old was killed in between. */
const namelessMaxMs = 5_000

/**
 * Two commands started at once in a fresh clone must not install over each other: the second waits for the first.
 * A lock whose holder has ended is taken over.
 * @template T
 * @param {string} dir the lock: making a folder either succeeds or shows that it is there
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function holdLock(dir, work) {
  let waited = false
  const taken = await becomes(
    () => {
      const got = tryTake(dir)
      if (!got && !waited) say('another command is setting up here, waiting for it ...')
      waited = !got
      return got
    },
    waitMs,
    200,
  )
  if (!taken)
    throw new Trouble(`another command has been setting up for ${waitMs / 60_000} minutes; if not, delete ${dir}`)
  const free = () => rmSync(dir, { recursive: true, force: true })
  process.once('exit', free)
  try {
    return await work()
  } finally {
    process.removeListener('exit', free)
    free()
  }
}

function tryTake(dir) {
  try {
    mkdirSync(dir)
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    if (isStale(dir)) rmSync(dir, { recursive: true, force: true })
    return false
  }
  writeFileSync(join(dir, 'holder.json'), JSON.stringify({ pid: process.pid, identity: processIdentity(process.pid) }))
  return true
}

function isStale(dir) {
  try {
    return !isAlive(JSON.parse(readFileSync(join(dir, 'holder.json'), 'utf8')))
  } catch {
    const made = statSync(dir, { throwIfNoEntry: false })
    return made !== undefined && Date.now() - made.mtimeMs > namelessMaxMs
  }
}
