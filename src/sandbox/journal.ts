import { type FileHandle, mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { hashText } from './random.ts'

/** An append-only file of JSON lines that survives kill -9: an entry is on disk when append resolves, entries that come
 *  together share one fsync, and a torn last line is cut off when the file is opened again. */
export interface Journal<T> {
  /** What was in it when it was opened, oldest first. */
  readonly entries: readonly T[]
  append(entry: T): Promise<void>
  /** Replaces all entries by these: written beside, then moved over, so that a crash leaves the old or the new file. */
  rewrite(entries: readonly T[]): Promise<void>
  close(): Promise<void>
}

type Waiting = { readonly line: string; readonly resolve: () => void; readonly reject: (error: unknown) => void }

export async function openJournal<T>(path: string): Promise<Journal<T>> {
  await mkdir(dirname(path), { recursive: true })
  const { entries, bytes } = await readEntries<T>(path)
  let file = await open(path, 'a')
  await file.truncate(bytes)
  let size = bytes
  let waiting: Waiting[] = []
  let writing: Promise<void> | undefined
  let closed = false

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      try {
        const lines = Buffer.from(batch.map(({ line }) => line).join(''))
        await file.appendFile(lines)
        await file.datasync()
        size += lines.length
        for (const { resolve } of batch) resolve()
      } catch (error) {
        // Half a line must not stay in front of later ones: they would be lost with it.
        await file.truncate(size).catch(() => undefined)
        for (const { reject } of batch) reject(error)
      }
    }
    writing = undefined
  }

  return {
    entries,
    append(entry) {
      if (closed) return Promise.reject(new Error(`${path} is closed`))
      return new Promise((resolve, reject) => {
        waiting.push({ line: toLine(entry), resolve, reject })
        writing ??= drain()
      })
    },
    async rewrite(replacement) {
      await writing
      await file.close()
      const lines = Buffer.from(replacement.map(toLine).join(''))
      await writeWhole(path, lines)
      file = await open(path, 'a')
      size = lines.length
    },
    async close() {
      closed = true
      await writing
      await file.close()
    },
  }
}

/** Eight hexadecimal digits of a check sum, a blank, the JSON: tells a torn or damaged line from a whole one. */
function toLine(entry: unknown): string {
  const text = JSON.stringify(entry)
  return `${checkSum(text)} ${text}\n`
}

function checkSum(text: string): string {
  return hashText(0, text).toString(16).padStart(8, '0')
}

async function readEntries<T>(path: string): Promise<{ readonly entries: readonly T[]; readonly bytes: number }> {
  const content = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return Buffer.alloc(0)
    throw error
  })
  const entries: T[] = []
  let bytes = 0
  for (let end = content.indexOf(10); end >= 0; end = content.indexOf(10, bytes)) {
    const line = content.toString('utf8', bytes, end)
    const text = line.slice(9)
    if (line.slice(0, 8) !== checkSum(text)) break
    entries.push(JSON.parse(text) as T)
    bytes = end + 1
  }
  return { entries, bytes }
}

async function writeWhole(path: string, content: Buffer): Promise<void> {
  const beside: FileHandle = await open(`${path}.new`, 'w')
  try {
    await beside.writeFile(content)
    await beside.sync()
  } finally {
    await beside.close()
  }
  await rename(`${path}.new`, path)
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
