import { expect, test } from 'vitest'
import type { SupplierOrder } from '../../src/core/order.ts'
import { context, jsonOf, makeBench } from './fakes.ts'
import { bookingRequest, now, storedOffer } from './sample.ts'

const stored = storedOffer()
const hour = 3_600_000

/** A hold of which the supplier says so much. */
async function heldWith(ticketByMs: number | null, remarks: SupplierOrder['remarks'] & {}) {
  const bench = makeBench(stored)
  bench.supplier.ticketByMs = ticketByMs
  const { createOrder, retrieveOrder } = bench.supplier
  Object.assign(bench.supplier, {
    createOrder: async (...args: Parameters<typeof createOrder>) => {
      const made = await createOrder(...args)
      return made.kind === 'created' ? { ...made, order: { ...made.order, remarks } } : made
    },
    retrieveOrder: async (...args: Parameters<typeof retrieveOrder>) => {
      const found = await retrieveOrder(...args)
      return found.kind === 'found' ? { ...found, order: { ...found.order, remarks } } : found
    },
  })
  const request = bookingRequest(stored, { hold: true, payment: undefined })
  return { bench, json: jsonOf(await bench.bookings.create(request, 'key', context)) }
}

const adtk = (text: string, at: string | null = null) => ({ carrier: 'BA', text, at })

test("the airline's remark counts where it is earlier than the fare's limit", async () => {
  const { json } = await heldWith(now + 72 * hour, [adtk('ADTK1GTOBA BY 06JAN27/1700Z OTHERWISE WILL BE XXLD')])
  expect(json).toMatchObject({ status: 'held', ticketBy: '2027-01-06T17:00:00Z' })
})

test("the fare's limit counts where it is earlier, and of several remarks the earliest", async () => {
  const remarks = [adtk('ADTK1GTOBA BY 09JAN27/1700Z OTHERWISE WILL BE XXLD'), adtk('PLS ADV CONTACT')]
  const { json } = await heldWith(now + 5 * hour, remarks)
  expect(json).toMatchObject({ ticketBy: '2027-01-05T15:00:00Z' })
  const several = [...remarks, adtk('ADTK1GTOBA BY 07JAN27/1200Z OTHERWISE WILL BE XXLD')]
  expect((await heldWith(null, several)).json).toMatchObject({ ticketBy: '2027-01-07T12:00:00Z' })
})

test('nothing is ticketed after the departure, even where nobody sets a limit', async () => {
  const { json } = await heldWith(null, [])
  expect(json).toMatchObject({ status: 'held', ticketBy: '2027-03-10T08:20:00Z' })
})

test('a limit counted from the remark does not move on as time goes by', async () => {
  const { bench, json } = await heldWith(null, [adtk('TICKET WITHIN 24HRS OR WILL BE CANCELLED')])
  const limit = json.ticketBy
  expect(limit).toBe('2027-01-06T10:00:00Z')
  bench.clock.advance(6 * hour)
  await bench.bookings.pay(json.id, { methodToken: 'tok_declined' }, 'pay', context)
  expect(await bench.bookings.get(json.id, context)).toMatchObject({ status: 'held', ticketBy: limit })
})
