import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { manualClock, systemClock } from '../../src/core/clock.ts'
import { type Deadline, startDeadline } from '../../src/core/deadline.ts'
import { newId, type PaymentId } from '../../src/core/ids.ts'
import { silentLog } from '../../src/core/log.ts'
import { noMetrics } from '../../src/core/metrics.ts'
import { money } from '../../src/core/money.ts'
import type { PaymentCall, PaymentGateway, RunningGatewaySimulator } from '../../src/payments/port.ts'
import { openGateway, startGatewaySimulator } from '../../src/payments/registry.ts'

const clock = manualClock(Date.parse('2027-01-05T10:00:00Z'))
const stateDir = mkdtempSync(join(tmpdir(), 'fareloom-gateway-'))
const amount = money(120468, 'EUR')
const deadlines: Deadline[] = []
let simulator: RunningGatewaySimulator
let gateway: PaymentGateway

const start = async (): Promise<void> => {
  simulator = await startGatewaySimulator('test', { host: '127.0.0.1', port: 0, stateDir, clock, log: silentLog })
  gateway = await open(simulator.settings)
}
const open = (settings: Readonly<Record<string, string>>): Promise<PaymentGateway> =>
  openGateway('test', settings, { clock: systemClock, log: silentLog, metrics: noMetrics })

function call(ms = 5_000): PaymentCall {
  const deadline = startDeadline(systemClock, ms)
  deadlines.push(deadline)
  return { deadline, requestId: 'req_test', traceparent: null }
}

const newPayment = (): PaymentId => newId('pay')
const authorise = (paymentId: PaymentId, methodToken = 'tok_visa', sum = amount) =>
  gateway.authorise(
    { paymentId, amount: sum, methodToken, idempotencyKey: `${paymentId}:authorise`, description: 'K7M2QX' },
    call(),
  )

async function authorised(methodToken = 'tok_visa'): Promise<{ paymentId: PaymentId; gatewayPaymentId: string }> {
  const paymentId = newPayment()
  const outcome = await authorise(paymentId, methodToken)
  if (outcome.kind !== 'authorised') throw new Error(`not authorised: ${JSON.stringify(outcome)}`)
  return { paymentId, gatewayPaymentId: outcome.gatewayPaymentId }
}

async function ledger(reference: PaymentId): Promise<readonly { kind: string; amount: unknown }[]> {
  const answer = await fetch(`${simulator.baseUrl}/_sandbox/ledger`)
  const { entries } = (await answer.json()) as { entries: { reference: string; kind: string; amount: unknown }[] }
  return entries.filter(entry => entry.reference === reference).map(({ kind, amount: sum }) => ({ kind, amount: sum }))
}

const euros = (value: string): unknown => ({ amount: value, currency: 'EUR' })

beforeAll(start)
afterEach(() => {
  for (const deadline of deadlines.splice(0)) deadline.dispose()
})
afterAll(async () => {
  await gateway.close()
  await simulator.close()
  rmSync(stateDir, { recursive: true })
})

describe('authorise', () => {
  test('moves nothing yet, and the ledger shows it under our payment id', async () => {
    const { paymentId } = await authorised()
    expect(await ledger(paymentId)).toEqual([{ kind: 'authorise', amount: euros('1204.68') }])
  })

  test('asked again with the same key gives the same payment and no second entry', async () => {
    const paymentId = newPayment()
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => authorise(paymentId)))
    expect(new Set(answers.map(answer => JSON.stringify(answer))).size).toBe(1)
    expect(await ledger(paymentId)).toHaveLength(1)
  })

  test.each([
    ['tok_declined', 'card_declined'],
    ['tok_insufficient_funds', 'insufficient_funds'],
    ['tok_nobody_knows', 'unknown_token'],
  ])('%s is declined, and leaves no entry', async (token, code) => {
    const paymentId = newPayment()
    const outcome = await authorise(paymentId, token)
    expect(outcome).toMatchObject({ kind: 'declined', fault: { kind: 'payment-declined', code, mayHaveBooked: false } })
    expect(await ledger(paymentId)).toEqual([])
    expect(await gateway.find(paymentId, call())).toMatchObject({ kind: 'found', payment: { status: 'declined' } })
  })

  test('a wrong API key is a definite no that moves nothing', async () => {
    const wrong = await open({ baseUrl: simulator.baseUrl, apiKey: 'sk_test_wrong' })
    const request = { paymentId: newPayment(), amount, methodToken: 'tok_visa', idempotencyKey: 'k', description: '' }
    expect(await wrong.authorise(request, call())).toMatchObject({
      kind: 'declined',
      fault: { kind: 'authentication', mayHaveBooked: false },
    })
    await wrong.close()
  })
})

describe('capture, void, refund', () => {
  test('a capture asked twice moves the money once', async () => {
    const { paymentId, gatewayPaymentId } = await authorised()
    const move = { gatewayPaymentId, amount, idempotencyKey: `${paymentId}:capture` }
    const first = await gateway.capture(move, call())
    expect(first.kind).toBe('done')
    expect(await gateway.capture(move, call())).toEqual(first)
    expect((await ledger(paymentId)).map(entry => entry.kind)).toEqual(['authorise', 'capture'])
  })

  test('a second capture under another key is refused', async () => {
    const { gatewayPaymentId } = await authorised()
    await gateway.capture({ gatewayPaymentId, amount, idempotencyKey: 'a' }, call())
    expect(await gateway.capture({ gatewayPaymentId, amount, idempotencyKey: 'b' }, call())).toMatchObject({
      kind: 'refused',
      fault: { code: 'not_capturable' },
    })
  })

  test('the same key with another amount is refused', async () => {
    const { gatewayPaymentId } = await authorised()
    await gateway.capture({ gatewayPaymentId, amount, idempotencyKey: 'c' }, call())
    const other = { gatewayPaymentId, amount: money(1, 'EUR'), idempotencyKey: 'c' }
    expect(await gateway.capture(other, call())).toMatchObject({
      kind: 'refused',
      fault: { code: 'idempotency_conflict' },
    })
  })

  test('a voided authorisation cannot be captured', async () => {
    const { paymentId, gatewayPaymentId } = await authorised()
    expect((await gateway.void({ gatewayPaymentId, idempotencyKey: 'v' }, call())).kind).toBe('done')
    expect((await gateway.capture({ gatewayPaymentId, amount, idempotencyKey: 'c2' }, call())).kind).toBe('refused')
    expect((await ledger(paymentId)).map(entry => entry.kind)).toEqual(['authorise', 'void'])
  })

  test('refunds add up to what was captured and no more', async () => {
    const { paymentId, gatewayPaymentId } = await authorised()
    await gateway.capture({ gatewayPaymentId, amount, idempotencyKey: 'c' }, call())
    const refund = (minor: number, key: string) =>
      gateway.refund({ gatewayPaymentId, amount: money(minor, 'EUR'), idempotencyKey: key }, call())
    expect((await refund(20468, 'r1')).kind).toBe('done')
    expect(await gateway.find(paymentId, call())).toMatchObject({
      kind: 'found',
      payment: { status: 'partially-refunded', refunded: money(20468, 'EUR') },
    })
    expect((await refund(100001, 'r2')).kind).toBe('refused')
    expect((await refund(100000, 'r3')).kind).toBe('done')
    expect(await gateway.find(paymentId, call())).toMatchObject({ payment: { status: 'refunded', refunded: amount } })
    expect((await refund(1, 'r4')).kind).toBe('refused')
  })
})

describe('a lost answer', () => {
  test('of an authorisation is unknown; asking finds it, the same key gives it back, one entry stands', async () => {
    const paymentId = newPayment()
    expect(await authorise(paymentId, 'tok_answer_lost')).toMatchObject({
      kind: 'unknown',
      fault: { kind: 'connection', mayHaveBooked: true },
    })
    expect(await gateway.find(paymentId, call())).toMatchObject({ kind: 'found', payment: { status: 'authorised' } })
    expect((await authorise(paymentId, 'tok_answer_lost')).kind).toBe('authorised')
    expect(await ledger(paymentId)).toHaveLength(1)
  })

  test('of a capture is unknown; asking finds it captured once', async () => {
    const { paymentId, gatewayPaymentId } = await authorised('tok_capture_answer_lost')
    const move = { gatewayPaymentId, amount, idempotencyKey: `${paymentId}:capture` }
    expect((await gateway.capture(move, call())).kind).toBe('unknown')
    expect(await gateway.find(paymentId, call())).toMatchObject({ payment: { status: 'captured' } })
    expect((await gateway.capture(move, call())).kind).toBe('done')
    expect((await ledger(paymentId)).map(entry => entry.kind)).toEqual(['authorise', 'capture'])
  })

  test('a payment that was never asked for is absent', async () => {
    expect(await gateway.find(newPayment(), call())).toEqual({ kind: 'absent' })
  })

  test('nobody listening is a definite no, nothing left us', async () => {
    const port = await freePort()
    const nobody = await open({ baseUrl: `http://127.0.0.1:${port}`, apiKey: 'k' })
    const request = { paymentId: newPayment(), amount, methodToken: 'tok_visa', idempotencyKey: 'k', description: '' }
    expect(await nobody.authorise(request, call())).toMatchObject({
      kind: 'declined',
      fault: { kind: 'connection', mayHaveBooked: false },
    })
    const move = { gatewayPaymentId: 'tp_x', amount, idempotencyKey: 'k' }
    expect(await nobody.capture(move, call())).toMatchObject({ kind: 'refused', fault: { mayHaveBooked: false } })
    await nobody.close()
  })

  test.each([
    ['HTML with 200', 200, 'text/html', '<html>ok</html>'],
    ['cut JSON', 201, 'application/json', '{"id":"tp_1","status":"autho'],
    ['JSON of another shape', 201, 'application/json', '{"ok":true}'],
    ['another amount than asked', 201, 'application/json', JSON.stringify(foreignPayment(1))],
    ['a server error', 502, 'text/html', 'bad gateway'],
    ['an error without a code', 400, 'application/json', '{}'],
  ])('%s is unknown, not success', async (_, status, type, body) => {
    const server = createServer((request, response) => {
      request.resume()
      response.writeHead(status, { 'content-type': type }).end(body)
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const odd = await open({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, apiKey: 'k' })
    const request = { paymentId: newPayment(), amount, methodToken: 'tok_visa', idempotencyKey: 'k', description: '' }
    expect((await odd.authorise(request, call())).kind).toBe('unknown')
    await odd.close()
    server.close()
  })

  test('a silent gateway is unknown at the deadline', async () => {
    const server = createServer(request => void request.resume())
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const silent = await open({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, apiKey: 'k' })
    const request = { paymentId: newPayment(), amount, methodToken: 'tok_visa', idempotencyKey: 'k', description: '' }
    expect(await silent.authorise(request, call(100))).toMatchObject({ kind: 'unknown', fault: { kind: 'timeout' } })
    server.closeAllConnections()
    server.close()
    await silent.close()
  })
})

describe('3-D Secure', () => {
  const act = (url: string, result: string) =>
    fetch(url, { method: 'POST', body: new URLSearchParams({ result }) }).then(answer => answer.status)

  async function waiting(): Promise<{ paymentId: PaymentId; gatewayPaymentId: string; url: string }> {
    const paymentId = newPayment()
    const outcome = await authorise(paymentId, 'tok_3ds')
    if (outcome.kind !== 'requires-action') throw new Error(outcome.kind)
    return { paymentId, gatewayPaymentId: outcome.gatewayPaymentId, url: outcome.action.url }
  }

  test('holds no money until the traveller approves', async () => {
    const { paymentId, url } = await waiting()
    expect(await ledger(paymentId)).toEqual([])
    expect(await (await fetch(url)).text()).toContain('confirm this payment')
    expect(await act(url, 'approve')).toBe(200)
    expect(await gateway.find(paymentId, call())).toMatchObject({ payment: { status: 'authorised' } })
    expect(await ledger(paymentId)).toHaveLength(1)
    expect(await act(url, 'decline')).toBe(409)
  })

  test('declined by the traveller, let go by us, or too late: no money', async () => {
    const declined = await waiting()
    await act(declined.url, 'decline')
    expect(await gateway.find(declined.paymentId, call())).toMatchObject({ payment: { status: 'declined' } })

    const dropped = await waiting()
    const gone = await gateway.void({ gatewayPaymentId: dropped.gatewayPaymentId, idempotencyKey: 'v' }, call())
    expect(gone.kind).toBe('done')
    expect(await act(dropped.url, 'approve')).toBe(409)

    const late = await waiting()
    clock.advance(15 * 60_000)
    expect(await act(late.url, 'approve')).toBe(409)
    expect(await gateway.find(late.paymentId, call())).toMatchObject({ payment: { status: 'declined' } })
    for (const { paymentId } of [declined, dropped, late]) expect(await ledger(paymentId)).toEqual([])
  })
})

test('what the gateway knows survives its restart: ledger, payments, keys, and its API key', async () => {
  const { paymentId, gatewayPaymentId } = await authorised()
  const move = { gatewayPaymentId, amount, idempotencyKey: 'once' }
  const first = await gateway.capture(move, call())
  await gateway.close()
  await simulator.close()
  const key = simulator.settings.apiKey
  await start()
  expect(simulator.settings.apiKey).toBe(key)
  expect(await gateway.capture(move, call())).toEqual(first)
  expect((await ledger(paymentId)).map(entry => entry.kind)).toEqual(['authorise', 'capture'])
})

test('every listed token has the effect that it says', async () => {
  for (const { token, effect } of simulator.tokens) {
    const { kind } = await authorise(newPayment(), token)
    const expected = {
      ok: ['authorised'],
      declined: ['declined'],
      'insufficient-funds': ['declined'],
      'requires-action': ['requires-action'],
      'answer-lost': ['unknown', 'authorised'],
    }[effect]
    expect(expected, `${token}: ${kind}`).toContain(kind)
  }
})

function foreignPayment(value: number): unknown {
  const sum = { value, currency: 'EUR' }
  return {
    id: 'tp_1',
    reference: 'pay_1',
    status: 'authorised',
    amount: sum,
    refunded: { ...sum, value: 0 },
    nextAction: null,
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}
