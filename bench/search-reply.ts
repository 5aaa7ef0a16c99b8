import { execFile } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export type SearchReply = {
  /** The largest body that came back for the search, as it was before compression. */
  readonly bytes: Buffer
  /** What the adapter made of all of them. */
  readonly offers: number
}

/** record-search.ts says what is asked. Recorded once a run: all who measure it then measure the same bytes. */
export async function searchReply(format: string, seller = format): Promise<SearchReply> {
  const kept = runDir === undefined ? undefined : join(runDir, `${format}-${seller}`)
  const recorded = kept !== undefined && existsSync(kept) ? readFileSync(kept) : await record(format, seller)
  if (kept !== undefined) writeFileSync(kept, recorded)
  const end = recorded.indexOf('\n')
  return { bytes: Buffer.from(recorded.subarray(end + 1)), offers: Number(recorded.toString('utf8', 0, end)) }
}

/** Made and removed by run.ts; undefined where one row is measured by hand. */
const runDir = process.env.BENCH_DIR

async function record(format: string, seller: string): Promise<Buffer> {
  const script = fileURLToPath(new URL('./record-search.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [script, format, seller], {
    encoding: 'buffer',
    maxBuffer: 256 * 1024 * 1024,
  })
  return stdout
}
