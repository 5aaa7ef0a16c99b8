import { expect, test } from 'vitest'
import type { BookingStore, Change } from '../../src/booking/booking-store.ts'
import { checkPlans, inMemory } from './check.ts'
import type { Sabotage } from './run.ts'

/** The simulation is worth what it catches: each fault is planted where a careless change would put it. */
const faults: readonly { readonly title: string; readonly caught: RegExp; readonly sabotage: Sabotage }[] = [
  {
    title: 'a blind retry of an order whose answer was lost',
    caught: /asked for more than once/,
    sabotage: {
      provider: provider => ({
        ...provider,
        async createOrder(request, call) {
          const first = await provider.createOrder(request, call)
          return first.kind === 'unknown' ? provider.createOrder(request, call) : first
        },
      }),
    },
  },
  {
    title: 'an adapter that forgets for whom a cancellation is',
    caught: /kept|live PNR/,
    sabotage: {
      provider: provider => ({
        ...provider,
        quoteCancellation: (order, call) => provider.quoteCancellation(order, call),
        cancelOrder: ({ order, quote }, call) => provider.cancelOrder({ order, quote }, call),
      }),
    },
  },
  {
    title: 'a write whose announcements are skipped',
    caught: /last announced/,
    sabotage: {
      store: store => replaced(store, { save: change => store.save({ ...change, announcements: skipped(change) }) }),
    },
  },
  {
    title: 'a lease that fences nobody off: the last writer wins',
    caught: /announced twice|asked for more than once|kept|live|issued/,
    sabotage: {
      store: store =>
        replaced(store, {
          async save(change) {
            const now = change.before && (await store.find(change.after.tenant, change.after.id))?.booking
            await store.save(change.before && now ? { ...change, before: now } : change)
          },
        }),
    },
  },
  {
    title: 'a key that is looked at first and taken later',
    caught: /one key made \d bookings|answered differently/,
    sabotage: { store: checkThenAct },
  },
]

test.each(faults)('$title is caught', async ({ caught, sabotage }) => {
  await expect(checkPlans({ runs: 400, seed: 1, open: inMemory, sabotage, shrink: false })).rejects.toThrow(
    expect.objectContaining({ cause: expect.objectContaining({ message: expect.stringMatching(caught) }) }),
  )
})

function replaced(store: BookingStore, methods: Partial<BookingStore>): BookingStore {
  return { ...store, ...methods }
}

function skipped({ announcements, status }: Change): Change['announcements'] {
  return status.after === 'ticketed' ? [] : announcements
}

/** Two that look at the same time both find the key free. */
function checkThenAct(store: BookingStore): BookingStore {
  const taken = new Set<string>()
  return replaced(store, {
    async claimKey(claim) {
      const name = `${claim.scope} ${claim.key}`
      const free = !taken.has(name)
      // a moment in which time stands still: whoever asks at the same instant sees the same
      await new Promise(resolve => setImmediate(resolve))
      if (!free) return store.claimKey(claim)
      taken.add(name)
      return { kind: 'claimed', bookingId: null, subject: null }
    },
    // written under the key without holding it, as such a store would
    save: change => store.save({ ...change, key: null }),
    freeKey: async () => {},
    releaseKey: async () => {},
  })
}
