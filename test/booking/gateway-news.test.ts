import { describe, expect, test } from 'vitest'
import type { MemoryBookingStore } from '../../src/booking/memory-booking-store.ts'
import type { GatewayNews } from '../../src/payments/port.ts'
import { type Bench, context, jsonOf, makeBench } from './fakes.ts'
import { bookingRequest, storedOffer } from './sample.ts'

const stored = storedOffer()

async function begun(methodToken: string, more: Parameters<typeof makeBench>[1] = {}) {
  const bench = makeBench(stored, more)
  const { id } = jsonOf(
    await bench.bookings.create(bookingRequest(stored, { payment: { methodToken } }), 'key', context),
  )
  const [paymentId, payment] = [...bench.gateway.payments][0]!
  return { bench, id, paymentId: paymentId as `pay_${string}`, gatewayPaymentId: payment.gatewayPaymentId }
}

function send(bench: Bench, id: string, about: GatewayNews, signature = 'ours', gateway = 'test'): Promise<void> {
  const body = Buffer.from(JSON.stringify({ id, about }))
  const letter = { body, header: () => signature, receivedAt: bench.clock.now() }
  return bench.bookings.takeGatewayNews(gateway, letter, 'req_news')
}

const kinds = async ({ bookings }: Bench, id: `bkg_${string}`) =>
  (await bookings.listEvents(id, context)).events.map(event => `${event.actor} ${event.kind}`)

describe('news of a payment', () => {
  test('makes a booking that waits for its traveller go on at once, without waiting for its turn', async () => {
    const { bench, id, paymentId } = await begun('tok_3ds')
    // asked a moment ago: that holds no news up
    await bench.bookings.get(id, context)
    bench.gateway.act(true)
    await send(bench, 'evt_1', { kind: 'payment', paymentId })
    await bench.bookings.close()
    expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'ticketed' })
    expect(await kinds(bench, id)).toContain('gateway:test payment-authorised')
  })

  test('is asked about, never believed', async () => {
    const { bench, id, paymentId } = await begun('tok_3ds')
    await send(bench, 'evt_1', { kind: 'payment', paymentId })
    await bench.bookings.close()
    expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'action-required' })
    expect(bench.gateway.calls).not.toContain('capture')
  })

  test('clears up a lost answer', async () => {
    const bench = makeBench(stored, { fates: { capture: ['lost-after'], find: ['unreachable'] } })
    const { id } = jsonOf(await bench.bookings.create(bookingRequest(stored), 'key', context))
    const paymentId = [...bench.gateway.payments.keys()][0] as `pay_${string}`
    await send(bench, 'evt_1', { kind: 'payment', paymentId })
    await bench.bookings.close()
    expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'ticketed' })
  })

  test('that comes again asks nobody again', async () => {
    const { bench, paymentId } = await begun('tok_3ds')
    await send(bench, 'evt_1', { kind: 'payment', paymentId })
    await bench.bookings.close()
    const before = bench.gateway.calls.length
    await send(bench, 'evt_1', { kind: 'payment', paymentId })
    await bench.bookings.close()
    expect(bench.gateway.calls).toHaveLength(before)
  })

  test('of a payment that is nobody here, and of another kind, is taken and changes nothing', async () => {
    const { bench } = await begun('tok_3ds')
    const before = bench.gateway.calls.length
    await send(bench, 'evt_1', { kind: 'payment', paymentId: 'pay_unknown' })
    await send(bench, 'evt_2', { kind: 'other', type: 'invoice.paid' })
    await bench.bookings.close()
    expect(bench.gateway.calls).toHaveLength(before)
  })

  test('that the gateway did not sign is 400, of a gateway that is not here 404', async () => {
    const { bench, paymentId } = await begun('tok_3ds')
    const about = { kind: 'payment', paymentId } as const
    await expect(send(bench, 'evt_1', about, 'forged')).rejects.toMatchObject({ type: 'validation', status: 400 })
    await expect(send(bench, 'evt_1', about, 'ours', 'acme')).rejects.toMatchObject({ type: 'not-found' })
  })
})

describe('a dispute', () => {
  const dispute = (gatewayPaymentId: string, status: 'opened' | 'won' | 'lost'): GatewayNews => ({
    kind: 'dispute',
    gatewayPaymentId,
    disputeId: 'dp_1',
    status,
    reason: 'fraudulent',
    amount: { amountMinor: 120468, currency: 'EUR' },
  })

  test('is written down once, told, and waits for a person; the booking stays as it is', async () => {
    const { bench, id, gatewayPaymentId } = await begun('tok_visa')
    for (const event of ['evt_1', 'evt_1', 'evt_2']) await send(bench, event, dispute(gatewayPaymentId, 'opened'))
    expect((await kinds(bench, id)).filter(kind => kind === 'gateway:test payment-disputed')).toHaveLength(1)
    const { workItems } = await bench.bookings.listWorkItems({}, context)
    expect(workItems).toMatchObject([{ step: 'dispute', target: 'dp_1', resolutions: ['done', 'not-done'] }])
    const types = (bench.store as MemoryBookingStore).outbox.map(({ type }) => type)
    expect(types.filter(type => type === 'booking.payment-disputed')).toHaveLength(1)
    expect(types).toContain('booking.work-needed')
    expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'ticketed' })

    const request = { resolution: 'done', note: 'Evidence sent.', by: 'agent-7' } as const
    const item = workItems[0]!.id as `wit_${string}`
    expect(await bench.bookings.resolveWorkItem(item, request, context)).toMatchObject({ status: 'resolved' })
    expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'ticketed' })
    expect((await bench.bookings.listEvents(id, context)).audit.intact).toBe(true)
  })

  test('whose end comes before its beginning stays ended', async () => {
    const { bench, id, gatewayPaymentId } = await begun('tok_visa')
    await send(bench, 'evt_2', dispute(gatewayPaymentId, 'lost'))
    await send(bench, 'evt_1', dispute(gatewayPaymentId, 'opened'))
    expect((await kinds(bench, id)).filter(kind => kind.endsWith('payment-disputed'))).toHaveLength(1)
    expect((await bench.bookings.listWorkItems({}, context)).workItems).toEqual([])
  })
})
