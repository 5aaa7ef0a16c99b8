import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, book, bookingOf, daysAhead, searchFor, send } from '../support/front-end.ts'
import { complaintsOf } from '../support/json-schema.ts'
import { type RunningService, removeDataDir, startService } from '../support/service.ts'
import { until } from '../support/until.ts'

/** The whole service over the sandbox, as a front end sees it, audited against what suppliers and gateway hold. */
describe('journeys', () => {
  let service: RunningService
  let sandbox: Answer['body']
  const call = (method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> =>
    send(service.baseUrl, method, path, body, headers)

  beforeAll(async () => {
    service = await startService()
    sandbox = (await call('GET', '/v1/sandbox')).body
  })
  afterAll(async () => {
    await service?.stop()
    if (service) await removeDataDir(service.dataDir)
  })

  const family = {
    slices: [
      { origin: 'LHR', destination: 'JFK', departureDate: daysAhead(60) },
      { origin: 'JFK', destination: 'LHR', departureDate: daysAhead(67) },
    ],
    passengers: [{ type: 'ADT' }, { type: 'ADT' }, { type: 'CHD', age: 8 }],
    currency: 'EUR',
    pointOfSale: 'GB',
  }
  const search = async (body: unknown): Promise<Answer['body']> => {
    const answer = await call('POST', '/v1/searches', body)
    expect(answer.status, JSON.stringify(answer.body).slice(0, 500)).toBe(201)
    return answer.body
  }
  const cheapest = async (body: unknown, filter = ''): Promise<Answer['body']> => {
    const { id } = await search(body)
    return (await call('GET', `/v1/searches/${id}/offers?sort=price&limit=1${filter}`)).body.offers[0]
  }
  const magic = (
    effect: string,
    provider?: string,
  ): { origin: string; destination: string; departureDate: string; provider: string } => {
    const route = sandbox.magicRoutes.find(
      (row: Answer['body']) => row.effect === effect && (provider === undefined || row.provider === provider),
    )
    return { ...route, departureDate: route.departureDate ?? daysAhead(60) }
  }
  const magicSearch = (effect: string, provider?: string): Record<string, unknown> => {
    const { origin, destination, departureDate, provider: struck } = magic(effect, provider)
    return searchFor(origin, destination, { slices: [{ origin, destination, departureDate }], providers: [struck] })
  }
  const orders = async (reference: string): Promise<Answer['body'][]> => {
    const all = []
    for (const { baseUrl } of sandbox.simulators)
      all.push(...(await send(baseUrl, 'GET', '/_sandbox/orders')).body.orders)
    return all.filter(order => order.reference === reference)
  }
  /** What the gateway moved for a payment of ours. */
  const ledger = async (paymentId: string): Promise<string[]> => {
    const { entries } = (await send(sandbox.gateway.baseUrl, 'GET', '/_sandbox/ledger')).body
    return entries
      .filter((entry: Answer['body']) => entry.reference === paymentId)
      .map((entry: Answer['body']) => entry.kind)
  }

  /** A supplier that has said 429 is left alone on every route until the moment that it named. */
  const isHeldBack = async (provider: string): Promise<boolean> => {
    const { providers } = (await call('GET', '/v1/providers')).body
    return providers.find((row: Answer['body']) => row.code === provider).budget.rate.pausedForMs > 0
  }

  test('a family return over the Atlantic: all suppliers answer, amounts add up, pages lose nothing', async () => {
    const found = await search(family)
    expect(found.status).toBe('complete')
    expect(found.providers.map((row: Answer['body']) => [row.code, row.status, row.offers > 0])).toEqual(
      sandbox.simulators.map(({ code }: { code: string }) => [code, 'ok', true]),
    )
    expect(found.page.total).toBeGreaterThan(50)
    const ids = new Set<string>()
    let path = `/v1/searches/${found.id}/offers?sort=price&limit=100`
    for (;;) {
      const { offers, page } = (await call('GET', path)).body
      for (const offer of offers) {
        ids.add(offer.id)
        const minor = (money: { amount: string }): number => Math.round(Number(money.amount) * 100)
        const total = offer.passengers.reduce(
          (sum: number, row: Answer['body']) => sum + row.count * minor(row.each.total),
          0,
        )
        expect(total).toBe(minor(offer.total))
        expect(minor(offer.price.base) + minor(offer.price.taxes) + minor(offer.price.fees)).toBe(total)
      }
      if (page.next === null) break
      path = `/v1/searches/${found.id}/offers?cursor=${encodeURIComponent(page.next)}`
    }
    expect(ids.size).toBe(found.page.total)
  })

  test('booked, read, looked up, cancelled with a quote: tickets void, seats free, money back', async () => {
    const offer = await cheapest(family, '&refundable=true&providers=sabre,travelport')
    expect((await call('POST', `/v1/offers/${offer.id}/price`)).body.kind).toBe('unchanged')
    const booked = await book(service.baseUrl, bookingOf(offer))
    expect(booked.status, JSON.stringify(booked.body)).toBe(201)
    const { id, reference } = booked.body
    expect(booked.body).toMatchObject({ status: 'ticketed', payments: [{ status: 'captured', amount: offer.total }] })
    expect(booked.body.documents.length).toBeGreaterThanOrEqual(3)
    const [order] = await orders(reference)
    expect(new Set(order.tickets.map((ticket: Answer['body']) => ticket.number))).toEqual(
      new Set(booked.body.documents.map((row: Answer['body']) => row.number)),
    )
    expect(await ledger(booked.body.payments[0].id)).toEqual(['authorise', 'capture'])

    expect((await call('GET', `/v1/bookings/${id}`)).body).toEqual(booked.body)
    expect(
      (await call('POST', '/v1/bookings/lookup', { reference: reference.toLowerCase(), lastName: 'EXÄMPLE' })).status,
    ).toBe(200)
    expect((await call('POST', '/v1/bookings/lookup', { reference, lastName: 'Other' })).status).toBe(404)
    expect((await call('GET', '/v1/bookings?status=ticketed&limit=1')).body.bookings[0].id).toBe(id)

    const quote = await call('POST', `/v1/bookings/${id}/cancellation-quotes`)
    expect(quote.status).toBe(201)
    expect(quote.body).toMatchObject({ kind: 'void' })
    const confirm = `/v1/bookings/${id}/cancellation-quotes/${quote.body.id}/confirm`
    const cancelled = await call('POST', confirm)
    expect(cancelled).toMatchObject({ status: 200, body: { status: 'cancelled' } })
    expect((await call('POST', confirm)).body).toEqual(cancelled.body)
    expect(cancelled.body.documents.every((row: Answer['body']) => row.status === 'void')).toBe(true)
    expect((await orders(reference))[0].status).toBe('cancelled')
    expect(await ledger(booked.body.payments[0].id)).toEqual(['authorise', 'capture', 'refund'])
  })

  test('one idempotency key: the same answer byte for byte, one order, one charge; another body is a conflict', async () => {
    const offer = await cheapest(searchFor('LHR', 'JFK'))
    const key = randomUUID()
    const body = bookingOf(offer)
    const answers = await Promise.all(Array.from({ length: 5 }, () => book(service.baseUrl, body, key)))
    for (const answer of answers) expect(answer).toMatchObject({ status: 201, body: answers[0]!.body })
    expect(await orders(answers[0]!.body.reference)).toHaveLength(1)
    expect(await ledger(answers[0]!.body.payments[0].id)).toEqual(['authorise', 'capture'])
    const other = await book(service.baseUrl, { ...body, metadata: { changed: 'yes' } }, key)
    expect(other).toMatchObject({ status: 409, body: { type: '/problems/idempotency-conflict' } })
  })

  test('held, then paid: no money until then, tickets after', async () => {
    const offers = (await search(searchFor('LHR', 'JFK', { providers: ['sabre', 'travelport'] }))).offers
    const offer = offers.find((row: Answer['body']) => row.requirements.holdAllowed !== false)
    const { payment: _, ...body } = bookingOf(offer) as { payment: unknown }
    const held = await book(service.baseUrl, { ...body, hold: true })
    expect(held, JSON.stringify(held.body)).toMatchObject({
      status: 201,
      body: { status: 'held', documents: [], payments: [] },
    })
    expect(Date.parse(held.body.ticketBy)).toBeGreaterThan(Date.now())
    const path = `/v1/bookings/${held.body.id}/payments`
    const paid = await call('POST', path, { methodToken: 'tok_visa' }, { 'idempotency-key': randomUUID() })
    expect(paid, JSON.stringify(paid.body)).toMatchObject({
      status: 200,
      body: { status: 'ticketed', payments: [{ status: 'captured', amount: offer.total }] },
    })
    const again = await call('POST', path, { methodToken: 'tok_visa' }, { 'idempotency-key': randomUUID() })
    expect(again).toMatchObject({ status: 409, body: { type: '/problems/not-payable' } })
  })

  test('held and released: nothing was paid, nothing stays', async () => {
    const offers = (await search(searchFor('LHR', 'JFK', { providers: ['travelport'] }))).offers
    const offer = offers.find((row: Answer['body']) => row.requirements.holdAllowed !== false)
    const { payment: _, ...body } = bookingOf(offer) as { payment: unknown }
    const held = await book(service.baseUrl, { ...body, hold: true })
    const quote = await call('POST', `/v1/bookings/${held.body.id}/cancellation-quotes`)
    expect(quote.body).toMatchObject({ kind: 'release', refund: { amount: '0.00' }, penalty: { amount: '0.00' } })
    const cancelled = await call('POST', `/v1/bookings/${held.body.id}/cancellation-quotes/${quote.body.id}/confirm`)
    expect(cancelled.body.status).toBe('cancelled')
    expect((await orders(held.body.reference))[0].status).toBe('cancelled')
  })

  test('a declined payment leaves no order, a readable failed booking and a bookable offer', async () => {
    const offer = await cheapest(searchFor('LHR', 'JFK'))
    const declined = await book(service.baseUrl, bookingOf(offer, { payment: { methodToken: 'tok_declined' } }))
    expect(declined).toMatchObject({
      status: 402,
      body: { type: '/problems/payment-declined', bookingId: expect.stringMatching(/^bkg_/) },
    })
    const booking = (await call('GET', `/v1/bookings/${declined.body.bookingId}`)).body
    expect(booking.status).toBe('failed')
    expect((await orders(booking.reference)).filter(order => order.status === 'live')).toEqual([])
    expect((await book(service.baseUrl, bookingOf(offer))).status).toBe(201)
  })

  test('sold out at booking: 409, the money is let go, nothing is live', async () => {
    const [offer] = (await search(magicSearch('sold-out-at-booking'))).offers
    const refused = await book(service.baseUrl, bookingOf(offer))
    expect(refused, JSON.stringify(refused.body)).toMatchObject({ status: 409, body: { type: '/problems/sold-out' } })
    const booking = (await call('GET', `/v1/bookings/${refused.body.bookingId}`)).body
    expect(booking.status).toBe('failed')
    expect((await orders(booking.reference)).filter(order => order.status === 'live')).toEqual([])
    for (const payment of booking.payments) expect(await ledger(payment.id)).not.toContain('capture')
  })

  test('a risen price is refused before money moves, accepted within the limit, and a fall is passed on', async () => {
    const [dearer] = (await search(magicSearch('price-up'))).offers
    const refused = await book(service.baseUrl, bookingOf(dearer))
    expect(refused).toMatchObject({
      status: 409,
      body: { type: '/problems/price-changed', offer: { replaces: dearer.id } },
    })
    const accepted = await book(
      service.baseUrl,
      bookingOf(dearer, { priceChange: { policy: 'accept', upTo: { amount: '5000.00', currency: 'EUR' } } }),
    )
    expect(accepted, JSON.stringify(accepted.body)).toMatchObject({
      status: 201,
      body: { payments: [{ amount: refused.body.offer.total }] },
    })
    const [cheaper] = (await search(magicSearch('price-down'))).offers
    const passedOn = await book(service.baseUrl, bookingOf(cheaper))
    expect(passedOn.status).toBe(201)
    expect(Number(passedOn.body.payments[0].amount.amount)).toBeLessThan(Number(cheaper.total.amount))
  })

  test.each(['amadeus', 'sabre', 'travelport'])(
    'ticketing that fails twice at %s ends ticketed, charged once',
    async provider => {
      const [offer] = (await search(magicSearch('ticketing-fails-twice', provider))).offers
      const booked = await book(service.baseUrl, bookingOf(offer))
      expect(booked, JSON.stringify(booked.body)).toMatchObject({ status: 201, body: { status: 'ticketed' } })
      expect(await ledger(booked.body.payments[0].id)).toEqual(['authorise', 'capture'])
    },
  )

  test('an offer that cannot be held is refused as such', async () => {
    const [offer] = (await search(magicSearch('hold-not-allowed'))).offers
    const { payment: _, ...body } = bookingOf(offer) as { payment: unknown }
    expect(await book(service.baseUrl, { ...body, hold: true })).toMatchObject({
      status: 409,
      body: { type: '/problems/hold-not-allowed' },
    })
  })

  test('a lost answer is never a failure: either found again or told as unknown, and one order at most', async () => {
    const [offer] = (await search(magicSearch('answer-lost'))).offers
    const key = randomUUID()
    const body = bookingOf(offer)
    const first = await book(service.baseUrl, body, key)
    expect([201, 202]).toContain(first.status)
    if (first.status === 202) expect(['outcome-unknown', 'pending']).toContain(first.body.status)
    await book(service.baseUrl, body, key)
    expect((await orders(first.body.reference)).filter(order => order.status === 'live')).toHaveLength(1)
  })

  // one supplier after another: who fails too often is left alone for a while
  test.each([
    ['silent', 'amadeus'],
    ['slow', 'sabre'],
    ['server-error', 'travelport'],
    ['rate-limited', 'ndc'],
    ['html', 'duffel'],
    ['cut-off', 'sabre'],
  ])('%s strikes %s, the others answer and the answer says so', async (effect, provider) => {
    const { origin, destination, departureDate } = magic(effect, provider)
    const found = await search(
      searchFor(origin, destination, {
        slices: [{ origin, destination, departureDate }],
        deadlineMs: effect === 'slow' ? 8_000 : 1_500,
      }),
    )
    const struck = found.providers.find((row: Answer['body']) => row.code === provider)
    const others = found.providers.filter((row: Answer['body']) => row.code !== provider)
    if (effect !== 'slow') expect(found.status).toBe('partial')
    expect(struck.status).toBe({ silent: 'timeout', slow: 'ok', 'rate-limited': 'rate-limited' }[effect] ?? 'error')
    expect(others.some((row: Answer['body']) => row.offers > 0)).toBe(true)
    if (effect === 'rate-limited') await until(async () => !(await isHeldBack(provider)), 'it may be asked again')
  })

  test('all suppliers failing is 503 and says why', async () => {
    const answer = await call('POST', '/v1/searches', magicSearch('server-error'))
    expect(answer).toMatchObject({
      status: 503,
      body: { type: '/problems/suppliers-unavailable', retry: 'later', providers: [{ status: 'error' }] },
    })
  })

  test('no offers is an answer', async () => {
    expect(await search(magicSearch('no-offers'))).toMatchObject({
      status: 'complete',
      offers: [],
      page: { total: 0, next: null },
    })
  })

  test('a supplier that cannot give tickets back, nor ticket what it holds, says so', async () => {
    const offer = await cheapest(searchFor('LHR', 'JFK', { providers: ['amadeus'] }))
    expect(offer.requirements.holdAllowed).toBe(false)
    const booked = await book(service.baseUrl, bookingOf(offer))
    expect(booked.status, JSON.stringify(booked.body)).toBe(201)
    const quote = await call('POST', `/v1/bookings/${booked.body.id}/cancellation-quotes`)
    expect(quote).toMatchObject({ status: 409, body: { type: '/problems/not-cancellable' } })
    expect(quote.body.detail).toMatch(/Amadeus/)
  })

  test('answers are as the OpenAPI document says, with nothing missing and nothing undocumented', async () => {
    const document = (await call('GET', '/openapi.json')).body
    const complaints = (name: string, value: unknown): readonly string[] =>
      complaintsOf(document, { $ref: `#/components/schemas/${name}` }, value)
    const found = await search(family)
    expect(complaints('Search', found)).toEqual([])
    const explained = await call('GET', `/v1/searches/${found.id}/offers?explain=1&limit=5`)
    expect(complaints('OffersPage', explained.body)).toEqual([])
    const offer = await cheapest(family, '&refundable=true&providers=sabre,travelport')
    const booked = await book(service.baseUrl, bookingOf(offer))
    expect(complaints('Booking', booked.body)).toEqual([])
    const quote = await call('POST', `/v1/bookings/${booked.body.id}/cancellation-quotes`)
    expect(complaints('CancellationQuote', quote.body)).toEqual([])
    const declined = await book(service.baseUrl, bookingOf(offer, { payment: { methodToken: 'tok_declined' } }))
    expect(complaints('Problem', declined.body)).toEqual([])
    const partial = (await call('POST', '/v1/searches', { ...magicSearch('html'), providers: undefined })).body
    expect(complaints('Search', partial)).toEqual([])
    expect(complaints('Sandbox', sandbox)).toEqual([])
    for (const [path, name] of [
      ['/v1/places?query=lon', 'Places'],
      ['/v1/airlines', 'Airlines'],
      ['/v1/providers', 'Providers'],
      ['/health/ready', 'Readiness'],
    ] as const) {
      expect(complaints(name, (await call('GET', path)).body)).toEqual([])
    }
    expect(complaints('Search', { ...found, id: undefined, surprise: 1 }).length).toBeGreaterThan(1)
  })

  test('places, airlines, providers, metrics', async () => {
    expect((await call('GET', '/v1/places?query=lon&limit=1')).body.places[0]).toMatchObject({
      kind: 'city',
      code: 'LON',
    })
    expect((await call('GET', '/v1/airlines')).body.airlines).toContainEqual(
      expect.objectContaining({ code: 'BA', accountingCode: '125' }),
    )
    const { providers } = (await call('GET', '/v1/providers')).body
    expect(providers.find((row: Answer['body']) => row.code === 'sabre')).toMatchObject({
      capabilities: expect.arrayContaining(['void', 'refund', 'hold']),
    })
    expect((await call('GET', '/metrics')).body).toMatch(/fareloom_supplier_calls_total\{[^}]*provider="sabre"/)
  })

  test('no personal data in the log', () => {
    expect(service.output()).not.toMatch(/ada@example|X1234567|442071838750|"Example"/i)
  })
})
