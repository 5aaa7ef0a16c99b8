import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'
import { silentLog } from '../../../src/core/log.ts'
import { create } from '../../../src/providers/ndc/index.ts'
import { decode } from '../../../src/providers/ndc/wire/decode.ts'
import { encodeAirShoppingReply } from '../../../src/providers/ndc/wire/write-offers.ts'
import type { Provider } from '../../../src/providers/port.ts'
import { callWithin } from '../../support/fake-provider.ts'
import { query } from './journey.ts'
import { item, offer, shop } from './messages.ts'

const search = { ...query('LHR', 'JFK'), offersMax: 5_000 }
const body = Buffer.from(largeReply(3_000_000))
const server = createServer((request, response) => {
  request.resume()
  response.writeHead(200, { 'content-type': 'application/xml' }).end(body)
})
let provider: Provider

beforeAll(async () => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/{message}`
  provider = create({ baseUrl, apiKey: 'k', sellerId: '9100' }, { clock: systemClock, log: silentLog })
})
afterAll(async () => {
  await provider.close()
  server.closeAllConnections()
  server.close()
})

test('a reply of 3 MB never holds the event loop: others have their turn every few milliseconds', async () => {
  expect(body.length).toBeGreaterThanOrEqual(3_000_000)
  const offers = decode(body).offers.length
  const inOneGo = Math.min(...[1, 2, 3].map(() => cpuOf(() => decode(body))))
  const holds: number[] = []
  for (let round = 0; round < 3; round++) {
    const watch = watchTurns()
    const outcome = await provider.shop(search, callWithin(20_000))
    holds.push(watch.stop())
    expect(outcome).toMatchObject({ kind: 'offers', partial: false, offers: { length: offers } })
  }
  // CPU time of this thread: what a neighbour on the machine takes does not count. The best of three: a garbage collection
  // may fall into any turn.
  const longest = Math.min(...holds)
  expect(longest).toBeLessThan(20)
  expect(longest).toBeLessThan(inOneGo / 2)
})

/** The longest that the loop was held by anybody between two of its turns, in milliseconds of CPU. */
function watchTurns(): { stop(): number } {
  let longest = 0
  let last = cpuMs()
  const turn = (): void => {
    const now = cpuMs()
    longest = Math.max(longest, now - last)
    last = now
    next = setImmediate(turn)
  }
  let next = setImmediate(turn)
  return {
    stop() {
      clearImmediate(next)
      return Math.max(longest, cpuMs() - last)
    },
  }
}

function cpuOf(work: () => unknown): number {
  const start = cpuMs()
  work()
  return cpuMs() - start
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/** Offers of a size that airlines send, each with a price of its own. */
function largeReply(bytesMin: number): string {
  const [one] = decode(Buffer.from(shop(offer(item({ total: '200.00', base: '100.00' }), '200.00')))).offers
  const passengers = one!.passengers.flatMap(({ ids, type }) => ids.map(ref => ({ ref, type, infantRef: null })))
  const priced = (cents: number) => {
    const amount = (amountMinor: number) => ({ amountMinor, currency: 'GBP' })
    const codes = ['GB', 'UB', 'US', 'XA', 'XF', 'XY', 'YC', 'YQ']
    const taxes = codes.map((code, index) => ({ code, amount: amount(1_000 + index * 100 + cents) }))
    const taxed = taxes.reduce((sum, tax) => sum + tax.amount.amountMinor, 0)
    const [fare] = one!.passengers
    const each = { base: amount(10_000), taxes, fees: [], total: amount(10_000 + taxed) }
    return {
      ...one!,
      passengers: [{ ...fare!, each }],
      base: amount(20_000),
      taxes: amount(2 * taxed),
      total: amount(20_000 + 2 * taxed),
    }
  }
  const write = (count: number): string =>
    encodeAirShoppingReply(
      Array.from({ length: count }, (_, index) => ({ id: `offer-${index}`, offer: priced(index) })),
      passengers,
      { correlationId: null, timestamp: '2026-11-21T10:00:00Z' },
    )
  const few = write(20).length
  return write(Math.ceil((bytesMin / few) * 20 * 1.1))
}
