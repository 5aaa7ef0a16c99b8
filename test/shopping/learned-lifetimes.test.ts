import { afterEach, describe, expect, it, vi } from 'vitest'
import { manualClock, systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { makeRedisEvidence } from '../../src/shopping/evidence.redis.ts'
import { halfLifeMs, makeEvidence, routeOf } from '../../src/shopping/evidence.ts'
import { makeLifetimes } from '../../src/shopping/learned-lifetimes.ts'
import { RedisLink } from '../../src/shopping/redis-link.redis.ts'
import { redisUrl, uniqueName } from '../support/services.ts'
import { now } from './support/shopping.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const slices = [{ origin: 'LHR', destination: 'JFK', departureDate: '2027-01-15' }]

function learn(confirmations: number, changed: number) {
  const clock = manualClock(now)
  const evidence = makeEvidence(clock, silentLog)
  for (let i = 0; i < confirmations; i++) evidence.note('alpha', 'LHR-JFK', i < changed)
  return { clock, evidence, lifetimes: makeLifetimes(clock, evidence, 300_000) }
}

describe('what is learned of a supplier', () => {
  it('is what we aim at while nothing is known, and its own share once much is', () => {
    expect(learn(0, 0).evidence.of('alpha')).toEqual({ confirmations: 0, changedShare: 0.05 })
    expect(learn(1, 1).evidence.of('alpha').changedShare).toBeLessThan(0.1)
    expect(learn(1_000, 300).evidence.of('alpha').changedShare).toBeCloseTo(0.295, 3)
  })

  it('shortens the life of searches with it, not of those without', () => {
    const { lifetimes } = learn(200, 100)
    expect(lifetimes.of(slices, ['alpha', 'beta']).hardMs).toBeLessThan(lifetimes.of(slices, ['beta']).hardMs / 5)
  })

  it('is that of the route where there is enough of it', () => {
    const { evidence } = learn(500, 200)
    for (let i = 0; i < 500; i++) evidence.note('alpha', 'ZRH-LIS', false)
    expect(evidence.changedShare('alpha', 'LHR-JFK')).toBeGreaterThan(0.35)
    expect(evidence.changedShare('alpha', 'ZRH-LIS')).toBeLessThan(0.02)
    expect(evidence.changedShare('alpha', 'OSL-ARN')).toBeCloseTo(0.2, 1)
  })

  it('is forgotten by half every six hours', () => {
    const { evidence, clock } = learn(100, 50)
    clock.advance(halfLifeMs)
    expect(evidence.of('alpha').confirmations).toBeCloseTo(50)
    clock.advance(20 * halfLifeMs)
    expect(evidence.of('alpha').changedShare).toBeCloseTo(0.05, 3)
  })

  it('is explained in figures and words', () => {
    expect(learn(100, 30).lifetimes.report('alpha')).toEqual({
      lifetimeSeconds: { min: 30, max: 232 },
      confirmations: 100,
      changedShare: 0.2583,
      text:
        '25.8 % of confirmed prices had changed (aim: 5 %): cached searches with it live 30 to 232 s, ' +
        'by days to departure and traffic',
    })
    expect(learn(0, 0).lifetimes.report('alpha').text).toMatch(
      /^no price has been confirmed lately, 5 % are taken to have changed: cached searches with it live/,
    )
  })
})

describe('traffic', () => {
  it('shortens the life of a busy route, and ends with the traffic', () => {
    const { lifetimes, clock } = learn(0, 0)
    const quiet = lifetimes.of(slices, []).hardMs
    for (let i = 0; i < 600; i++) lifetimes.noteSearch(routeOf(slices))
    expect(lifetimes.of(slices, []).hardMs).toBeLessThan(quiet / 3)
    clock.advance(24 * 3_600_000)
    expect(lifetimes.of([{ ...slices[0]!, departureDate: '2027-01-16' }], []).hardMs).toBe(quiet)
  })
})

describe('what processes over one Redis learn', () => {
  async function openProcess(prefix: string) {
    const link = new RedisLink(redisUrl(), systemClock, silentLog)
    closers.push(() => link.close())
    await link.ready(5_000)
    return makeRedisEvidence(link, prefix)
  }

  it('is counted together', async () => {
    const prefix = `${uniqueName()}:`
    const [a, b] = [await openProcess(prefix), await openProcess(prefix)]
    await Promise.all(Array.from({ length: 40 }, (_, i) => (i % 2 ? a : b).add('alpha', 'LHR-JFK', i < 20)))
    await b.add('alpha', 'ZRH-LIS', true)
    const counts = await a.read('alpha')
    expect(counts.get('*')!.confirmations).toBeCloseTo(41, 1)
    expect(counts.get('*')!.changed).toBeCloseTo(21, 1)
    expect(counts.get('LHR-JFK')!.confirmations).toBeCloseTo(40, 1)
    expect(await a.read('beta')).toEqual(new Map())
  })

  it('reaches the one that has seen nothing itself', async () => {
    const prefix = `${uniqueName()}:`
    const a = makeEvidence(systemClock, silentLog, await openProcess(prefix))
    const store = await openProcess(prefix)
    for (let i = 0; i < 30; i++) a.note('alpha', 'LHR-JFK', true)
    await vi.waitFor(async () => expect((await store.read('alpha')).get('*')!.confirmations).toBeGreaterThan(29.9))
    const b = makeEvidence(systemClock, silentLog, store)
    expect(b.changedShare('alpha', 'LHR-JFK')).toBeCloseTo(0.05)
    await vi.waitFor(() => expect(b.changedShare('alpha', 'LHR-JFK')).toBeGreaterThan(0.5))
  })
})
