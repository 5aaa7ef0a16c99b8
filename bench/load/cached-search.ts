/** `npm run bench:load [-- --seconds 10 --connections 16 --target URL]`: one search again and again, closed loop, against a
 *  whole service (one of its own unless a target is named). Prints throughput, latency and the service's CPU a request, read
 *  from its own /metrics. For orientation: the promise with its floor is the row search-cached of `npm run bench`. */
import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { searchBody } from '../world-suppliers.ts'

type Report = {
  readonly requests: { readonly total: number; readonly average: number }
  readonly latency: { readonly p50: number; readonly p99: number; readonly max: number }
  readonly non2xx: number
  readonly errors: number
}

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    connections: { type: 'string', default: '16' },
    target: { type: 'string' },
  },
})
const run = promisify(execFile)

const service = values.target ? { url: values.target, stop: async () => {} } : await startOwn()
try {
  const first = await fetch(`${service.url}/v1/searches`, post())
  if (first.status !== 201) throw new Error(`the search answers ${first.status}: ${await first.text()}`)
  console.log(`${values.connections} connections for ${values.seconds} s against ${service.url}`)
  const before = await cpuSeconds()
  const report = await fire()
  const cpuMicros = ((await cpuSeconds()) - before) * 1e6
  const { requests, latency, non2xx, errors } = report
  console.log(
    `${Math.round(requests.average)} requests/s, ${requests.total} in all, ${non2xx + errors} not answered well`,
  )
  console.log(`latency ms: p50 ${latency.p50}, p99 ${latency.p99}, worst ${latency.max}`)
  console.log(`CPU of the service: ${Math.round(cpuMicros / requests.total)} µs a request`)
  process.exitCode = non2xx + errors > 0 ? 1 : 0
} finally {
  await service.stop()
}

function post(): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: searchBody }
}

async function fire(): Promise<Report> {
  const program = new URL('../../node_modules/autocannon/autocannon.js', import.meta.url).pathname
  const load = [
    '-j',
    '-c',
    values.connections,
    '-d',
    values.seconds,
    '-m',
    'POST',
    '-H',
    'content-type=application/json',
  ]
  const { stdout } = await run(process.execPath, [program, ...load, '-b', searchBody, `${service.url}/v1/searches`])
  return JSON.parse(stdout) as Report
}

async function cpuSeconds(): Promise<number> {
  const text = await (await fetch(`${service.url}/metrics`)).text()
  return Number(/^process_cpu_seconds_total (\S+)/m.exec(text)?.[1])
}

async function startOwn(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'fareloom-load-'))
  const env = { ...process.env, PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'info' }
  const main = new URL('../../src/main.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', code => reject(new Error(`the service ended with ${code} before it listened`)))
    child.stdout.on('data', (chunk: Buffer) => {
      const found = /"url":"(http:[^"]+)".*"listening"/.exec(chunk.toString())?.[1]
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
