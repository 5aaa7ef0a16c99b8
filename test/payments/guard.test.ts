import { describe, expect, test } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { startDeadline } from '../../src/core/deadline.ts'
import { fault } from '../../src/core/fault.ts'
import { silentLog } from '../../src/core/log.ts'
import { noMetrics } from '../../src/core/metrics.ts'
import { money } from '../../src/core/money.ts'
import { defaultLimits, guard } from '../../src/payments/guard.ts'
import type { MoveOutcome, PaymentCall, PaymentGateway } from '../../src/payments/port.ts'

const parts = { clock: systemClock, log: silentLog, metrics: noMetrics }
const move = { gatewayPaymentId: 'tp_1', amount: money(100, 'EUR'), idempotencyKey: 'k' }
const call = (ms = 5_000): PaymentCall => ({
  deadline: startDeadline(systemClock, ms),
  requestId: 'req_test',
  traceparent: null,
})

function gatewayOf(capture: () => Promise<MoveOutcome>): PaymentGateway {
  const unexpected = () => Promise.reject(new Error('not expected'))
  return {
    code: 'fake',
    authorise: unexpected,
    capture,
    void: unexpected,
    refund: unexpected,
    find: unexpected,
    close: () => Promise.resolve(),
  }
}

describe('a guarded gateway', () => {
  test('that throws is unknown where money may have moved, failed where nothing was asked to move', async () => {
    const guarded = guard(
      gatewayOf(() => Promise.reject(new Error('bug'))),
      parts,
    )
    expect(await guarded.capture(move, call())).toMatchObject({ kind: 'unknown', fault: { mayHaveBooked: true } })
    expect(await guarded.find('pay_1', call())).toMatchObject({ kind: 'failed' })
  })

  test('that never answers ends at the deadline, as unknown', async () => {
    const guarded = guard(
      gatewayOf(() => new Promise(() => {})),
      parts,
    )
    expect(await guarded.capture(move, call(30))).toMatchObject({ kind: 'unknown', fault: { kind: 'timeout' } })
  })

  test('after many failures is left alone: a definite no, and it was not asked', async () => {
    let asked = 0
    const failing: MoveOutcome = { kind: 'unknown', fault: fault('supplier-error', 'down', { mayHaveBooked: true }) }
    const guarded = guard(
      gatewayOf(async () => {
        asked++
        return failing
      }),
      parts,
    )
    for (let i = 0; i < defaultLimits.breaker.callsMin; i++)
      expect((await guarded.capture(move, call())).kind).toBe('unknown')
    const before = asked
    expect(await guarded.capture(move, call())).toMatchObject({
      kind: 'refused',
      fault: { kind: 'circuit-open', mayHaveBooked: false },
    })
    expect(asked).toBe(before)
    await guarded.close()
  })

  test('a decline is no failure of the gateway', async () => {
    const declined: MoveOutcome = { kind: 'refused', fault: fault('refused', 'no') }
    const guarded = guard(
      gatewayOf(async () => declined),
      parts,
    )
    for (let i = 0; i < 30; i++) expect(await guarded.capture(move, call())).toEqual(declined)
  })

  test('with every place taken the next one waits, and past the queue it is refused unasked', async () => {
    const gate = Promise.withResolvers<MoveOutcome>()
    const limits = { ...defaultLimits, concurrencyMax: 1, waitingMax: 1 }
    const guarded = guard(
      gatewayOf(() => gate.promise),
      parts,
      limits,
    )
    const calls = [guarded.capture(move, call()), guarded.capture(move, call())]
    await new Promise(resolve => setImmediate(resolve))
    expect(await guarded.capture(move, call())).toMatchObject({ kind: 'refused', fault: { kind: 'rate-limited' } })
    gate.resolve({ kind: 'done', gatewayEntryId: 'e' })
    expect((await Promise.all(calls)).map(({ kind }) => kind)).toEqual(['done', 'done'])
  })
})
