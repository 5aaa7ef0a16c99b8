import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AuditRecord, auditOf, auditStart, findBreak } from '../../src/booking/audit.ts'
import { auditMax } from '../../src/booking/booking-store.ts'
import type { BookingEvent } from '../../src/booking/events.ts'
import { writeCursor } from '../../src/booking/list-cursor.ts'
import { listEvents, type TimelineParts, wholeTimeline } from '../../src/booking/timeline.ts'
import { createVault } from '../../src/booking/private-data.ts'
import { makeKey } from '../../src/booking/crypto.ts'
import { context, jsonOf, makeBench, masterKeys } from './fakes.ts'
import { bookingRequest, storedOffer } from './sample.ts'

const stored = storedOffer()
const seals = createVault(masterKeys).auditSeals

async function booked() {
  const bench = makeBench(stored)
  const { id } = jsonOf(await bench.bookings.create(bookingRequest(stored), 'key', context))
  const { auditHead } = (await bench.store.find('default', id))!
  return { bench, id, head: auditHead, records: await bench.store.listAudit('default', id) }
}

test('a log as it was written holds, also after its booking was forgotten and under a newer master key', async () => {
  const { bench, id, head, records } = await booked()
  expect(findBreak(id, records, head, seals)).toBeNull()
  await bench.bookings.forget(id, context)
  expect((await bench.bookings.listEvents(id, context)).audit).toEqual({ intact: true, brokenAt: null })
  const newer = createVault([makeKey(new Uint8Array(32).fill(8)), ...masterKeys]).auditSeals
  expect(findBreak(id, records, head, newer)).toBeNull()
})

test('whatever is changed, left out, moved or added shows, at its place', async () => {
  const { id, head, records } = await booked()
  const index = fc.nat({ max: records.length - 1 })
  const fields: readonly (keyof AuditRecord)[] = ['at', 'actor', 'requestId', 'kind', 'statusAfter', 'data', 'hash']
  fc.assert(
    fc.property(index, fc.constantFrom(...fields), (i, field) => {
      const changed = records.map((record, n) => (n === i ? { ...record, [field]: `${field} of another` } : record))
      expect(findBreak(id, changed as AuditRecord[], head, seals)).toBe(i + 1)
    }),
  )
  fc.assert(
    fc.property(index, i => {
      expect(findBreak(id, records.toSpliced(i, 1), head, seals)).toBe(i + 1)
      expect(findBreak(id, records.toSpliced(i, 0, records[i]!), head, seals)).not.toBeNull()
    }),
  )
})

test('nobody without the master key can write a log anew, nor pass off that of another booking', async () => {
  const { id, head, records } = await booked()
  const other = createVault([makeKey(new Uint8Array(32).fill(9))]).auditSeals
  expect(findBreak(id, records, head, other)).toBe(1)
  expect(findBreak('bkg_another', records, head, seals)).toBe(1)
})

test('a log of 12,000 entries comes in pages that miss nothing, and is checked as a whole on each', async () => {
  const { bench, id } = await booked()
  const { booking } = (await bench.store.find('default', id))!
  const events = Array.from(
    { length: 12_000 },
    (): BookingEvent => ({ kind: 'goal-changed', goal: { kind: 'settle' } as never }),
  )
  const status = { before: null, after: 'ticketed' } as const
  const write = { id, events, version: 12_000, status, at: 0, actor: 'api', requestId: 'req_1' }
  const records = auditOf(write, auditStart, seals[0]!)
  const read: (readonly AuditRecord[])[] = []
  const partsOf = (log: readonly AuditRecord[]): TimelineParts => ({
    vault: createVault(masterKeys),
    tools: {
      store: {
        find: async () => ({
          booking: { ...booking, version: 12_000 },
          auditHead: records.at(-1)!.hash,
          sealed: [],
          wrappedKey: null,
        }),
        async listAudit(_, __, after = 0) {
          const part = log.filter(({ sequence }) => sequence > after).slice(0, auditMax)
          read.push(part)
          return part
        },
      },
    },
  })

  const sequences: number[] = []
  const lengths: number[] = []
  for (let cursor: string | undefined; ; ) {
    const { events: page, page: place, audit } = await listEvents(partsOf(records), id, context, { cursor })
    expect(audit).toEqual({ intact: true, brokenAt: null })
    lengths.push(page.length)
    sequences.push(...page.map(({ sequence }) => sequence))
    if (place.next === null) break
    cursor = place.next
  }
  expect(lengths).toEqual([5_000, 5_000, 2_000])
  expect(sequences).toEqual(Array.from({ length: 12_000 }, (_, i) => i + 1))
  expect(Math.max(...read.map(part => part.length))).toBeLessThanOrEqual(auditMax)
  expect((await wholeTimeline(partsOf(records), id, context)).events).toHaveLength(12_000)

  const changed = records.with(11_000, { ...records[11_000]!, actor: 'nobody' })
  const first = await listEvents(partsOf(changed), id, context, { limit: 20 })
  expect(first).toMatchObject({ audit: { intact: false, brokenAt: 11_001 }, page: { limit: 20 } })
  expect(first.events).toHaveLength(20)
  const error = { type: 'validation', errors: [{ pointer: 'query:cursor', code: 'broken-cursor' }] }
  for (const cursor of ['x', writeCursor({ createdAt: 0, id, status: null })])
    await expect(listEvents(partsOf(records), id, context, { cursor })).rejects.toMatchObject(error)
})
