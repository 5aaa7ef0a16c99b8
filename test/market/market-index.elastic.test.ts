import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { Client } from '@elastic/elasticsearch'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { manualClock, systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { noMetrics } from '../../src/core/metrics.ts'
import { type ElasticMarketOptions, openElasticMarket } from '../../src/market/market-index.elastic.ts'
import { marketIndexContract, type StoredDocument, shoppedSearch } from '../contract/market-index.ts'
import { now } from '../shopping/support/shopping.ts'
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

/** Before the server: bulk requests get the status that is made of their body, with nothing in it; the rest pass. */
async function startProxy(statusOf: (body: string) => number | undefined) {
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const status = request.url!.startsWith('/_bulk') ? statusOf(body) : undefined
    if (status !== undefined) {
      const type = { 'x-elastic-product': 'Elasticsearch', 'content-type': 'application/json' }
      return void response.writeHead(status, type).end('{"errors":false,"items":[]}')
    }
    const { method = 'GET', headers, url = '/' } = request
    const { 'content-type': type = 'application/json' } = headers
    const answer = await fetch(new URL(url, elasticsearchUrl()), {
      ...{ method, headers: { 'content-type': type, accept: headers.accept ?? '*/*' } },
      ...(body === '' ? {} : { body }),
    })
    const { status: given } = answer
    const passed = ['x-elastic-product', 'content-type'].flatMap(name => {
      const value = answer.headers.get(name)
      return value === null ? [] : [[name, value] as const]
    })
    response.writeHead(given, Object.fromEntries(passed)).end(await answer.text())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  return { url: `http://127.0.0.1:${port}`, close }
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

  it.each([413, 400])(
    'writes in parts what the server answers %i as a whole, refuses what it cannot take alone, and goes on',
    async status => {
      // BA105 is what it never takes; nothing in the answer says which one it was
      const proxy = await startProxy(body => (body.includes('BA105@') ? status : undefined))
      closers.push(proxy.close)
      const { index, read, close } = open({ url: proxy.url })
      closers.push(close)
      index.record(shoppedSearch(Array.from({ length: 30 }, (_, i) => 50_000 + i)))
      await index.flush()
      expect(index.stats()).toMatchObject({ queued: 0, written: 29, refused: 1, dropped: 0 })
      expect(index.health()).toBe('ok')
      index.record(shoppedSearch([40_000]))
      await index.flush()
      expect(await read('2027.01.05')).toHaveLength(29)
    },
  )

  it('makes the next day as it should be, though somebody has deleted the template of its indices', async () => {
    const clock = manualClock(now)
    const { index, close, client, indexPrefix } = open({ clock })
    closers.push(close)
    index.record(shoppedSearch([50_000]))
    await index.flush()
    await client.indices.deleteIndexTemplate({ name: `${indexPrefix}-v2` })
    clock.advance(86_400_000)
    index.record(shoppedSearch([50_000], clock.now()))
    await index.flush()
    await client.indices.refresh({ index: `${indexPrefix}-v2` })
    expect((await client.count({ index: `${indexPrefix}-v2` })).count).toBe(2)
    const mapping = await client.indices.getMapping({ index: `${indexPrefix}-v2-2027.01.06` })
    expect(Object.values(mapping)[0]!.mappings.dynamic).toBe('strict')
  })

  it('keeps what an answer does not tell of', async () => {
    let isBroken = true
    const proxy = await startProxy(() => (isBroken ? 200 : undefined))
    closers.push(proxy.close)
    const { index, read, close } = open({ url: proxy.url })
    closers.push(close)
    index.record(shoppedSearch([50_000, 51_000]))
    await index.flush()
    expect(index.stats()).toMatchObject({ queued: 2, written: 0 })
    isBroken = false
    await vi.waitFor(() => expect(index.health()).toBe('ok'), { timeout: 5_000 })
    await index.flush()
    expect(await read('2027.01.05')).toHaveLength(2)
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
