/** A process of its own that asks for more than a service can do: `node flood.ts URL PER_SECOND SECONDS FIRST_DAY`. Open loop: a
 *  request leaves when it is due, whatever became of those before. Each search is another one, so that suppliers must be
 *  asked. Prints one line of JSON. */
import { setTimeout as pause } from 'node:timers/promises'
import { Pool } from 'undici'

export type FloodReport = {
  readonly asked: number
  /** By status and problem type, such as `201` and `503 /problems/overloaded`. */
  readonly answers: Readonly<Record<string, number>>
  readonly failed: number
  /** Of refusals, from when the request left, in ms. */
  readonly refusedMs: Quantiles
  readonly servedMs: Quantiles
  /** GET /health/live at the same time, on a connection of its own: what any answer had to wait for. */
  readonly healthMs: Quantiles
  readonly withoutRetryAfter: number
}
export type Quantiles = { readonly p50: number; readonly p90: number; readonly p99: number }

const [url = '', perSecond = '10', seconds = '5', firstDay = '0'] = process.argv.slice(2)
const pool = new Pool(url, { connections: 1_000 })
const answers: Record<string, number> = {}
const refused: number[] = []
const served: number[] = []
const health: number[] = []
let failed = 0
let withoutRetryAfter = 0
let number = Number(firstDay)

function nextSearch(): string {
  const each = number++
  const destinations = ['JFK', 'MAD', 'FCO', 'AMS', 'CDG', 'FRA', 'BOS', 'SIN', 'DXB', 'LIS']
  const departureDate = new Date(Date.now() + (10 + (each % 340)) * 86_400_000).toISOString().slice(0, 10)
  const destination = destinations[Math.floor(each / 340) % destinations.length]
  return JSON.stringify({
    slices: [{ origin: 'LHR', destination, departureDate }],
    passengers: [{ type: 'ADT' }],
  })
}

async function ask(): Promise<void> {
  const start = performance.now()
  try {
    const { statusCode, headers, body } = await pool.request({
      method: 'POST',
      path: '/v1/searches',
      headers: { 'content-type': 'application/json' },
      body: nextSearch(),
    })
    const elapsedMs = performance.now() - start
    const text = await body.text()
    const type = statusCode < 400 ? '' : ` ${JSON.parse(text).type}`
    answers[`${statusCode}${type}`] = (answers[`${statusCode}${type}`] ?? 0) + 1
    if (statusCode === 201) served.push(elapsedMs)
    if (type.endsWith('/overloaded')) refused.push(elapsedMs)
    if (type.endsWith('/overloaded') && headers['retry-after'] === undefined) withoutRetryAfter++
  } catch {
    failed++
  }
}

async function watchHealth(until: number): Promise<void> {
  const own = new Pool(url, { connections: 1 })
  while (performance.now() < until) {
    const start = performance.now()
    const { body } = await own.request({ method: 'GET', path: '/health/live' })
    await body.dump()
    health.push(performance.now() - start)
    await pause(10)
  }
  await own.close()
}

function quantiles(values: readonly number[]): Quantiles {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number): number =>
    Math.round(10 * (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)) / 10
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99) }
}

const start = performance.now()
const end = start + Number(seconds) * 1000
const watching = watchHealth(end)
const asking: Promise<void>[] = []
while (performance.now() < end) {
  const due = Math.floor(((performance.now() - start) / 1000) * Number(perSecond))
  while (asking.length < due) asking.push(ask())
  await pause(2)
}
await Promise.all([watching, ...asking])
await pool.close()
const report: FloodReport = {
  ...{ asked: asking.length, answers, failed, withoutRetryAfter },
  ...{ refusedMs: quantiles(refused), servedMs: quantiles(served), healthMs: quantiles(health) },
}
console.log(JSON.stringify(report))
