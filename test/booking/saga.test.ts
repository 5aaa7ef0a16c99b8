import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Bench, context, type Fate, type Fates, jsonOf, makeBench, type Operation, settle } from './fakes.ts'
import { bookingRequest, storedOffer } from './sample.ts'

/** Whatever befalls its calls, a booking ends so that money and seats agree, or says that it does not know. */

const stored = storedOffer()
const total = 120468
const changing: readonly Operation[] = [
  'createOrder',
  'issueTickets',
  'quoteCancellation',
  'cancelOrder',
  'authorise',
  'capture',
  'void',
]
const reading: readonly Operation[] = ['retrieveOrder', 'findOrders', 'find']
const fates: readonly Fate[] = ['ok', 'refused', 'busy', 'unreachable', 'lost-before', 'lost-after']

/** Throws with what is wrong. */
async function audit(bench: Bench, status: string): Promise<void> {
  const { supplier, gateway } = bench
  const live = supplier.pnrs.filter(pnr => pnr.status === 'live')
  const money = [...gateway.payments.values()]
  const facts = JSON.stringify({ status, live, money, calls: [supplier.calls, gateway.calls] })
  const must = (ok: boolean, what: string): void => {
    if (!ok) throw new Error(`${what}: ${facts}`)
  }
  must(supplier.pnrs.length <= 1, 'more than one PNR was made')
  must(supplier.calls.filter(name => name === 'createOrder').length <= 1, 'the order was asked for twice')
  must(gateway.kept() <= total, 'more than once captured')
  switch (status) {
    case 'ticketed':
      must(live.length === 1 && live[0]!.tickets.length === 2, 'ticketed without tickets')
      must(gateway.kept() === total, 'ticketed without money')
      break
    case 'failed':
      must(live.length === 0, 'failed with a live PNR')
      must(gateway.kept() === 0, 'failed with money kept')
      must(
        money.every(payment => payment.status === 'voided'),
        'failed with money held',
      )
      break
    case 'outcome-unknown':
      break
    default:
      must(false, 'no final state')
  }
}

async function bookThrough(some: Fates, ticketing: 'separate' | 'at-order'): Promise<{ bench: Bench; status: string }> {
  const bench = makeBench(stored, { fates: some, capabilities: { ticketing } })
  const answer = await bench.bookings.create(bookingRequest(stored), 'key', context)
  const json = jsonOf(answer)
  const id = (json.bookingId ?? json.id) as `bkg_${string}`
  await settle(bench)
  const booking = await bench.bookings.get(id, context)
  if (answer.status === 201) expect(booking.status).toBe('ticketed')
  if (answer.status >= 400) expect(booking.status).toBe('failed')
  return { bench, status: booking.status }
}

describe.each(['separate', 'at-order'] as const)('ticketing %s', ticketing => {
  const pairs = changing.flatMap(first =>
    changing.map(second => [first, second] as const).filter(([a, b]) => changing.indexOf(a) <= changing.indexOf(b)),
  )
  test.each(pairs)('every pair of fates of %s and %s ends with money and seats agreed', async (first, second) => {
    for (const one of fates) {
      for (const other of fates) {
        const some: Fates = first === second ? { [first]: [one, other] } : { [first]: [one], [second]: [other] }
        const { bench, status } = await bookThrough(some, ticketing)
        await audit(bench, status)
        const definite = one !== 'refused' && other !== 'refused'
        // only a definite no to what undoes may need a person
        if (definite) expect(status, JSON.stringify(some)).not.toBe('outcome-unknown')
      }
    }
  })
})

test('any mix of fates, reads too, ends with money and seats agreed or an honest unknown', async () => {
  const fateList = fc.array(fc.constantFrom(...fates), { maxLength: 6 })
  const readList = fc.array(fc.constantFrom<Fate>('ok', 'unreachable'), { maxLength: 6 })
  const mix = fc.record({
    ...Object.fromEntries(changing.map(operation => [operation, fateList])),
    ...Object.fromEntries(reading.map(operation => [operation, readList])),
  }) as fc.Arbitrary<Fates>
  await fc.assert(
    fc.asyncProperty(mix, fc.constantFrom('separate', 'at-order'), async (some, ticketing) => {
      const { bench, status } = await bookThrough(some, ticketing)
      await audit(bench, status)
    }),
    { numRuns: 150 },
  )
}, 60_000)

describe('a process that dies', () => {
  /** The store fails for good at the nth write: whatever was called before it is not known to have been. */
  test.each([1, 2, 3, 4, 5, 6])('at write %i: another one goes on from what is written', async dies => {
    const bench = makeBench(stored)
    const { save } = bench.store
    let writes = 0
    Object.assign(bench.store, {
      save: async (change: Parameters<typeof save>[0]) => {
        if (++writes === dies) throw new Error('killed')
        if (writes < dies) await save(change)
        else throw new Error('dead')
      },
    })
    const answer = await bench.bookings.create(bookingRequest(stored), 'key', context).catch(() => undefined)
    expect(answer === undefined).toBe(dies <= 5)
    Object.assign(bench.store, { save })
    bench.clock.advance(60_000)
    await settle(bench, 5)
    const { bookings } = await bench.bookings.list({}, context)
    if (dies === 1) {
      expect(bookings).toEqual([])
      expect([...bench.supplier.calls, ...bench.gateway.calls]).toEqual([])
      return
    }
    expect(bookings).toMatchObject([{ status: 'ticketed' }])
    await audit(bench, 'ticketed')
    bench.clock.advance(60_000)
    const again = await bench.bookings.create(bookingRequest(stored), 'key', context)
    expect([again.status, jsonOf(again).id]).toEqual([201, bookings[0]!.id])
    expect(bench.supplier.pnrs).toHaveLength(1)
  })
})

test('many runners at once never make the same call twice', async () => {
  const lost: Fates = { createOrder: ['lost-after'], findOrders: ['unreachable', 'unreachable', 'unreachable'] }
  const bench = makeBench(stored, { fates: lost })
  const { id, status } = jsonOf(await bench.bookings.create(bookingRequest(stored), 'key', context))
  expect(status).toBe('outcome-unknown')
  bench.clock.advance(120_000)
  const again = () => bench.bookings.create(bookingRequest(stored), 'key', context).catch(() => undefined)
  await Promise.all([again(), bench.bookings.sweep(), again(), bench.bookings.sweep(), again()])
  await settle(bench, 3)
  expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'ticketed' })
  for (const name of ['issueTickets', 'createOrder'])
    expect(bench.supplier.calls.filter(call => call === name)).toHaveLength(1)
  expect(bench.gateway.calls.filter(call => call === 'capture')).toHaveLength(1)
  await audit(bench, 'ticketed')
})
