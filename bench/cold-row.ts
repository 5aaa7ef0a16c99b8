import { systemClock } from '../src/core/clock.ts'
import type { RequestContext } from '../src/core/context.ts'
import { silentLog } from '../src/core/log.ts'
import { noMetrics } from '../src/core/metrics.ts'
import { makePricer } from '../src/pricing/price-offer.ts'
import { makeMemoryOfferStore } from '../src/shopping/memory-offer-store.ts'
import type { OfferStore } from '../src/shopping/offer-store.ts'
import type { Shopping } from '../src/shopping/port.ts'
import { createShopping } from '../src/shopping/service.ts'
import type { Row, Variant } from './row.ts'
import { type BenchSuppliers, flatRates, noRules, openSuppliers, search } from './suppliers.ts'

const context: RequestContext = { tenant: 'default', requestId: 'req_bench', traceparent: null }
/** A service that is up has compiled its readers. In a quick run too: after 20 and after 40 a search with XML took 121 and
 *  147 ms of CPU, after 80 it takes 47 to 54. */
const searchesBefore = 80

export const coldNote =
  'Was 2.9 and 2.7. Misses: parsing and dropping with transport alone is 1.43. Of the main thread, five JSON suppliers (sampled): JSON.parse a ' +
  'third, strings of bytes 6 percent, collecting garbage 8, no file of ours over 3; helpers of the collector take 4 to 6 ms ' +
  'beside it. What costs is what stays: it is moved twice as it grows old, then marked. What was gained: a view no longer ' +
  'keeps what pricing adds (copied of each byte allocated 0.34, then 0.25), offers of Amadeus keep their text, not the tree ' +
  '(0.18), replies go straight into one buffer (68 and 66 ms, then 61 and 57), the two flags of decision 0008 (42.7, then ' +
  '34.4), and what offers have alike is kept once (core/sharing.ts: an offer of NDC 2.4 kB, then 1.0, of Sabre 1.9 and 0.8) ' +
  'with one string of a reply for two: in pairs beside the tree before, a core each, 0.87 (0.83 to 1.01) with JSON. With ' +
  'XML 1.0 (0.85 to 1.2): a young collection carries 11.4 MB over for 15.4 and the helpers take 9 ms for 12, which the ' +
  'looking up of parts and a busy machine hide. Then a function that was compiled and thrown away at every third search ' +
  'was mended: a seventh of a search of small replies, a hundredth of these. Tried without effect: one reply decoded after the ' +
  'other, and buffers for replies that are used again.'

/** From the question to the encoded, stored and ranked view, suppliers answering with the same bytes each time from a process
 *  of their own. The floor parses what has the same content as JSON and encodes the offers that were left once. `contents`:
 *  which of the bodies JSON.parse can read, by supplier; for the others what it reads instead. */
export function coldRow(
  told: Pick<Row, 'name' | 'aim' | 'note'>,
  codes: readonly string[],
  asJson: ReadonlyMap<string, string>,
): Row {
  return {
    ...told,
    unit: 'search',
    floorIs:
      'JSON.parse of the same replies (of XML: of the same offers in JSON) and one JSON.stringify of the offers left',
    async floor() {
      const { offers, close } = await prepare(codes)
      await close()
      const suppliers = await openSuppliers(codes.map(code => ({ code: asJson.get(code) ?? code, delayMs: 0 })))
      const bodies = await repliesOf(suppliers)
      return {
        run() {
          for (const body of bodies) JSON.parse(body.toString('utf8'))
          Buffer.from(JSON.stringify(offers))
          return 1
        },
        check() {
          if (bodies.length < codes.length || offers.length < 50) throw new Error('nothing to measure')
        },
        close: suppliers.close,
      }
    },
    value: () => coldSearches(codes),
  }
}

/** One after the other, each asked anew. */
export async function coldSearches(codes: readonly string[], store?: OfferStore): Promise<Variant> {
  const { shopping, total, close } = await prepare(codes, store)
  for (let n = 0; n < searchesBefore; n++) await shopping.search(search, context, { anew: true })
  return {
    async run() {
      await shopping.search(search, context, { anew: true })
      return 1
    },
    async check() {
      const answer = JSON.parse(Buffer.from((await shopping.search(search, context, { anew: true })).body).toString())
      const isSame = answer.page.total === total && answer.cache.status === 'miss' && answer.status === 'complete'
      if (!isSame) throw new Error('another answer than before')
    },
    close,
  }
}

async function repliesOf(suppliers: BenchSuppliers): Promise<readonly Buffer[]> {
  await shoppingOver(suppliers).search(search, context)
  return suppliers.bodies()
}

export function shoppingOver({ list }: BenchSuppliers, store?: OfferStore): Shopping {
  return createShopping({
    ...{ clock: systemClock, log: silentLog, metrics: noMetrics },
    providers: { list: () => list, find: code => list.find(provider => provider.code === code) },
    makePricer: scope => makePricer(noRules, flatRates, scope),
    knowsCurrency: currency => flatRates.knows(currency),
    convert: m => m,
    store: store ?? makeMemoryOfferStore(systemClock),
    secret: 'bench',
    onSearch() {},
    health: { redis: () => 'off', elasticsearch: () => 'off' },
  })
}

async function prepare(codes: readonly string[], store?: OfferStore) {
  const suppliers = await openSuppliers(codes.map(code => ({ code, delayMs: 0 })))
  const shopping = shoppingOver(suppliers, store)
  const { id, body } = await shopping.search(search, context)
  const { total } = (JSON.parse(Buffer.from(body).toString()) as { page: { total: number } }).page
  const offers: unknown[] = []
  let cursor: string | null | undefined
  while (cursor !== null) {
    const { body } = await shopping.listOffers(id, cursor === undefined ? { limit: 100 } : { cursor }, context)
    const page = JSON.parse(Buffer.from(body).toString()) as { offers: unknown[]; page: { next: string | null } }
    offers.push(...page.offers)
    cursor = page.page.next
  }
  return { shopping, total, offers, close: suppliers.close }
}
