import { expect, test } from 'vitest'
import { auditBooking } from '../../scripts/torture/audit-booking.ts'
import type { BookingFacts, Facts, LedgerEntry, Pnr } from '../../scripts/torture/facts.ts'
import { moneyJson } from '../../src/core/money.ts'
import { context, jsonOf, makeBench } from '../booking/fakes.ts'
import { bookingRequest, storedOffer } from '../booking/sample.ts'

/** The audit of `npm run torture` must see what it looks for: each violation is planted once. */
type World = { readonly facts: BookingFacts; readonly pnr: Pnr; readonly ledger: readonly LedgerEntry[] }

async function ticketed(): Promise<World> {
  const stored = storedOffer()
  const { bookings, store } = makeBench(stored)
  const { id } = jsonOf(await bookings.create(bookingRequest(stored), 'key', context))
  const found = (await store.find('default', id))!
  const { booking } = found
  const [order] = booking.orders
  const [payment] = booking.payments
  const amount = moneyJson(payment!.amount)
  const entry = (kind: LedgerEntry['kind']): LedgerEntry => ({ reference: payment!.id, kind, amount })
  return {
    facts: { ...found, audit: [], madeUnder: 'key' },
    pnr: {
      provider: booking.sale.provider,
      locator: order!.locators[0]!.locator,
      reference: booking.reference,
      status: 'live',
      tickets: order!.documents.map(({ number, status }) => ({ number, status })),
      seats: [{ flight: 'BA117', count: booking.passengers.length }],
    },
    ledger: [entry('authorise'), entry('capture')],
  }
}

function said({ facts }: World, pnrs: readonly Pnr[], ledger: readonly LedgerEntry[]): readonly string[] {
  const said: string[] = []
  const all = { pnrs, ledger } as unknown as Facts
  auditBooking(facts, all, what => said.push(what))
  return said
}

test('a booking whose seats and money are in order is in order', async () => {
  const world = await ticketed()
  expect(said(world, [world.pnr], world.ledger)).toEqual([])
})

test.each<[string, RegExp, (world: World) => readonly [readonly Pnr[], readonly LedgerEntry[]]]>([
  ['a second PNR', /2 PNRs/, ({ pnr, ledger }) => [[pnr, { ...pnr, locator: 'OTHER1' }], ledger]],
  ['no PNR', /0 live PNRs/, ({ ledger }) => [[], ledger]],
  ['a cancelled PNR', /0 live PNRs/, ({ pnr, ledger }) => [[{ ...pnr, status: 'cancelled' }], ledger]],
  ['a ticket less', /tickets/, ({ pnr, ledger }) => [[{ ...pnr, tickets: pnr.tickets.slice(1) }], ledger]],
  ['a second charge', /2 entries of capture/, ({ pnr, ledger }) => [[pnr], [...ledger, ledger[1]!]]],
  ['no charge', /was kept/, ({ pnr, ledger }) => [[pnr], ledger.slice(0, 1)]],
  ['money back', /refunded here/, ({ pnr, ledger }) => [[pnr], [...ledger, { ...ledger[1]!, kind: 'refund' }]]],
  ['fewer seats', /1 seats/, ({ pnr, ledger }) => [[{ ...pnr, seats: [{ flight: 'BA117', count: 1 }] }], ledger]],
])('%s is seen', async (_, words, plant) => {
  const world = await ticketed()
  expect(said(world, ...plant(world)).join('; ')).toMatch(words)
})
