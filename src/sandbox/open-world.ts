import { join } from 'node:path'
import type { Clock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import type { ProviderCode } from '../core/offer.ts'
import { createFlights } from './flights.ts'
import { createInventory } from './inventory.ts'
import { createItineraries } from './itineraries.ts'
import { openJournal } from './journal.ts'
import { magicRoutes, magicRoutesOf } from './magic-routes.ts'
import { loadNetwork } from './network.ts'
import type { PnrEntry } from './pnr-entries.ts'
import { PnrStore } from './pnr-store.ts'
import { hashText } from './random.ts'
import type { Ground } from './shop.ts'
import { supplierOf } from './suppliers.ts'
import { createView } from './view.ts'
import type { World, WorldView } from './world.ts'

export type WorldOptions = {
  /** The same seed is the same world: flights, fares and seats for sale. */
  readonly seed: string | number
  readonly clock: Clock
  /** Where PNRs outlive the process; null: they do not. */
  readonly stateDir: string | null
  readonly log: Log
}

export async function openWorld({ seed: given, clock, stateDir, log }: WorldOptions): Promise<World> {
  const seed = hashText(0, String(given))
  const network = loadNetwork()
  const flights = createFlights(network, seed)
  const inventory = createInventory(seed)
  const ground: Ground = { seed, clock, network, flights, itineraries: createItineraries(flights), inventory }
  const journal = stateDir === null ? null : await openJournal<PnrEntry>(join(stateDir, 'pnrs.jsonl'))
  const store = await PnrStore.open({ journal, inventory, clock, log })
  const views = new Map<ProviderCode, WorldView>()
  return {
    get magicRoutes() {
      const others = [...views.keys()].filter(code => magicRoutes.every(route => route.provider !== code))
      return [...magicRoutes, ...others.flatMap(magicRoutesOf)]
    },
    view(provider) {
      const known = views.get(provider)
      if (known) return known
      const view = createView(ground, supplierOf(provider), store)
      views.set(provider, view)
      return view
    },
    async close() {
      store.expire()
      await store.close()
    },
  }
}
