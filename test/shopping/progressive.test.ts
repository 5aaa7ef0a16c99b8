import { describe, expect, it } from 'vitest'
import { manualClock } from '../../src/core/clock.ts'
import { makeMemoryOfferStore } from '../../src/shopping/memory-offer-store.ts'
import type { OfferStore } from '../../src/shopping/offer-store.ts'
import type { SearchEvent, SearchWatch } from '../../src/shopping/port.ts'
import { makeOffer, outbound } from './support/offers.ts'
import { type AnyJson, contextOf, jsonOf, now, openShopping, request } from './support/shopping.ts'
import { failing, fakeSupplier, found, silent } from './support/suppliers.ts'
import { answerAfter, pass, settle } from './support/turns.ts'

const context = contextOf()
const flight = (n: number) => ({ slices: [[{ ...outbound, flight: `BA${n}` }]] })
const manner = { respondAsync: true } as const
const never = new AbortController().signal

/** alpha answers after 300 ms, beta after 100 with the same flight for less and 30 more, gamma fails after 200. */
function openThree() {
  const clock = manualClock(now)
  const many = Array.from({ length: 30 }, (_, i) =>
    makeOffer({ provider: 'beta', price: 60_000 + i, ...flight(500 + i) }),
  )
  const alpha = fakeSupplier('alpha', answerAfter(clock, 300, found([makeOffer({ price: 50_000 })])))
  const beta = fakeSupplier(
    'beta',
    answerAfter(clock, 100, found([makeOffer({ provider: 'beta', price: 49_000 }), ...many])),
  )
  const gamma = fakeSupplier('gamma', async (query, call) => {
    await clock.sleep(200)
    return failing('supplier-error')(query, call)
  })
  return { ...openShopping([alpha, beta, gamma], { clock }), clock, alpha, beta, gamma }
}

async function drain(watch: SearchWatch, clock: { advance(ms: number): void }, ms: number): Promise<SearchEvent[]> {
  const events: SearchEvent[] = []
  const read = async (): Promise<void> => {
    for (;;) {
      const event = await watch.next(10_000, never)
      if (event === undefined) return
      if (event !== 'nothing') events.push(event)
    }
  }
  const done = read()
  await pass(clock, ms)
  await done
  return events
}

describe('a search that answers before its suppliers have', () => {
  it('begins with nothing and names whom it waits for', async () => {
    const { shopping } = openThree()
    const answer = await shopping.search(request, context, manner)
    expect(answer.status).toBe('in-progress')
    expect(jsonOf(answer)).toMatchObject({
      status: 'in-progress',
      revision: 0,
      cache: { status: 'miss', ageSeconds: 0 },
      waitingFor: ['alpha', 'beta', 'gamma'],
      providers: [],
      offers: [],
      page: { total: 0, next: null },
    })
    expect(jsonOf(await shopping.getSearch(answer.id, context))).toEqual(jsonOf(answer))
  })

  it('has a revision after each supplier, merged, priced and ranked, until it is done', async () => {
    const { shopping, clock } = openThree()
    const { id } = await shopping.search(request, context, manner)
    const look = async () => jsonOf(await shopping.getSearch(id, context))
    await pass(clock, 100)
    expect(await look()).toMatchObject({
      status: 'in-progress',
      revision: 1,
      waitingFor: ['alpha', 'gamma'],
      providers: [{ code: 'beta', status: 'ok', offers: 31 }],
      page: { total: 31 },
    })
    await pass(clock, 100)
    expect(await look()).toMatchObject({ status: 'in-progress', revision: 2, waitingFor: ['alpha'] })
    await pass(clock, 100)
    const last = await look()
    expect(last).toMatchObject({ status: 'partial', revision: 3, page: { total: 31 } })
    expect(last.waitingFor).toBeUndefined()
    expect(last.providers.map(({ status }: AnyJson) => status)).toEqual(['ok', 'ok', 'error'])
  })

  it('keeps the ids of its offers as rows merge, and each revision can be paged', async () => {
    const { shopping, clock } = openThree()
    const { id } = await shopping.search(request, context, manner)
    await pass(clock, 100)
    const one = jsonOf(await shopping.getSearch(id, context))
    await pass(clock, 200)
    const three = jsonOf(await shopping.getSearch(id, context))
    const [first] = one.offers
    const [leader] = three.offers
    expect(leader.id).toBe(first.id)
    expect(first.alternatives).toEqual([])
    expect(leader.alternatives).toMatchObject([{ provider: 'alpha', total: { amount: '500.00' } }])
    expect(three.offers.map((offer: AnyJson) => offer.id)).toEqual(one.offers.map((offer: AnyJson) => offer.id))
    expect(jsonOf(await shopping.getOffer(first.id, context))).toEqual(leader)
    for (const [search, alternatives] of [
      [one, 0],
      [three, 1],
    ] as const) {
      const rest = jsonOf(await shopping.listOffers(id, { cursor: search.page.next }, context))
      expect(rest.offers).toHaveLength(11)
      const sorted = jsonOf(await shopping.listOffers(id, { cursor: search.page.next, limit: 100 }, context))
      expect(sorted.page.total).toBe(31)
      const again = jsonOf(await shopping.listOffers(id, {}, context))
      expect(again.offers[0].alternatives).toHaveLength(1)
      expect(search.offers[0].alternatives).toHaveLength(alternatives)
    }
  })

  it('a cursor pins its revision, filtered or not, until the search expires', async () => {
    const clock = manualClock(now)
    const offers = (provider: string, from: number) =>
      Array.from({ length: 25 }, (_, i) => makeOffer({ provider, price: 40_000 + from + i, ...flight(from + i) }))
    const alpha = fakeSupplier('alpha', answerAfter(clock, 100, found(offers('alpha', 100))))
    const beta = fakeSupplier('beta', answerAfter(clock, 200, found(offers('beta', 200))))
    const { shopping } = openShopping([alpha, beta], { clock })
    const { id } = await shopping.search(request, context, manner)
    await pass(clock, 100)
    const filtered = jsonOf(await shopping.listOffers(id, { sort: 'price', order: 'desc', maxStops: 0 }, context))
    const plain = jsonOf(await shopping.listOffers(id, { sort: 'price', order: 'desc' }, context))
    await pass(clock, 100)
    const search = jsonOf(await shopping.getSearch(id, context))
    expect(search).toMatchObject({ revision: 2, status: 'complete', page: { total: 50 } })
    const pages = async () => {
      for (const { page, offers: before } of [filtered, plain]) {
        const rest = jsonOf(await shopping.listOffers(id, { cursor: page.next }, context))
        expect(rest.page).toEqual({ limit: 20, total: 25, next: null })
        expect(new Set([...before, ...rest.offers].map(({ id }: AnyJson) => id)).size).toBe(25)
      }
    }
    await pages()
    clock.set(Date.parse(search.expiresAt) - 1)
    await pages()
    clock.advance(1)
    await expect(shopping.listOffers(id, { cursor: plain.page.next }, context)).rejects.toMatchObject({ status: 410 })
  })

  it('ends at its deadline whatever a supplier does', async () => {
    const clock = manualClock(now)
    const alpha = fakeSupplier('alpha', answerAfter(clock, 100, found([makeOffer()])))
    const { shopping } = openShopping([alpha, fakeSupplier('beta', silent)], { clock })
    const { id } = await shopping.search({ ...request, deadlineMs: 500 }, context, manner)
    await pass(clock, 499)
    expect(jsonOf(await shopping.getSearch(id, context))).toMatchObject({ revision: 1, status: 'in-progress' })
    await pass(clock, 1)
    const last = jsonOf(await shopping.getSearch(id, context))
    expect(last).toMatchObject({ revision: 2, status: 'partial', page: { total: 1 } })
    expect(last.providers[1]).toMatchObject({ status: 'timeout', fault: { text: 'no answer within 500 ms' } })
  })

  it('has a deadline that began before caches were looked into', async () => {
    const clock = manualClock(now)
    const store = makeMemoryOfferStore(clock)
    const findAnswer: OfferStore['findAnswer'] = async (...asked) => {
      await clock.sleep(200)
      return store.findAnswer(...asked)
    }
    const slow = { ...store, findAnswer }
    const { shopping } = openShopping([fakeSupplier('alpha', silent)], { clock, store: slow })
    const pending = shopping.search({ ...request, deadlineMs: 500 }, context, manner)
    await pass(clock, 200)
    const { id } = await pending
    const status = async () => jsonOf(await shopping.getSearch(id, context)).status
    await pass(clock, 299)
    expect(await status()).toBe('in-progress')
    await pass(clock, 1)
    expect(await status()).toBe('partial')
  })

  it('ends empty, readable and with the reasons where all suppliers fail', async () => {
    const { shopping, clock } = openShopping([fakeSupplier('alpha', failing('supplier-error'))])
    const { id } = await shopping.search(request, context, manner)
    await pass(clock, 1)
    expect(jsonOf(await shopping.getSearch(id, context))).toMatchObject({
      status: 'partial',
      revision: 1,
      offers: [],
      providers: [{ code: 'alpha', status: 'error' }],
    })
  })

  it('is answered at once with what is known, and is the same search to who asks the same meanwhile', async () => {
    const { shopping, clock, beta } = openThree()
    const first = jsonOf(await shopping.search(request, context, manner))
    await pass(clock, 100)
    const second = jsonOf(await shopping.search(request, context, manner))
    const sync = shopping.search(request, context).then(jsonOf)
    expect(second).toMatchObject({
      revision: 1,
      status: 'in-progress',
      cache: { status: 'shared' },
      page: { total: 31 },
    })
    expect(second.id).not.toBe(first.id)
    await pass(clock, 200)
    expect(await sync).toMatchObject({ status: 'partial', cache: { status: 'shared' } })
    for (const { id } of [first, second])
      expect(jsonOf(await shopping.getSearch(id, context))).toMatchObject({ id, revision: 3 })
    expect(beta.asked).toHaveLength(1)
  })

  it('is complete at once where it is cached', async () => {
    const { shopping } = openShopping([fakeSupplier('alpha', [makeOffer()])])
    await shopping.search(request, context)
    expect(jsonOf(await shopping.search(request, context, manner))).toMatchObject({
      status: 'complete',
      cache: { status: 'hit' },
      page: { total: 1 },
    })
  })

  it('belongs to its tenant', async () => {
    const { shopping } = openThree()
    const { id } = await shopping.search(request, context, manner)
    const other = contextOf('other')
    await expect(shopping.getSearch(id, other, { after: 0, waitMs: 100 })).rejects.toMatchObject({ status: 404 })
    await expect(shopping.watchSearch(id, undefined, other)).rejects.toMatchObject({ status: 404 })
  })
})

describe('waiting for news', () => {
  it('ends with the next revision, or with the same at the end of the wait', async () => {
    const { shopping, clock } = openThree()
    const { id } = await shopping.search(request, context, manner)
    let answer: AnyJson
    const wait = (revision: number, waitMs: number) => {
      answer = undefined
      void shopping.getSearch(id, context, { after: revision, waitMs }).then(result => {
        answer = jsonOf(result)
      })
    }
    wait(0, 1_000)
    await pass(clock, 99)
    expect(answer).toBeUndefined()
    await pass(clock, 1)
    expect(answer).toMatchObject({ revision: 1 })
    wait(1, 50)
    await pass(clock, 49)
    expect(answer).toBeUndefined()
    await pass(clock, 1)
    expect(answer).toMatchObject({ revision: 1 })
    wait(0, 1_000)
    await settle()
    expect(answer).toMatchObject({ revision: 1 })
    await pass(clock, 200)
    wait(3, 30_000)
    await settle()
    expect(answer).toMatchObject({ revision: 3, status: 'partial' })
  })

  it('of a revision beyond the next passes that one over, and ends with the search', async () => {
    const { shopping, clock } = openThree()
    const { id } = await shopping.search(request, context, manner)
    const answers: AnyJson[] = []
    for (const after of [1, 7])
      void shopping.getSearch(id, context, { after, waitMs: 30_000 }).then(result => answers.push(jsonOf(result)))
    await pass(clock, 100)
    expect(answers).toEqual([])
    await pass(clock, 100)
    expect(answers).toMatchObject([{ revision: 2, status: 'in-progress' }])
    await pass(clock, 99)
    expect(answers).toHaveLength(1)
    await pass(clock, 1)
    expect(answers).toMatchObject([{ revision: 2 }, { revision: 3, status: 'partial' }])
  })

  it('ends when whoever waits leaves', async () => {
    const { shopping } = openThree()
    const { id } = await shopping.search(request, context, manner)
    const controller = new AbortController()
    const waiting = shopping.getSearch(id, context, { after: 0, waitMs: 30_000, leaves: () => controller.signal })
    await settle()
    controller.abort()
    expect(jsonOf(await waiting)).toMatchObject({ revision: 0 })
  })

  it('does not wait for a search that never was in progress', async () => {
    const { shopping } = openShopping([fakeSupplier('alpha', [makeOffer()])])
    const { id } = await shopping.search(request, context)
    expect(jsonOf(await shopping.getSearch(id, context, { after: 5, waitMs: 30_000 }))).toMatchObject({ revision: 1 })
  })
})

describe('the events of a search', () => {
  it('are one for each supplier and the end', async () => {
    const { shopping, clock } = openThree()
    const { id } = await shopping.search(request, context, manner)
    const events = await drain(await shopping.watchSearch(id, undefined, context), clock, 300)
    expect(events.map(event => [event.kind, event.id])).toEqual([
      ['revision', '1'],
      ['revision', '2'],
      ['revision', '3'],
      ['complete', '3-complete'],
    ])
    const [one, , three, complete] = events.map(jsonOf)
    expect(one).toMatchObject({ id, revision: 1, status: 'in-progress', facets: { providers: [{ value: 'beta' }] } })
    expect(one.offers).toHaveLength(20)
    expect(complete).toEqual(three)
    expect(complete).toEqual(jsonOf(await shopping.getSearch(id, context)))
  })

  it('of suppliers that answer at once are still one for each', async () => {
    const clock = manualClock(now)
    const codes = ['alpha', 'beta', 'gamma']
    const suppliers = codes.map((provider, n) =>
      fakeSupplier(provider, answerAfter(clock, 100, found([makeOffer({ provider, ...flight(n) })]))),
    )
    const { shopping } = openShopping(suppliers, { clock })
    const { id } = await shopping.search(request, context, manner)
    const events = await drain(await shopping.watchSearch(id, '0', context), clock, 100)
    expect(events.map(event => event.id)).toEqual(['1', '2', '3', '3-complete'])
  })

  it('go on behind the one that the reader has, and are over after the last', async () => {
    const { shopping, clock } = openThree()
    const { id } = await shopping.search(request, context, manner)
    await pass(clock, 200)
    const watch = await shopping.watchSearch(id, '1', context)
    const events = await drain(watch, clock, 100)
    expect(events.map(event => event.id)).toEqual(['2', '3', '3-complete'])
    const again = await shopping.watchSearch(id, '3', context)
    expect((await drain(again, clock, 0)).map(event => event.id)).toEqual(['3-complete'])
    expect((await shopping.watchSearch(id, '3-complete', context)).isOver).toBe(true)
    await expect(shopping.watchSearch(id, 'x', context)).rejects.toMatchObject({ status: 422 })
  })

  it('give who is late the newest: what was not taken is not kept', async () => {
    const { shopping, clock } = openThree()
    const { id } = await shopping.search({ ...request, providers: ['alpha', 'beta'] }, context, manner)
    const watch = await shopping.watchSearch(id, '0', context)
    await pass(clock, 300)
    clock.advance(5_000)
    expect((await drain(watch, clock, 0)).map(event => event.id)).toEqual(['2', '2-complete'])
  })

  it('tell a deadline by the end alone, and silence by nothing', async () => {
    const clock = manualClock(now)
    const alpha = fakeSupplier('alpha', answerAfter(clock, 100, found([makeOffer()])))
    const { shopping } = openShopping([alpha, fakeSupplier('beta', silent)], { clock })
    const { id } = await shopping.search({ ...request, deadlineMs: 500 }, context, manner)
    const watch = await shopping.watchSearch(id, '0', context)
    const quiet = watch.next(50, never)
    await pass(clock, 50)
    expect(await quiet).toBe('nothing')
    expect((await drain(watch, clock, 450)).map(event => event.id)).toEqual(['1', '2-complete'])
  })
})
