import { Client } from '@elastic/elasticsearch'
import { afterEach, describe, expect, it } from 'vitest'
import { manualClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { startRetention } from '../../src/market/retention.elastic.ts'
import { expiredIndices } from '../../src/market/retention.ts'
import { elasticsearchUrl, uniqueName } from '../support/services.ts'
import { startTunnel } from '../support/tunnel.ts'
import { until } from '../support/until.ts'

const now = Date.parse('2027-01-31T12:00:00Z')
const dayMs = 86_400_000

describe('which days are dropped', () => {
  const rule = { prefix: 'market', days: 10, now }

  it('those before the oldest day kept, of every version', () => {
    const names = ['market-v2-2027.01.21', 'market-v2-2027.01.20', 'market-2027.01.01', 'market-v1-2026.12.31']
    expect(expiredIndices(names, rule)).toEqual(['market-v2-2027.01.20', 'market-2027.01.01', 'market-v1-2026.12.31'])
  })

  it('nothing that is not ours, however old it looks', () => {
    const names = ['marketing-2020.01.01', 'market-other-2020.01.01', 'market-v2-2020.01.01-copy', 'market-2020', 'x']
    expect(expiredIndices(names, rule)).toEqual([])
  })
})

describe('retention on Elasticsearch', () => {
  const closers: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close()
  })

  async function open(url = elasticsearchUrl()) {
    const prefix = uniqueName()
    const client = new Client({ node: elasticsearchUrl() })
    const names = ['2027.01.20', '2027.01.21', '2027.01.31'].map(day => `${prefix}-v2-${day}`)
    for (const index of names) await client.indices.create({ index, settings: { number_of_replicas: 0 } })
    closers.push(async () => {
      await client.indices.delete({ index: names, ignore_unavailable: true })
      await client.close()
    })
    const left = async (): Promise<readonly string[]> =>
      Object.keys(await client.indices.get({ index: `${prefix}-*` }))
        .map(name => name.slice(prefix.length + 4))
        .sort()
    const clock = manualClock(now)
    const start = (log = silentLog) => {
      const retention = startRetention({ url, indexPrefix: prefix, days: 10, clock, log })
      closers.push(() => retention.close())
      return retention
    }
    return { left, clock, start }
  }

  it('drops old days at the start, and again a day later', async () => {
    const { left, clock, start } = await open()
    start()
    await until(async () => (await left()).join() === '2027.01.21,2027.01.31', 'the first sweep')
    // the timer is set once the sweep is over, which nobody outside can see
    await until(async () => {
      clock.advance(dayMs / 24)
      return (await left()).join() === '2027.01.31'
    }, 'the sweep of a later day')
  })

  it('in several processes at once drops what is old without a complaint of any', async () => {
    const { left, start } = await open()
    const warned: unknown[] = []
    const log = { ...silentLog, warn: (...line: unknown[]) => void warned.push(line) }
    const sweeps = Array.from({ length: 6 }, () => start(log).sweep())
    await Promise.all(sweeps)
    expect(await left()).toEqual(['2027.01.21', '2027.01.31'])
    expect(warned).toEqual([])
  })

  it('comes back to it when the server was away', async () => {
    const tunnel = await startTunnel(elasticsearchUrl())
    closers.push(tunnel.close)
    await tunnel.cut()
    const { left, clock, start } = await open(tunnel.url)
    start()
    expect(await left()).toHaveLength(3)
    await tunnel.restore()
    await until(async () => {
      clock.advance(60_000)
      return (await left()).length === 2
    }, 'a sweep after the outage')
  })
})
