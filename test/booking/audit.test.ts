import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AuditRecord, findBreak } from '../../src/booking/audit.ts'
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
