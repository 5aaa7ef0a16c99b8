import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { systemClock } from '../../src/core/clock.ts'
import { makeMemoryOfferStore } from '../../src/shopping/memory-offer-store.ts'
import { inQuick } from '../effort.ts'
import { makeOffer } from '../offers.ts'
import { day, fullSearch, readyShopping } from '../ready-shopping.ts'
import type { Sheet } from '../row.ts'

const offersEach = 250
const searches = inQuick(30, 60)
const limits = {
  viewBytesMax: 24 * 2 ** 20,
  sharedViewBytesMax: 1,
  netBytesMax: 8 * 2 ** 20,
  answerBytesMax: 8 * 2 ** 20,
  singleBytesMax: 2 ** 20,
}
const boundBytes = limits.viewBytesMax + limits.netBytesMax + limits.answerBytesMax + limits.singleBytesMax

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** A cached search is the net result set, the tenant's view of it and its ready answer. */
export const sheet: Sheet = {
  roundsMax: 3,
  lines: [
    {
      name: 'memory per cached search of 500 offers',
      ...{ unit: 'kB', better: 'lower', aim: null },
      floorIs: 'the encoded offers as JSON',
    },
    {
      name: 'heap of a full cache',
      ...{ unit: 'MB', better: 'lower', aim: { ratioMax: 1 } },
      floorIs: 'what it is bounded to',
      note: 'Sizes are estimates of the heap (memory-offer-store.ts).',
    },
  ],
  async floor() {
    const offers = Array.from({ length: 2 * offersEach }, (_, i) => makeOffer(i, i, 'alpha', day))
    return [JSON.stringify(offers).length / 1000, boundBytes / 1e6]
  },
  async value() {
    const roomy = 2 ** 30
    const open = {
      viewBytesMax: roomy,
      sharedViewBytesMax: roomy,
      netBytesMax: roomy,
      answerBytesMax: roomy,
      singleBytesMax: roomy,
    }
    const each = await heapOf(open, searches)
    return [each / searches / 1000, (await heapOf(limits, 4 * searches)) / 1e6]
  },
}

async function heapOf(bounds: typeof limits, count: number): Promise<number> {
  const store = makeMemoryOfferStore(systemClock, { limits: bounds })
  const shopping = readyShopping(store, offersEach, true)
  const search = (n: number) => fullSearch(shopping, n, 1.5 * offersEach)
  await search(0)
  collect()
  const before = held()
  for (let n = 1; n <= count; n++) await search(n)
  await systemClock.sleep(20)
  collect()
  const after = held()
  await search(count)
  return after - before
}

function held(): number {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
