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
