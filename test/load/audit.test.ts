import { afterEach, expect, test } from 'vitest'
import { auditBookings } from '../../bench/load/audit.ts'
import type { BookingAttempt } from '../../bench/load/bookings.ts'
import { openClient, type Reply } from '../../bench/load/client.ts'
import { type Answer, type Behaviour, bookingOf, type FakeTarget, startFakeTarget } from './fake-target.ts'

const targets: FakeTarget[] = []
afterEach(async () => {
  for (const target of targets.splice(0)) await target.close()
})

const total = { amount: '10.00', currency: 'EUR' }
const attempt = (reply: Reply): BookingAttempt => ({ idempotencyKey: 'key-1', body: '{}', reply })
const answered = (status: number, body: unknown): Reply => ({ kind: 'answer', status, text: JSON.stringify(body) })
const made = answered(201, bookingOf('bkg_a'))

async function start(behaviour: Behaviour): Promise<FakeTarget> {
  const target = await startFakeTarget(behaviour)
  targets.push(target)
  return target
}

async function audit(attempts: readonly BookingAttempt[], behaviour: Behaviour = () => undefined, books?: unknown[]) {
  const target = await start(behaviour)
  const [orders, entries] = books ?? []
  const world = await start((_method, path): Answer => {
    return { status: 200, body: path === '/_sandbox/orders' ? { orders } : { entries } }
  })
  const sandbox = {
    simulators: [{ code: 'sabre', baseUrl: world.url }],
    gateway: { baseUrl: world.url },
    magicRoutes: [],
  }
  const client = openClient(target.url, 4, null)
  try {
    return { target, ...(await auditBookings(client, attempts, books ? sandbox : null)) }
  } finally {
    await client.close()
  }
}

test('a booking that was answered and cannot be read again is unexplained', async () => {
  const lost: Behaviour = (method, path) => (method === 'GET' && path.includes('bkg_') ? { status: 404 } : undefined)
  expect((await audit([attempt(made)], lost)).unexplained).toEqual([
    'bkg_a: was answered as ticketed, and cannot be read again',
  ])
})

test('a ticketed booking that is something else by now is unexplained', async () => {
  const failed: Behaviour = method =>
    method === 'GET' ? { status: 200, body: bookingOf('bkg_a', 'failed') } : undefined
  expect((await audit([attempt(made)], failed)).unexplained).toEqual(['bkg_a: was answered as ticketed, and is failed'])
})

test('one booking for two keys is unexplained', async () => {
  expect((await audit([attempt(made), attempt(made)])).unexplained).toEqual([
    'bkg_a: answers two requests with different keys',
  ])
})

test('a lost answer is asked for again with its own key', async () => {
  const found = await audit([attempt({ kind: 'none', why: 'timeout' })])
  expect(found).toMatchObject({ recovered: 1, statuses: { ticketed: 1 }, unexplained: [] })
  expect(found.target.keys).toEqual(['key-1'])
})

test('a lost answer that does not come a second time either is unexplained', async () => {
  const { unexplained } = await audit([attempt({ kind: 'none', why: 'timeout' })], () => 'cut')
  expect(unexplained).toHaveLength(1)
  expect(unexplained[0]).toContain('no answer, and none when asked again')
})

test('an answer that says that it booked and shows no booking is unexplained', async () => {
  const { unexplained } = await audit([attempt({ kind: 'answer', status: 201, text: '<h1>booked</h1>' })])
  expect(unexplained).toEqual(['key key-1: 201, and no booking in the answer'])
})

test('a booking still under way is waited for', async () => {
  let asked = 0
  const later: Behaviour = method =>
    method === 'GET' && asked++ === 0 ? { status: 200, body: bookingOf('bkg_a', 'pending') } : undefined
  expect(await audit([attempt(answered(202, bookingOf('bkg_a', 'pending')))], later)).toMatchObject({
    ...{ statuses: { ticketed: 1 }, unexplained: [] },
  })
})

test('a refusal is no booking, and explained', async () => {
  const refused = attempt(answered(409, { type: '/problems/sold-out' }))
  expect(await audit([refused])).toMatchObject({ notMade: { '409 sold-out': 1 }, statuses: {}, unexplained: [] })
})

const order = { reference: 'Rbkg_a', status: 'live' }
const capture = { reference: 'pay_bkg_a', kind: 'capture', amount: total }

test.each([
  ['all is as it should be', [[order], [capture]], []],
  ['no order', [[], [capture]], ['bkg_a: ticketed, and sabre holds 0 live orders for it']],
  ['two orders', [[order, order], [capture]], ['bkg_a: ticketed, and sabre holds 2 live orders for it']],
  ['never captured', [[order], []], ['bkg_a: ticketed, and captured 0 times']],
  ['captured twice', [[order], [capture, capture]], ['bkg_a: ticketed, and captured 2 times']],
  [
    'another amount',
    [[order], [{ ...capture, amount: { amount: '11.00', currency: 'EUR' } }]],
    ['bkg_a: costs 10.00 EUR, and 11.00 EUR was captured'],
  ],
])("the suppliers' orders and the ledger must agree: %s", async (_name, books, expected) => {
  const found = await audit([attempt(made)], () => undefined, books)
  expect(found.withSandbox).toBe(true)
  expect(found.unexplained).toEqual(expected)
})
