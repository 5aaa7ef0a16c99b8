import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FloodReport } from '../support/flood.ts'
import { type Answer, book, bookingOf, searchFor, send } from '../support/front-end.ts'
import { type ProbedService, startProbedService } from '../support/probed-service.ts'
import { removeDataDir } from '../support/service.ts'
import { until } from '../support/until.ts'

/** A whole service, and a load process beside it that asks for two and ten times what it can do. Both share the machine with
 *  the simulated suppliers, so the time to a refusal is measured in the service, without that in which its loop was held up. */
let service: ProbedService
let offers: Answer['body'][]
let capacity: number
let day = 0

beforeAll(async () => {
  service = await startProbedService()
  await flood(10, 3)
  // on a machine so busy that next to nothing gets through there is still something to refuse
  capacity = Math.max(4, await measureCapacity())
  console.log(`capacity: ${capacity.toFixed(1)} searches a second`)
}, 120_000)
afterAll(async () => {
  await service.stop()
  await removeDataDir(service.dataDir)
})

async function flood(perSecond: number, seconds: number): Promise<FloodReport> {
  const script = new URL('../support/flood.ts', import.meta.url).pathname
  const args = [script, service.baseUrl, String(perSecond), String(seconds), String(day)]
  day += Math.ceil(perSecond * seconds)
  const { stdout } = await promisify(execFile)(process.execPath, args)
  return JSON.parse(stdout) as FloodReport
}

/** Eight at a time, each another search. */
async function measureCapacity(): Promise<number> {
  const seconds = 4
  const end = performance.now() + seconds * 1000
  let asked = 0
  let served = 0
  const worker = async (): Promise<void> => {
    while (performance.now() < end) {
      const date = new Date(Date.now() + (10 + (asked++ % 340)) * 86_400_000).toISOString().slice(0, 10)
      const slices = [{ origin: 'MAN', destination: 'AMS', departureDate: date }]
      const { status } = await send(service.baseUrl, 'POST', '/v1/searches', searchFor('MAN', 'AMS', { slices }))
      if (status === 201) served++
    }
  }
  await Promise.all(Array.from({ length: 8 }, worker))
  return served / seconds
}

test.each([2, 10])(
  '%d times what it can do: the rest is refused at once, bookings pass, then all is as before',
  async factor => {
    const known = searchFor('LHR', 'JFK', { providers: ['sabre', 'travelport'], maxConnections: 1 + (factor % 3) })
    // what is booked goes out of the caches: the one that memory must go on answering is another
    const quiet = searchFor('CDG', 'FCO', { providers: ['sabre', 'travelport'], maxConnections: 1 + (factor % 3) })
    const isKnown = async (): Promise<boolean> =>
      (await send(service.baseUrl, 'POST', '/v1/searches', quiet)).body.cache?.status === 'hit'
    await until(isKnown, 'one search is answered from memory', 40_000)
    // some suppliers' offers live for a minute only
    offers = (await send(service.baseUrl, 'POST', '/v1/searches', known)).body.offers
    await service.reset()
    const flooding = flood(capacity * factor, 10)
    let isOver = false
    void flooding.finally(() => {
      isOver = true
    })
    const booked: Answer[] = []
    const cached: Answer[] = []
    while (!isOver) {
      const [booking, hit] = await Promise.all([
        book(service.baseUrl, bookingOf(offers[booked.length % offers.length])),
        send(service.baseUrl, 'POST', '/v1/searches', quiet),
      ])
      booked.push(booking)
      cached.push(hit)
    }
    const report = await flooding
    const { refusedMs, refusedLateMs, loopDelayMs } = await service.measure()
    const inside = { refusedMs, refusedLateMs, loopDelayMs }
    console.log(JSON.stringify({ factor, ...report, inside, bookings: tally(booked) }))
    const { answers } = report
    const shed = answers['503 /problems/overloaded'] ?? 0
    const late = answers['503 /problems/suppliers-unavailable'] ?? 0
    expect((answers['201'] ?? 0) + shed + late).toBe(report.asked)
    expect(report.failed).toBe(0)
    expect(answers['201']).toBeGreaterThan(0)
    expect(shed).toBeGreaterThan(0)
    expect(report.withoutRetryAfter).toBe(0)
    expect(refusedLateMs.count).toBeGreaterThanOrEqual(shed)
    expect(refusedLateMs.p90).toBeLessThan(20)
    // an offer may be sold out by then, or its supplier too busy; we turn none away
    expect(booked.filter(isShed)).toEqual([])
    expect(booked.filter(({ status }) => status === 201).length).toBeGreaterThan(booked.length / 2)
    expect(booked.length).toBeGreaterThan(0)
    expect(cached.filter(isShed)).toEqual([])

    const endedAt = performance.now()
    await until(async () => (await send(service.baseUrl, 'POST', '/v1/searches', fresh())).status === 201, 'as before')
    const after = await flood(Math.max(1, capacity / 4), 3)
    expect(performance.now() - endedAt).toBeLessThan(5_000 + 4_000 + 5_000)
    expect(after.answers).toEqual({ 201: after.asked })
  },
)

/** How many of each status and problem type. */
function tally(answers: readonly Answer[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { status, body } of answers) {
    const kind = `${status} ${body.type ?? body.status}`
    counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}

const isShed = ({ body }: Answer): boolean => body.type === '/problems/overloaded'

function fresh(): unknown {
  const date = new Date(Date.now() + (10 + (day++ % 340)) * 86_400_000).toISOString().slice(0, 10)
  return searchFor('EDI', 'CDG', { slices: [{ origin: 'EDI', destination: 'CDG', departureDate: date }] })
}
