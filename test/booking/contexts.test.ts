import { expect, test } from 'vitest'
import type { BookingStore } from '../../src/booking/booking-store.ts'
import { createMemoryBookingStore } from '../../src/booking/memory-booking-store.ts'
import { createVault } from '../../src/booking/private-data.ts'
import { context, jsonOf, makeBench, masterKeys } from './fakes.ts'
import { bookingRequest, storedOffer } from './sample.ts'

const stored = storedOffer()

/** A bench whose store says what was sealed for suppliers, change by change. */
function watched() {
  const kept = createMemoryBookingStore()
  const written: string[] = []
  const store: BookingStore = {
    ...kept,
    save(change) {
      written.push(...change.sealed.map(({ kind }) => kind).filter(kind => kind.startsWith('context:')))
      return kept.save(change)
    },
  }
  return { written, bench: makeBench(stored, { store, capabilities: { ticketing: 'separate' } }) }
}

test('what a supplier needs back is sealed once, however often it says the same', async () => {
  const { written, bench } = watched()
  const booked = jsonOf(await bench.bookings.create(bookingRequest(stored), 'same', context))
  expect(booked.status).toBe('ticketed')
  expect(written).toHaveLength(1)
})

test('where it says something else with the tickets, that is what is kept', async () => {
  const { written, bench } = watched()
  const issue = bench.supplier.issueTickets
  bench.supplier.issueTickets = async (...asked) => {
    const issued = await issue(...asked)
    if (issued.kind !== 'ticketed') return issued
    return { ...issued, order: { ...issued.order, supplierContext: { opaque: 'of the ticketed one' } } }
  }
  const { id } = jsonOf(await bench.bookings.create(bookingRequest(stored), 'other', context))
  expect(written).toHaveLength(2)
  const found = (await bench.store.find('default', id))!
  const vault = createVault(masterKeys)
  const { contexts } = vault.read(vault.openKey(id, found.wrappedKey!), found.sealed)
  expect(Object.values(contexts)).toEqual([{ opaque: 'of the ticketed one' }])
})
