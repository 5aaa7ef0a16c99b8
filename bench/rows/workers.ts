import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serviceOptions } from '../../scripts/service-options.mjs'
import { startDriver } from '../drive.ts'
import { inQuick } from '../effort.ts'
import { hasRedis, startOwnRedis } from '../own-redis.ts'
import type { Sheet } from '../row.ts'
import { searchBody } from '../suppliers.ts'

const requestsBefore = inQuick(3_000, 8_000)
const requests = inQuick(6_000, 20_000)

/** Whole services over Redis, the same search again and again: what n processes could serve if each had a core of its own and
 *  the load came from elsewhere, from the CPU that they say they took. */
export const sheet: Sheet = {
  roundsMax: 1,
  ...(hasRedis() ? {} : { unavailable: 'no redis-server on this machine' }),
  lines: [
    {
      name: 'two processes ÷ one',
      ...{ unit: 'requests a second with a core each', better: 'higher', aim: { ratioMin: 1.8 } },
      floorIs: 'one process',
      note:
        'Load, suppliers and both processes share two cores: 1.76 to 2.0 seen, 1.995 in the whole run before this. With as many requests for two ' +
        'processes as for one, so half as many each, it was 1.39 to 1.66: each compiles the same path for itself.',
    },
  ],
  floor: async () => [await throughput(1)],
  value: async () => [await throughput(2)],
}

async function throughput(workers: number): Promise<number> {
  const redis = await startOwnRedis()
  const service = await startService({ WORKERS: String(workers), REDIS_URL: redis.url })
  const driver = startDriver()
  try {
    const order = { port: Number(new URL(service.url).port), path: '/v1/searches', body: searchBody, connections: 32 }
    // as much for each process: with half of it more of the time goes into compiling
    await driver.drive({ ...order, requests: workers * requestsBefore })
    const before = await cpuSeconds(service.url)
    const { count } = await driver.drive({ ...order, requests: workers * requests })
    const used = (await cpuSeconds(service.url)) - before
    return (workers * count) / used
  } finally {
    driver.close()
    await service.stop()
    await redis.close()
  }
}

async function cpuSeconds(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(/^process_cpu_seconds_total(?:\{\})? (\S+)/m.exec(text)?.[1])
}

async function startService(own: Readonly<Record<string, string>>): Promise<{ url: string; stop(): Promise<void> }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'fareloom-bench-'))
  const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
  const unlimited = { RATE_LIMIT_SEARCHES_PER_MINUTE: '0', RATE_LIMIT_READS_PER_MINUTE: '0' }
  const env = { ...process.env, PORT: '0', DATA_DIR: dataDir, ...unlimited, ...own }
  const child = spawn(process.execPath, [...serviceOptions, main], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', code => reject(new Error(`the service ended with ${code} before it listened`)))
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => {
      text = (text + chunk.toString()).slice(-100_000)
      const found = /"url":"(http:[^"]+)".*"listening"/.exec(text)?.[1]
      if (found) resolve(found)
    })
  })
  return {
    url,
    stop: () =>
      new Promise(resolve => {
        child.once('exit', () => {
          rmSync(dataDir, { recursive: true, force: true })
          resolve()
        })
        child.kill('SIGTERM')
      }),
  }
}
