import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, daysAhead, searchFor, send } from '../support/front-end.ts'
import { deadlineHeader } from '../support/probe-report.ts'
import { type ProbedService, startProbedService } from '../support/probed-service.ts'
import { removeDataDir } from '../support/service.ts'

/** Measured in the service: from a request's head to its answer's last byte. */
let service: ProbedService
let silent: Answer['body'][]

beforeAll(async () => {
  service = await startProbedService()
  const { magicRoutes } = (await send(service.baseUrl, 'GET', '/v1/sandbox')).body
  silent = magicRoutes.filter(({ effect }: Answer['body']) => effect === 'silent')
  for (let day = 20; day < 30; day++) await search(silent[0], day, 800)
})
afterAll(async () => {
  await service?.stop()
  if (service) await removeDataDir(service.dataDir)
})

async function search({ origin, destination, provider }: Answer['body'], day: number, deadlineMs: number) {
  const slices = [{ origin, destination, departureDate: daysAhead(day) }]
  const body = searchFor(origin, destination, { slices, deadlineMs })
  const found = await send(service.baseUrl, 'POST', '/v1/searches', body, { [deadlineHeader]: String(deadlineMs) })
  // on a busy machine the others may be late too
  expect(['partial', 503]).toContain(found.body.status)
  return found.body.providers.find(({ code }: Answer['body']) => code === provider).status
}

test.each([1, 8])(
  'a silent supplier delays none of %d answers at once by over 10 ms beyond the deadline',
  async atOnce => {
    await service.reset()
    for (let attempt = 0; attempt < 10; attempt++) {
      const firstDay = 40 + atOnce * 10 + attempt * atOnce
      const asked = Array.from({ length: atOnce }, (_, i) => search(silent[attempt % silent.length], firstDay + i, 800))
      expect(new Set(await Promise.all(asked))).toEqual(new Set(['timeout']))
    }
    const { overrunMs, lateMs, loopDelayMs } = await service.measure()
    console.log(JSON.stringify({ atOnce, overrunMs, lateMs, loopDelayMs }))
    expect(lateMs.count).toBe(10 * atOnce)
    // one in ten may have waited for its body, behind what others had to be answered
    expect(lateMs.p90).toBeLessThan(10)
  },
)
