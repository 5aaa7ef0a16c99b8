import { closeSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** What the gateway knows survives its process: a line of JSON per change, written before the answer goes out. A half line
 *  at the end (we were killed while writing) was never answered, and is cut off. */
export type Journal<Change> = {
  readonly changes: readonly Change[]
  append(change: Change): void
  close(): void
}

export function openJournal<Change>(dir: string, name: string): Journal<Change> {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const path = join(dir, name)
  const text = readIfThere(path)
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  const file = openSync(path, 'a', 0o600)
  // the next line must not continue a broken one
  if (whole.length < text.length) writeSync(file, '\n')
  return {
    changes: text.split('\n').flatMap(line => parseLine<Change>(line)),
    append(change) {
      writeSync(file, `${JSON.stringify(change)}\n`)
    },
    close: () => closeSync(file),
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

function parseLine<Change>(line: string): readonly Change[] {
  if (line === '') return []
  try {
    return [JSON.parse(line) as Change]
  } catch {
    return []
  }
}
