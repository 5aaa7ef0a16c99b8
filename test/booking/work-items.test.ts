import { describe, expect, test } from 'vitest'
import type { WorkItemJson } from '../../src/booking/port.ts'
import { type Bench, context, type Fates, jsonOf, makeBench, settle } from './fakes.ts'
import { bookingRequest, storedOffer } from './sample.ts'

const stored = storedOffer()
const said = { note: 'Rang the airline.', by: 'agent-7' }

/** A booking of which a machine can make nothing more, and its one work item. */
async function stuckBy(
  fates: Fates,
  capabilities = {},
): Promise<{ bench: Bench; id: `bkg_${string}`; item: WorkItemJson }> {
  const bench = makeBench(stored, { fates, capabilities })
  const made = jsonOf(await bench.bookings.create(bookingRequest(stored), 'key', context))
  const id = (made.bookingId ?? made.id) as `bkg_${string}`
  await settle(bench)
  const { workItems } = await bench.bookings.listWorkItems({}, context)
  expect(workItems).toHaveLength(1)
  return { bench, id, item: workItems[0]! }
}

const resolve = (bench: Bench, { id }: WorkItemJson, request: object): Promise<WorkItemJson> =>
  bench.bookings.resolveWorkItem(id as `wit_${string}`, { ...said, resolution: 'retry', ...request }, context)

const lostOrder: Fates = { createOrder: ['lost-after'] }
const unsearchable = { findByReference: false }

describe('an order that cannot be searched for', () => {
  test('waits for a person with all that they need, and nothing is released meanwhile', async () => {
    const { bench, item } = await stuckBy(lostOrder, unsearchable)
    expect(item).toMatchObject({
      status: 'open',
      step: 'create-order',
      resolutions: ['found', 'retry', 'not-done'],
      provider: 'alpha',
      attempts: [{ step: 'create-order', outcome: 'unknown', fault: { kind: 'timeout' } }],
      gatewayPayments: [{ status: 'authorised', amount: { amount: '1204.68', currency: 'EUR' } }],
      booking: { status: 'outcome-unknown', passengers: [{ surname: 'Example' }, { surname: 'Müller' }] },
    })
    expect(bench.gateway.calls).toEqual(['authorise'])
  })

  test('found by a person, is ticketed and paid', async () => {
    const { bench, id, item } = await stuckBy(lostOrder, unsearchable)
    const { locator } = bench.supplier.pnrs[0]!
    Object.assign(bench.supplier, contextless(bench))
    const resolved = await resolve(bench, item, { resolution: 'found', locator })
    expect(resolved).toMatchObject({ status: 'resolved', resolution: 'found', note: said.note, resolutions: [] })
    expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'ticketed' })
    expect(bench.supplier.pnrs).toHaveLength(1)
    const { workItems } = await bench.bookings.listWorkItems({ status: 'resolved' }, context)
    expect(workItems).toMatchObject([{ id: item.id, note: said.note }])
  })

  test('with a locator that the supplier does not know, waits again: money is not let go on a slip of the pen', async () => {
    const { bench, id, item } = await stuckBy(lostOrder, unsearchable)
    Object.assign(bench.supplier, contextless(bench))
    await resolve(bench, item, { resolution: 'found', locator: 'NOSUCH' })
    await settle(bench)
    expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'outcome-unknown' })
    const { workItems } = await bench.bookings.listWorkItems({}, context)
    expect(workItems).toMatchObject([{ reason: 'The supplier has no order of ours under that locator.' }])
    expect(workItems[0]!.id).not.toBe(item.id)
    expect(bench.gateway.calls).toEqual(['authorise'])
  })

  test("with the locator of another booking's order, waits again: nobody is ticketed with somebody else's seats", async () => {
    const { bench, id, item } = await stuckBy(lostOrder, unsearchable)
    bench.supplier.pnrs.push({ ...bench.supplier.pnrs[0]!, locator: 'THEIRS', reference: 'OTHERS' })
    Object.assign(bench.supplier, contextless(bench))
    await resolve(bench, item, { resolution: 'found', locator: 'THEIRS' })
    await settle(bench)
    expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'outcome-unknown', documents: [] })
    const { workItems } = await bench.bookings.listWorkItems({}, context)
    expect(workItems).toMatchObject([{ reason: 'The supplier has no order of ours under that locator.' }])
    expect(bench.gateway.calls).toEqual(['authorise'])
  })

  test('never made, as a person says: the money goes back', async () => {
    const { bench, id, item } = await stuckBy({ createOrder: ['lost-before'] }, unsearchable)
    await resolve(bench, item, { resolution: 'not-done' })
    expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'failed' })
    expect(bench.gateway.calls).toEqual(['authorise', 'void'])
    // what it was about, not what the booking came to
    const { workItems } = await bench.bookings.listWorkItems({ status: 'resolved' }, context)
    expect(workItems).toMatchObject([{ step: 'create-order', resolution: 'not-done', resolutions: [] }])
  })
})

test('an order that the supplier will not cancel is cancelled by a person: then the money goes back', async () => {
  const { bench, id, item } = await stuckBy({ issueTickets: ['refused'], cancelOrder: ['refused'] })
  expect(item).toMatchObject({ step: 'cancel-order', resolutions: ['retry', 'done'] })
  bench.supplier.pnrs[0]!.status = 'cancelled'
  await resolve(bench, item, { resolution: 'done' })
  expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'failed' })
  expect([...bench.gateway.payments.values()]).toMatchObject([{ status: 'voided' }])
})

test('tried again, what the supplier does now is done', async () => {
  const { bench, id, item } = await stuckBy({ issueTickets: ['refused'], cancelOrder: ['refused'] })
  await resolve(bench, item, { resolution: 'retry' })
  expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'failed' })
  expect(bench.supplier.pnrs).toMatchObject([{ status: 'cancelled' }])
})

test('some tickets and some not: looked at again, the rest has come', async () => {
  const bench = makeBench(stored)
  const { issueTickets, retrieveOrder } = bench.supplier
  const partly = async <T extends { kind: string }>(outcome: T): Promise<T> =>
    'order' in outcome ? { ...outcome, order: { ...(outcome.order as object), status: 'partly-ticketed' } } : outcome
  Object.assign(bench.supplier, {
    issueTickets: async (...args: Parameters<typeof issueTickets>) => partly(await issueTickets(...args)),
  })
  const { id } = jsonOf(await bench.bookings.create(bookingRequest(stored), 'key', context))
  const { workItems } = await bench.bookings.listWorkItems({}, context)
  expect(workItems).toMatchObject([{ step: 'issue-tickets', resolutions: ['retry', 'not-done'] }])
  expect(bench.gateway.calls).not.toContain('capture')
  Object.assign(bench.supplier, { retrieveOrder })
  await resolve(bench, workItems[0]!, { resolution: 'retry' })
  expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'ticketed' })
})

describe('refused', () => {
  test('what a person cannot know of it, and a second word', async () => {
    const { bench, item } = await stuckBy(lostOrder, unsearchable)
    await expect(resolve(bench, item, { resolution: 'done' })).rejects.toMatchObject({
      type: 'validation',
      errors: [{ pointer: '/resolution', code: 'not-possible' }],
    })
    await expect(resolve(bench, item, { resolution: 'found' })).rejects.toMatchObject({
      errors: [{ pointer: '/locator', code: 'required' }],
    })
    await resolve(bench, item, { resolution: 'not-done' })
    await expect(resolve(bench, item, {})).rejects.toMatchObject({ type: 'work-item-closed', status: 409 })
  })

  test("another tenant's", async () => {
    const { bench, item } = await stuckBy(lostOrder, unsearchable)
    const other = { ...context, tenant: 'other' }
    expect((await bench.bookings.listWorkItems({}, other)).workItems).toEqual([])
    const asked = bench.bookings.resolveWorkItem(item.id as `wit_${string}`, { ...said, resolution: 'retry' }, other)
    await expect(asked).rejects.toMatchObject({ type: 'not-found' })
  })
})

test('many who resolve the same item at once: one word counts', async () => {
  const { bench, id, item } = await stuckBy({ createOrder: ['lost-before'] }, unsearchable)
  const words = await Promise.allSettled(
    Array.from({ length: 5 }, () => resolve(bench, item, { resolution: 'not-done' })),
  )
  expect(words.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'failed' })
  expect(bench.gateway.calls.filter(name => name === 'void')).toHaveLength(1)
})

test('the timeline tells it in words, names who said so, and holds no personal data', async () => {
  const { bench, id, item } = await stuckBy({ createOrder: ['lost-before'] }, unsearchable)
  await resolve(bench, item, { resolution: 'not-done' })
  const timeline = await bench.bookings.listEvents(id, context)
  expect(timeline.audit).toEqual({ intact: true, brokenAt: null })
  expect(timeline.events.map(({ sequence }) => sequence)).toEqual(timeline.events.map((_, i) => i + 1))
  const texts = timeline.events.map(({ text }) => text)
  expect(texts[0]).toMatch(/^Booking [A-Z0-9]{6} of 1204\.68 EUR at alpha was begun\.$/)
  expect(texts).toContain('Nobody knows yet whether the order was made; finding out.')
  expect(texts).toContain('A person looked into it: not-done.')
  expect(timeline.events.find(({ kind }) => kind === 'work-item-resolved')?.actor).toBe('person:agent-7')
  expect(JSON.stringify(timeline)).not.toMatch(/Ada|Example|Müller|X1234567|ada@|Rang/)
})

/** A person's locator comes without what the supplier gave at the creation. */
function contextless(bench: Bench) {
  const { retrieveOrder } = bench.supplier
  return {
    retrieveOrder: async (...[key, call]: Parameters<typeof retrieveOrder>) => {
      if (Object.keys(key.supplierContext).length > 0) return retrieveOrder(key, call)
      if (!bench.supplier.pnrs.some(({ locator }) => locator === key.locator)) return { kind: 'absent' as const }
      return retrieveOrder({ ...key, supplierContext: { opaque: `context of ${key.locator}` } }, call)
    },
  }
}
