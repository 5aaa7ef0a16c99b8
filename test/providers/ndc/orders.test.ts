import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SupplierOffer } from '../../../src/core/offer.ts'
import {
  alone,
  call,
  confirmed,
  family,
  made,
  openStage,
  ordered,
  orderKey,
  people,
  query,
  type Stage,
  shopped,
} from './journey.ts'

describe('orders at a live simulator', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage()
  })
  afterAll(() => stage.close())

  async function sellable(passengers = alone): Promise<SupplierOffer> {
    const offers = await shopped(stage, query('LHR', 'JFK', { passengers }))
    return offers.find(offer => offer.requirements.holdAllowed)!
  }
  const sentLast = (): string => stage.exchanges.at(-1)!.sent

  test('an offer as shopped is confirmed before it is ordered', async () => {
    const from = stage.exchanges.length
    expect((await made(stage, await sellable(), { reference: 'SHOP22' })).status).toBe('ticketed')
    const names = stage.exchanges.slice(from).map(({ sent }) => /<IATA_(\w+)/.exec(sent)![1])
    expect(names).toEqual(['AirShoppingRQ', 'OfferPriceRQ', 'OrderCreateRQ'])
  })

  test('one that costs more than it did is refused before anything is ordered', async () => {
    const { origin, destination } = stage.route('price-up')
    const [offer] = await shopped(stage, query(origin, destination))
    const outcome = await ordered(stage, offer!)
    expect(outcome).toMatchObject({ kind: 'refused', fault: { kind: 'price-changed', mayHaveBooked: false } })
    expect(sentLast()).toContain('IATA_OfferPriceRQ')
  })

  test('a lap infant is tied to its adult, on the wire and in the order', async () => {
    const order = await made(stage, await confirmed(stage, await sellable(family), family), { travellers: people })
    expect(sentLast()).toMatch(/<PaxID>pax_1<\/PaxID><PaxRefID>pax_4<\/PaxRefID>/)
    expect(order.passengers.map(({ id, type, surname }) => [id, type, surname])).toEqual([
      ['pax_1', 'ADT', 'EXAMPLE'],
      ['pax_2', 'ADT', "O'EXAMPLE & SON"],
      ['pax_3', 'CHD', 'EXAMPLE'],
      ['pax_4', 'INF', 'EXAMPLE'],
    ])
    expect(order.documents).toHaveLength(4)
  })

  test('an offer is ordered once', async () => {
    const offer = await confirmed(stage, await sellable())
    await made(stage, offer, { reference: 'ONCE22' })
    expect(await ordered(stage, offer, { reference: 'ONCE22' })).toMatchObject({
      kind: 'refused',
      fault: { kind: 'offer-gone', code: '913' },
    })
  })

  test('tickets that are not issued with the order leave it held; asked for again they are', async () => {
    const { origin, destination } = stage.route('ticketing-fails-twice')
    const [offer] = await shopped(stage, query(origin, destination))
    const order = await made(stage, await confirmed(stage, offer!), { reference: 'BUSY22' })
    expect(order).toMatchObject({ status: 'held', documents: [], reference: 'BUSY22' })
    expect(await stage.provider.issueTickets(orderKey(order), call())).toMatchObject({
      kind: 'refused',
      retryable: true,
    })
    const outcome = await stage.provider.issueTickets(orderKey(order), call())
    expect(outcome).toMatchObject({ kind: 'ticketed', order: { status: 'ticketed' } })
    const from = stage.exchanges.length
    expect(await stage.provider.issueTickets(orderKey(order), call())).toMatchObject({ kind: 'ticketed' })
    expect(
      stage.exchanges
        .slice(from)
        .map(({ sent }) => sent)
        .join(),
    ).not.toContain('PaymentFunctions')
  })

  test('a release that was quoted before the tickets were issued gives none away', async () => {
    const order = await made(stage, await confirmed(stage, await sellable()), { hold: true, reference: 'HOLD22' })
    const key = orderKey(order)
    const quote = await stage.provider.quoteCancellation(key, call())
    if (quote.kind !== 'quoted') throw new Error(JSON.stringify(quote))
    expect(quote.quote.kind).toBe('release')
    await stage.provider.issueTickets(key, call())
    expect(await stage.provider.cancelOrder({ order: key, quote: quote.quote }, call())).toMatchObject({
      kind: 'refused',
      fault: { kind: 'not-cancellable' },
    })
    expect(await stage.provider.retrieveOrder(key, call())).toMatchObject({ order: { status: 'ticketed' } })
  })

  test('a quote that is too old is refused, a new one is taken', async () => {
    const order = await made(stage, await confirmed(stage, await sellable()), { reference: 'LATE22' })
    const key = orderKey(order)
    const quote = await stage.provider.quoteCancellation(key, call())
    if (quote.kind !== 'quoted') throw new Error(JSON.stringify(quote))
    expect(quote.quote).toMatchObject({ kind: 'void', refund: order.total, penalty: { amountMinor: 0 } })
    stage.clock.advance(20 * 60_000)
    const late = await stage.provider.cancelOrder({ order: key, quote: quote.quote }, call())
    expect(late).toMatchObject({ kind: 'refused', fault: { kind: 'offer-gone' } })
    const again = await stage.provider.quoteCancellation(key, call())
    if (again.kind !== 'quoted') throw new Error(JSON.stringify(again))
    expect(await stage.provider.cancelOrder({ order: key, quote: again.quote }, call())).toMatchObject({
      kind: 'cancelled',
      documents: [{ status: 'void' }],
    })
  })

  test('only live orders with our reference are found', async () => {
    const kept = await made(stage, await confirmed(stage, await sellable()), { reference: 'FIND22' })
    const gone = await made(stage, await confirmed(stage, await sellable()), { hold: true, reference: 'FIND22' })
    await made(stage, await confirmed(stage, await sellable()), { reference: 'OTHER2' })
    const release = await stage.provider.quoteCancellation(orderKey(gone), call())
    if (release.kind !== 'quoted') throw new Error(JSON.stringify(release))
    await stage.provider.cancelOrder({ order: orderKey(gone), quote: release.quote }, call())
    const criteria = {
      reference: 'FIND22',
      createdAfter: '2026-11-21T00:00:00Z',
      travellers: people.slice(0, 1),
      segments: kept.slices.flatMap(slice => slice.segments),
    }
    const found = await stage.provider.findOrders(criteria, call())
    expect(found).toMatchObject({ kind: 'found', orders: [{ locators: kept.locators, reference: 'FIND22' }] })
    expect(await stage.provider.findOrders({ ...criteria, reference: 'NEVER2' }, call())).toEqual({
      kind: 'found',
      orders: [],
    })
  })
})
