import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, book, bookingOf, searchFor, send } from '../support/front-end.ts'
import { newDataDir, type RunningService, removeDataDir, startService } from '../support/service.ts'
import { until } from '../support/until.ts'

/** The service as it is, paid through Stripe's own SDK at the simulator. */
describe('with GATEWAY=stripe', () => {
  let service: RunningService
  let gatewayUrl: string
  const call = (method: string, path: string, body?: unknown): Promise<Answer> =>
    send(service.baseUrl, method, path, body)

  beforeAll(async () => {
    const dataDir = newDataDir()
    const rules = { review: 10, block: 20, rules: [{ name: 'name-mismatch', points: 20 }] }
    writeFileSync(`${dataDir}/fraud.json`, JSON.stringify(rules))
    service = await startService({ GATEWAY: 'stripe', FRAUD_RULES_FILE: `${dataDir}/fraud.json` }, dataDir)
    gatewayUrl = (await call('GET', '/v1/sandbox')).body.gateway.baseUrl
  })
  afterAll(async () => {
    await service.stop()
    await removeDataDir(service.dataDir)
  })

  const sold = async (methodToken: string, payer: Readonly<Record<string, string>> = {}): Promise<Answer> => {
    const search = searchFor('LHR', 'JFK', { providers: ['sabre'] })
    const { body } = await call('POST', '/v1/searches', search)
    return book(service.baseUrl, bookingOf(body.offers[0], { payment: { methodToken, payer } }))
  }
  const ledger = async (paymentId: string): Promise<readonly string[]> =>
    (await send(gatewayUrl, 'GET', '/_sandbox/ledger')).body.entries
      .filter((entry: Answer['body']) => entry.reference === paymentId)
      .map((entry: Answer['body']) => entry.kind)
  const events = async (id: string): Promise<readonly Answer['body'][]> =>
    (await call('GET', `/v1/bookings/${id}/events`)).body.events

  test('its test payment methods are listed, and each does what it says', async () => {
    const { testTokens } = (await call('GET', '/v1/sandbox')).body
    const tokens = testTokens.map(({ token }: { token: string }) => token)
    expect(tokens).toEqual(expect.arrayContaining(['pm_card_visa', 'pm_card_threeDSecure2Required']))
    const ticketed = await sold('pm_card_visa')
    expect(ticketed).toMatchObject({ status: 201, body: { status: 'ticketed', payments: [{ status: 'captured' }] } })
    expect(await ledger(ticketed.body.payments[0].id)).toEqual(['authorise', 'capture'])
    expect(await sold('pm_card_visa_chargeDeclined')).toMatchObject({
      status: 402,
      body: { type: '/problems/payment-declined' },
    })
    const lost = await sold('pm_sandbox_captureAnswerLost')
    await until(
      async () => (await call('GET', `/v1/bookings/${lost.body.id}`)).body.status === 'ticketed',
      'the lost capture is found',
    )
    expect(await ledger(lost.body.payments[0].id)).toEqual(['authorise', 'capture'])
  })

  test('a traveller who confirms at the bank is followed by webhook: the booking goes on without being asked for', async () => {
    const waiting = await sold('pm_card_threeDSecure2Required')
    expect(waiting).toMatchObject({ status: 202, body: { status: 'action-required', action: { type: 'redirect' } } })
    const { id, action, payments } = waiting.body
    const said = await fetch(action.url, { method: 'POST', body: new URLSearchParams({ result: 'approve' }) })
    expect(said.status).toBe(200)
    // the list asks no gateway
    const statusOf = async (): Promise<string> =>
      (await call('GET', '/v1/bookings')).body.bookings.find((one: Answer['body']) => one.id === id).status
    await until(async () => (await statusOf()) === 'ticketed', 'it is ticketed')
    const actors = (await events(id)).filter(({ kind }) => kind === 'payment-authorised').map(({ actor }) => actor)
    expect(actors).toEqual(['gateway:stripe'])
    expect(await ledger(payments[0].id)).toEqual(['authorise', 'capture'])
  })

  test('a cancellation with a penalty gives a part of the money back', async () => {
    const { body } = await sold('pm_card_visa')
    const quoted = await call('POST', `/v1/bookings/${body.id}/cancellation-quotes`, {})
    expect(quoted.status).toBe(201)
    const { id, kind } = quoted.body
    const confirmed = await call('POST', `/v1/bookings/${body.id}/cancellation-quotes/${id}/confirm`)
    expect(confirmed.body.status).toBe(kind === 'refund' ? 'refunded' : 'cancelled')
    expect(await ledger(body.payments[0].id)).toEqual(['authorise', 'capture', 'refund'])
  })

  test('a disputed payment becomes a work item', async () => {
    const { body } = await sold('pm_card_createDispute')
    expect(body.status).toBe('ticketed')
    await until(
      async () =>
        (await call('GET', '/v1/work-items')).body.workItems.some((one: Answer['body']) => one.step === 'dispute'),
      'somebody is asked to answer it',
    )
    expect((await events(body.id)).map(({ actor, kind }) => `${actor} ${kind}`)).toContain(
      'gateway:stripe payment-disputed',
    )
  })

  test('a payment that the rules block is declined like any other, and charged nowhere', async () => {
    const payer = { name: 'Grace Hopper', address: '2001:db8::7' }
    const refused = await sold('pm_card_visa', payer)
    expect(refused).toMatchObject({ status: 402, body: { detail: 'The payment was declined.' } })
    const { payments } = (await call('GET', `/v1/bookings/${refused.body.bookingId}`)).body
    expect(await ledger(payments[0].id)).toEqual([])
    expect((await sold('pm_card_visa', { ...payer, name: 'Ada Example' })).body.status).toBe('ticketed')
    expect((await sold('pm_card_visa', { address: 'somewhere' })).status).toBe(422)
  })

  test('a letter that Stripe did not sign is 400, from a stranger 404', async () => {
    const letter = { id: 'evt_1', object: 'event', type: 'payment_intent.succeeded', data: { object: {} } }
    expect(await call('POST', '/v1/gateway-webhooks/stripe', letter)).toMatchObject({ status: 400 })
    expect(await call('POST', '/v1/gateway-webhooks/acme', letter)).toMatchObject({ status: 404 })
    expect(await call('POST', '/v1/gateway-webhooks/test', letter)).toMatchObject({ status: 404 })
  })
})
