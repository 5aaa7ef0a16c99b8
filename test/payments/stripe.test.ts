import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Stripe from 'stripe'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { manualClock, systemClock } from '../../src/core/clock.ts'
import { startDeadline } from '../../src/core/deadline.ts'
import { newId, type PaymentId } from '../../src/core/ids.ts'
import { silentLog } from '../../src/core/log.ts'
import { noMetrics } from '../../src/core/metrics.ts'
import { type Money, money } from '../../src/core/money.ts'
import type { PaymentCall, PaymentGateway, RunningGatewaySimulator } from '../../src/payments/port.ts'
import { openGateway, startGatewaySimulator } from '../../src/payments/registry.ts'
import { moneyOf, stripeAmount } from '../../src/payments/stripe/amount.ts'
import { type ApiError, faultOfError } from '../../src/payments/stripe/faults.ts'
import { parseForm } from '../../src/payments/stripe/simulator-form.ts'
import { until } from '../support/until.ts'

/** What only Stripe has; the rest is in test/contract/gateway.ts. */
const clock = manualClock(Date.parse('2027-01-05T10:00:00Z'))
const stateDir = mkdtempSync(join(tmpdir(), 'fareloom-stripe-'))
const amount = money(120468, 'EUR')
let simulator: RunningGatewaySimulator
let gateway: PaymentGateway

const open = (settings: Readonly<Record<string, string>>): Promise<PaymentGateway> =>
  openGateway('stripe', settings, { clock: systemClock, log: silentLog, metrics: noMetrics })

beforeAll(async () => {
  simulator = await startGatewaySimulator('stripe', { host: '127.0.0.1', port: 0, stateDir, clock, log: silentLog })
  gateway = await open(simulator.settings)
})
afterAll(async () => {
  await gateway.close()
  await simulator.close()
  rmSync(stateDir, { recursive: true })
})

async function within<T>(work: (call: PaymentCall) => Promise<T>): Promise<T> {
  const deadline = startDeadline(systemClock, 5_000)
  try {
    return await work({ deadline, requestId: 'req_test', traceparent: null })
  } finally {
    deadline.dispose()
  }
}

const authorise = (paymentId: PaymentId, methodToken = 'pm_card_visa', sum: Money = amount) =>
  within(call =>
    gateway.authorise({ paymentId, amount: sum, methodToken, idempotencyKey: 'k', description: 'K7M2QX' }, call),
  )

describe('amounts', () => {
  test.each([
    [money(120468, 'EUR'), 120468],
    [money(500, 'JPY'), 500],
    [money(500, 'KRW'), 500],
    [money(1_230, 'KWD'), 1_230],
    [money(5, 'ISK'), 500],
    [money(5, 'UGX'), 500],
    [money(1_200, 'MGA'), 12],
  ])('%o is %i to Stripe, and back', (ours, theirs) => {
    expect(stripeAmount(ours)).toBe(theirs)
    expect(moneyOf(theirs, ours.currency.toLowerCase())).toEqual(ours)
  })

  test.each([money(1_234, 'KWD'), money(1_250, 'MGA')])('%o is refused unsent: nothing is rounded', async sum => {
    expect(stripeAmount(sum)).toBeUndefined()
    const paymentId = newId('pay')
    expect(await authorise(paymentId, 'pm_card_visa', sum)).toMatchObject({
      kind: 'declined',
      fault: { kind: 'invalid-request', mayHaveBooked: false },
    })
    expect(await within(call => gateway.find(paymentId, call))).toEqual({ kind: 'absent' })
  })
})

describe('errors', () => {
  const error = (more: Partial<ApiError>): ApiError => ({
    type: 'invalid_request_error',
    code: null,
    declineCode: null,
    param: null,
    status: 400,
    requestId: null,
    payment: null,
    retryAfterMs: null,
    ...more,
  })
  test.each([
    [
      error({ type: 'card_error', status: 402, code: 'card_declined', declineCode: 'fraudulent' }),
      'payment-declined',
      false,
    ],
    [error({ type: 'card_error', status: 402, code: 'brand_new_code' }), 'payment-declined', false],
    [error({ status: 429, code: 'rate_limit' }), 'rate-limited', false],
    [error({ status: 429, code: 'lock_timeout' }), 'rate-limited', false],
    [error({ status: 401 }), 'authentication', false],
    [error({ status: 403 }), 'authentication', false],
    [error({ status: 404, code: 'resource_missing', param: 'intent' }), 'not-found', false],
    [error({ code: 'resource_missing', param: 'payment_method' }), 'payment-declined', false],
    [error({ code: 'charge_expired_for_capture' }), 'refused', false],
    [error({ code: 'something_new' }), 'invalid-request', false],
    // under the same key something may have been done before
    [error({ type: 'idempotency_error' }), 'duplicate', true],
    [error({ type: 'idempotency_error', status: 409, code: 'idempotency_key_in_use' }), 'supplier-error', true],
    [error({ type: 'api_error', status: 500 }), 'supplier-error', true],
    [error({ type: 'card_error', status: 500 }), 'supplier-error', true],
  ] as const)('%o', (given, kind, mayHaveBooked) => {
    expect(faultOfError(given)).toMatchObject({ kind, mayHaveBooked })
  })

  test('of lost and stolen cards the traveller reads no more than of any other', () => {
    const text = (declineCode: string) =>
      faultOfError(error({ type: 'card_error', status: 402, code: 'card_declined', declineCode })).text
    expect(new Set(['lost_card', 'stolen_card', 'fraudulent', 'generic_decline'].map(text)).size).toBe(1)
  })
})

describe('a payment among many', () => {
  test('is found page by page in its time, and absent only where all of it was looked through', async () => {
    const paymentId = newId('pay')
    await authorise(paymentId)
    const startedAt = clock.now()
    await Promise.all(Array.from({ length: 130 }, () => authorise(newId('pay'))))
    const known = { gatewayPaymentId: null, startedAt }
    expect(await within(call => gateway.find(paymentId, call, known))).toMatchObject({ kind: 'found' })
    const elsewhen = { gatewayPaymentId: null, startedAt: startedAt + 24 * 3_600_000 }
    expect(await within(call => gateway.find(paymentId, call, elsewhen))).toEqual({ kind: 'absent' })
  })

  test('that is not ours is not taken for ours, though its id is', async () => {
    const made = await authorise(newId('pay'))
    if (made.kind !== 'authorised') throw new Error(made.kind)
    const known = { gatewayPaymentId: made.gatewayPaymentId, startedAt: clock.now() }
    expect((await within(call => gateway.find(newId('pay'), call, known))).kind).toBe('failed')
  })
})

describe('a move that was done before', () => {
  test('is done, not refused, though its idempotency key was forgotten', async () => {
    const capture = async () => {
      const made = await authorise(newId('pay'))
      if (made.kind !== 'authorised') throw new Error(made.kind)
      return made.gatewayPaymentId
    }
    const paid = await capture()
    const move = (idempotencyKey: string, sum = amount) =>
      within(call => gateway.capture({ gatewayPaymentId: paid, amount: sum, idempotencyKey }, call))
    expect((await move('a')).kind).toBe('done')
    expect((await move('b')).kind).toBe('done')
    expect((await move('c', money(1, 'EUR'))).kind).toBe('refused')
    const let_go = await capture()
    const leave = (idempotencyKey: string) =>
      within(call => gateway.void({ gatewayPaymentId: let_go, idempotencyKey }, call))
    expect((await leave('a')).kind).toBe('done')
    expect((await leave('b')).kind).toBe('done')
  })
})

/** As any other client of Stripe would. */
function raw(path: string, form: Readonly<Record<string, string>>, key: string) {
  return fetch(`${simulator.baseUrl}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${simulator.settings.secretKey}`, 'idempotency-key': key },
    body: new URLSearchParams(form),
  })
}

const intent = (token: string): Readonly<Record<string, string>> => ({
  amount: '1000',
  currency: 'eur',
  capture_method: 'manual',
  confirm: 'true',
  payment_method: token,
  'metadata[paymentId]': 'pay_raw',
  'payment_method_types[]': 'card',
})

describe('the simulator', () => {
  test('reads what Stripe clients send', () => {
    expect(parseForm('a=1&b[c]=2&b[d][e]=3&f[0]=x&f[1]=y&g[]=z&h=a%20b')).toEqual({
      a: '1',
      b: { c: '2', d: { e: '3' } },
      f: ['x', 'y'],
      g: ['z'],
      h: 'a b',
    })
    expect(parseForm('a[b]=1&a=2&a[b][c]=3')).toBeUndefined()
    expect(parseForm('__proto__[x]=1')).toEqual(Object.fromEntries([['__proto__', { x: '1' }]]))
  })

  test('replays the first answer to a key and says so, an error too', async () => {
    for (const [token, status] of [
      ['pm_card_visa', 200],
      ['pm_card_chargeDeclined', 402],
      ['pm_sandbox_serverError', 500],
    ] as const) {
      const first = await raw('/v1/payment_intents', intent(token), `replay ${token}`)
      const again = await raw('/v1/payment_intents', intent(token), `replay ${token}`)
      expect([first.status, again.status]).toEqual([status, status])
      expect(first.headers.get('idempotent-replayed')).toBeNull()
      expect(again.headers.get('idempotent-replayed')).toBe('true')
      expect(await again.text()).toBe(await first.text())
    }
  })

  test('refuses other parameters under a key with 400 idempotency_error', async () => {
    await raw('/v1/payment_intents', intent('pm_card_visa'), 'other')
    const other = await raw('/v1/payment_intents', { ...intent('pm_card_visa'), amount: '1001' }, 'other')
    expect(other.status).toBe(400)
    expect(await other.json()).toMatchObject({ error: { type: 'idempotency_error' } })
  })

  test('says 409 while the first request of a key is under way', async () => {
    const first = raw('/v1/payment_intents', intent('pm_sandbox_slow'), 'busy')
    const statuses: number[] = []
    await until(async () => {
      statuses.push((await raw('/v1/payment_intents', intent('pm_sandbox_slow'), 'busy')).status)
      return statuses.at(-1) === 409
    }, 'a second request finds the first')
    let over = false
    void first.then(() => {
      over = true
    })
    await until(() => {
      clock.advance(2_000)
      return over
    }, 'the first is answered')
    expect(statuses.every(status => status === 409)).toBe(true)
    expect((await first).status).toBe(200)
  })

  test('does not keep what was refused before it ran', async () => {
    expect((await raw('/v1/payment_intents', { ...intent('pm_card_visa'), amount: '0' }, 'mended')).status).toBe(400)
    expect((await raw('/v1/payment_intents', { ...intent('pm_card_visa'), amount: '0' }, 'mended')).status).toBe(400)
    expect((await raw('/v1/payment_intents', intent('pm_card_visa'), 'mended')).status).toBe(200)
  })
})

describe('webhooks', () => {
  test('come signed, again until they are taken, and are read as news of our payment', async () => {
    const letters: { readonly signature: string; readonly body: Buffer }[] = []
    const receiver = createServer((request, response) => {
      void readAll(request).then(body => {
        letters.push({ signature: String(request.headers['stripe-signature']), body })
        response.writeHead(letters.length === 1 ? 500 : 200).end()
      })
    })
    await new Promise<void>(resolve => receiver.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
    const secret = simulator.settings.webhookSecret!
    expect((await raw('/_sandbox/webhook-target', { url, secret: 'whsec_other' }, '')).status).toBe(401)
    expect((await raw('/_sandbox/webhook-target', { url, secret }, '')).status).toBe(200)
    const paymentId = newId('pay')
    await authorise(paymentId)
    const read = (one: (typeof letters)[number], receivedAt = clock.now(), signature = one.signature) =>
      gateway.readNews!({
        body: one.body,
        header: name => (name === 'stripe-signature' ? signature : undefined),
        receivedAt,
      })
    const taken = () => letters.slice(1).map(one => read(one))
    await until(() => {
      clock.advance(500)
      return letters.length >= 3
    }, 'both events come, the one that was refused twice')
    receiver.closeAllConnections()
    receiver.close()
    expect(taken()).toContainEqual({ kind: 'news', id: expect.any(String), about: { kind: 'payment', paymentId } })
    const [first] = letters
    expect(letters.slice(1).some(one => one.body.equals(first!.body))).toBe(true)

    expect(read(first!, clock.now() + 10 * 60_000).kind).toBe('refused')
    expect(read(first!, clock.now(), '').kind).toBe('refused')
    expect(read(first!, clock.now(), first!.signature.replace(/v1=..../, 'v1=0000')).kind).toBe('refused')
    const forged = { ...first!, body: Buffer.from(first!.body.toString().replace(paymentId, newId('pay'))) }
    expect(read(forged).kind).toBe('refused')
  })

  test('that nobody took before the simulator ended come after it is back, once, as they were', async () => {
    const own = mkdtempSync(join(tmpdir(), 'fareloom-stripe-'))
    const ids: string[] = []
    let isThere = false
    const receiver = createServer((request, response) => {
      void readAll(request).then(body => {
        ids.push((JSON.parse(body.toString()) as { id: string }).id)
        response.writeHead(isThere ? 200 : 503).end()
      })
    })
    await new Promise<void>(resolve => receiver.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
    const start = () =>
      startGatewaySimulator('stripe', { host: '127.0.0.1', port: 0, stateDir: own, clock, log: silentLog })
    const first = await start()
    const stripe = await open(first.settings)
    const target = new URLSearchParams({ url, secret: first.settings.webhookSecret! })
    await fetch(`${first.baseUrl}/_sandbox/webhook-target`, { method: 'POST', body: target })
    const paymentId = newId('pay')
    const asked = { paymentId, amount, methodToken: 'pm_card_visa', idempotencyKey: 'k', description: 'K7M2QX' }
    await within(call => stripe.authorise(asked, call))
    await until(() => ids.length === 2, 'both events are tried')
    const sent = ids.splice(0)
    await first.close()
    isThere = true
    const second = await start()
    await until(() => ids.length === 2, 'they come again')
    expect([...ids].sort()).toEqual([...sent].sort())
    // how a try ended is written behind the answer
    await until(async () => {
      const kept = readFileSync(join(own, 'stripe.jsonl'), 'utf8')
      return kept.split('"body":null').length === 3
    }, 'it is written down that they were taken')
    await second.close()
    const third = await start()
    await third.close()
    expect(ids).toHaveLength(2)
    await stripe.close()
    receiver.closeAllConnections()
    receiver.close()
    rmSync(own, { recursive: true })
  })

  test('of a dispute name the payment and the amount; what does not concern us is other', () => {
    const secret = simulator.settings.webhookSecret!
    const read = (event: Readonly<Record<string, unknown>>) => {
      const body = JSON.stringify({ id: 'evt_1', object: 'event', ...event })
      const timestamp = Math.floor(clock.now() / 1000)
      const signature = new Stripe('sk').webhooks.generateTestHeaderString({ payload: body, secret, timestamp })
      return gateway.readNews!({ body: Buffer.from(body), header: () => signature, receivedAt: clock.now() })
    }
    const dispute = { id: 'dp_1', payment_intent: 'pi_1', amount: 5000, currency: 'jpy', reason: 'fraudulent' }
    const about = { kind: 'dispute', gatewayPaymentId: 'pi_1', disputeId: 'dp_1', reason: 'fraudulent' }
    const opened = { type: 'charge.dispute.created', data: { object: { ...dispute, status: 'needs_response' } } }
    const sum = money(5000, 'JPY')
    expect(read(opened)).toEqual({ kind: 'news', id: 'evt_1', about: { ...about, status: 'opened', amount: sum } })
    const lost = { type: 'charge.dispute.closed', data: { object: { ...dispute, status: 'lost' } } }
    expect(read(lost)).toMatchObject({ about: { status: 'lost' } })
    expect(read({ id: undefined }).kind).toBe('unreadable')
    expect(read({ type: 'invoice.paid', data: { object: {} } })).toMatchObject({ about: { kind: 'other' } })
    const foreign = { type: 'payment_intent.succeeded', data: { object: { metadata: {} } } }
    expect(read(foreign)).toMatchObject({ about: { kind: 'other' } })
  })
})

test.each([
  [{ secretKey: '' }, /SECRET_KEY/],
  [{ webhookSecret: '' }, /WEBHOOK_SECRET/],
  [{ returnUrl: 'here' }, /RETURN_URL/],
  [{ baseUrl: 'ftp://x' }, /BASE_URL/],
  [{ baseUrl: 'https://x/path' }, /BASE_URL/],
])('settings %o are refused in one sentence', async (wrong, reason) => {
  await expect(open({ ...simulator.settings, ...wrong })).rejects.toThrow(reason)
})

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}
