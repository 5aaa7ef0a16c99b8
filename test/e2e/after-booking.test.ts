import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, book, bookingOf, daysAhead, searchFor, send } from '../support/front-end.ts'
import { complaintsOf } from '../support/json-schema.ts'
import { type RunningService, removeDataDir, startService } from '../support/service.ts'
import { until } from '../support/until.ts'

/** What a front end and its support team have of a booking besides its answer, over HTTP and as the document says. */
let service: RunningService
let document: Answer['body']
let sandbox: Answer['body']

const call = (method: string, path: string, body?: unknown): Promise<Answer> =>
  send(service.baseUrl, method, path, body)
const complaints = (name: string, value: unknown): readonly string[] =>
  complaintsOf(document, { $ref: `#/components/schemas/${name}` }, value)

beforeAll(async () => {
  service = await startService({ WEBHOOKS_ALLOW_PRIVATE: '1' })
  document = (await call('GET', '/openapi.json')).body
  sandbox = (await call('GET', '/v1/sandbox')).body
})
afterAll(async () => {
  await service?.stop()
  if (service) await removeDataDir(service.dataDir)
})

async function cheapest(origin: string, destination: string, provider: string): Promise<Answer['body']> {
  const found = await call('POST', '/v1/searches', searchFor(origin, destination, { providers: [provider] }))
  return found.body.offers[0]
}

test('an order whose answer was lost and that cannot be searched for: a person finds it, and it is ticketed', async () => {
  const route = sandbox.magicRoutes.find(
    ({ effect, provider }: Answer['body']) => effect === 'answer-lost' && provider === 'sabre',
  )
  const booked = await book(service.baseUrl, bookingOf(await cheapest(route.origin, route.destination, 'sabre')))
  expect([booked.status, booked.body.status]).toEqual([202, 'outcome-unknown'])
  const { workItems } = (await call('GET', '/v1/work-items')).body
  expect(workItems).toHaveLength(1)
  const [item] = workItems
  expect(complaints('WorkItem', item)).toEqual([])
  expect(item).toMatchObject({ status: 'open', step: 'create-order', booking: { id: booked.body.id } })

  const sabre = sandbox.simulators.find(({ code }: Answer['body']) => code === 'sabre')
  const { orders } = (await send(sabre.baseUrl, 'GET', '/_sandbox/orders')).body
  const { locator } = orders.find(({ reference }: Answer['body']) => reference === booked.body.reference)
  const wrong = await call('POST', `/v1/work-items/${item.id}/resolve`, { resolution: 'done', note: 'x', by: 'me' })
  expect([wrong.status, wrong.body.errors[0].pointer]).toEqual([422, '/resolution'])
  const said = { resolution: 'found', locator, note: 'Rang the desk.', by: 'agent-7' }
  const resolved = await call('POST', `/v1/work-items/${item.id}/resolve`, said)
  expect(complaints('WorkItem', resolved.body)).toEqual([])
  expect(resolved.body).toMatchObject({ status: 'resolved', resolution: 'found', booking: { status: 'ticketed' } })
  expect((await call('POST', `/v1/work-items/${item.id}/resolve`, said)).body.type).toBe('/problems/work-item-closed')
  const after = (await send(sabre.baseUrl, 'GET', '/_sandbox/orders')).body.orders
  expect(after.filter(({ reference }: Answer['body']) => reference === booked.body.reference)).toHaveLength(1)

  const timeline = await call('GET', `/v1/bookings/${booked.body.id}/events`)
  expect(complaints('BookingTimeline', timeline.body)).toEqual([])
  expect(timeline.body.audit).toEqual({ intact: true, brokenAt: null })
  expect(timeline.body.events.map(({ actor }: Answer['body']) => actor)).toContain('person:agent-7')
  expect(JSON.stringify(timeline.body)).not.toContain('Example')
})

test('a booking is told of to a webhook, signed, in the words of the AsyncAPI document', async () => {
  const heard: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    heard.push({ headers: request.headers, body })
    response.writeHead(204).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const created = await call('POST', '/v1/webhooks', { url })
  expect([created.status, complaints('CreatedWebhook', created.body)]).toEqual([201, []])
  const booked = await book(service.baseUrl, bookingOf(await cheapest('LHR', 'JFK', 'travelport')))
  expect(booked.status).toBe(201)
  const mine = () => heard.filter(({ body }) => JSON.parse(body).data.bookingId === booked.body.id)
  await until(() => mine().some(({ body }) => JSON.parse(body).type === 'booking.ticketed'), 'the webhook is told')

  const asyncApi = (await call('GET', '/asyncapi.json')).body
  for (const { headers, body } of mine()) {
    const message = new Webhook(created.body.secret).verify(body, headers as Record<string, string>) as Answer['body']
    expect(complaintsOf(asyncApi, asyncApi.components.messages[message.type].payload, message)).toEqual([])
  }
  const id = created.body.id
  const deliveries = await call('GET', `/v1/webhooks/${id}/deliveries`)
  expect(complaints('DeliveriesPage', deliveries.body)).toEqual([])
  expect(complaints('Webhooks', (await call('GET', '/v1/webhooks')).body)).toEqual([])
  const again = await call('POST', `/v1/webhooks/${id}/deliveries/${deliveries.body.deliveries[0].id}/redeliver`)
  expect([again.status, complaints('Delivery', again.body)]).toEqual([202, []])
  const told = heard.length
  await until(() => heard.length > told, 'it is sent again')
  expect((await call('DELETE', `/v1/webhooks/${id}`)).status).toBe(204)
  expect((await call('GET', `/v1/webhooks/${id}`)).status).toBe(404)
  server.closeAllConnections()
  server.close()
})

test('one adult of a family is cancelled at NDC: his seat, ticket and money go, the others fly; then they are cancelled too', async () => {
  const family = [{ type: 'ADT' }, { type: 'ADT' }, { type: 'CHD', age: 8 }]
  const slices = [
    { origin: 'LHR', destination: 'JFK', departureDate: daysAhead(60) },
    { origin: 'JFK', destination: 'LHR', departureDate: daysAhead(67) },
  ]
  const search = searchFor('LHR', 'JFK', { providers: ['ndc'], passengers: family, slices })
  const [offer] = (await call('POST', '/v1/searches', search)).body.offers
  const booked = await book(service.baseUrl, bookingOf(offer))
  expect([booked.status, booked.body.status]).toEqual([201, 'ticketed'])
  const { id, reference, payments } = booked.body
  const quotes = `/v1/bookings/${id}/cancellation-quotes`
  const cancel = async (
    request: object,
  ): Promise<{ readonly quote: Answer['body']; readonly booking: Answer['body'] }> => {
    const quote = await call('POST', quotes, request)
    expect([quote.status, complaints('CancellationQuote', quote.body)]).toEqual([201, []])
    const answers = await Promise.all([0, 1].map(() => call('POST', `${quotes}/${quote.body.id}/confirm`)))
    expect(answers.map(({ status, body }) => [status, complaints('Booking', body)])).toEqual([
      [200, []],
      [200, []],
    ])
    expect(answers[0]!.body).toEqual(answers[1]!.body)
    return { quote: quote.body, booking: answers[0]!.body }
  }
  const order = async (): Promise<Answer['body']> => {
    const ndc = sandbox.simulators.find(({ code }: Answer['body']) => code === 'ndc')
    const { orders } = (await send(ndc.baseUrl, 'GET', '/_sandbox/orders')).body
    return orders.find((one: Answer['body']) => one.reference === reference)
  }
  const refunded = async (): Promise<readonly string[]> => {
    const { entries } = (await send(sandbox.gateway.baseUrl, 'GET', '/_sandbox/ledger')).body
    const own = entries.filter((entry: Answer['body']) => entry.reference === payments[0].id && entry.kind === 'refund')
    return own.map((entry: Answer['body']) => entry.amount.amount)
  }
  const minor = ({ amount }: { readonly amount: string }): number => Math.round(Number(amount) * 100)

  const back = await call('POST', quotes, { passengerIds: ['pax_2'], sliceIndexes: [1] })
  expect([back.status, back.body.detail]).toEqual([409, expect.stringMatching(/^ndc cancels no slice alone: .+/)])
  const both = await call('POST', quotes, { passengerIds: ['pax_1', 'pax_2'] })
  expect([both.status, both.body.errors?.[0].code]).toEqual([422, 'child-left-alone'])

  const first = await cancel({ passengerIds: ['pax_2'] })
  const price = offer.passengers.find(({ ids }: Answer['body']) => ids.includes('pax_2')).each.total
  expect(first.quote).toMatchObject({ kind: 'void', passengerIds: ['pax_2'], refund: price })
  expect(first.booking).toMatchObject({
    status: 'ticketed',
    passengers: [{ cancelled: false }, { id: 'pax_2', cancelled: true }, { cancelled: false }],
    payments: [{ status: 'partially-refunded', refunded: price }],
  })
  const statuses = (booking: Answer['body']): readonly string[] =>
    booking.documents.map(({ passengerId, status }: Answer['body']) => `${passengerId} ${status}`)
  expect(new Set(statuses(first.booking))).toEqual(new Set(['pax_1 issued', 'pax_2 void', 'pax_3 issued']))
  const after = await order()
  expect(after.status).toBe('live')
  expect(new Set(after.seats.map(({ count }: Answer['body']) => count))).toEqual(new Set([2]))
  expect(after.tickets.map(({ status }: Answer['body']) => status).sort()).toEqual(['issued', 'issued', 'void'])
  expect(await refunded()).toEqual([price.amount])

  const rest = await cancel({})
  expect(rest.booking).toMatchObject({ status: 'cancelled', payments: [{ status: 'refunded' }] })
  expect(await order()).toMatchObject({ status: 'cancelled', seats: [] })
  expect((await refunded()).map(amount => minor({ amount })).reduce((sum, one) => sum + one)).toBe(minor(offer.total))
  const { events, audit } = (await call('GET', `/v1/bookings/${id}/events`)).body
  expect(audit.intact).toBe(true)
  expect(events.filter(({ kind }: Answer['body']) => kind === 'order-passengers-cancelled')).toHaveLength(1)
})

test.each(['amadeus', 'duffel', 'sabre', 'travelport'])(
  '%s says that it takes nobody out of a booking, and is not asked',
  async provider => {
    const { providers } = (await call('GET', '/v1/providers')).body
    const own = providers.find(({ code }: Answer['body']) => code === provider)
    expect(own.capabilities).not.toContain('cancel-passengers')
    const search = searchFor('LHR', 'JFK', { providers: [provider], passengers: [{ type: 'ADT' }, { type: 'ADT' }] })
    const { offers } = (await call('POST', '/v1/searches', search)).body
    const booked = await book(service.baseUrl, bookingOf(offers[0]))
    expect(booked.status).toBe(201)
    const answer = await call('POST', `/v1/bookings/${booked.body.id}/cancellation-quotes`, { passengerIds: ['pax_2'] })
    expect([answer.status, answer.body.type]).toEqual([409, '/problems/not-cancellable'])
    expect(own.notes.some((note: string) => answer.body.detail.includes(note))).toBe(true)
  },
)
