import { describe, expect, it } from 'vitest'
import { manualClock } from '../../src/core/clock.ts'
import { factsOf } from '../../src/shopping/facts.ts'
import { LiveSearch } from '../../src/shopping/live-search.ts'
import { makeMemoryOfferStore } from '../../src/shopping/memory-offer-store.ts'
import { netSetOf } from '../../src/shopping/net-search.ts'
import type { NetSet } from '../../src/shopping/net-set.ts'
import type { OfferStore } from '../../src/shopping/offer-store.ts'
import { makeOffer, outbound } from './support/offers.ts'
import { type AnyJson, contextOf, jsonOf, now, openShopping, request } from './support/shopping.ts'
import { failing, fakeSupplier, found, silent } from './support/suppliers.ts'
import { answerAfter, pass, settle } from './support/turns.ts'

const context = contextOf()
const flight = (n: number) => ({ slices: [[{ ...outbound, flight: `BA${n}` }]] })
const codesOf = (answer: AnyJson) => answer.offers.map((offer: AnyJson) => offer.provider).sort()

/** Suppliers that answer after 100 ms and, the second, after as long as the test says. */
function openTwo(betaMs: number) {
  const clock = manualClock(now)
  const alpha = fakeSupplier('alpha', answerAfter(clock, 100, found([makeOffer()])))
  const beta = fakeSupplier('beta', answerAfter(clock, betaMs, found([makeOffer({ provider: 'beta', ...flight(2) })])))
  return { ...openShopping([alpha, beta], { clock }), clock, alpha, beta }
}

describe('identical searches in flight', () => {
  it('ask suppliers once, each under ids of its own, and say whose answer it is', async () => {
    const { shopping, clock, alpha } = openTwo(200)
    const pending = ['a', 'b', 'a'].map(tenant => shopping.search(request, contextOf(tenant)).then(jsonOf))
    await pass(clock, 150)
    pending.push(shopping.search(request, contextOf('a')).then(jsonOf))
    await pass(clock, 50)
    const answers = await Promise.all(pending)
    expect(alpha.asked).toHaveLength(1)
    expect(answers.map(({ cache }) => cache)).toEqual([
      { status: 'miss', ageSeconds: 0 },
      ...Array.from({ length: 3 }, () => ({ status: 'shared', ageSeconds: 0 })),
    ])
    expect(new Set(answers.map(({ id }) => id)).size).toBe(4)
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 'complete', page: { total: 2 } })
      const tenant = answer === answers[1] ? 'b' : 'a'
      expect(jsonOf(await shopping.getSearch(answer.id, contextOf(tenant)))).toEqual(answer)
      expect(jsonOf(await shopping.getOffer(answer.offers[1].id, contextOf(tenant)))).toEqual(answer.offers[1])
    }
    expect(jsonOf(await shopping.search(request, context)).cache.status).toBe('hit')
  })

  it('are identical whatever the order, case and repetition of codes', async () => {
    const { shopping, clock, alpha } = openTwo(200)
    const code = (carrier: string, text: string) => ({ carrier, code: text })
    const ways = [
      { accountCodes: [code('BA', 'ACME'), code('AA', 'B1')], carriers: { include: ['BA', 'AA'] } },
      {
        accountCodes: [code('AA', 'b1'), code('BA', 'ACME'), code('BA', 'acme')],
        carriers: { include: ['AA', 'BA', 'AA'] },
      },
      {
        accountCodes: [code('AA', 'B1'), code('BA', 'ACME')],
        carriers: { include: ['AA', 'BA'], exclude: [] },
        locale: 'de',
      },
    ]
    const pending = ways.map(way => shopping.search({ ...request, ...way }, context))
    await pass(clock, 200)
    for (const { status } of await Promise.all(pending)) expect(status).toBe('complete')
    expect(alpha.asked).toHaveLength(1)
  })

  it('are each answered at their own deadline with what is there; suppliers have until the last of them', async () => {
    const { shopping, clock, beta } = openTwo(1_000)
    const short = shopping.search({ ...request, deadlineMs: 300 }, context).then(jsonOf)
    await settle()
    const long = shopping.search({ ...request, deadlineMs: 5_000 }, context).then(jsonOf)
    let answer: AnyJson
    void short.then(result => {
      answer = result
    })
    await pass(clock, 299)
    expect(answer).toBeUndefined()
    await pass(clock, 1)
    expect(answer).toMatchObject({ status: 'partial', cache: { status: 'miss' } })
    expect(answer.providers[1].fault.text).toBe('no answer within 300 ms')
    await pass(clock, 700)
    expect(await long).toMatchObject({ status: 'complete', cache: { status: 'shared' } })
    expect(codesOf(await long)).toEqual(['alpha', 'beta'])
    expect(beta.asked).toHaveLength(1)
  })

  it('are answered at their deadline, however long the cache took to say that it has nothing', async () => {
    const clock = manualClock(now)
    const memory = makeMemoryOfferStore(clock)
    const findAnswer: OfferStore['findAnswer'] = async key => {
      await clock.sleep(140)
      return memory.findAnswer(key)
    }
    const store = { ...memory, findAnswer }
    const { shopping } = openShopping([fakeSupplier('alpha', silent)], { clock, store })
    const failed = shopping.search({ ...request, deadlineMs: 300 }, context).catch(error => error)
    let isAnswered = false
    void failed.then(() => {
      isAnswered = true
    })
    await pass(clock, 299)
    expect(isAnswered).toBe(false)
    await pass(clock, 1)
    expect(isAnswered).toBe(true)
  })

  it('give suppliers what is left of the longest deadline', async () => {
    const clock = manualClock(now)
    const left: number[] = []
    const alpha = fakeSupplier('alpha', async (_, { deadline }) => {
      await clock.sleep(100)
      left.push(deadline.remainingMs())
      await clock.sleep(100)
      return found([makeOffer()])
    })
    const { shopping } = openShopping([alpha], { clock })
    const pending = [shopping.search({ ...request, deadlineMs: 1_000 }, context)]
    await pass(clock, 50)
    pending.push(shopping.search({ ...request, deadlineMs: 2_000 }, context))
    await pass(clock, 150)
    await Promise.all(pending)
    expect(left).toEqual([1_950])
  })

  it('that need not wait for all are answered early, and the late reply still fills the cache', async () => {
    const { shopping, clock, beta } = openTwo(900)
    const early = shopping.search({ ...request, waitFor: { providers: 1, graceMs: 50 } }, context).then(jsonOf)
    await pass(clock, 150)
    expect(await early).toMatchObject({ status: 'partial' })
    expect(codesOf(await early)).toEqual(['alpha'])
    await pass(clock, 750)
    const next = jsonOf(await shopping.search(request, context))
    expect(next).toMatchObject({ status: 'complete', cache: { status: 'hit' } })
    expect(codesOf(next)).toEqual(['alpha', 'beta'])
    expect(beta.asked).toHaveLength(1)
  })
})

describe('a client that leaves', () => {
  const open = () => {
    const clock = manualClock(now)
    let signal: AbortSignal | undefined
    const alpha = fakeSupplier('alpha', (_, call) => {
      signal = call.deadline.signal
      return silent(_, call)
    })
    const { shopping } = openShopping([alpha], { clock })
    const leaving = () => {
      const controller = new AbortController()
      const left = shopping.search(request, context, { leaves: () => controller.signal }).catch(error => error)
      return { left, leave: () => controller.abort() }
    }
    return { shopping, clock, alpha, leaving, given: () => signal! }
  }

  it('cancels the suppliers where nobody else waits, and the next one asks anew', async () => {
    const { leaving, given, alpha } = open()
    const { left, leave } = leaving()
    await settle()
    expect(given().aborted).toBe(false)
    leave()
    expect(given().aborted).toBe(true)
    expect(await left).toMatchObject({ status: 499 })
    leaving()
    await settle()
    expect(alpha.asked).toHaveLength(2)
  })

  it('cancels nothing that another waits for', async () => {
    const { leaving, given, clock, shopping } = open()
    const first = leaving()
    const second = shopping.search(request, context).catch(error => error)
    await settle()
    first.leave()
    await pass(clock, 3_999)
    expect(given().aborted).toBe(false)
    await pass(clock, 1)
    expect(given().aborted).toBe(true)
    expect(await second).toMatchObject({ type: 'suppliers-unavailable' })
  })

  it('that had left before it was waited for asks nobody', async () => {
    const { shopping, alpha } = open()
    const gone = AbortSignal.abort()
    await expect(shopping.search(request, context, { leaves: () => gone })).rejects.toMatchObject({ status: 499 })
    expect(alpha.asked).toHaveLength(0)
  })
})

describe('a search that another process asks', () => {
  it('is not answered with nothing when that one dies after it had enough', async () => {
    const clock = manualClock(now)
    const scope = () => ({ now: clock.now(), mark: '', lifetime: { softMs: 0, hardMs: 0 } })
    const ok = { code: 'alpha', status: 'ok', elapsedMs: 1, offers: 0 } as const
    const nothing = { providers: [], offers: [], facts: factsOf([]), warnings: [] }
    let own = { answered: 0, providers: [] as (typeof ok)[] }
    let onAnswer = (): void => {}
    const live = new LiveSearch({
      clock,
      ask: (_, told) => {
        onAnswer = told
        const result = () => ({ ...nothing, providers: own.providers })
        return {
          open: ['beta'],
          result,
          arrivals: result,
          get answered() {
            return own.answered
          },
        }
      },
      makeNet: result => netSetOf(result, scope()),
      nothingYet: () => nothing,
      onEnd() {},
    })
    const wish = { deadlineMs: 9_000, waitFor: { providers: 1, graceMs: 1_000 }, order: 'supplier' } as const
    let answer: NetSet | undefined
    void live.join(wish).then(net => {
      answer = net
    })
    expect(live.isHurried).toBe(true)
    live.keepForeign(netSetOf({ ...nothing, providers: [ok] }, scope()))
    expect(live.isHurried).toBe(false)
    await pass(clock, 500)
    live.start()
    await pass(clock, 2_000)
    expect(answer).toBeUndefined()
    own = { answered: 1, providers: [ok] }
    onAnswer()
    await pass(clock, 1_000)
    expect(answer?.providers).toEqual([ok])
  })
})

describe('a stale answer', () => {
  /** Fresh for ten minutes, to be used for twenty. */
  const open = () => {
    const clock = manualClock(now)
    const alpha = fakeSupplier('alpha', [makeOffer({ price: 50_000 })])
    return { ...openShopping([alpha], { clock }), clock, alpha }
  }

  it('goes out at once, and one refresh behind it makes the next one fresh', async () => {
    const { shopping, clock, alpha } = open()
    await shopping.search(request, context)
    alpha.answer = answerAfter(clock, 100, found([makeOffer({ price: 60_000 })]))
    clock.advance(10 * 60_000)
    for (let n = 0; n < 3; n++) {
      const stale = jsonOf(await shopping.search(request, context))
      expect(stale.cache).toEqual({ status: 'stale', ageSeconds: 600 })
      expect(stale.offers[0].total.amount).toBe('500.00')
      expect(jsonOf(await shopping.getSearch(stale.id, context)).cache).toEqual(stale.cache)
    }
    await pass(clock, 100)
    expect(alpha.asked).toHaveLength(2)
    const next = jsonOf(await shopping.search(request, context))
    expect(next.cache.status).toBe('hit')
    expect(next.offers[0].total.amount).toBe('600.00')
  })

  it('of another tenant is made anew of what the refresh found: suppliers are not asked again', async () => {
    const clock = manualClock(now)
    const alpha = fakeSupplier('alpha', [makeOffer({ price: 50_000 })])
    // so short that both have ready answers when it is stale
    const { shopping } = openShopping([alpha], { clock, limits: { netTtlMs: 60_000 } })
    for (const tenant of ['a', 'b']) await shopping.search(request, contextOf(tenant))
    alpha.answer = async () => found([makeOffer({ price: 60_000 })])
    clock.advance(3 * 60_000)
    for (const tenant of ['a', 'b']) {
      expect(jsonOf(await shopping.search(request, contextOf(tenant))).cache.status).toBe('stale')
      await settle()
      const next = jsonOf(await shopping.search(request, contextOf(tenant)))
      expect(next).toMatchObject({ cache: { status: 'hit' }, offers: [{ total: { amount: '600.00' } }] })
    }
    expect(alpha.asked).toHaveLength(2)
  })

  it('serves on while its supplier fails, who is left alone between two tries', async () => {
    const { shopping, clock, alpha } = open()
    await shopping.search(request, context)
    alpha.answer = failing('supplier-error')
    clock.advance(10 * 60_000)
    for (let n = 0; n < 4; n++) {
      expect(jsonOf(await shopping.search(request, context))).toMatchObject({
        cache: { status: 'stale' },
        page: { total: 1 },
      })
      await pass(clock, 10)
    }
    expect(alpha.asked).toHaveLength(2)
    await pass(clock, 5_000)
    await shopping.search(request, context)
    await settle()
    expect(alpha.asked).toHaveLength(3)
  })

  it('is not taken where the client asks anew, and what it gets serves the others', async () => {
    const { shopping, clock, alpha } = open()
    await shopping.search(request, context)
    alpha.answer = async () => found([makeOffer({ price: 60_000 })])
    clock.advance(1)
    const anew = jsonOf(await shopping.search(request, context, { anew: true }))
    expect(anew).toMatchObject({ cache: { status: 'miss' }, offers: [{ total: { amount: '600.00' } }] })
    clock.advance(1)
    const next = jsonOf(await shopping.search(request, context))
    expect(next).toMatchObject({ cache: { status: 'hit' }, offers: [{ total: { amount: '600.00' } }] })
    expect(alpha.asked).toHaveLength(2)
  })
})

describe('a supplier that failed', () => {
  it('leaves no "no offers" behind: only a whole set serves others', async () => {
    const clock = manualClock(now)
    const alpha = fakeSupplier('alpha', failing('supplier-error'))
    const beta = fakeSupplier('beta')
    const { shopping } = openShopping([alpha, beta], { clock })
    expect(jsonOf(await shopping.search(request, context))).toMatchObject({ status: 'partial', offers: [] })
    alpha.answer = async () => found([makeOffer()])
    expect(jsonOf(await shopping.search(request, context))).toMatchObject({
      status: 'complete',
      cache: { status: 'miss' },
      page: { total: 1 },
    })
  })
})

describe('bounds', () => {
  const overloaded = { type: 'overloaded', status: 503, retryAfterSeconds: expect.any(Number) }

  it('on who waits for one search: one more is refused, and those who wait are answered', async () => {
    const { shopping, clock, alpha } = openTwo(200)
    const pending = Array.from({ length: 5_000 }, () => shopping.search(request, context))
    await settle()
    await expect(shopping.search(request, context)).rejects.toMatchObject(overloaded)
    await pass(clock, 200)
    for (const answer of await Promise.all(pending)) expect(answer.status).toBe('complete')
    expect(alpha.asked).toHaveLength(1)
  })

  it('on questions under way: one more is refused until one has ended', async () => {
    const clock = manualClock(now)
    const { shopping } = openShopping([fakeSupplier('alpha', silent)], { clock })
    const ask = (n: number) =>
      shopping.search({ ...request, deadlineMs: 1_000, passengers: [{ type: 'ADT', id: `pax_${n}` }] }, context)
    const refused: unknown[] = []
    for (let n = 0; n < 5_000; n++) ask(n).catch(error => refused.push(error))
    await settle()
    expect(refused).toEqual([])
    await expect(ask(5_000)).rejects.toMatchObject(overloaded)
    clock.advance(1_000)
    await settle()
    expect(refused).toHaveLength(5_000)
    expect(refused[0]).toMatchObject({ type: 'suppliers-unavailable' })
    const next = ask(5_001).catch(error => error)
    await pass(clock, 1_000)
    expect(await next).toMatchObject({ type: 'suppliers-unavailable' })
  })
})
