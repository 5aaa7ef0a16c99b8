import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { manualClock, systemClock } from '../../src/core/clock.ts'
import { type Deadline, startDeadline } from '../../src/core/deadline.ts'
import { newId, type PaymentId } from '../../src/core/ids.ts'
import { silentLog } from '../../src/core/log.ts'
import { noMetrics } from '../../src/core/metrics.ts'
import { type Money, money } from '../../src/core/money.ts'
import type { PaymentCall, PaymentGateway, RunningGatewaySimulator } from '../../src/payments/port.ts'
import { openGateway, startGatewaySimulator } from '../../src/payments/registry.ts'

/** What every gateway keeps, shown against its own simulator over HTTP. */
export type GatewayUnderTest = {
  readonly code: string
  readonly tokens: {
    readonly ok: string
    readonly declined: readonly (readonly [token: string, faultCode: string])[]
    readonly threeDSecure: string
    readonly authoriseLost: string
    readonly captureLost: string
  }
  /** Settings with another key than the gateway's. */
  readonly withWrongKey: (settings: Readonly<Record<string, string>>) => Readonly<Record<string, string>>
}

export const euros = (value: string): unknown => ({ amount: value, currency: 'EUR' })

export function gatewayContract({ code, tokens, withWrongKey }: GatewayUnderTest): void {
  const clock = manualClock(Date.parse('2027-01-05T10:00:00Z'))
  const stateDir = mkdtempSync(join(tmpdir(), `fareloom-gateway-${code}-`))
  const amount = money(120468, 'EUR')
  const deadlines: Deadline[] = []
  const servers: Server[] = []
  let simulator: RunningGatewaySimulator
  let gateway: PaymentGateway

  const open = (settings: Readonly<Record<string, string>>): Promise<PaymentGateway> =>
    openGateway(code, settings, { clock: systemClock, log: silentLog, metrics: noMetrics })
  const start = async (): Promise<void> => {
    simulator = await startGatewaySimulator(code, { host: '127.0.0.1', port: 0, stateDir, clock, log: silentLog })
    gateway = await open(simulator.settings)
  }
  const call = (ms = 5_000): PaymentCall => {
    const deadline = startDeadline(systemClock, ms)
    deadlines.push(deadline)
    return { deadline, requestId: 'req_test', traceparent: null }
  }
  const requestOf = (paymentId: PaymentId, methodToken = tokens.ok, sum: Money = amount) => ({
    paymentId,
    amount: sum,
    methodToken,
    idempotencyKey: `${paymentId}:authorise`,
    description: 'Booking K7M2QX',
  })
  const authorise = (paymentId: PaymentId, methodToken = tokens.ok, sum = amount) =>
    gateway.authorise(requestOf(paymentId, methodToken, sum), call())
  const authorised = async (methodToken = tokens.ok) => {
    const paymentId = newId('pay')
    const outcome = await authorise(paymentId, methodToken)
    if (outcome.kind !== 'authorised') throw new Error(`not authorised: ${JSON.stringify(outcome)}`)
    return { paymentId, gatewayPaymentId: outcome.gatewayPaymentId }
  }
  const ledger = async (reference: PaymentId): Promise<readonly { kind: string; amount: unknown }[]> => {
    const answer = await fetch(`${simulator.baseUrl}/_sandbox/ledger`)
    const { entries } = (await answer.json()) as { entries: { reference: string; kind: string; amount: unknown }[] }
    return entries
      .filter(entry => entry.reference === reference)
      .map(({ kind, amount: sum }) => ({ kind, amount: sum }))
  }
  const kinds = async (reference: PaymentId) => (await ledger(reference)).map(entry => entry.kind)
  const serve = async (server: Server): Promise<string> => {
    servers.push(server)
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  beforeAll(start)
  afterEach(() => {
    for (const deadline of deadlines.splice(0)) deadline.dispose()
    for (const server of servers.splice(0)) {
      server.closeAllConnections()
      server.close()
    }
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

    test('at once or again with the same key: one payment, one entry, whatever is answered meanwhile', async () => {
      const paymentId = newId('pay')
      const answers = await Promise.all([1, 2, 3, 4, 5].map(() => authorise(paymentId)))
      expect(answers.map(({ kind }) => kind).filter(kind => kind !== 'unknown')).toContain('authorised')
      const after = await authorise(paymentId)
      expect(after.kind).toBe('authorised')
      for (const answer of answers) if (answer.kind !== 'unknown') expect(answer).toEqual(after)
      expect(await ledger(paymentId)).toHaveLength(1)
    })

    test('an amount without minor digits, and one with three, is charged to the last of them', async () => {
      for (const [sum, shown] of [
        [money(50_000, 'JPY'), { amount: '50000', currency: 'JPY' }],
        [money(123_450, 'KWD'), { amount: '123.450', currency: 'KWD' }],
        [money(7_700, 'ISK'), { amount: '7700', currency: 'ISK' }],
      ] as const) {
        const paymentId = newId('pay')
        expect((await authorise(paymentId, tokens.ok, sum)).kind).toBe('authorised')
        expect(await ledger(paymentId)).toEqual([{ kind: 'authorise', amount: shown }])
        expect(await gateway.find(paymentId, call())).toMatchObject({ payment: { amount: sum } })
      }
    })

    test.each(tokens.declined)('%s is declined, and leaves no entry', async (token, faultCode) => {
      const paymentId = newId('pay')
      const outcome = await authorise(paymentId, token)
      const fault = { kind: 'payment-declined', code: faultCode, mayHaveBooked: false }
      expect(outcome).toMatchObject({ kind: 'declined', fault })
      expect(await ledger(paymentId)).toEqual([])
      expect(await gateway.find(paymentId, call())).toMatchObject({ kind: 'found', payment: { status: 'declined' } })
    })

    test('a payment method that nobody knows is declined', async () => {
      expect(await authorise(newId('pay'), 'nobody_knows')).toMatchObject({
        kind: 'declined',
        fault: { kind: 'payment-declined', mayHaveBooked: false },
      })
    })

    test('a wrong key is a definite no that moves nothing', async () => {
      const wrong = await open(withWrongKey(simulator.settings))
      expect(await wrong.authorise(requestOf(newId('pay')), call())).toMatchObject({
        kind: 'declined',
        fault: { kind: 'authentication', mayHaveBooked: false },
      })
      await wrong.close()
    })

    test('a payment method can be told from others without moving money', async () => {
      const first = await gateway.identify!(tokens.ok, call())
      expect(first).toMatchObject({ kind: 'identified', fingerprint: expect.stringMatching(/^\w{10,}$/) })
      expect(await gateway.identify!(tokens.ok, call())).toEqual(first)
    })
  })

  describe('capture, void, refund', () => {
    test('a capture asked twice moves the money once', async () => {
      const { paymentId, gatewayPaymentId } = await authorised()
      const move = { gatewayPaymentId, amount, idempotencyKey: `${paymentId}:capture` }
      const first = await gateway.capture(move, call())
      expect(first.kind).toBe('done')
      expect(await gateway.capture(move, call())).toEqual(first)
      expect(await kinds(paymentId)).toEqual(['authorise', 'capture'])
    })

    test('a capture under another key moves nothing more', async () => {
      const { paymentId, gatewayPaymentId } = await authorised()
      await gateway.capture({ gatewayPaymentId, amount, idempotencyKey: 'a' }, call())
      await gateway.capture({ gatewayPaymentId, amount, idempotencyKey: 'b' }, call())
      expect(await kinds(paymentId)).toEqual(['authorise', 'capture'])
    })

    test('the same key with another amount is not done', async () => {
      const { paymentId, gatewayPaymentId } = await authorised()
      await gateway.capture({ gatewayPaymentId, amount, idempotencyKey: 'c' }, call())
      const other = { gatewayPaymentId, amount: money(1, 'EUR'), idempotencyKey: 'c' }
      expect((await gateway.capture(other, call())).kind).not.toBe('done')
      expect(await kinds(paymentId)).toEqual(['authorise', 'capture'])
    })

    test('a voided authorisation cannot be captured', async () => {
      const { paymentId, gatewayPaymentId } = await authorised()
      expect((await gateway.void({ gatewayPaymentId, idempotencyKey: 'v' }, call())).kind).toBe('done')
      expect((await gateway.capture({ gatewayPaymentId, amount, idempotencyKey: 'c' }, call())).kind).toBe('refused')
      expect(await kinds(paymentId)).toEqual(['authorise', 'void'])
      expect(await gateway.find(paymentId, call())).toMatchObject({ payment: { status: 'voided' } })
    })

    test('a captured payment cannot be voided', async () => {
      const { paymentId, gatewayPaymentId } = await authorised()
      await gateway.capture({ gatewayPaymentId, amount, idempotencyKey: 'c' }, call())
      expect((await gateway.void({ gatewayPaymentId, idempotencyKey: 'v' }, call())).kind).toBe('refused')
      expect(await kinds(paymentId)).toEqual(['authorise', 'capture'])
    })

    test('refunds add up to what was captured and no more', async () => {
      const { paymentId, gatewayPaymentId } = await authorised()
      await gateway.capture({ gatewayPaymentId, amount, idempotencyKey: 'c' }, call())
      const refund = (minor: number, key: string) =>
        gateway.refund({ gatewayPaymentId, amount: money(minor, 'EUR'), idempotencyKey: key }, call())
      const known = { gatewayPaymentId, startedAt: clock.now() }
      expect((await refund(20468, 'r1')).kind).toBe('done')
      expect((await refund(20468, 'r1')).kind).toBe('done')
      expect(await gateway.find(paymentId, call(), known)).toMatchObject({
        kind: 'found',
        payment: { status: 'partially-refunded', refunded: money(20468, 'EUR') },
      })
      expect((await refund(100001, 'r2')).kind).toBe('refused')
      expect((await refund(100000, 'r3')).kind).toBe('done')
      expect(await gateway.find(paymentId, call())).toMatchObject({ payment: { status: 'refunded', refunded: amount } })
      expect((await refund(1, 'r4')).kind).toBe('refused')
      expect(await kinds(paymentId)).toEqual(['authorise', 'capture', 'refund', 'refund'])
    })
  })

  describe('a lost answer', () => {
    test('of an authorisation is unknown; asking finds it, the same key gives it back, one entry stands', async () => {
      const paymentId = newId('pay')
      expect(await authorise(paymentId, tokens.authoriseLost)).toMatchObject({
        kind: 'unknown',
        fault: { kind: 'connection', mayHaveBooked: true },
      })
      const known = { gatewayPaymentId: null, startedAt: clock.now() }
      const seen = { kind: 'found', payment: { status: 'authorised', amount } }
      expect(await gateway.find(paymentId, call(), known)).toMatchObject(seen)
      expect(await gateway.find(paymentId, call())).toMatchObject(seen)
      expect((await authorise(paymentId, tokens.authoriseLost)).kind).toBe('authorised')
      expect(await ledger(paymentId)).toHaveLength(1)
    })

    test('of a capture is unknown; asking finds it captured once', async () => {
      const { paymentId, gatewayPaymentId } = await authorised(tokens.captureLost)
      const move = { gatewayPaymentId, amount, idempotencyKey: `${paymentId}:capture` }
      expect((await gateway.capture(move, call())).kind).toBe('unknown')
      expect(await gateway.find(paymentId, call())).toMatchObject({ payment: { status: 'captured' } })
      expect((await gateway.capture(move, call())).kind).toBe('done')
      expect(await kinds(paymentId)).toEqual(['authorise', 'capture'])
    })

    test('a payment that was never asked for is absent', async () => {
      expect(await gateway.find(newId('pay'), call())).toEqual({ kind: 'absent' })
      const known = { gatewayPaymentId: null, startedAt: clock.now() }
      expect(await gateway.find(newId('pay'), call(), known)).toEqual({ kind: 'absent' })
    })

    test('nobody listening is a definite no, nothing left us', async () => {
      const server = createServer()
      const baseUrl = await serve(server)
      await new Promise(resolve => server.close(resolve))
      const nobody = await open({ ...simulator.settings, baseUrl })
      expect(await nobody.authorise(requestOf(newId('pay')), call())).toMatchObject({
        kind: 'declined',
        fault: { kind: 'connection', mayHaveBooked: false },
      })
      const move = { gatewayPaymentId: 'x', amount, idempotencyKey: 'k' }
      expect(await nobody.capture(move, call())).toMatchObject({ kind: 'refused', fault: { mayHaveBooked: false } })
      expect((await nobody.find(newId('pay'), call())).kind).toBe('failed')
      await nobody.close()
    })

    test.each([
      ['HTML with 200', 200, 'text/html', '<html>ok</html>'],
      ['cut JSON', 200, 'application/json', '{"id":"tp_1","status":"autho'],
      ['JSON of another shape', 200, 'application/json', '{"ok":true}'],
      ['null', 200, 'application/json', 'null'],
      ['a server error', 502, 'text/html', 'bad gateway'],
      ['a server error in JSON', 503, 'application/json', '{}'],
    ])('%s is unknown, not success, and the gateway is asked once', async (_, status, type, body) => {
      let asked = 0
      const server = createServer((request, response) => {
        asked++
        request.resume()
        response.writeHead(status, { 'content-type': type }).end(body)
      })
      const odd = await open({ ...simulator.settings, baseUrl: await serve(server) })
      expect((await odd.authorise(requestOf(newId('pay')), call())).kind).toBe('unknown')
      expect(asked).toBe(1)
      const move = { gatewayPaymentId: 'x', amount, idempotencyKey: 'k' }
      expect((await odd.capture(move, call())).kind).toBe('unknown')
      expect((await odd.refund(move, call())).kind).toBe('unknown')
      expect((await odd.find(newId('pay'), call())).kind).toBe('failed')
      await odd.close()
    })

    test('a broken connection is unknown, and nobody but us asks again', async () => {
      let asked = 0
      const server = createServer(request => {
        asked++
        request.socket.resetAndDestroy()
      })
      const broken = await open({ ...simulator.settings, baseUrl: await serve(server) })
      expect(await broken.authorise(requestOf(newId('pay')), call())).toMatchObject({ kind: 'unknown' })
      expect(asked).toBe(1)
      await broken.close()
    })

    test('a silent gateway is unknown at the deadline', async () => {
      const server = createServer(request => void request.resume())
      const silent = await open({ ...simulator.settings, baseUrl: await serve(server) })
      const answer = await silent.authorise(requestOf(newId('pay')), call(100))
      expect(answer).toMatchObject({ kind: 'unknown', fault: { kind: 'timeout' } })
      server.closeAllConnections()
      await silent.close()
    })
  })

  describe('3-D Secure', () => {
    const act = (url: string, result: string) =>
      fetch(url, { method: 'POST', body: new URLSearchParams({ result }) }).then(answer => answer.status)

    const waiting = async () => {
      const paymentId = newId('pay')
      const outcome = await authorise(paymentId, tokens.threeDSecure)
      if (outcome.kind !== 'requires-action') throw new Error(outcome.kind)
      return { paymentId, gatewayPaymentId: outcome.gatewayPaymentId, url: outcome.action.url }
    }

    test('holds no money until the traveller approves', async () => {
      const { paymentId, gatewayPaymentId, url } = await waiting()
      expect(await ledger(paymentId)).toEqual([])
      expect(await gateway.find(paymentId, call())).toMatchObject({
        payment: { status: 'requires-action', action: { url } },
      })
      expect(await (await fetch(url)).text()).toContain('confirm this payment')
      expect(await act(url, 'approve')).toBe(200)
      expect(await gateway.find(paymentId, call())).toMatchObject({ payment: { status: 'authorised' } })
      expect(await ledger(paymentId)).toHaveLength(1)
      expect(await act(url, 'decline')).toBe(409)
      expect((await gateway.capture({ gatewayPaymentId, amount, idempotencyKey: 'c' }, call())).kind).toBe('done')
    })

    test('declined by the traveller, or let go by us: no money', async () => {
      const declined = await waiting()
      await act(declined.url, 'decline')
      expect(await gateway.find(declined.paymentId, call())).toMatchObject({ payment: { status: 'declined' } })

      const dropped = await waiting()
      const gone = await gateway.void({ gatewayPaymentId: dropped.gatewayPaymentId, idempotencyKey: 'v' }, call())
      expect(gone.kind).toBe('done')
      expect(await act(dropped.url, 'approve')).toBe(409)
      for (const { paymentId } of [declined, dropped]) expect(await ledger(paymentId)).toEqual([])
    })
  })

  test('what the gateway knows survives its restart: ledger, payments, idempotency keys, and its own keys', async () => {
    const { paymentId, gatewayPaymentId } = await authorised()
    const move = { gatewayPaymentId, amount, idempotencyKey: 'once' }
    const first = await gateway.capture(move, call())
    await gateway.close()
    await simulator.close()
    const { baseUrl: _, returnUrl: __, ...secrets } = simulator.settings
    await start()
    expect(simulator.settings).toMatchObject(secrets)
    expect(await gateway.capture(move, call())).toEqual(first)
    expect(await kinds(paymentId)).toEqual(['authorise', 'capture'])
  })

  test('every listed token has the effect that it says', async () => {
    for (const { token, effect } of simulator.tokens) {
      let kind = ''
      const done = authorise(newId('pay'), token).then(outcome => {
        kind = outcome.kind
      })
      // one of them takes its time, by the gateway's clock
      while (kind === '') {
        clock.advance(500)
        await Promise.race([done, systemClock.sleep(5)])
      }
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
}
