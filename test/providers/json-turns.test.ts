import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { create as createAmadeus } from '../../src/providers/amadeus/index.ts'
import { create as createDuffel } from '../../src/providers/duffel/index.ts'
import type { Provider, ShopQuery } from '../../src/providers/port.ts'
import { create as createSabre } from '../../src/providers/sabre/index.ts'
import { callWithin } from '../support/fake-provider.ts'
import { offer as amadeusOffer, reply as amadeusReply, segment, traveller } from './amadeus/wire-offers.ts'
import { offerFor } from './duffel/wire-messages.ts'
import { groupedReply, itinerary } from './sabre/grouped-messages.ts'

const bytesMin = 3_000_000
const travellers = 9

/** As many of `entry` as make a reply of three megabytes. */
function large(entry: (n: number) => unknown, reply: (entries: readonly unknown[]) => unknown): Buffer {
  const size = JSON.stringify(entry(1)).length
  const entries = Array.from({ length: Math.ceil(bytesMin / size) }, (_, n) => entry(n))
  return Buffer.from(JSON.stringify(reply(entries)))
}

const pax = Array.from({ length: travellers }, (_, i) => String(i + 1))
const amadeus = large(
  n => {
    const taxes = ['GB', 'UB', 'YQ', 'XT'].map((code, i) => ({ amount: `${5 + i}.${10 + (n % 90)}`, code }))
    return amadeusOffer({
      id: String(n),
      itineraries: [{ segments: [segment(`${n}a`, { number: String(1 + (n % 9000)) })] }],
      travelerPricings: pax.map(id => {
        const fareDetailsBySegment = [{ segmentId: `${n}a`, cabin: 'ECONOMY', fareBasis: `O${n % 50}GB`, class: 'O' }]
        return traveller(id, {
          price: { currency: 'EUR', total: '120.50', base: '80.00', taxes },
          fareDetailsBySegment,
        })
      }),
      price: { currency: 'EUR', total: '1084.50', base: '720.00', grandTotal: '1084.50' },
    })
  },
  entries => amadeusReply(...entries),
)
const sabre = large(
  n => ({ ...itinerary, id: n }),
  entries => groupedReply(...entries),
)
const duffel = large(
  n =>
    offerFor(
      Array.from({ length: travellers }, () => 'adult'),
      { id: `off_${n}`, total_amount: '1084.50', base_amount: '900.00', tax_amount: '184.50' },
    ),
  offers => ({ data: { id: 'bor_1', total_batches: 1, remaining_batches: 0, offers } }),
)

const batchMade = '{"data":{"id":"bor_1","total_batches":1,"remaining_batches":1}}'

const transatlantic: ShopQuery = {
  slices: [{ origin: 'LHR', destination: 'JFK', departureDate: '2027-03-10', departureTime: null }],
  passengers: Array.from({ length: travellers }, (_, i) => ({ id: `pax_${i + 1}` as const, type: 'ADT', age: null })),
  cabin: null,
  currency: 'EUR',
  pointOfSale: 'GB',
  maxConnections: null,
  carriers: { include: [], exclude: [] },
  accountCodes: [],
  offersMax: 200,
}
const australian: ShopQuery = {
  ...transatlantic,
  slices: [
    { origin: 'SYD', destination: 'ADL', departureDate: '2026-12-21', departureTime: null },
    { origin: 'ADL', destination: 'SYD', departureDate: '2026-12-28', departureTime: null },
  ],
  passengers: [
    { id: 'pax_1', type: 'ADT', age: null },
    { id: 'pax_2', type: 'ADT', age: null },
    { id: 'pax_3', type: 'CHD', age: 8 },
  ],
  currency: 'AUD',
}
const parts = { clock: systemClock, log: silentLog }

let server: Server | undefined
let provider: Provider | undefined
afterEach(async () => {
  await provider?.close()
  server?.closeAllConnections()
  await new Promise(resolve => server?.close(resolve))
})

/** A token where one is asked for, else the reply. */
async function hostOf(reply: Buffer): Promise<string> {
  server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' })
      if (request.url!.endsWith('/token')) response.end('{"access_token":"t","state":"approved","expires_in":1799}')
      else if (request.url!.includes('/batch_offer_requests?')) response.end(batchMade)
      else response.end(reply)
    })
  })
  await new Promise<void>(resolve => server!.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

type Supplier = {
  readonly reply: Buffer
  readonly query: ShopQuery
  readonly open: (baseUrl: string) => Provider
}

const suppliers: readonly (readonly [string, Supplier])[] = [
  [
    'amadeus',
    {
      reply: amadeus,
      query: transatlantic,
      open: baseUrl => createAmadeus({ baseUrl, clientId: 'c', clientSecret: 's' }, parts),
    },
  ],
  [
    'sabre',
    {
      reply: sabre,
      query: australian,
      open: baseUrl =>
        createSabre({ baseUrl, userId: '1', password: 'p', pcc: 'ABCD', officeZone: 'Europe/London' }, parts),
    },
  ],
  [
    'duffel',
    {
      reply: duffel,
      query: transatlantic,
      open: baseUrl => createDuffel({ baseUrl, accessToken: 'duffel_test_x' }, parts),
    },
  ],
]

test.each(suppliers)('%s: a reply of 3 MB never holds the event loop for long', async (_, supplier) => {
  const { reply, query, open } = supplier
  expect(reply.length).toBeGreaterThanOrEqual(bytesMin)
  provider = open(await hostOf(reply))
  const parses: number[] = []
  const holds: number[] = []
  for (let round = 0; round < 8; round++) {
    const started = threadMs()
    JSON.parse(reply.toString('utf8'))
    parses.push(threadMs() - started)
    const { longestMs, outcome } = await watched(() => provider!.shop(query, callWithin(20_000)))
    if (outcome.kind !== 'offers') throw new Error(outcome.fault.text)
    expect(outcome.offers.length).toBeGreaterThan(100)
    holds.push(longestMs)
  }
  // The quietest round of each: a large garbage collection may fall into any turn.
  expect(Math.min(...holds), `${holds} ms`).toBeLessThan(12)
  expect(Math.min(...holds), `${holds} of ${parses} ms for its JSON.parse`).toBeLessThan(Math.min(...parses) / 2)
})

/** Of this thread alone: whoever else is busy on the machine does not count. */
function threadMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/** The longest that nobody else had a turn. */
async function watched<T>(run: () => Promise<T>) {
  let longestMs = 0
  let last = threadMs()
  let handle: NodeJS.Immediate
  const look = (): void => {
    const now = threadMs()
    longestMs = Math.max(longestMs, now - last)
    last = now
    handle = setImmediate(look)
  }
  handle = setImmediate(look)
  try {
    const outcome = await run()
    look()
    return { outcome, longestMs }
  } finally {
    clearImmediate(handle!)
  }
}
