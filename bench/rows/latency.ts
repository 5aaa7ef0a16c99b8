import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { request } from 'undici'
import { systemClock } from '../../src/core/clock.ts'
import { makeMemoryOfferStore } from '../../src/shopping/memory-offer-store.ts'
import { type Driver, startDriver } from '../drive.ts'
import { inQuick } from '../effort.ts'
import type { Line, Sheet } from '../row.ts'
import { startSearchService } from '../search-service.ts'
import { search as anySearch, type BenchSuppliers, openSuppliers } from '../suppliers.ts'
import { percentile } from '../tally.ts'

/** Not Duffel, which is asked several times for one search. */
const wishes = ['amadeus', 'sabre', 'ndc', 'travelport', 'amadeus'].map(code => ({ code, delayMs: 0 }))
/** Searches under way at once, how long suppliers take, how many searches: some 30 a second, so that what is measured is not a
 *  queue for the processor. The slowest suppliers first: one that becomes slower is asked by fewer at once. */
const loads = [
  { inFlight: 200, delayMs: inQuick(5_000, 6_000), searches: inQuick(80, 330) },
  { inFlight: 50, delayMs: inQuick(1_500, 2_000), searches: inQuick(40, 250) },
  { inFlight: 1, delayMs: 100, searches: inQuick(8, 40) },
] as const
const deadlineMs = 500
/** Small replies: not every supplier keeps to the number that it is asked for. */
const search = { ...anySearch, maxConnections: 0, carriers: { include: ['VS'] } }
const silentSearches = inQuick(40, 200)
const asyncSearches = inQuick(8, 20)
const firstDelayMs = 60

const note =
  'The engine alone: as shipped a supplier gets 32 calls at once and a process sheds beyond 32 to 128 cold searches; here suppliers ' +
  'have 1,000 places and admission is off. Suppliers, load generator and service share the cores, and the floor shows what that adds. ' +
  'At 50 in flight it was 76 to 92 ms before decision 0008. A search of five small replies is 7 ms of processor time, 8.5 before a ' +
  'function was no longer compiled and thrown away at every third search: a third reading, a quarter taking in and building the view, ' +
  'a seventh asking, no function but JSON.parse over 3 percent; two that overlap and a young collection make the p99.'

const overrunNote =
  'Was 42 to 125 ms: two or three pauses of 80 to 110 ms in four seconds, in which the whole heap was marked (decision 0008).'

const floorIs = 'bare node:http asking the same suppliers with undici, answering when the last is there'
// the lines begin with the lightest load
const added = loads.toReversed().flatMap(({ inFlight }): readonly Line[] => [
  { ...ms(`added latency p50, ${inFlight} in flight`), floorIs, aim: null },
  { ...ms(`added latency p99, ${inFlight} in flight`), floorIs, aim: inFlight === 50 ? { valueMax: 15 } : null, note },
])

/** Small replies (direct flights of one airline), every search asks all five; open loop, so that searches come evenly. */
export const sheet: Sheet = {
  roundsMax: 3,
  lines: [
    ...added,
    {
      ...ms('answer to respond-async p99'),
      floorIs: 'one small request to a supplier stub',
      aim: { valueMax: 20 },
      note,
    },
    {
      ...ms('first progressive offer p50, after the first supplier has answered'),
      floorIs: 'the same supplier asked directly',
      aim: null,
    },
    {
      ...ms('deadline overrun p99 with a silent supplier, beyond the loop delay of the run'),
      floorIs: 'a bare timer over the same time',
      aim: { valueMax: 10 },
      note: overrunNote,
    },
  ],
  async floor() {
    const suppliers = await openSuppliers(wishes)
    const server = createServer((incoming, outgoing) => {
      incoming.resume()
      void Promise.all(suppliers.baseUrls.map(bare)).then(() => {
        outgoing.writeHead(201, { 'content-length': 2 })
        outgoing.end('{}')
      })
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const driver = startDriver()
    const found = await latencies(driver, (server.address() as AddressInfo).port, suppliers)
    await delay(suppliers, firstDelayMs)
    const direct = await series(asyncSearches, async () => since(() => bare(suppliers.baseUrls[0]!)))
    const overruns = await Promise.all(
      Array.from({ length: silentSearches }, () => since(() => systemClock.sleep(deadlineMs))),
    )
    const first = percentile(direct, 0.5) - firstDelayMs
    return [...found, first, first, percentile(overruns, 0.99) - deadlineMs]
  },
  async value() {
    const service = await startSearchService(makeMemoryOfferStore(systemClock), {
      ...{ wishes, offersMax: 10, isWideOpen: true },
    })
    const { port, suppliers } = service
    const driver = startDriver()
    // not more than half of what follows, or that would count as a supplier that has become slow
    await delay(suppliers, loads[0].delayMs / 2)
    await driver.drive({ ...order(port), connections: 100, requests: 100 })
    const found = await latencies(driver, port, suppliers)
    return [...found, ...(await progressive(port, suppliers)), await overrun(driver, port, suppliers)]
  },
}

function ms(name: string): Pick<Line, 'name' | 'unit' | 'better'> {
  return { name, unit: 'ms', better: 'lower' }
}

function order(port: number) {
  return { port, path: '/v1/searches', body: JSON.stringify(search), headers: { 'cache-control': 'no-cache' } }
}

async function latencies(driver: Driver, port: number, suppliers: BenchSuppliers): Promise<number[]> {
  const figures: number[] = []
  for (const { inFlight, delayMs, searches } of loads) {
    await delay(suppliers, delayMs)
    const load = { connections: 4 * inFlight, requests: searches, everyMs: (delayMs + 5) / inFlight }
    const { answers } = await driver.drive({ ...order(port), ...load, wantsAnswers: true })
    const over = answers.map(({ latencyMs }) => latencyMs - delayMs)
    figures.unshift(percentile(over, 0.5), percentile(over, 0.99))
  }
  return figures
}

/** The 202, and the first event with an offer in it: one supplier takes 60 ms, the others a second. */
async function progressive(port: number, suppliers: BenchSuppliers): Promise<readonly number[]> {
  await delay(suppliers, 1_000)
  await delay({ baseUrls: suppliers.baseUrls.slice(0, 1) }, firstDelayMs)
  const accepted: number[] = []
  const firstOffers = await series(asyncSearches, async () => {
    const start = performance.now()
    const headers = { 'content-type': 'application/json', prefer: 'respond-async', 'cache-control': 'no-cache' }
    const answer = await fetch(`http://127.0.0.1:${port}/v1/searches`, {
      ...{ method: 'POST', headers, body: JSON.stringify(search) },
    })
    const { id } = (await answer.json()) as { id: string }
    if (answer.status !== 202) throw new Error(`status ${answer.status} instead of 202`)
    accepted.push(performance.now() - start)
    const leave = new AbortController()
    const events = await fetch(`http://127.0.0.1:${port}/v1/searches/${id}/events`, { signal: leave.signal })
    let text = ''
    for await (const chunk of events.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk
      if (text.includes('"offers":[{')) break
    }
    if (!text.includes('"offers":[{')) throw new Error('the events end without an offer')
    const elapsedMs = performance.now() - start
    leave.abort()
    return elapsedMs
  })
  return [percentile(accepted, 0.99), percentile(firstOffers, 0.5) - firstDelayMs]
}

/** A deadline below a second never opens the breaker, which would spare the later ones the wait. */
async function overrun(driver: Driver, port: number, suppliers: BenchSuppliers): Promise<number> {
  await delay(suppliers, 20)
  await delay({ baseUrls: suppliers.baseUrls.slice(0, 1) }, 60_000)
  const loop = monitorEventLoopDelay({ resolution: 1 })
  loop.enable()
  const { answers } = await driver.drive({
    ...order(port),
    body: JSON.stringify({ ...search, deadlineMs }),
    ...{ connections: silentSearches, requests: silentSearches, everyMs: 20, wantsAnswers: true },
  })
  loop.disable()
  const late = answers.map(({ latencyMs }) => latencyMs - deadlineMs)
  if (percentile(late, 0.1) < -50) throw new Error('the silent supplier was not waited for')
  return percentile(late, 0.99) - loop.percentile(99) / 1e6
}

async function delay({ baseUrls }: Pick<BenchSuppliers, 'baseUrls'>, ms: number): Promise<void> {
  await Promise.all(baseUrls.map(async url => (await request(`${url}/_delay/${ms}`)).body.dump()))
}

async function bare(url: string): Promise<void> {
  await (await request(`${url}/_bare`)).body.arrayBuffer()
}

async function since(work: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

async function series(count: number, work: () => Promise<number>): Promise<readonly number[]> {
  const found: number[] = []
  for (let n = 0; n < count; n++) found.push(await work())
  return found
}
