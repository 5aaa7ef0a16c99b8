import { systemClock } from '../src/core/clock.ts'
import type { RequestContext } from '../src/core/context.ts'
import { silentLog } from '../src/core/log.ts'
import { noMetrics } from '../src/core/metrics.ts'
import { makePricer } from '../src/pricing/price-offer.ts'
import { makeMemoryOfferStore } from '../src/shopping/memory-offer-store.ts'
import type { Shopping } from '../src/shopping/port.ts'
import { createShopping } from '../src/shopping/service.ts'
import type { Row } from './row.ts'
import { type BenchSuppliers, flatRates, noRules, openSuppliers, search } from './suppliers.ts'

const context: RequestContext = { tenant: 'default', requestId: 'req_bench', traceparent: null }
/** A service that is up has compiled its readers. In a quick run too: after 20 and after 40 a search with XML took 121 and
 *  147 ms of CPU, after 80 it takes 47 to 54. */
const searchesBefore = 80

export const coldNote =
  'Misses by 0.7 to 1.4: 2.9 and 2.7 on a quiet machine, where parsing and dropping with transport alone is 1.43. Of the CPU of a cold search over five JSON suppliers (sampled) JSON.parse is a fifth and ' +
  'collecting garbage three tenths, most of it marking: every 15 to 20 searches V8 looks through the whole heap, with two ' +
  'thirds of its limit free, because of the memory of replies, which outlives young collections; why it does was not found. ' +
  'No file of ours takes over 5 percent. What was gained: a view no longer keeps what pricing adds (copied of each byte ' +
  'allocated 0.34, then 0.25), offers of Amadeus keep their text, not the tree (0.18), and replies go straight into one ' +
  'buffer (68 and 66 ms, then 61 and 57). Tried without effect: one reply decoded after the other, one thread for the ' +
  'collector, young generations of 8 to 192 MB, and buffers for replies that are used again (5 collections of the whole heap ' +
  'in three seconds for 8, the same CPU).'

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
    async value() {
      const { shopping, total, close } = await prepare(codes)
      for (let n = 0; n < searchesBefore; n++) await shopping.search(search, context, { anew: true })
      return {
        async run() {
          await shopping.search(search, context, { anew: true })
          return 1
        },
        async check() {
          const answer = JSON.parse(
            Buffer.from((await shopping.search(search, context, { anew: true })).body).toString(),
          )
          const isSame = answer.page.total === total && answer.cache.status === 'miss' && answer.status === 'complete'
          if (!isSame) throw new Error('another answer than before')
        },
        close,
      }
    },
  }
}

async function repliesOf(suppliers: BenchSuppliers): Promise<readonly Buffer[]> {
  await shoppingOver(suppliers).search(search, context)
  return suppliers.bodies()
}

function shoppingOver({ list }: BenchSuppliers): Shopping {
  return createShopping({
    ...{ clock: systemClock, log: silentLog, metrics: noMetrics },
    providers: { list: () => list, find: code => list.find(provider => provider.code === code) },
    makePricer: scope => makePricer(noRules, flatRates, scope),
    knowsCurrency: currency => flatRates.knows(currency),
    convert: m => m,
    store: makeMemoryOfferStore(systemClock),
    secret: 'bench',
    onSearch() {},
    health: { redis: () => 'off', elasticsearch: () => 'off' },
  })
}

async function prepare(codes: readonly string[]) {
  const suppliers = await openSuppliers(codes.map(code => ({ code, delayMs: 0 })))
  const shopping = shoppingOver(suppliers)
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
