/** Bytes that one operation allocates, on the heap and beside it: the same on a busy machine as on a quiet one, so a test can
 *  guard it. Run with so large a heap that nothing is collected meanwhile
 *  (test/bench/allocations.test.ts). Prints a JSON object. With --plant
 *  each operation also does something useless, to show that the guard sees it. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { systemClock } from '../src/core/clock.ts'
import { encodeOffer } from '../src/providers/amadeus/wire/flight-offer-encode.ts'
import { parseJson } from '../src/providers/amadeus/wire/json.ts'
import { decodeSearchReply } from '../src/providers/amadeus/wire/search.ts'
import { makeMemoryOfferStore } from '../src/shopping/memory-offer-store.ts'
import { makeOffer } from './offers.ts'
import { readyShopping, returnSearch } from './ready-shopping.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const isPlanted = process.argv.includes('--plant')
const context = { tenant: 'default', requestId: 'req_bench', traceparent: null }
const offersEach = 50

const shopping = readyShopping(makeMemoryOfferStore(systemClock), offersEach)
const request = returnSearch()
await shopping.search(request, context)
const reply = replyOf(100)

const hit = await bytesEach(2_000, () => {
  const { bytes, giveBack } = shopping.recall(request, 'default')!(context).lend('')
  if (isPlanted) JSON.parse(bytes.toString())
  giveBack()
})
const miss = await bytesEach(60, async () => {
  const { body } = await shopping.search(request, context, { anew: true })
  if (isPlanted) for (let n = 0; n < 5; n++) JSON.parse(Buffer.from(body).toString())
})
const decode = await bytesEach(60, () => {
  decodeSearchReply(parseJson(reply), reply)
  if (isPlanted) for (let n = 0; n < 4; n++) JSON.parse(reply.toString())
})
console.log(JSON.stringify({ hit, missPerOffer: miss / (2 * offersEach), decodePerOffer: decode / 100 }))

async function bytesEach(times: number, work: () => unknown): Promise<number> {
  for (let n = 0; n < times; n++) await work()
  collect()
  const before = held()
  for (let n = 0; n < times; n++) await work()
  return Math.round((held() - before) / times)
}

function held(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

function replyOf(offers: number): Buffer {
  const data = Array.from({ length: offers }, (_, i) => {
    const offer = makeOffer(i, i, 'amadeus')
    const segmentIds = offer.slices.flatMap(slice => slice.segments.map(segment => segment.id))
    const travellers = [{ id: '1', passengerId: 'pax_1' as const, adultId: null }]
    return encodeOffer(offer, { id: String(i + 1), segmentIds, travellers, step: 'search' })
  })
  return Buffer.from(JSON.stringify({ data }))
}
