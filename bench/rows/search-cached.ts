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
    'In pairs of processes in alternating bursts, machine busy: 0.41 before; 0.58 with head and body in one piece of memory, filled ' +
    'in place and written once; 0.78 with headers read as they came and four ids to a digest. Lost: a fresh buffer (75 of 105 µs), a ' +
    'template copied for each answer (5 to 8 µs), writeHead and end (6 to 10 µs), the header preset (half of what one write ' +
    'gains). Left: limits, admission, 56 ids, the log. Hot all of it is 8 µs: what it costs is cold caches between two ' +
    'answers, so with other programs on the same cores it weighs more on this than on the floor ' +
    '(0.49 to 0.93 a round, medians 0.63 to 0.77 of four whole runs, 0.67 and 0.77 on a quiet machine; 0.58 to 0.84 in pairs). Decision 0007.',
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
