import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import type { FaultKind } from '../../src/core/fault.ts'
import type { ProblemError } from '../../src/core/problem.ts'
import type { ShopOutcome } from '../../src/providers/port.ts'
import { makeMemoryOfferStore } from '../../src/shopping/memory-offer-store.ts'
import { baseOfSearch, offerIdOf, searchIdOf, viewIdOf } from '../../src/shopping/search-ids.ts'
import { makeOffer, onePiece, outbound } from './support/offers.ts'
import { type AnyJson, contextOf, jsonOf, now, openShopping, plainPricer, request } from './support/shopping.ts'
import { type Answer, failing, fakeSupplier, found, silent } from './support/suppliers.ts'
import { ids } from './support/views.ts'

const context = contextOf()
const flight = (n: number) => ({ slices: [[{ ...outbound, flight: `BA${n}` }]] })

describe('a search', () => {
  it('answers with the merged offers of all suppliers, the cheapest leading', async () => {
    const alpha = fakeSupplier('alpha', [makeOffer({ provider: 'alpha', price: 52_000 })])
    const beta = fakeSupplier('beta', [makeOffer({ provider: 'beta', price: 51_000 })])
    const { shopping } = openShopping([beta, alpha])
    const answer = jsonOf(await shopping.search(request, context))
    expect(answer).toMatchObject({
      status: 'complete',
      revision: 1,
      createdAt: '2027-01-05T10:00:00Z',
      currency: 'EUR',
      cache: { status: 'miss', ageSeconds: 0 },
      providers: [
        { code: 'alpha', status: 'ok', offers: 1 },
        { code: 'beta', status: 'ok', offers: 1 },
      ],
      page: { limit: 20, total: 1, next: null },
      warnings: [],
    })
    const [offer] = answer.offers
    expect(offer).toMatchObject({
      searchId: answer.id,
      provider: 'beta',
      total: { amount: '510.00', currency: 'EUR' },
      labels: ['best', 'cheapest', 'fastest'],
      alternatives: [{ provider: 'alpha', total: { amount: '520.00', currency: 'EUR' } }],
    })
    expect(answer.highlights).toEqual({ best: offer.id, cheapest: offer.id, fastest: offer.id })
  })

  it('asks every supplier however many there are, and each gets its share of the offers that a view can name', async () => {
    const suppliers = Array.from({ length: 40 }, (_, i) => {
      const provider = `s${i}`
      return fakeSupplier(
        provider,
        Array.from({ length: 900 }, (_, n) => makeOffer({ provider, price: 90_000 - n - i, ...flight(n + 1) })),
      )
    })
    const { shopping } = openShopping(suppliers)
    const answer = jsonOf(await shopping.search(request, context))
    expect(suppliers.map(({ asked }) => asked.length)).toEqual(suppliers.map(() => 1))
    expect(answer.providers).toHaveLength(40)
    expect(answer.warnings).toContainEqual(
      expect.objectContaining({
        code: 'too-many-offers',
        provider: 's7',
        text: 's7: 81 offers over 819 were left out',
      }),
    )
    const page = jsonOf(await shopping.listOffers(answer.id, { providers: ['s39'], limit: 1 }, context))
    expect(page).toMatchObject({ offers: [{ provider: 's39' }], page: { total: 819 } })
  })

  it('is there to be read again, and so is each offer and each alternative', async () => {
    const alpha = fakeSupplier('alpha', [makeOffer({ provider: 'alpha', price: 52_000 })])
    const beta = fakeSupplier('beta', [makeOffer({ provider: 'beta', price: 51_000, context: { secret: 'tok_123' } })])
    const { shopping } = openShopping([beta, alpha])
    const answer = await shopping.search(request, context)
    const search = jsonOf(answer)
    expect(jsonOf(await shopping.getSearch(answer.id, context))).toEqual(search)
    const [offer] = search.offers
    expect(jsonOf(await shopping.getOffer(offer.id, context))).toEqual(offer)
    const other = jsonOf(await shopping.getOffer(offer.alternatives[0].offerId, context))
    expect(other).toMatchObject({
      provider: 'alpha',
      labels: [],
      alternatives: [{ offerId: offer.id, provider: 'beta' }],
    })
    const stored = await shopping.getStoredOffer(offer.id, context)
    expect(stored.net.supplierContext).toEqual({ secret: 'tok_123' })
    expect(Buffer.from(answer.body).toString()).not.toContain('tok_123')
  })

  it('shows an offer with all the fields of the public API', async () => {
    const { shopping } = openShopping([fakeSupplier('alpha', [makeOffer({ refundable: true, changeFee: 5_000 })])])
    const [offer] = jsonOf(await shopping.search(request, context)).offers
    expect(Object.keys(offer).sort()).toEqual(
      ['alternatives', 'conditions', 'expiresAt', 'id', 'labels', 'passengers', 'price', 'provider', 'replaces'].concat(
        ['requirements', 'searchId', 'seatsLeft', 'slices', 'ticketBy', 'total', 'validatingCarrier'],
      ),
    )
    expect(offer.price).toEqual({
      base: { amount: '499.00', currency: 'EUR' },
      taxes: { amount: '1.00', currency: 'EUR' },
      fees: { amount: '0.00', currency: 'EUR' },
      total: { amount: '500.00', currency: 'EUR' },
      supplierTotal: { amount: '500.00', currency: 'EUR' },
      rate: null,
    })
    expect(offer.passengers).toEqual([
      {
        ids: ['pax_1'],
        type: 'ADT',
        count: 1,
        each: {
          base: { amount: '499.00', currency: 'EUR' },
          taxes: [{ code: 'XT', amount: { amount: '1.00', currency: 'EUR' } }],
          fees: [],
          total: { amount: '500.00', currency: 'EUR' },
        },
      },
    ])
    expect(offer.conditions).toEqual({
      change: { allowed: true, fee: { amount: '50.00', currency: 'EUR' } },
      refund: { allowed: true, fee: null },
    })
    expect(offer.slices[0]).toMatchObject({ origin: 'LHR', destination: 'JFK', durationMinutes: 475, connections: [] })
    expect(offer.slices[0].segments[0]).toMatchObject({
      id: 'seg_1',
      departureZone: 'Europe/London',
      fares: [{ bookingClass: 'O', baggage: { checked: onePiece, cabin: null } }],
    })
  })

  it('asks only the suppliers that are named', async () => {
    const alpha = fakeSupplier('alpha')
    const beta = fakeSupplier('beta')
    const { shopping } = openShopping([alpha, beta])
    const answer = jsonOf(await shopping.search({ ...request, providers: ['beta'] }, context))
    expect(answer.providers.map((each: AnyJson) => each.code)).toEqual(['beta'])
    expect([alpha.asked.length, beta.asked.length]).toEqual([0, 1])
  })

  it('calls no supplier when it makes no sense', async () => {
    const alpha = fakeSupplier('alpha')
    const { shopping } = openShopping([alpha])
    await expect(shopping.search({ ...request, passengers: [] }, context)).rejects.toMatchObject({ status: 422 })
    expect(alpha.asked).toEqual([])
  })

  it('passes over a supplier that cannot do it, and says why', async () => {
    const twoSlices = {
      ...request,
      slices: [...request.slices, { origin: 'JFK', destination: 'LHR', departureDate: '2027-03-17' }],
    }
    const { shopping } = openShopping([
      fakeSupplier('alpha', [], { slicesMax: 1 }),
      fakeSupplier('beta', [], { passengerTypes: ['ADT'] }),
      fakeSupplier('gamma', [], { passengersMax: 2 }),
    ])
    const family = { ...twoSlices, passengers: [{ type: 'ADT' }, { type: 'ADT' }, { type: 'CHD' }] } as const
    const answer = jsonOf(await shopping.search(family, context))
    expect(answer).toMatchObject({ status: 'complete', offers: [] })
    expect(answer.providers).toEqual([
      {
        code: 'alpha',
        status: 'skipped',
        elapsedMs: 0,
        offers: 0,
        fault: expect.objectContaining({ text: 'it takes one slice a search' }),
      },
      {
        code: 'beta',
        status: 'skipped',
        elapsedMs: 0,
        offers: 0,
        fault: expect.objectContaining({ text: 'it does not price passengers of type CHD' }),
      },
      {
        code: 'gamma',
        status: 'skipped',
        elapsedMs: 0,
        offers: 0,
        fault: expect.objectContaining({ text: 'it takes at most 2 passengers' }),
      },
    ])
  })

  it('that finds nothing is complete and empty', async () => {
    const { shopping } = openShopping([fakeSupplier('alpha'), fakeSupplier('beta', failing('no-offers'))])
    const answer = jsonOf(await shopping.search(request, context))
    expect(answer).toMatchObject({
      status: 'complete',
      offers: [],
      page: { total: 0, next: null },
      highlights: { best: null },
      facets: { carriers: [], price: { min: null, max: null }, durationMinutes: { min: null, max: null } },
    })
    expect(answer.providers.map((each: AnyJson) => each.status)).toEqual(['ok', 'ok'])
  })

  it('with no supplier switched on is a 503', async () => {
    const { shopping } = openShopping([])
    await expect(shopping.search(request, context)).rejects.toMatchObject({ type: 'suppliers-unavailable' })
  })
})

describe('suppliers that fail', () => {
  type Behaviour = {
    readonly name: string
    readonly answer: Answer
    readonly status: string
    readonly answers: boolean
  }
  const one = (code: string, n: number): ShopOutcome => found([makeOffer({ provider: code, ...flight(n) })])
  const behaviours = (code: string, n: number): readonly Behaviour[] => {
    const fails = (kind: FaultKind, status: string): Behaviour => ({
      name: kind,
      answer: failing(kind),
      status,
      answers: false,
    })
    return [
      { name: 'good', answer: async () => one(code, n), status: 'ok', answers: true },
      { name: 'empty', answer: async () => found([]), status: 'ok', answers: true },
      {
        name: 'half',
        answer: async () => ({ ...one(code, n), partial: true }) as ShopOutcome,
        status: 'partial',
        answers: true,
      },
      { name: 'silent', answer: silent, status: 'timeout', answers: false },
      { name: 'throws', answer: async () => Promise.reject(new Error('adapter bug')), status: 'error', answers: false },
      fails('timeout', 'timeout'),
      fails('connection', 'error'),
      fails('malformed-reply', 'error'),
      fails('supplier-error', 'error'),
      fails('authentication', 'error'),
      fails('circuit-open', 'circuit-open'),
      fails('rate-limited', 'rate-limited'),
    ]
  }

  it('in whatever mix: the answer says so for each, holds the rest, and is 503 only when all failed', async () => {
    const codes = ['alpha', 'beta', 'gamma', 'delta']
    const mix = fc.array(fc.nat({ max: behaviours('x', 1).length - 1 }), { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(mix, async choice => {
        const acts = choice.map((which, i) => ({ code: codes[i]!, ...behaviours(codes[i]!, 100 + i)[which]! }))
        const { shopping, clock } = openShopping(acts.map(({ code, answer }) => fakeSupplier(code, answer)))
        const pending = shopping.search(request, context).then(jsonOf, (error: ProblemError) => error)
        for (let i = 0; i < 20; i++) await Promise.resolve()
        clock.advance(4_000)
        const answer: AnyJson = await pending
        const expected = acts.map(({ code, status }) => ({ code, status })).sort((a, b) => (a.code < b.code ? -1 : 1))
        const told = (answer.providers ?? answer.extensions.providers) as AnyJson[]
        expect(told.map(({ code, status }) => ({ code, status }))).toEqual(expected)
        for (const { status, fault } of told) expect(status === 'ok' || status === 'partial').toBe(fault === undefined)
        if (!acts.some(act => act.answers)) {
          expect(answer).toMatchObject({
            type: 'suppliers-unavailable',
            status: 503,
            retryAfterSeconds: expect.any(Number),
          })
          return
        }
        expect(answer.status).toBe(acts.every(act => act.status === 'ok') ? 'complete' : 'partial')
        const selling = acts.filter(({ name }) => name === 'good' || name === 'half').map(({ code }) => code)
        expect(answer.offers.map((offer: AnyJson) => offer.provider).toSorted()).toEqual(selling.toSorted())
      }),
      { numRuns: 300 },
    )
  })

  it('are asked again by the next search: a set that somebody is missing from is not kept', async () => {
    const alpha = fakeSupplier('alpha', [makeOffer()])
    const beta = fakeSupplier('beta', failing('supplier-error'))
    const { shopping, clock } = openShopping([alpha, beta])
    await shopping.search(request, context)
    clock.advance(1)
    expect(jsonOf(await shopping.search(request, context))).toMatchObject({
      status: 'partial',
      cache: { status: 'miss' },
    })
    expect(beta.asked).toHaveLength(2)
  })
})

describe('time', () => {
  const slow =
    (ms: number, clock: () => { sleep(ms: number): Promise<void> }, outcome: ShopOutcome): Answer =>
    async () => {
      await clock().sleep(ms)
      return outcome
    }
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 30; i++) await Promise.resolve()
  }

  it('is up at the deadline, whatever a supplier does; what it reached of the deadline is told', async () => {
    const beta = fakeSupplier('beta', silent)
    const { shopping, clock } = openShopping([fakeSupplier('alpha', [makeOffer()]), beta])
    let answer: AnyJson
    const pending = shopping.search({ ...request, deadlineMs: 700 }, context).then(result => {
      answer = jsonOf(result)
    })
    await settle()
    clock.advance(699)
    await settle()
    expect(answer).toBeUndefined()
    clock.advance(1)
    await pending
    expect(answer.providers[1]).toEqual({
      code: 'beta',
      status: 'timeout',
      elapsedMs: 700,
      offers: 0,
      fault: { kind: 'timeout', code: null, text: 'no answer within 700 ms' },
    })
    expect(answer).toMatchObject({ status: 'partial', page: { total: 1 } })
  })

  it('ends early when enough suppliers have answered and the grace is over; who is late is told, and cancelled at the deadline', async () => {
    const open = openShopping([])
    let signal: AbortSignal | undefined
    const suppliers = [
      fakeSupplier(
        'alpha',
        slow(100, () => open.clock, found([makeOffer()])),
      ),
      fakeSupplier(
        'beta',
        slow(200, () => open.clock, found([makeOffer({ provider: 'beta', ...flight(2) })])),
      ),
      fakeSupplier(
        'delta',
        slow(400, () => open.clock, found([makeOffer({ provider: 'delta', ...flight(3) })])),
      ),
      fakeSupplier('gamma', (_, call) => {
        signal = call.deadline.signal
        return new Promise(() => {})
      }),
    ]
    const { shopping } = openShopping(suppliers, { clock: open.clock })
    let answer: AnyJson
    const pending = shopping.search({ ...request, waitFor: { providers: 2, graceMs: 300 } }, context).then(result => {
      answer = jsonOf(result)
    })
    await settle()
    for (let ms = 0; ms < 499; ms++) {
      open.clock.advance(1)
      await settle()
    }
    expect(answer).toBeUndefined()
    open.clock.advance(1)
    await pending
    expect(answer.providers.map((each: AnyJson) => each.status)).toEqual(['ok', 'ok', 'ok', 'timeout'])
    expect(answer.providers[3].fault.text).toMatch(/not waited for/)
    expect(signal!.aborted).toBe(false)
    open.clock.advance(3_500)
    expect(signal!.aborted).toBe(true)
  })

  it('of the real clock: the answer is out a moment after the deadline', async () => {
    const { shopping } = openShopping([fakeSupplier('alpha', [makeOffer()]), fakeSupplier('beta', silent)], {
      clock: systemClock,
      store: makeMemoryOfferStore(systemClock),
    })
    const ahead = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10)
    const slices = [{ ...request.slices[0]!, departureDate: ahead }]
    const start = performance.now()
    const answer = jsonOf(await shopping.search({ ...request, slices, deadlineMs: 200 }, context))
    expect(answer.status).toBe('partial')
    expect(performance.now() - start).toBeGreaterThanOrEqual(199)
    expect(performance.now() - start).toBeLessThan(300)
  })
})

describe('the same question again', () => {
  it('is answered from what suppliers said just now, under ids of its own, and says how old it is', async () => {
    const alpha = fakeSupplier('alpha', [makeOffer(), makeOffer(flight(2))])
    const { shopping, clock } = openShopping([alpha])
    const first = jsonOf(await shopping.search(request, context))
    clock.advance(12_345)
    const second = jsonOf(await shopping.search(request, context))
    expect(alpha.asked).toHaveLength(1)
    expect(second).toMatchObject({ cache: { status: 'hit', ageSeconds: 12 }, createdAt: '2027-01-05T10:00:12.345Z' })
    expect(second.id).not.toBe(first.id)
    const text = JSON.stringify(second)
    expect(text).not.toContain(first.id.slice(4))
    expect(text.replaceAll(second.id.slice(4), first.id.slice(4))).toContain(JSON.stringify(first.offers))
    for (const { id } of second.offers) expect(jsonOf(await shopping.getOffer(id, context)).searchId).toBe(second.id)
    expect(jsonOf(await shopping.getSearch(second.id, context))).toEqual(second)
    expect(jsonOf(await shopping.getSearch(first.id, context))).toEqual(first)
  })

  it('is asked anew when its time is over, and never from offers that have expired at the supplier', async () => {
    const alpha = fakeSupplier('alpha', [makeOffer()])
    const { shopping, clock } = openShopping([alpha])
    await shopping.search(request, context)
    clock.advance(31 * 60_000)
    expect(jsonOf(await shopping.search(request, context)).cache.status).toBe('miss')
    alpha.answer = async () => found([makeOffer({ expiresAt: new Date(clock.now() + 30_000).toISOString() })])
    clock.advance(31 * 60_000)
    await shopping.search(request, context)
    clock.advance(29_999)
    expect(jsonOf(await shopping.search(request, context)).cache.status).toBe('hit')
    clock.advance(1)
    expect(jsonOf(await shopping.search(request, context)).cache.status).toBe('miss')
  })

  it('is another question with anything that changes fares, and the same for another tenant', async () => {
    const alpha = fakeSupplier('alpha', [makeOffer()])
    const { shopping, clock } = openShopping([alpha, fakeSupplier('beta')])
    const asked = async (change: object, tenant = 'default'): Promise<boolean> => {
      const before = alpha.asked.length
      await shopping.search({ ...request, ...change }, contextOf(tenant))
      clock.advance(1)
      return alpha.asked.length > before
    }
    expect(await asked({})).toBe(true)
    expect(await asked({})).toBe(false)
    expect(await asked({ locale: 'en-GB', deadlineMs: 900, waitFor: { providers: 1, graceMs: 5 } })).toBe(false)
    expect(await asked({}, 'other')).toBe(false)
    const changes = [
      { pointOfSale: 'US' },
      { currency: 'GBP' },
      { accountCodes: [{ carrier: 'BA', code: 'ACME' }] },
      { cabin: 'business' },
      { maxConnections: 0 },
      { carriers: { include: ['BA'] } },
      { carriers: { exclude: ['AA'] } },
      { passengers: [{ type: 'ADT' }, { type: 'ADT' }] },
      { passengers: [{ type: 'ADT', age: 30 }] },
      { providers: ['alpha'] },
      { slices: [{ ...request.slices[0]!, departureTime: { from: '06:00', to: '12:00' } }] },
    ]
    for (const change of changes) expect(await asked(change), JSON.stringify(change)).toBe(true)
  })
})

describe('tenants', () => {
  it('see their own searches and offers only: others are not found', async () => {
    const { shopping } = openShopping([fakeSupplier('alpha', [makeOffer()])])
    const mine = await shopping.search(request, contextOf('a'))
    const [offer] = jsonOf(mine).offers
    const other = contextOf('b')
    const notFound = { type: 'not-found', status: 404 }
    await expect(shopping.getSearch(mine.id, other)).rejects.toMatchObject(notFound)
    await expect(shopping.listOffers(mine.id, {}, other)).rejects.toMatchObject(notFound)
    await expect(shopping.getOffer(offer.id, other)).rejects.toMatchObject(notFound)
    await expect(shopping.getStoredOffer(offer.id, other)).rejects.toMatchObject(notFound)
    await expect(shopping.confirmPrice(offer.id, other)).rejects.toMatchObject(notFound)
  })

  it("get nothing of another's view even by an id of their own that names it", async () => {
    const { shopping } = openShopping([fakeSupplier('alpha', [makeOffer()])])
    const mine = await shopping.search(request, contextOf('a'))
    const view = viewIdOf(baseOfSearch(mine.id))
    const base = ids.mint(view, 'b', now, 'miss')
    const other = contextOf('b')
    const notFound = { type: 'not-found', status: 404 }
    await expect(shopping.getSearch(searchIdOf(base), other)).rejects.toMatchObject(notFound)
    await expect(shopping.listOffers(searchIdOf(base), {}, other)).rejects.toMatchObject(notFound)
    await expect(shopping.listOffers(searchIdOf(base), { maxStops: 3 }, other)).rejects.toMatchObject(notFound)
    await expect(shopping.getOffer(offerIdOf(base, 0), other)).rejects.toMatchObject(notFound)
  })

  it('share what suppliers said, each at prices of its own', async () => {
    const alpha = fakeSupplier('alpha', [makeOffer({ price: 50_000 })])
    const { shopping } = openShopping([alpha], {
      makePricer:
        ({ tenant, currency }) =>
        offer => {
          const priced = plainPricer(currency)(offer)
          return tenant === 'a' ? priced : { ...priced, total: { amountMinor: 60_000, currency } }
        },
    })
    const a = jsonOf(await shopping.search(request, contextOf('a')))
    const b = jsonOf(await shopping.search(request, contextOf('b')))
    expect(alpha.asked).toHaveLength(1)
    expect([a.offers[0].total.amount, b.offers[0].total.amount]).toEqual(['500.00', '600.00'])
    expect(b.cache.status).toBe('hit')
  })
})

describe('what has expired', () => {
  it('is 410, what never was is 404', async () => {
    const { shopping, clock } = openShopping([fakeSupplier('alpha', [makeOffer()])])
    const search = jsonOf(await shopping.search(request, context))
    const [{ id }] = search.offers
    const beyond = `${id.slice(0, -3)}00z` as 'off_'
    await expect(shopping.getOffer(beyond, context)).rejects.toMatchObject({ type: 'not-found' })
    const changed = (text: string) => text.slice(0, 8) + (text[8] === '0' ? '1' : '0') + text.slice(9)
    await expect(shopping.getSearch(changed(search.id) as 'src_', context)).rejects.toMatchObject({ type: 'not-found' })
    await expect(shopping.getOffer(changed(id) as 'off_', context)).rejects.toMatchObject({ type: 'not-found' })
    clock.set(Date.parse(search.expiresAt))
    await expect(shopping.getSearch(search.id, context)).rejects.toMatchObject({ type: 'search-expired', status: 410 })
    await expect(shopping.listOffers(search.id, {}, context)).rejects.toMatchObject({ type: 'search-expired' })
    await expect(shopping.getOffer(id, context)).rejects.toMatchObject({ type: 'offer-expired', status: 410 })
    await expect(shopping.confirmPrice(id, context)).rejects.toMatchObject({ type: 'offer-expired' })
  })

  it('is told by the supplier: neither a search nor an offer outlives it, nor the time to ticket', async () => {
    const at = (minutes: number) => new Date(now + minutes * 60_000).toISOString()
    const { shopping, clock } = openShopping([
      fakeSupplier('alpha', [
        makeOffer({ expiresAt: at(9) }),
        makeOffer({ ...flight(2), ticketBy: at(7) }),
        makeOffer({ ...flight(3), expiresAt: at(1) }),
      ]),
    ])
    const search = jsonOf(await shopping.search(request, context))
    expect(search.expiresAt).toBe('2027-01-05T10:07:00Z')
    const byFlight = new Map(
      search.offers.map((offer: AnyJson) => [offer.slices[0].segments[0].marketing.number, offer]),
    )
    const short = byFlight.get('3') as AnyJson
    expect(short.expiresAt).toBe('2027-01-05T10:01:00Z')
    clock.advance(60_000)
    await expect(shopping.getOffer(short.id, context)).rejects.toMatchObject({ type: 'offer-expired' })
    expect(jsonOf(await shopping.getSearch(search.id, context)).id).toBe(search.id)
  })
})

describe('what is remembered of a search', () => {
  it('is handed on after the answer, the cheapest 50 first; nothing of private fares, nothing of a hit', async () => {
    const offers = Array.from({ length: 70 }, (_, i) => makeOffer({ ...flight(100 + i), price: 90_000 - i * 100 }))
    // the same journeys in a dearer fare say nothing new
    offers.push(...offers.map((_, i) => makeOffer({ ...flight(100 + i), price: 90_050 - i * 100, refundable: true })))
    const { shopping, clock, shopped } = openShopping([fakeSupplier('alpha', offers)])
    await shopping.search(request, context)
    expect(shopped).toEqual([])
    clock.advance(0)
    expect(shopped).toHaveLength(1)
    expect(shopped[0]!.offers.map(({ net }) => net.total.amountMinor)).toEqual(
      Array.from({ length: 50 }, (_, i) => 83_100 + i * 100),
    )
    await shopping.search(request, context)
    await shopping.search({ ...request, accountCodes: [{ carrier: 'BA', code: 'ACME' }] }, context)
    clock.advance(0)
    expect(shopped).toHaveLength(1)
  })
})
