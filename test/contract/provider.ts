import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock, toInstant } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { noMetrics } from '../../src/core/metrics.ts'
import type { SupplierOffer } from '../../src/core/offer.ts'
import type { SupplierOrder, Traveller } from '../../src/core/order.ts'
import { loadDecode } from '../../src/providers/codes.ts'
import type {
  CancelOutcome,
  CreateOrderOutcome,
  OrderKey,
  Provider,
  ShopPassenger,
  ShopQuery,
} from '../../src/providers/port.ts'
import { loadSimulators, openProviders, type Providers } from '../../src/providers/registry.ts'
import { openWorld } from '../../src/sandbox/open-world.ts'
import type { Effect, RunningSimulator, World } from '../../src/sandbox/world.ts'
import { callWithin } from '../support/fake-provider.ts'
import { startRecordingProxy } from '../support/recording-proxy.ts'
import { expectSound } from '../support/sound-offer.ts'

const family: readonly ShopPassenger[] = [
  { id: 'pax_1', type: 'ADT', age: 34 },
  { id: 'pax_2', type: 'ADT', age: 35 },
  { id: 'pax_3', type: 'CHD', age: 8 },
]
const single: readonly ShopPassenger[] = [{ id: 'pax_1', type: 'ADT', age: 34 }]

const people: readonly Traveller[] = [
  traveller('pax_1', 'ADT', 'ADA', 'EXAMPLE', '1990-12-10'),
  traveller('pax_2', 'ADT', 'BEN', 'EXAMPLE', '1989-03-02'),
  traveller('pax_3', 'CHD', 'CLEO', 'EXAMPLE', `${new Date(systemClock.now()).getUTCFullYear() - 8}-01-15`),
]
const contact = { email: 'ada@example.com', phone: '+442071838750' }

function traveller(
  id: Traveller['id'],
  type: Traveller['type'],
  givenNames: string,
  surname: string,
  birthDate: string,
): Traveller {
  const document = {
    type: 'passport',
    number: 'X1234567',
    issuingCountry: 'GB',
    expiryDate: '2035-01-01',
    nationality: 'GB',
  } as const
  return {
    id,
    type,
    title: type === 'ADT' ? 'MS' : null,
    givenNames,
    surname,
    birthDate,
    gender: 'F',
    document,
    loyalty: null,
    adultId: null,
  }
}

const dayMs = 86_400_000
export const daysAhead = (days: number): string => toInstant(systemClock.now() + days * dayMs).slice(0, 10)

function query(
  origin: string,
  destination: string,
  passengers = single,
  dates: readonly string[] = [daysAhead(60)],
): ShopQuery {
  return {
    slices: dates.map((departureDate, index) => ({
      origin: index === 0 ? origin : destination,
      destination: index === 0 ? destination : origin,
      departureDate,
      departureTime: null,
    })),
    passengers,
    cabin: 'economy',
    currency: 'EUR',
    pointOfSale: 'GB',
    maxConnections: null,
    carriers: { include: [], exclude: [] },
    accountCodes: [],
    offersMax: 50,
  }
}

/** What every supplier must keep, proven over HTTP against its own simulator. */
export function providerContract(code: string): void {
  let world: World
  let simulator: RunningSimulator
  let providers: Providers
  let provider: Provider
  let orderCount = 0

  beforeAll(async () => {
    world = await openWorld({ seed: 'contract', clock: systemClock, stateDir: null, log: silentLog })
    const start = (await loadSimulators([code])).get(code)
    if (!start) throw new Error(`providers/${code} has no simulator`)
    simulator = await start({ view: world.view(code), host: '127.0.0.1', port: 0, clock: systemClock, log: silentLog })
    providers = await openProviders(new Map([[code, simulator.settings]]), {
      clock: systemClock,
      log: silentLog,
      metrics: noMetrics,
    })
    provider = providers.find(code)!
  })
  afterAll(async () => {
    await providers?.close()
    await simulator?.close()
    await world?.close()
  })

  const nextReference = (): string => `T${String(++orderCount).padStart(5, '0')}`
  const shop = async (asked: ShopQuery, ms = 10_000): Promise<readonly SupplierOffer[]> => {
    const outcome = await provider.shop(asked, callWithin(ms))
    if (outcome.kind !== 'offers') throw new Error(`shop failed: ${outcome.fault.kind} ${outcome.fault.text}`)
    expectOwn(outcome.offers)
    const [first] = outcome.warnings
    if (first && outcome.offers.length === 0)
      throw new Error(`${outcome.warnings.length} warnings and no offer, the first at ${first.at}: ${first.text}`)
    return outcome.offers
  }
  /** The engine drops what names another supplier: such an adapter would be green here and sell nothing. */
  const expectOwn = (all: readonly { readonly provider: string }[]): void =>
    expect(new Set(all.map(one => one.provider)), '`provider` of offers and orders').toEqual(
      new Set(all.length > 0 ? [code] : []),
    )
  const confirm = async (offer: SupplierOffer, passengers: readonly ShopPassenger[]): Promise<SupplierOffer> => {
    const outcome = await provider.confirmPrice({ offer, passengers }, callWithin(10_000))
    if (outcome.kind !== 'confirmed') throw new Error(`not confirmed: ${outcome.fault.kind} ${outcome.fault.text}`)
    expectOwn([outcome.offer])
    return outcome.offer
  }
  const create = (
    offer: SupplierOffer,
    travellers: readonly Traveller[],
    hold: boolean,
    reference = nextReference(),
  ): Promise<CreateOrderOutcome> =>
    provider.createOrder({ offer, travellers, contact, reference, hold }, callWithin(10_000))
  const created = async (
    offer: SupplierOffer,
    travellers: readonly Traveller[],
    hold: boolean,
    reference?: string,
  ): Promise<SupplierOrder> => {
    const outcome = await create(offer, travellers, hold, reference)
    if (outcome.kind !== 'created')
      throw new Error(`order ${outcome.kind}: ${outcome.fault.kind} ${outcome.fault.text}`)
    expectOwn([outcome.order])
    return outcome.order
  }
  const keyOf = (order: SupplierOrder, travellers: readonly Traveller[]): OrderKey => ({
    locator: order.locators[0]!.locator,
    supplierContext: order.supplierContext,
    travellers,
  })
  const ticketed = async (offer: SupplierOffer, travellers: readonly Traveller[]): Promise<SupplierOrder> => {
    const order = await created(offer, travellers, false)
    if (provider.capabilities.ticketing === 'at-order') return order
    const outcome = await provider.issueTickets(keyOf(order, travellers), callWithin(10_000))
    if (outcome.kind !== 'ticketed') throw new Error(`tickets ${outcome.kind}: ${outcome.fault.text}`)
    return outcome.order
  }
  const held = async (): Promise<SupplierOffer> => {
    const offers = await shop(query('LHR', 'JFK'))
    return confirm(offers.find(offer => offer.requirements.holdAllowed !== false)!, single)
  }
  const auditOrders = async (): Promise<readonly AuditOrder[]> => {
    const answer = await fetch(`${simulator.baseUrl}/_sandbox/orders`)
    return ((await answer.json()) as { orders: readonly AuditOrder[] }).orders
  }
  /** The route where the world plays this trick on this supplier. */
  const magic = (effect: Effect, passengers = single): ShopQuery => {
    const route = world.magicRoutes.find(candidate => candidate.provider === code && candidate.effect === effect)
    if (!route) throw new Error(`no magic route has ${effect} for ${code}`)
    return query(route.origin, route.destination, passengers, [route.departureDate ?? daysAhead(60)])
  }

  describe('shopping', () => {
    test('a return for two adults and a child gives sound offers for exactly these passengers', async () => {
      const asked = query('LHR', 'JFK', family, [daysAhead(90), daysAhead(97)])
      const offers = await shop(asked)
      expect(offers.length).toBeGreaterThan(10)
      for (const offer of offers) expectSound(offer, asked)
    })

    test('a city code finds its airports, several slices are one offer', async () => {
      const asked = { ...query('LON', 'PAR', single, [daysAhead(30)]), cabin: null }
      const offers = await shop(asked)
      expect(offers.length).toBeGreaterThan(3)
      for (const offer of offers) expectSound(offer, asked)
    })

    test('a lap infant travels with its adult and has a price of its own', async () => {
      const withInfant = [...single, { id: 'pax_2', type: 'INF', age: 1 } as const]
      const asked = query('LHR', 'JFK', withInfant)
      const [offer] = await shop(asked)
      expectSound(offer!, asked)
      const types = offer!.passengers.map(passenger => passenger.type)
      expect(types).toEqual(['ADT', 'INF'])
      expect(offer!.passengers[1]!.each.total.amountMinor).toBeLessThan(offer!.passengers[0]!.each.total.amountMinor)
    })

    test('every offer of its stub is read', async () => {
      const asked = query('LHR', 'JFK', family, [daysAhead(90), daysAhead(97)])
      const outcome = await provider.shop(asked, callWithin(10_000))
      if (outcome.kind !== 'offers') throw new Error(`shop failed: ${outcome.fault.kind} ${outcome.fault.text}`)
      const said = outcome.warnings.slice(0, 3).map(({ at, text }) => `at ${at}: ${text}`)
      expect({ partial: outcome.partial, said: outcome.partial ? said : [] }).toEqual({ partial: false, said: [] })
    })

    test('wire/decode.ts reads the replies that the adapter reads', async () => {
      const proxy = await startRecordingProxy(simulator.baseUrl)
      const base = new URL(simulator.baseUrl).origin
      const viaProxy = Object.entries(simulator.settings).map(([key, value]) => [
        key,
        typeof value === 'string' ? value.replace(base, proxy.origin) : value,
      ])
      const parts = { clock: systemClock, log: silentLog, metrics: noMetrics }
      const recorded = await openProviders(new Map([[code, Object.fromEntries(viaProxy)]]), parts)
      const outcome = await recorded.find(code)!.shop(query('LHR', 'JFK'), callWithin(10_000))
      await recorded.close()
      await proxy.close()
      if (outcome.kind !== 'offers') throw new Error(`shop failed: ${outcome.fault.kind} ${outcome.fault.text}`)
      const decode = await loadDecode(code)
      // a token is no message of it, and a search may take several
      const read = proxy.replies.filter(bytes => bytes.length > 2_000).flatMap(bytes => decode(bytes).offers)
      expect(outcome.offers.length).toBeGreaterThan(0)
      expect(new Set(totalsOf(read))).toEqual(new Set([...totalsOf(read), ...totalsOf(outcome.offers)]))
    })

    test('nothing to sell is an answer, not a failure', async () => {
      expect(await provider.shop(magic('no-offers'), callWithin(10_000))).toMatchObject({ kind: 'offers', offers: [] })
    })

    test('what the supplier needs back stays small', async () => {
      for (const offer of await shop(query('LHR', 'JFK', family, [daysAhead(90), daysAhead(97)]))) {
        expect(JSON.stringify(offer.supplierContext).length).toBeLessThan(65_536)
      }
    })

    test('direct flights only, when asked so', async () => {
      const offers = await shop({ ...query('LHR', 'JFK'), maxConnections: 0 })
      expect(offers.length).toBeGreaterThan(0)
      expect(offers.every(offer => offer.slices.every(slice => slice.segments.length === 1))).toBe(true)
    })

    test('a connection and a technical stop are told apart', async () => {
      const connecting = await shop(magic('connection'))
      expect(connecting.length).toBeGreaterThan(0)
      expect(
        connecting.every(offer => offer.slices[0]!.segments.length > 1 && offer.slices[0]!.connections.length > 0),
      ).toBe(true)
      const stopping = await shop(magic('technical-stop'))
      expect(stopping.some(offer => offer.slices[0]!.segments.some(segment => segment.stops.length > 0))).toBe(true)
    })
  })

  describe('a supplier in trouble', () => {
    const failures: readonly (readonly [Effect, readonly string[]])[] = [
      ['server-error', ['supplier-error']],
      ['rate-limited', ['rate-limited']],
      ['html', ['malformed-reply']],
      ['cut-off', ['malformed-reply', 'connection']],
    ]
    test.each(failures)('%s is a fault of the right kind and no offers', async (effect, kinds) => {
      const outcome = await provider.shop(magic(effect), callWithin(10_000))
      expect(outcome.kind).toBe('failed')
      if (outcome.kind !== 'failed') return
      expect(kinds).toContain(outcome.fault.kind)
      expect(outcome.fault.text).not.toMatch(/\n\s+at /)
      if (effect === 'rate-limited') expect(outcome.fault.retryAfterMs).toBeGreaterThan(0)
    })

    test('silence ends at the deadline', async () => {
      const started = systemClock.monotonicMs()
      const outcome = await provider.shop(magic('silent'), callWithin(300))
      expect(outcome).toMatchObject({ kind: 'failed', fault: { kind: 'timeout' } })
      expect(systemClock.monotonicMs() - started).toBeLessThan(5_000)
    })

    test('wrong credentials are an authentication fault', async () => {
      const wrong = Object.fromEntries(
        Object.entries(simulator.settings).map(([key, value]) => [
          key,
          /secret|password|token|apikey/i.test(key) ? 'wrong' : value,
        ]),
      )
      const others = await openProviders(new Map([[code, wrong]]), {
        clock: systemClock,
        log: silentLog,
        metrics: noMetrics,
      })
      const outcome = await others.find(code)!.shop(query('LHR', 'JFK'), callWithin(5_000))
      await others.close()
      expect(outcome).toMatchObject({ kind: 'failed', fault: { kind: 'authentication' } })
    })

    test('a closed port is a connection fault', async () => {
      const gone = new Map([[code, { ...simulator.settings, baseUrl: 'http://127.0.0.1:9' }]])
      const others = await openProviders(gone, { clock: systemClock, log: silentLog, metrics: noMetrics })
      const outcome = await others.find(code)!.shop(query('LHR', 'JFK'), callWithin(5_000))
      await others.close()
      expect(outcome).toMatchObject({ kind: 'failed', fault: { kind: 'connection' } })
    })
  })

  describe('confirming a price', () => {
    test('the same offer costs the same, with the same flights, classes and passengers', async () => {
      const asked = query('LHR', 'JFK', family, [daysAhead(90), daysAhead(97)])
      const [offer] = await shop(asked)
      const confirmed = await confirm(offer!, family)
      expectSound(confirmed, asked)
      expect(confirmed.total).toEqual(offer!.total)
      expect(confirmed.passengers.map(({ ids, type }) => ({ ids, type }))).toEqual(
        offer!.passengers.map(({ ids, type }) => ({ ids, type })),
      )
      expect(flightsOf(confirmed)).toEqual(flightsOf(offer!))
    })

    test.each([
      ['price-up', 1],
      ['price-down', -1],
    ] as const)('%s shows the new price', async (effect, direction) => {
      const [offer] = await shop(magic(effect))
      const confirmed = await confirm(offer!, single)
      expect(Math.sign(confirmed.total.amountMinor - offer!.total.amountMinor)).toBe(direction)
    })
  })

  describe('ordering', () => {
    test('an order is ticketed: a 13-digit ticket for each traveller, locators, our reference, confirmed segments', async () => {
      const asked = query('LHR', 'JFK', family, [daysAhead(90), daysAhead(97)])
      const [offer] = await shop(asked)
      const order = await ticketed(await confirm(offer!, family), people)
      expect(order.status).toBe('ticketed')
      expect(order.locators[0]).toMatchObject({ owner: code, locator: expect.stringMatching(/^[A-Z0-9]{5,}/) })
      expect(new Set(order.documents.map(document => document.passengerId))).toEqual(
        new Set(['pax_1', 'pax_2', 'pax_3']),
      )
      for (const document of order.documents)
        expect(document).toMatchObject({ kind: 'ticket', number: expect.stringMatching(/^\d{13}$/), status: 'issued' })
      expect(flightsOf(order)).toEqual(flightsOf(offer!))
      expect(order.slices.flatMap(slice => slice.segments.map(segment => segment.status))).toSatisfy(
        (all: readonly string[]) => all.every(status => status === 'HK'),
      )
      const found = await provider.retrieveOrder(keyOf(order, people), callWithin(10_000))
      expect(found).toMatchObject({ kind: 'found', order: { status: 'ticketed', locators: order.locators } })
    })

    test('the booking reference arrives at the supplier', async () => {
      const reference = nextReference()
      const order = await created(await held(), [people[0]!], false, reference)
      const audit = (await auditOrders()).find(candidate => candidate.reference === reference)
      expect(audit).toMatchObject({ status: 'live', locator: order.locators[0]!.locator })
    })

    test('a held order has a time limit and no ticket; released, its seats are free again', async () => {
      if (!provider.capabilities.hold)
        return expectRefusal(await create(await held(), [people[0]!], true), 'not-supported')
      const order = await created(await held(), [people[0]!], true)
      expect(order.status).toBe('held')
      expect(order.documents).toEqual([])
      expect(Date.parse(order.ticketBy!)).toBeGreaterThan(systemClock.now())
      const quote = await provider.quoteCancellation(keyOf(order, people.slice(0, 1)), callWithin(10_000))
      if (quote.kind !== 'quoted') throw new Error(`no quote: ${quote.fault.text}`)
      expect(quote.quote).toMatchObject({ kind: 'release', refund: { amountMinor: 0 }, penalty: { amountMinor: 0 } })
      const cancel = { order: keyOf(order, people.slice(0, 1)), quote: quote.quote }
      expect((await provider.cancelOrder(cancel, callWithin(10_000))).kind).toBe('cancelled')
      expect((await provider.cancelOrder(cancel, callWithin(10_000))).kind).toBe('cancelled')
      const locator = order.locators[0]!.locator
      expect((await auditOrders()).find(candidate => candidate.locator === locator)?.status).toBe('cancelled')
    })

    test('a held order can be ticketed later where the supplier says so', async () => {
      if (!provider.capabilities.hold) return
      const order = await created(await held(), [people[0]!], true)
      const outcome = await provider.issueTickets(keyOf(order, people.slice(0, 1)), callWithin(10_000))
      if (!provider.capabilities.ticketHeld)
        return expect(outcome).toMatchObject({ kind: 'refused', fault: { kind: 'not-supported' } })
      expect(outcome).toMatchObject({ kind: 'ticketed', order: { status: 'ticketed' } })
    })

    test('tickets are given back as the capabilities say, or refused with the reason', async () => {
      const order = await ticketed(await held(), people.slice(0, 1))
      const key = keyOf(order, people.slice(0, 1))
      const quoted = await provider.quoteCancellation(key, callWithin(10_000))
      if (!provider.capabilities.void && !provider.capabilities.refund) {
        expect(quoted).toMatchObject({ kind: 'refused', fault: { text: expect.stringMatching(/\w+/) } })
        return
      }
      if (quoted.kind !== 'quoted') throw new Error(`no quote: ${quoted.fault.kind} ${quoted.fault.text}`)
      expect(quoted.quote.kind).toBe('void')
      const outcome: CancelOutcome = await provider.cancelOrder({ order: key, quote: quoted.quote }, callWithin(10_000))
      expect(outcome).toMatchObject({
        kind: 'cancelled',
        documents: [{ number: order.documents[0]!.number, status: 'void' }],
      })
      const audit = (await auditOrders()).find(candidate => candidate.locator === key.locator)
      expect(audit).toMatchObject({ status: 'cancelled', tickets: [{ status: 'void' }] })
    })

    test.each([
      ['ticketed', false],
      ['held', true],
    ] as const)(
      'one passenger of three is taken out of a %s order where the supplier says so; the others stay',
      async (state, hold) => {
        if (!provider.capabilities.cancelPassengers || (hold && !provider.capabilities.hold)) return
        const offers = await shop(query('LHR', 'JFK', family))
        const offer = await confirm(offers.find(one => one.requirements.holdAllowed !== false)!, family)
        const order = hold ? await created(offer, people, true) : await ticketed(offer, people)
        const key = keyOf(order, people)
        const ben = ['pax_2'] as const
        const quoted = await provider.quoteCancellation(key, callWithin(10_000), ben)
        if (quoted.kind !== 'quoted') throw new Error(`no quote: ${quoted.fault.kind} ${quoted.fault.text}`)
        const back = hold ? 0 : offer.passengers.find(({ ids }) => ids.includes('pax_2'))!.each.total.amountMinor
        expect(quoted.quote).toMatchObject({ kind: hold ? 'release' : 'void', refund: { amountMinor: back } })
        const his = order.documents.filter(({ passengerId }) => passengerId === 'pax_2').map(({ number }) => number)
        const request = { order: key, quote: quoted.quote, passengerIds: ben }
        // asked again it is done already
        for (let n = 0; n < 2; n++) {
          const outcome = await provider.cancelOrder(request, callWithin(10_000))
          expect(outcome).toMatchObject({
            kind: 'cancelled',
            documents: his.map(number => ({ number, status: 'void' })),
          })
        }
        const after = await provider.retrieveOrder(key, callWithin(10_000))
        if (after.kind !== 'found') throw new Error(`the order is ${after.kind}`)
        expect(after.order.status).toBe(state)
        expect(after.order.passengers.map(({ id, cancelled }) => [id, cancelled ?? false])).toEqual([
          ['pax_1', false],
          ['pax_2', true],
          ['pax_3', false],
        ])
        const statuses = after.order.slices.flatMap(slice => slice.segments.map(({ status }) => status))
        expect(new Set(statuses)).toEqual(new Set(['HK']))
        const audited = async () => (await auditOrders()).find(one => one.locator === key.locator)!
        expect(new Set((await audited()).seats.map(({ count }) => count))).toEqual(new Set([2]))
        expect((await audited()).tickets.filter(({ status }) => status === 'issued')).toHaveLength(hold ? 0 : 2)
        const rest = await provider.quoteCancellation(key, callWithin(10_000))
        if (rest.kind !== 'quoted') throw new Error(`no quote of the rest: ${rest.fault.text}`)
        if (!hold) expect(rest.quote.refund.amountMinor).toBe(offer.total.amountMinor - back)
        const ended = await provider.cancelOrder({ order: key, quote: rest.quote }, callWithin(10_000))
        expect(ended.kind).toBe('cancelled')
        expect(await audited()).toMatchObject({ status: 'cancelled', seats: [] })
      },
    )

    test('sold out at booking is refused as sold-out and leaves nothing live behind', async () => {
      const [offer] = await shop(magic('sold-out-at-booking'))
      const reference = nextReference()
      expectRefusal(await create(await confirm(offer!, single), people.slice(0, 1), false, reference), 'sold-out')
      expect((await auditOrders()).filter(order => order.reference === reference && order.status === 'live')).toEqual(
        [],
      )
    })

    test('a lost answer is unknown; the order is there, and found again where the supplier can', async () => {
      const [offer] = await shop(magic('answer-lost'))
      const reference = nextReference()
      const before = toInstant(systemClock.now() - 60_000)
      const outcome = await create(await confirm(offer!, single), people.slice(0, 1), false, reference)
      expect(outcome).toMatchObject({ kind: 'unknown', fault: { mayHaveBooked: true } })
      expect(
        (await auditOrders()).filter(order => order.reference === reference && order.status === 'live'),
      ).toHaveLength(1)
      const segments = offer!.slices.flatMap(slice => slice.segments)
      const found = await provider.findOrders(
        { reference, createdAfter: before, travellers: people.slice(0, 1), segments },
        callWithin(10_000),
      )
      if (provider.capabilities.findByReference)
        expect(found).toMatchObject({ kind: 'found', orders: [{ provider: code }] })
      else expect(found).toMatchObject({ kind: 'failed', fault: { kind: 'not-supported' } })
    })

    test('ticketing that fails twice is refused as retryable, then works', async () => {
      if (provider.capabilities.ticketing !== 'separate') return
      const [offer] = await shop(magic('ticketing-fails-twice'))
      const order = await created(await confirm(offer!, single), people.slice(0, 1), false)
      const outcomes = []
      for (let n = 0; n < 3; n++)
        outcomes.push(await provider.issueTickets(keyOf(order, people.slice(0, 1)), callWithin(10_000)))
      expect(outcomes).toMatchObject([
        { kind: 'refused', retryable: true },
        { kind: 'refused', retryable: true },
        { kind: 'ticketed' },
      ])
    })

    test('an offer that cannot be held says so and is refused', async () => {
      const [offer] = await shop(magic('hold-not-allowed'))
      expect(offer!.requirements.holdAllowed).toBe(false)
      const outcome = await create(await confirm(offer!, single), people.slice(0, 1), true)
      expect(outcome.kind).toBe('refused')
    })

    test('an order that is not there is absent', async () => {
      const order = await created(await held(), people.slice(0, 1), false)
      const context = JSON.parse(
        JSON.stringify(order.supplierContext).replaceAll(order.locators[0]!.locator, 'ZZZZZZ'),
      ) as Record<string, unknown>
      const outcome = await provider.retrieveOrder(
        { locator: 'ZZZZZZ', supplierContext: context, travellers: [] },
        callWithin(10_000),
      )
      expect(['absent', 'found']).toContain(outcome.kind)
      if (outcome.kind === 'found') expect(outcome.order.locators[0]!.locator).not.toBe('ZZZZZZ')
    })
  })
}

type AuditOrder = {
  readonly locator: string
  readonly reference: string | null
  readonly status: 'live' | 'cancelled'
  readonly tickets: readonly { readonly number: string; readonly status: string }[]
  readonly seats: readonly { readonly count: number }[]
}

function expectRefusal(outcome: CreateOrderOutcome, kind: string): void {
  expect(outcome).toMatchObject({ kind: 'refused', fault: { kind, mayHaveBooked: false } })
}

function totalsOf(offers: readonly SupplierOffer[]): readonly string[] {
  return offers.map(({ total }) => `${total.amountMinor} ${total.currency}`).sort()
}

function flightsOf(of: Pick<SupplierOffer, 'slices'>): readonly string[] {
  return of.slices.flatMap(slice =>
    slice.segments.map(
      segment =>
        `${segment.marketing.carrier}${segment.marketing.number} ${segment.origin}-${segment.destination} ${segment.departure}`,
    ),
  )
}
