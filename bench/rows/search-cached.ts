import { systemClock } from '../../src/core/clock.ts'
import { makeMemoryOfferStore } from '../../src/shopping/memory-offer-store.ts'
import type { Row } from '../row.ts'
import { bareServer, searchOnce, searchVariant, startSearchService } from '../search-service.ts'

/** The same search again and again: answered from memory, with parsing, validation, key, log and metrics on. The floor sends
 *  as many bytes from bare node:http after reading the same body. The load comes from a process of its own. */
export const row: Row = {
  name: 'search answered from memory, through HTTP',
  unit: 'request',
  floorIs: 'bare node:http POST with a fixed body of the same size',
  isRate: true,
  aim: { ratioMin: 0.75 },
  note:
    'Before it was 0.15 to 0.25, the load counted apart. Tried and kept: the request known by its raw body before anything is ' +
    'parsed, the answer filled into bytes that were sent before (a fresh buffer of 54 kB was 75 of 105 µs), no Request and ' +
    'Response, one hash an id, counts and log lines together. Left: id and cursor of its own for each search (two hashes), ' +
    '56 ids written into the page, two histograms, admission and limits; with other programs on the same cores their cold ' +
    'caches weigh more on this than on the floor.',
  async floor() {
    const service = await startSearchService(makeMemoryOfferStore(systemClock))
    const { byteLength } = await searchOnce(service.port)
    await service.close()
    return bareServer(byteLength)
  },
  async value() {
    const service = await startSearchService(makeMemoryOfferStore(systemClock))
    const { byteLength } = await searchOnce(service.port)
    return searchVariant(service.port, byteLength, service.close)
  },
}
