import type { SupplierOffer } from '../../src/core/offer.ts'
import { buildColumns } from '../../src/shopping/columns.ts'
import { facetsOf } from '../../src/shopping/facets.ts'
import { factsOf } from '../../src/shopping/facts.ts'
import { failuresOf, noFilters } from '../../src/shopping/filters.ts'
import { mergeOffers } from '../../src/shopping/merge.ts'
import { best } from '../../src/shopping/rank/best.ts'
import { rank } from '../../src/shopping/rank/chain.ts'
import { highlightsOf } from '../../src/shopping/rank/labels.ts'
import { carrierOf, carriersCount, makeOffer, priceOf } from '../offers.ts'
import type { Row } from '../row.ts'

const offersCount = 4_000
/** Offers of one itinerary: one from each supplier, and one of them twice. */
const copies = 4
const suppliers = ['alpha', 'beta', 'gamma', 'alpha']

/** What is left to do when the last supplier has answered, from priced offers to the first page: merge, columns, the whole
 *  chain of filters and scores, highlights, facets. The floor is told keys, prices and carriers as numbers and only dedupes,
 *  sorts and counts. Checks and facts (made as answers come in), pricing and encoding are in neither. */
export const row: Row = {
  name: 'rank step for 4,000 offers',
  unit: 'search',
  floorIs: 'open-addressed dedupe by a ready key, one typed sort, one count of carriers',
  aim: null,
  floor() {
    const { keys, prices, carriers } = numbersOf()
    let last = { rows: 0, first: 0 }
    return {
      run() {
        last = leastOf(keys, prices, carriers)
        return 1
      },
      check() {
        if (last.rows !== 0 && last.rows !== offersCount / copies) throw new Error(`${last.rows} rows`)
      },
    }
  },
  value() {
    const offers = makeOffers()
    const totals = Float64Array.from(offers, ({ total }) => total.amountMinor)
    const facts = factsOf(offers)
    let rows = 0
    return {
      run() {
        const merged = mergeOffers(facts, totals, offers)
        const columns = buildColumns(merged.leaders, facts, totals)
        const { order } = rank(best, columns)
        highlightsOf(columns, order)
        facetsOf(columns, failuresOf(columns, noFilters), 'EUR')
        rows = order.length
        return 1
      },
      check() {
        if (rows !== 0 && rows !== offersCount / copies) throw new Error(`${rows} rows`)
      },
    }
  },
}

function numbersOf() {
  const itinerary = Int32Array.from({ length: offersCount }, (_, i) => i % (offersCount / copies))
  return {
    keys: itinerary.map(n => Math.imul(n + 1, 0x9e3779b1)),
    prices: Float64Array.from(itinerary, (_, i) => priceOf(i)),
    carriers: itinerary.map(carrierOf),
  }
}

function leastOf(keys: Int32Array, prices: Float64Array, carriers: Int32Array) {
  const table = new Int32Array(8_192).fill(-1)
  let rows = 0
  const leaders = new Int32Array(keys.length)
  for (let i = 0; i < keys.length; i++) {
    let slot = keys[i]! & 8_191
    while (table[slot] !== -1 && keys[leaders[table[slot]!]!] !== keys[i]) slot = (slot + 1) & 8_191
    if (table[slot] === -1) {
      table[slot] = rows
      leaders[rows++] = i
    } else if (prices[i]! < prices[leaders[table[slot]!]!]!) leaders[table[slot]!] = i
  }
  const packed = new Float64Array(rows)
  for (let row = 0; row < rows; row++) packed[row] = prices[leaders[row]!]! * 32_768 + row
  packed.sort()
  const counts = new Int32Array(carriersCount)
  for (let row = 0; row < rows; row++) counts[carriers[leaders[row]!]!]!++
  return { rows, first: packed[0]! % 32_768 }
}

function makeOffers(): readonly SupplierOffer[] {
  return Array.from({ length: offersCount }, (_, i) =>
    makeOffer(i % (offersCount / copies), i, suppliers[Math.floor(i / (offersCount / copies))]!),
  )
}
