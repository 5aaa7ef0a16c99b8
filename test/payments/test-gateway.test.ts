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

beforeAll(start)
afterEach(() => {
  for (const deadline of deadlines.splice(0)) deadline.dispose()
})
afterAll(async () => {
  await gateway.close()
  await simulator.close()
  rmSync(stateDir, { recursive: true })
})

describe('capture, void, refund', () => {
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
})

describe('a lost answer', () => {
  test.each([
    ['another amount than asked', 201, 'application/json', JSON.stringify(foreignPayment(1))],
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

  test('confirmed too late: no money', async () => {
    const late = await waiting()
    clock.advance(15 * 60_000)
    expect(await act(late.url, 'approve')).toBe(409)
    expect(await gateway.find(late.paymentId, call())).toMatchObject({ payment: { status: 'declined' } })
    expect(await ledger(late.paymentId)).toEqual([])
  })
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
