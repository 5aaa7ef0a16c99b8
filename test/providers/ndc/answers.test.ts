import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'
import { silentLog } from '../../../src/core/log.ts'
import { create } from '../../../src/providers/ndc/index.ts'
import { offersOf } from '../../../src/providers/ndc/wire/offers.ts'
import { readMessage } from '../../../src/providers/ndc/wire/message.ts'
import { type Provider, ProviderSettingsError } from '../../../src/providers/port.ts'
import { callWithin } from '../../support/fake-provider.ts'
import { contact, people, query } from './journey.ts'
import { item, lists, offer, reply, shop } from './messages.ts'

type Answer = (response: ServerResponse) => void

const xml = (body: string | Buffer, status = 200, headers = {}): Answer => {
  return response => response.writeHead(status, { 'content-type': 'application/xml', ...headers }).end(body)
}
const error = (type: string, text: string, code = ''): string =>
  `<IATA_OrderViewRS><Error><Code>${code}</Code><DescText>${text}</DescText><TypeCode>${type}</TypeCode></Error></IATA_OrderViewRS>`

/** A host that answers as it is told, and never like the simulator. */
describe('what the adapter makes of answers', () => {
  const scripted: Answer[] = []
  const asked: { readonly url: string; readonly headers: Readonly<Record<string, unknown>>; readonly body: string }[] =
    []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    asked.push({ url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() })
    const next = scripted.shift()
    if (next) next(response)
    else response.writeHead(404).end()
  })
  let provider: Provider
  let baseUrl: string

  beforeAll(async () => {
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const settings = { baseUrl: `${baseUrl}/ndc/{message}?v=1`, apiKey: 'k', apiKeyHeader: 'Ocp-Key', sellerId: '9100' }
    provider = create(settings, { clock: systemClock, log: silentLog })
  })
  afterAll(async () => {
    await provider.close()
    server.closeAllConnections()
    server.close()
  })
  beforeEach(() => {
    scripted.length = 0
    asked.length = 0
  })

  const priced = () => {
    const message = readMessage(
      Buffer.from(
        reply(
          'OfferPriceRS',
          lists + offer(item({ total: '200.00', people: ['A1'] }), '200.00').replaceAll('Offer>', 'PricedOffer>'),
        ),
      ),
    )
    return offersOf(message)[0]!
  }
  const order = () =>
    provider.createOrder(
      { offer: priced(), travellers: people.slice(0, 1), contact, reference: 'ABC234', hold: false },
      callWithin(2_000),
    )
  const key = {
    locator: 'ABCDEF',
    supplierContext: { kind: 'order', orderId: 'BA125ABCDEF27', owner: 'BA' },
    travellers: people.slice(0, 1),
  }

  test('each message goes to its address with the key, the trace and no secret in the body', async () => {
    scripted.push(xml(gzipSync(shop(offer(item({ total: '200.00' }), '200.00'))), 200, { 'content-encoding': 'gzip' }))
    const call = { ...callWithin(2_000), traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }
    expect(await provider.shop(query('LHR', 'JFK'), call)).toMatchObject({
      kind: 'offers',
      offers: [{ total: { amountMinor: 20_000 } }],
    })
    expect(asked[0]).toMatchObject({
      url: '/ndc/AirShopping?v=1',
      headers: { 'ocp-key': 'k', traceparent: call.traceparent, 'accept-encoding': 'gzip' },
    })
  })

  test('offers for one direction of a return are none of it, and it says so', async () => {
    scripted.push(xml(shop(offer(item({ total: '200.00' }), '200.00'))))
    const [slice] = query('LHR', 'JFK').slices
    const back = { ...slice!, origin: 'JFK', destination: 'LHR' }
    const outcome = await provider.shop(query('LHR', 'JFK', { slices: [slice!, back] }), callWithin(2_000))
    expect(outcome).toMatchObject({ kind: 'offers', offers: [], partial: true })
  })

  test.each([
    ['the connection breaks', response => response.destroy(), 'connection'],
    ['the gateway fails', response => response.writeHead(503).end(), 'supplier-error'],
    [
      'it answers HTML',
      response => response.writeHead(200, { 'content-type': 'text/html' }).end('<html/>'),
      'malformed-reply',
    ],
    ['half of the answer comes', xml('<IATA_OrderViewRS><Response>'), 'malformed-reply'],
    ['another reply comes', xml(shop()), 'malformed-reply'],
    ['a body that does not unpack', xml('no gzip', 200, { 'content-encoding': 'gzip' }), 'malformed-reply'],
    ['the error says that nobody knows', xml(error('Unknown', 'System error')), 'supplier-error'],
    ['the reply has no order', xml(reply('OrderViewRS', lists)), 'malformed-reply'],
  ] as readonly (readonly [string, Answer, string])[])('an order is unknown when %s', async (_, answer, kind) => {
    scripted.push(answer)
    expect(await order()).toMatchObject({ kind: 'unknown', fault: { kind, mayHaveBooked: true } })
    expect(asked).toHaveLength(1)
  })

  test.each([
    ['a price that changed', error('NotProcessed', 'whatever', '495'), 'price-changed'],
    ['an offer that expired', error('NotProcessed', 'whatever', '913'), 'offer-gone'],
    ['a card that was declined', error('NotProcessed', 'whatever', '0708'), 'payment-declined'],
    ['too many infants', error('NotProcessed', 'whatever', '324'), 'passenger-data'],
    ['seats that are gone', error('NotProcessed', 'Seats no longer available'), 'sold-out'],
    ['a system that did nothing', error('NotProcessed', 'System error'), 'supplier-error'],
  ])('an order is refused for %s', async (_, body, kind) => {
    scripted.push(xml(body, 400))
    expect(await order()).toMatchObject({ kind: 'refused', fault: { kind, mayHaveBooked: false } })
  })

  test('credentials and quotas are refusals before anything is booked', async () => {
    scripted.push(response => response.writeHead(403).end())
    expect(await order()).toMatchObject({ kind: 'refused', fault: { kind: 'authentication' } })
    scripted.push(response => response.writeHead(429, { 'retry-after': '3' }).end())
    expect(await order()).toMatchObject({ kind: 'refused', fault: { kind: 'rate-limited', retryAfterMs: 3_000 } })
  })

  test('a price that comes back for other flights is gone', async () => {
    const other = offer(item({ total: '200.00', people: ['A1'] }), '200.00').replaceAll('Offer>', 'PricedOffer>')
    scripted.push(xml(reply('OfferPriceRS', lists.replace('0117', '0175') + other)))
    const outcome = await provider.confirmPrice(
      { offer: priced(), passengers: query('LHR', 'JFK').passengers },
      callWithin(2_000),
    )
    expect(outcome).toMatchObject({ kind: 'gone', fault: { kind: 'offer-gone' } })
  })

  test('what could be bought instead is not what was asked for, wherever it stands', async () => {
    const own = offer(item({ total: '200.00', people: ['A1'] }), '200.00').replaceAll('Offer>', 'PricedOffer>')
    const upsell = offer(item({ total: '90.00', people: ['A1'] }), '90.00')
    scripted.push(xml(reply('OfferPriceRS', `${lists}<OtherOffers>${upsell}</OtherOffers>${own}`)))
    const outcome = await provider.confirmPrice(
      { offer: priced(), passengers: query('LHR', 'JFK').passengers },
      callWithin(2_000),
    )
    expect(outcome).toMatchObject({ kind: 'confirmed', offer: { total: { amountMinor: 20_000 } } })
  })

  test('a payment that is answered without tickets is unknown, never a failure', async () => {
    const held = `<Order><OrderID>BA125ABCDEF27</OrderID><OrderItem><OrderItemID>1</OrderItemID></OrderItem><OwnerCode>BA</OwnerCode>
      <TotalPrice><TotalAmount CurCode="GBP">200.00</TotalAmount></TotalPrice></Order>`
    scripted.push(xml(reply('OrderViewRS', lists + held)), xml(reply('OrderViewRS', lists + held)))
    expect(await provider.issueTickets(key, callWithin(2_000))).toMatchObject({
      kind: 'unknown',
      fault: { kind: 'ticketing-failed', mayHaveBooked: true },
    })
    expect(asked[1]!.body).toContain('<Amount CurCode="GBP">200.00</Amount>')
  })

  test('an order that cannot be read is not cancelled blindly', async () => {
    scripted.push(response => response.writeHead(503).end())
    const nothing = { amountMinor: 0, currency: 'GBP' }
    const quote = { kind: 'release', refund: nothing, penalty: nothing, expiresAt: null, supplierContext: {} } as const
    expect(await provider.cancelOrder({ order: key, quote }, callWithin(2_000))).toMatchObject({ kind: 'unknown' })
    expect(asked).toHaveLength(1)
  })

  describe('some passengers of an order', () => {
    const money = (name: string, amount: string): string => `<${name} CurCode="GBP">${amount}</${name}>`
    const sold = (id: string, ...refs: readonly string[]): string =>
      `<OrderItem><OrderItemID>${id}</OrderItemID>${refs.map(ref => `<Service><OrderServiceAssociation><PaxSegmentRef><PaxSegmentRefID>S1</PaxSegmentRefID></PaxSegmentRef></OrderServiceAssociation><PaxRefID>${ref}</PaxRefID><ServiceID>${ref}</ServiceID><StatusCode>CONFIRMED</StatusCode></Service>`).join('')}</OrderItem>`
    const tickets = ['A1', 'A2'].map(
      (ref, i) =>
        `<TicketDocInfo><PaxRefID>${ref}</PaxRefID><Ticket><Coupon><CouponStatusCode>OPE</CouponStatusCode></Coupon><TicketDocTypeCode>T</TicketDocTypeCode><TicketNumber>125240000000${i}</TicketNumber></Ticket></TicketDocInfo>`,
    )
    const orderWith = (...items: readonly string[]): string =>
      reply(
        'OrderViewRS',
        `${lists}<Order><OrderID>BA125ABCDEF27</OrderID>${items.join('')}<OwnerCode>BA</OwnerCode><TotalPrice>${money('TotalAmount', '400.00')}</TotalPrice></Order>${tickets.join('')}`,
      )
    const quoteOf = (...items: readonly string[]): string =>
      reply(
        'OrderReshopRS',
        `<DataLists/><ReshopResults><ReshopOffers><Offer>${items.map(id => `<DeleteOrderItem><ExistingOrderItem><OrderItemRefID>${id}</OrderItemRefID></ExistingOrderItem><OfferItemID>${id}</OfferItemID><PriceDifferential><DifferentialTypeCode>Refund</DifferentialTypeCode><DiffPrice><FareDetail><Price>${money('DueByAirlineAmount', '150.00')}${money('TotalAmount', '-200.00')}</Price></FareDetail></DiffPrice></PriceDifferential></DeleteOrderItem>`).join('')}<OfferID>Q1</OfferID><OwnerCode>BA</OwnerCode></Offer></ReshopOffers></ReshopResults>`,
      )
    const both = { ...key, travellers: people.slice(0, 2) }
    const ask = () => provider.quoteCancellation(both, callWithin(2_000), ['pax_2'])

    test('their items are named, and what comes back and is kept is of these alone', async () => {
      scripted.push(xml(orderWith(sold('I1', 'A1'), sold('I2', 'A2'))), xml(quoteOf('I2')))
      const amounts = { refund: { amountMinor: 15_000 }, penalty: { amountMinor: 5_000 } }
      expect(await ask()).toMatchObject({ kind: 'quoted', quote: { kind: 'refund', ...amounts } })
      expect(asked[1]!.body).toContain('<DeleteOrderItem><OrderItemRefID>I2</OrderItemRefID>')
      expect(asked[1]!.body).not.toContain('I1')
    })

    test.each([
      ['everybody', ['I1', 'I2']],
      ['somebody else', ['I1']],
    ])('an airline that quotes for %s instead is not taken at its word', async (_, items) => {
      scripted.push(xml(orderWith(sold('I1', 'A1'), sold('I2', 'A2'))), xml(quoteOf(...items)))
      expect(await ask()).toMatchObject({ kind: 'refused', fault: { kind: 'not-cancellable' } })
    })

    test.each([
      ['in our order', 'ADAMS', 'EXAMPLE', 'BENMR', 'OEXAMPLESON', 'quoted'],
      ['in its own order', 'BENMR', 'OEXAMPLESON', 'ADAMS', 'EXAMPLE', 'refused'],
      ['and of somebody else', 'ADAMS', 'EXAMPLE', 'CARL', 'OTHER', 'refused'],
    ])('an airline with ids of its own and names with titles, %s: %s %s, %s %s', async (_, ...rest) => {
      const [given1, surname1, given2, surname2, kind] = rest
      const named = (given: string, surname: string): string =>
        `<Pax><Individual><GivenName>${given}</GivenName><Surname>${surname}</Surname></Individual>`
      const order = orderWith(sold('I1', 'A1'), sold('I2', 'A2'))
        .replace('<Pax><PaxID>A1', `${named(given1, surname1)}<PaxID>A1`)
        .replace('<Pax><PaxID>A2', `${named(given2, surname2)}<PaxID>A2`)
      scripted.push(xml(order), xml(quoteOf('I2')))
      expect(await ask()).toMatchObject({ kind })
    })

    test('tickets of which one is voided and another refunded for less are a refund', async () => {
      const both = quoteOf('I1', 'I2').replace('TypeCode>Refund<', 'TypeCode>Void<')
      scripted.push(xml(orderWith(sold('I1', 'A1'), sold('I2', 'A2'))), xml(both))
      const outcome = await provider.quoteCancellation(key, callWithin(2_000))
      expect(outcome).toMatchObject({ kind: 'quoted', quote: { kind: 'refund', penalty: { amountMinor: 10_000 } } })
    })

    test('who was sold one item with somebody who stays is not asked for', async () => {
      scripted.push(xml(orderWith(sold('I1', 'A1', 'A2'))))
      expect(await ask()).toMatchObject({ kind: 'refused', fault: { text: expect.stringContaining('together') } })
      expect(asked).toHaveLength(1)
    })
  })

  test('an airline that drops our reference: its order is ours where travellers and flights are', async () => {
    const segments = priced().slices[0]!.segments
    const found = (surname: string): string =>
      reply(
        'OrderViewRS',
        `${lists.replace(/<PaxList>.*<\/PaxList>/s, `<PaxList><Pax><Individual><GivenName>ADA</GivenName><Surname>${surname}</Surname></Individual><PaxID>A1</PaxID><PTC>ADT</PTC></Pax></PaxList>`)}
       <Order><OrderID>BA125ABCDEF27</OrderID><OrderItem><OrderItemID>1</OrderItemID><Service><OrderServiceAssociation><PaxSegmentRef><PaxSegmentRefID>S1</PaxSegmentRefID></PaxSegmentRef></OrderServiceAssociation><PaxRefID>A1</PaxRefID><ServiceID>1</ServiceID><StatusCode>CONFIRMED</StatusCode></Service></OrderItem><OwnerCode>BA</OwnerCode></Order>`,
      )
    const list = reply('OrderListRS', '<MatchedOrder><OrderRefID>BA125ABCDEF27</OrderRefID></MatchedOrder>')
    for (const [surname, count] of [
      ['EXAMPLE', 1],
      ['SOMEBODY', 0],
    ] as const) {
      scripted.push(xml(list), xml(found(surname)))
      const outcome = await provider.findOrders(
        { reference: 'ABC234', createdAfter: '2026-11-21T00:00:00Z', travellers: people.slice(0, 1), segments },
        callWithin(2_000),
      )
      expect(outcome.kind === 'found' && outcome.orders.length).toBe(count)
    }
  })

  test.each([
    ['no address', {}],
    ['an address that is none', { baseUrl: 'ndc.example' }],
    ['no key', { baseUrl: 'https://ndc.example', sellerId: '1' }],
    ['no seller', { baseUrl: 'https://ndc.example', apiKey: 'k' }],
    ['a header that is none', { baseUrl: 'https://ndc.example', apiKey: 'k', sellerId: '1', apiKeyHeader: 'a b' }],
  ])('settings with %s are refused at start', (_, settings) => {
    expect(() => create(settings as Record<string, string>, { clock: systemClock, log: silentLog })).toThrow(
      ProviderSettingsError,
    )
  })
})
