import { fork } from 'node:child_process'
import { systemClock } from '../../src/core/clock.ts'
import type { RequestContext } from '../../src/core/context.ts'
import { silentLog } from '../../src/core/log.ts'
import { noMetrics } from '../../src/core/metrics.ts'
import { makePricer } from '../../src/pricing/price-offer.ts'
import type { ProviderSettings } from '../../src/providers/port.ts'
import { openProviders } from '../../src/providers/registry.ts'
import { makeMemoryOfferStore } from '../../src/shopping/memory-offer-store.ts'
import type { SearchRequest, Shopping } from '../../src/shopping/port.ts'
import { createShopping } from '../../src/shopping/service.ts'
import type { Row } from '../row.ts'
import { flatRates, noRules, searchBody } from '../world-suppliers.ts'

const context: RequestContext = { tenant: 'default', requestId: 'req_bench', traceparent: null }
const request = JSON.parse(searchBody) as SearchRequest

/** Everything from HTTP to the encoded, stored and ranked view, over two suppliers that answer with the same bytes each time
 *  from a process of their own. The floor parses these bytes and encodes the whole answer once. */
export const row: Row = {
  name: 'cold search over two JSON suppliers',
  unit: 'search',
  floorIs: 'JSON.parse of the same replies and one JSON.stringify of as many offers as were left',
  aim: { ratioMax: 1.55 },
  async floor() {
    const { bodies, offers, close } = await prepare()
    return {
      run() {
        for (const body of bodies) JSON.parse(body.toString('utf8'))
        Buffer.from(JSON.stringify(offers))
        return 1
      },
      check() {
        if (bodies.length < 2 || offers.length < 50) throw new Error('nothing to measure')
      },
      close,
    }
  },
  async value() {
    const { shopping, total, close } = await prepare()
    return {
      async run() {
        await shopping.search(request, context)
        return 1
      },
      async check() {
        const answer = JSON.parse(Buffer.from((await shopping.search(request, context)).body).toString())
        if (answer.page.total !== total || answer.cache.status !== 'miss') throw new Error('another answer than before')
      },
      close,
    }
  },
}

type Prepared = {
  readonly shopping: Shopping
  readonly bodies: readonly Buffer[]
  readonly offers: readonly unknown[]
  readonly total: number
  close(): Promise<void>
}

async function prepare(): Promise<Prepared> {
  const child = fork(new URL('../replay.ts', import.meta.url).pathname, ['amadeus', 'sabre'])
  const { settings } = await new Promise<{ readonly settings: Record<string, ProviderSettings> }>(resolve =>
    child.once('message', message => resolve(message as { settings: Record<string, ProviderSettings> })),
  )
  const providers = await openProviders(new Map(Object.entries(settings)), {
    clock: systemClock,
    log: silentLog,
    metrics: noMetrics,
  })
  const shopping = createShopping({
    clock: systemClock,
    log: silentLog,
    metrics: noMetrics,
    providers,
    makePricer: scope => makePricer(noRules, flatRates, scope),
    knowsCurrency: currency => flatRates.knows(currency),
    convert: m => m,
    store: makeMemoryOfferStore(systemClock),
    secret: 'bench',
    onSearch() {},
    health: { redis: () => 'off', elasticsearch: () => 'off' },
    limits: { netTtlMs: 0 },
  })
  const { id, body } = await shopping.search(request, context)
  const { total } = (JSON.parse(Buffer.from(body).toString()) as { page: { total: number } }).page
  const offers = await allOffers(shopping, id)
  const recorded = (await (await fetch(`${Object.values(settings)[0]!.baseUrl}/_recorded`)).json()) as readonly string[]
  return {
    shopping,
    bodies: recorded.map(text => Buffer.from(text, 'base64')),
    offers,
    total,
    async close() {
      await providers.close()
      child.disconnect()
    },
  }
}

async function allOffers(
  shopping: Shopping,
  id: Awaited<ReturnType<Shopping['search']>>['id'],
): Promise<readonly unknown[]> {
  const offers: unknown[] = []
  let cursor: string | null | undefined
  while (cursor !== null) {
    const { body } = await shopping.listOffers(id, cursor === undefined ? { limit: 100 } : { cursor }, context)
    const page = JSON.parse(Buffer.from(body).toString()) as { offers: unknown[]; page: { next: string | null } }
    offers.push(...page.offers)
    cursor = page.page.next
  }
  return offers
}
