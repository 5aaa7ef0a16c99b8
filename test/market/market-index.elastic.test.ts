import { Client } from '@elastic/elasticsearch'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { noMetrics } from '../../src/core/metrics.ts'
import { type ElasticMarketOptions, openElasticMarket } from '../../src/market/market-index.elastic.ts'
import { marketIndexContract, type StoredDocument, shoppedSearch } from '../contract/market-index.ts'
import { elasticsearchUrl, uniqueName } from '../support/services.ts'
import { startTunnel } from '../support/tunnel.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

function open(options: Partial<ElasticMarketOptions> = {}) {
  const indexPrefix = options.indexPrefix ?? uniqueName()
  const index = openElasticMarket({
    url: elasticsearchUrl(),
    indexPrefix,
    convert: (m, to) => (m.currency === to ? m : undefined),
    clock: systemClock,
    log: silentLog,
    metrics: noMetrics,
    ...options,
  })
  const client = new Client({ node: elasticsearchUrl() })
  const read = async (day: string): Promise<readonly StoredDocument[]> => {
    await client.indices.refresh({ index: `${indexPrefix}-v2-${day}` })
    const answer = await client.search<StoredDocument>({ index: `${indexPrefix}-v2-${day}`, size: 200 })
    return answer.hits.hits.map(hit => hit._source!)
  }
  const close = async (): Promise<void> => {
    await index.close()
    await client.indices.delete({
      index: [`${indexPrefix}-v2-2027.01.05`, `${indexPrefix}-v2-2027.01.06`],
      ignore_unavailable: true,
    })
    await client.indices.deleteIndexTemplate({ name: `${indexPrefix}-v2` }, { ignore: [404] })
    await client.close()
  }
  return { index, read, close, client, indexPrefix }
}

marketIndexContract('Elasticsearch as the memory of the market', async () => open())

describe('the Elasticsearch index', () => {
  it('refuses a field that its mapping does not know', async () => {
    const { index, close, client, indexPrefix } = open()
    closers.push(close)
    index.record(shoppedSearch([50_000]))
    await index.flush()
    const stray = client.index({ index: `${indexPrefix}-v2-2027.01.05`, document: { surprise: 1 } })
    await expect(stray).rejects.toThrow(/strict_dynamic_mapping/)
  })

  it('is read through one alias over its days', async () => {
    const { index, close, client, indexPrefix } = open()
    closers.push(close)
    index.record(shoppedSearch([50_000]))
    index.record(shoppedSearch([60_000], Date.parse('2027-01-06T00:00:01Z')))
    await index.flush()
    await client.indices.refresh({ index: `${indexPrefix}-v2` })
    expect((await client.count({ index: `${indexPrefix}-v2` })).count).toBe(2)
  })

  it('keeps nobody waiting, counts what it drops and says so while the server is away, and writes on when it is back', async () => {
    const tunnel = await startTunnel(elasticsearchUrl())
    closers.push(tunnel.close)
    const { index, read, close } = open({ url: tunnel.url, queueMax: 20, pauseMs: 20 })
    closers.push(close)
    await index.flush()
    await tunnel.cut()
    index.record(shoppedSearch([50_000]))
    await index.flush()
    expect(index.health()).toBe('degraded')
    const start = performance.now()
    for (let i = 0; i < 100; i++) index.record(shoppedSearch(Array.from({ length: 30 }, (_, n) => 60_000 - i + n)))
    expect(performance.now() - start).toBeLessThan(3_000)
    expect(index.stats().queued).toBe(20)
    expect(index.stats().dropped).toBeGreaterThan(0)
    await tunnel.restore()
    await vi.waitFor(() => expect(index.health()).toBe('ok'), { timeout: 5_000 })
    await index.flush()
    expect(index.stats().queued).toBe(0)
    expect(await read('2027.01.05')).toHaveLength(20)
  })

  it('writes by itself after a pause', async () => {
    const { index, close } = open({ pauseMs: 10 })
    closers.push(close)
    await index.flush()
    index.record(shoppedSearch([50_000]))
    await vi.waitFor(() => expect(index.stats().written).toBe(1), { timeout: 5_000 })
  })

  it('writes what is queued when it is closed', async () => {
    const first = open()
    first.index.record(shoppedSearch([50_000]))
    await first.index.close()
    expect(await first.read('2027.01.05')).toHaveLength(1)
    closers.push(first.close)
  })

  it('says at start-up in one sentence that there is no server', async () => {
    const tunnel = await startTunnel(elasticsearchUrl())
    await tunnel.close()
    const { index, close } = open({ url: tunnel.url })
    closers.push(close)
    await expect(index.ready()).rejects.toThrow(/^there is no Elasticsearch at 127\.0\.0\.1:\d+: /)
    expect(index.health()).toBe('degraded')
  })
})
