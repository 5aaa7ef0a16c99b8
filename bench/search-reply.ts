import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export type SearchReply = {
  /** The largest body that came back for the search, as it was before compression. */
  readonly bytes: Buffer
  /** What the adapter made of all of them. */
  readonly offers: number
}

/** record-search.ts says what is asked. */
export async function searchReply(format: string, seller = format): Promise<SearchReply> {
  const script = fileURLToPath(new URL('./record-search.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [script, format, seller], {
    encoding: 'buffer',
    maxBuffer: 256 * 1024 * 1024,
  })
  const end = stdout.indexOf('\n')
  return { bytes: Buffer.from(stdout.subarray(end + 1)), offers: Number(stdout.toString('utf8', 0, end)) }
}
