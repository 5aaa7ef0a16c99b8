import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SupplierOrder } from '../../../src/core/order.ts'
import { describeFixtures } from '../../support/fixtures.ts'
import { call, confirmed, contact, family, openStage, orderKey, people, query, type Stage, shopped } from './journey.ts'
import { complaintsAbout } from './schema.ts'

describeFixtures('what the adapter and the simulator say, by the vendor schemas', dir => {
  let stage: Stage
  const schemaDir = join(dir, 'travelport-uapi', 'schema')

  beforeAll(async () => {
    stage = await openStage()
  })
  afterAll(() => stage.close())

  async function book(hold: boolean, reference: string): Promise<SupplierOrder> {
    const asked = query('LHR', 'JFK', {
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
    const offer = await confirmed(stage, offers.find(one => one.requirements.holdAllowed)!, [...family])
    const outcome = await stage.provider.createOrder({ offer, travellers: people, contact, reference, hold }, call())
    if (outcome.kind !== 'created') throw new Error(JSON.stringify(outcome))
    return outcome.order
  }

  test('every request and every reply of a booking life is valid', { timeout: 60_000 }, async () => {
    const { provider } = stage
    const held = await book(true, 'HOLD22')
    const heldKey = orderKey(held, [...people])
    const release = await provider.quoteCancellation(heldKey, call())
    if (release.kind !== 'quoted') throw new Error(JSON.stringify(release))
    await provider.cancelOrder({ order: heldKey, quote: release.quote }, call())

    for (const wait of [0, 86_400_000]) {
      const reference = `SOLD${wait === 0 ? 22 : 23}`
      const order = await book(false, reference)
      const key = orderKey(order, [...people])
      expect(await provider.issueTickets(key, call())).toMatchObject({ kind: 'ticketed' })
      stage.clock.advance(wait)
      const quote = await provider.quoteCancellation(key, call())
      expect(quote).toMatchObject({ kind: 'quoted', quote: { kind: wait === 0 ? 'void' : 'refund' } })
      if (quote.kind === 'quoted')
        expect(await provider.cancelOrder({ order: key, quote: quote.quote }, call())).toMatchObject({
          kind: 'cancelled',
        })
      const criteria = { reference, createdAfter: '2026-11-20T00:00:00Z', travellers: [...people], segments: [] }
      expect(await provider.findOrders(criteria, call())).toMatchObject({ kind: 'found' })
    }

    for (const effect of [
      'connection',
      'technical-stop',
      'sold-out-at-booking',
      'ticketing-fails-twice',
      'price-up',
    ] as const) {
      const { origin, destination } = stage.route(effect)
      const [offer] = await shopped(stage, query(origin, destination))
      const ready = await confirmed(stage, offer!)
      const request = { offer: ready, travellers: people.slice(0, 1), contact, reference: 'MAGIC2', hold: false }
      const outcome = await provider.createOrder(request, call())
      if (outcome.kind === 'created') await provider.issueTickets(orderKey(outcome.order), call())
    }

    const sent = stage.exchanges.map(exchange => exchange.sent)
    const got = stage.exchanges.map(exchange => exchange.got)
    expect(new Set(sent.map(messageName))).toEqual(
      new Set([
        'LowFareSearchReq',
        'AirPriceReq',
        'AirCreateReservationReq',
        'UniversalRecordRetrieveReq',
        'UniversalRecordSearchReq',
        'UniversalRecordCancelReq',
        'AirTicketingReq',
        'AirVoidDocumentReq',
        'AirRefundQuoteReq',
        'AirRefundReq',
      ]),
    )
    expect(complaintsAbout(schemaDir, [...sent, ...got])).toEqual([])
  })

  test('a message with a place of its own invention is seen', () => {
    const good = stage.exchanges[0]!.sent
    const bad = good.replace('<air:SearchAirLeg>', '<air:SearchAirLeg Invented="1">')
    expect(complaintsAbout(schemaDir, [bad])).not.toEqual([])
  })
})

function messageName(envelope: string): string {
  return /<soap:Body><\w+:(\w+)/.exec(envelope)?.[1] ?? ''
}
