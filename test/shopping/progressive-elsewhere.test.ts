import { describe, expect, it } from 'vitest'
import { manualClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { noMetrics } from '../../src/core/metrics.ts'
import { layerOfferStores, type SharedStore } from '../../src/shopping/layered-offer-store.ts'
import { makeMemoryOfferStore } from '../../src/shopping/memory-offer-store.ts'
import { StoreUnavailable } from '../../src/shopping/offer-store.ts'
import type { SearchWatch, Shopping } from '../../src/shopping/port.ts'
import { makeOffer } from './support/offers.ts'
import { type AnyJson, contextOf, jsonOf, now, openShopping, request } from './support/shopping.ts'
import { fakeSupplier, found } from './support/suppliers.ts'
import { answerAfter, pass } from './support/turns.ts'

const context = contextOf()
const never = new AbortController().signal
const record: SharedStore['record'] = { isCurrent: () => true, catchUp: async () => 'current', ageMs: () => 0 }

/** Two processes over one store that takes a while for a view, and never takes one revision; alpha answers after 330 ms,
 *  beta after 600. */
function openTwo(saveViewMs: number, { refused = -1 } = {}) {
  const clock = manualClock(now)
  const memory = makeMemoryOfferStore(clock)
  const shared: SharedStore = {
    ...memory,
    record,
    async saveView(view) {
      await clock.sleep(saveViewMs)
      if (view.head.revision === refused) throw new StoreUnavailable('of the test')
      await memory.saveView(view)
    },
  }
  const suppliers = (
    [
      ['alpha', 330],
      ['beta', 600],
    ] as const
  ).map(([code, ms]) => fakeSupplier(code, answerAfter(clock, ms, found([makeOffer({ provider: code })]))))
  const open = (): Shopping => {
    const store = layerOfferStores(makeMemoryOfferStore(clock), shared, noMetrics, silentLog)
    return openShopping(suppliers, { clock, store }).shopping
  }
  return { asked: open(), other: open(), clock }
}

async function eventsOf(watch: SearchWatch): Promise<string[]> {
  const events: string[] = []
  for (let event = await watch.next(10_000, never); event; event = await watch.next(10_000, never))
    events.push(event === 'nothing' ? event : event.id)
  return events
}

describe('a search in progress at another process', () => {
  it('is told of when its revision is there, not the last one again', async () => {
    const { asked, other, clock } = openTwo(150)
    const { id } = await asked.search(request, context, { respondAsync: true })
    const answers: AnyJson[] = []
    const poll = async (): Promise<void> => {
      let answer: AnyJson = { revision: 0, status: 'in-progress' }
      while (answer.status === 'in-progress') {
        answer = jsonOf(await other.getSearch(id, context, { after: answer.revision, waitMs: 30_000 }))
        answers.push(answer)
      }
    }
    const done = poll()
    await pass(clock, 1_000)
    await done
    expect(answers.map(({ revision, status }) => [revision, status])).toEqual([
      [1, 'in-progress'],
      [2, 'complete'],
    ])
  })

  it('sends its events and no heart-beats between them', async () => {
    const { asked, other, clock } = openTwo(150)
    const { id } = await asked.search(request, context, { respondAsync: true })
    await pass(clock, 200)
    const events = eventsOf(await other.watchSearch(id, undefined, context))
    await pass(clock, 1_000)
    expect(await events).toEqual(['1', '2', '2-complete'])
  })

  it('skips what the store did not take, and does not turn round and round for it', async () => {
    const { asked, other, clock } = openTwo(10, { refused: 1 })
    const { id } = await asked.search(request, context, { respondAsync: true })
    await pass(clock, 200)
    const events = eventsOf(await other.watchSearch(id, undefined, context))
    await pass(clock, 1_000)
    expect(await events).toEqual(['2', '2-complete'])
  })
})
