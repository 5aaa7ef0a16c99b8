import { afterEach, describe, expect, it } from 'vitest'
import { ProblemError } from '../../src/core/problem.ts'
import { noIndex } from '../../src/market/reads.ts'
import { elasticsearchUrl } from '../support/services.ts'
import { startTunnel } from '../support/tunnel.ts'
import { openMarket, own } from './support/market.ts'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function open() {
  const tunnel = await startTunnel(elasticsearchUrl())
  closers.push(tunnel.close)
  const memory = await openMarket(tunnel.url)
  closers.push(memory.close)
  return { ...memory, tunnel }
}

const problemOf = async (asked: Promise<unknown>): Promise<ProblemError> => {
  const problem = await asked.then(
    () => new Error('it was answered'),
    error => error,
  )
  if (!(problem instanceof ProblemError)) throw problem
  return problem
}

describe('questions to Elasticsearch', () => {
  it('before anything was shopped have empty answers', async () => {
    const { market } = await open()
    expect(await market.query({}, own)).toMatchObject({
      fares: [],
      page: { total: 0, next: null },
      facets: { carriers: [] },
      freshness: { newest: null, oldest: null },
    })
    expect((await market.explore({ origin: 'LON' }, own)).destinations).toEqual([])
  })

  it('are told at once, and when to come again, while the server is away; and answered as soon as it is back', async () => {
    const { market, tunnel, shop } = await open()
    await shop({ date: '2027-03-10', price: 50_000 })
    expect((await market.query({}, own)).page.total).toBe(1)
    await tunnel.cut()
    const start = performance.now()
    expect(await problemOf(market.query({}, own))).toMatchObject({
      ...{ type: 'unavailable', status: 503, retryAfterSeconds: 5 },
    })
    expect(performance.now() - start).toBeLessThan(1_000)
    await tunnel.restore()
    expect((await market.query({}, own)).page.total).toBe(1)
  })

  it('are answered over new connections after the server started anew', async () => {
    const { market, tunnel } = await open()
    await market.query({}, own)
    await tunnel.cut()
    await tunnel.restore()
    expect((await market.query({}, own)).page.total).toBe(0)
  })

  it('wait two seconds for a server that hangs, and only one of them does in a second', async () => {
    const { market, clock, tunnel } = await open()
    await market.query({}, own)
    tunnel.stall()
    const start = performance.now()
    expect((await problemOf(market.query({}, own))).type).toBe('unavailable')
    expect(performance.now() - start).toBeLessThan(4_000)
    const again = performance.now()
    for (let i = 0; i < 20; i++) expect((await problemOf(market.query({}, own))).type).toBe('unavailable')
    expect(performance.now() - again).toBeLessThan(1_000)
    await tunnel.restore()
    clock.advance(1_001)
    expect((await market.query({}, own)).page.total).toBe(0)
  })

  it('beyond sixteen at once are refused', async () => {
    const { market } = await open()
    const asked = await Promise.allSettled(Array.from({ length: 40 }, () => market.query({}, own)))
    const refused = asked.filter(each => each.status === 'rejected').map(each => each.reason as ProblemError)
    expect(refused).toHaveLength(24)
    expect(refused[0]).toMatchObject({ type: 'overloaded', retryAfterSeconds: 1 })
  })

  it('that the server does not understand are a mistake of ours, not its absence', async () => {
    const { search, shop } = await open()
    await shop({ date: '2027-03-10', price: 50_000 })
    const asked = search('default', { filter: [{ nonsense: {} }] })
    await expect(asked).rejects.toThrow(/parsing_exception/)
  })

  it('without a server are told that there is none', async () => {
    expect(await problemOf(noIndex('default', { filter: [] }))).toMatchObject({ type: 'unavailable', status: 503 })
  })
})
