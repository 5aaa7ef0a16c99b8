/** Cold searches over small replies of all formats; of the last ones V8 tells which compiled functions it throws away. A search
 *  that has run some hundred times should lose none: one that loses a function at every third was 15 percent dearer
 *  (test/long/deoptimisations.test.ts). With --plant such a one is in it, to show that the guard sees it. */
import { setFlagsFromString } from 'node:v8'
import type { GuardedProvider } from '../src/providers/guard.ts'
import { shoppingOver } from './cold-row.ts'
import { openSuppliers, search } from './suppliers.ts'

const searchesBefore = 300
const searches = 200
const isPlanted = process.argv.includes('--plant')
const context = { tenant: 'default', requestId: 'req_bench', traceparent: null }
const small = { ...search, maxConnections: 0, carriers: { include: ['VS'] } }

const suppliers = await openSuppliers(
  ['amadeus', 'sabre', 'ndc', 'travelport', 'duffel'].map(code => ({ code, delayMs: 0 })),
)
const shopping = shoppingOver(isPlanted ? { ...suppliers, list: suppliers.list.map(walking) } : suppliers)
await times(searchesBefore)
// not from the start: suppliers are started with the same options and write to the same place
setFlagsFromString('--trace-deopt')
await times(searches)
setFlagsFromString('--no-trace-deopt')
await suppliers.close()

async function times(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await shopping.search(small, context, { anew: true })
}

function walking(provider: GuardedProvider): GuardedProvider {
  return {
    ...provider,
    async shop(query, call) {
      const outcome = await provider.shop(query, call)
      if (outcome.kind === 'offers') for (const { supplierContext } of outcome.offers) sizeOf(supplierContext)
      return outcome
    },
  }
}

/** As it once stood in check-offer.ts: for-in over objects of many shapes. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length + 2
  if (typeof value !== 'object' || value === null) return 8
  let size = 2
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) size += sizeOf(value[i]) + 1
    return size
  }
  for (const key in value) size += key.length + 4 + sizeOf((value as Record<string, unknown>)[key])
  return size
}
