import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SupplierOffer } from '../../../src/core/offer.ts'
import { describeFixtures } from '../../support/fixtures.ts'
import {
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
import { complaintsAbout, nameOf } from './schema.ts'

describeFixtures('what the adapter and the simulator say, by the official schemas', dir => {
  let stage: Stage
  const schemaDir = join(dir, 'ndc-21.3', 'schema')

  beforeAll(async () => {
    stage = await openStage()
  })
  afterAll(() => stage.close())

  async function holdable(): Promise<SupplierOffer> {
    const asked = query('LON', 'NYC', {
      slices: [
        {
          origin: 'LON',
          destination: 'NYC',
          departureDate: '2027-03-10',
          departureTime: { from: '06:00', to: '23:00' },
        },
        { origin: 'NYC', destination: 'LON', departureDate: '2027-03-17', departureTime: null },
      ],
      passengers: family,
      cabin: 'economy',
      maxConnections: 1,
      carriers: { include: [], exclude: ['AA'] },
      accountCodes: [{ carrier: 'BA', code: 'ACME' }],
    })
    const offers = await shopped(stage, asked)
    return confirmed(stage, offers.find(one => one.requirements.holdAllowed)!, family)
  }

  test('every request and every reply of a booking life is valid', { timeout: 60_000 }, async () => {
    const { provider } = stage
    const held = await made(stage, await holdable(), { travellers: people, hold: true, reference: 'HOLD22' })
    const heldKey = orderKey(held, [...people])
    expect(await provider.issueTickets(heldKey, call())).toMatchObject({ kind: 'ticketed' })

    const unpaid = await made(stage, await holdable(), { travellers: people, hold: true, reference: 'HOLD23' })
    const release = await provider.quoteCancellation(orderKey(unpaid, [...people]), call())
    if (release.kind !== 'quoted') throw new Error(JSON.stringify(release))
    const released = await provider.cancelOrder({ order: orderKey(unpaid, [...people]), quote: release.quote }, call())
    expect(released).toMatchObject({ kind: 'cancelled' })

    for (const wait of [0, 86_400_000]) {
      const reference = wait === 0 ? 'SOLD22' : 'SOLD23'
      const order = await made(stage, await holdable(), { travellers: people, reference })
      const key = orderKey(order, [...people])
      stage.clock.advance(wait)
      const quote = await provider.quoteCancellation(key, call())
      const criteria = { reference, createdAfter: '2026-11-20T00:00:00Z', travellers: [...people], segments: [] }
      expect(await provider.findOrders(criteria, call())).toMatchObject({ kind: 'found', orders: [{ reference }] })
      if (quote.kind === 'quoted') {
        expect(quote.quote.kind).toBe(wait === 0 ? 'void' : 'refund')
        const outcome = await provider.cancelOrder({ order: key, quote: quote.quote }, call())
        expect(outcome).toMatchObject({ kind: 'cancelled' })
      } else expect(quote).toMatchObject({ kind: 'refused', fault: { kind: 'not-cancellable' } })
    }

    for (const hold of [true, false]) {
      const part = await made(stage, await holdable(), {
        travellers: people,
        hold,
        reference: hold ? 'PART22' : 'PART23',
      })
      const key = orderKey(part, [...people])
      const passengerIds = ['pax_2'] as const
      const quote = await provider.quoteCancellation(key, call(), passengerIds)
      if (quote.kind !== 'quoted') throw new Error(JSON.stringify(quote))
      const outcome = await provider.cancelOrder({ order: key, quote: quote.quote, passengerIds }, call())
      expect(outcome).toMatchObject({ kind: 'cancelled' })
    }

    for (const effect of ['connection', 'technical-stop', 'sold-out-at-booking', 'hold-not-allowed'] as const) {
      const { origin, destination } = stage.route(effect)
      const [offer] = await shopped(stage, query(origin, destination))
      await ordered(stage, await confirmed(stage, offer!))
    }
    const { origin, destination } = stage.route('no-offers')
    expect(await shopped(stage, query(origin, destination))).toEqual([])

    const sent = stage.exchanges.map(exchange => exchange.sent)
    const got = stage.exchanges.map(exchange => exchange.got)
    expect(new Set(sent.map(nameOf))).toEqual(
      new Set(
        ['AirShopping', 'OfferPrice', 'OrderCreate', 'OrderRetrieve', 'OrderReshop', 'OrderChange', 'OrderList'].map(
          name => `IATA_${name}RQ`,
        ),
      ),
    )
    expect(complaintsAbout(schemaDir, [...sent, ...got])).toEqual([])
  })

  test('a message with a place of its own invention is seen', () => {
    const good = stage.exchanges[0]!.sent
    expect(complaintsAbout(schemaDir, [good.replace('<Ordinal>', '<Invented/><Ordinal>')])).not.toEqual([])
  })
})
