import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BookedOrder, type Booking, type CancellationQuote, noProgress } from '../../src/booking/booking.ts'
import { amountDue, capturedFor } from '../../src/booking/cancelled-parts.ts'
import { shareOf } from '../../src/booking/refund-share.ts'
import type { PassengerId } from '../../src/core/ids.ts'
import { money, moneyJson } from '../../src/core/money.ts'
import type { SupplierCancellationQuote } from '../../src/providers/port.ts'

/** Of each passenger: what the supplier asked and gives back (USD), and what we add (EUR). */
type Person = { readonly net: number; readonly back: number; readonly markUp: number }
type Kind = 'void' | 'refund' | 'release'

const rate = '0.9259'
const inEuro = (minor: number): number => Math.round((minor * 9259) / 10_000)
const priceOf = ({ net, markUp }: Person): number => inEuro(net) + markUp
const sumOf = (all: readonly number[]): number => all.reduce((sum, one) => sum + one, 0)
const idOf = (i: number): PassengerId => `pax_${i + 1}`

function bookingOf(people: readonly Person[], paid: boolean): Booking {
  const total = money(sumOf(people.map(priceOf)), 'EUR')
  const order = { ...noProgress, id: 'ord_1', status: paid ? 'ticketed' : 'held' } as unknown as BookedOrder
  const fares = people.map((one, i) => ({ ids: [idOf(i)], each: { total: moneyJson(money(priceOf(one), 'EUR')) } }))
  return {
    sale: {
      total,
      shown: { passengers: fares },
      net: { total: money(sumOf(people.map(({ net }) => net)), 'USD') },
      rate: { id: 'r', value: rate, date: '2027-01-04' },
    },
    passengers: people.map((_, i) => ({ id: idOf(i), type: 'ADT', adultId: null })),
    orders: [order],
    payments: paid ? [{ id: 'pay_1', status: 'captured', amount: total, refunded: money(0, 'EUR') }] : [],
    quotes: [],
  } as unknown as Booking
}

function supplied(people: readonly Person[], kind: Kind): SupplierCancellationQuote {
  const refund = money(sumOf(people.map(({ net, back }) => (kind === 'void' ? net : back))), 'USD')
  return { kind, refund, penalty: money(0, 'USD'), expiresAt: null, supplierContext: {} }
}

/** As evolve.ts leaves it when these are gone and paid back. */
function without(booking: Booking, ids: readonly PassengerId[], quote: SupplierCancellationQuote): Booking {
  const { refund, penalty } = shareOf(booking, quote, ids)
  const part = {
    ...{ id: `cnq_${ids.join()}`, orderId: 'ord_1', kind: quote.kind, passengerIds: ids, refund, penalty },
    ...{ supplierRefund: quote.refund, supplierPenalty: quote.penalty, status: 'confirmed' },
  } as unknown as CancellationQuote
  const [order] = booking.orders
  return {
    ...booking,
    quotes: [...booking.quotes, part],
    orders: [{ ...order!, cancelledPassengerIds: [...(order!.cancelledPassengerIds ?? []), ...ids] }],
    payments: booking.payments.map(payment => ({
      ...payment,
      status: 'partially-refunded' as const,
      refunded: money(payment.refunded.amountMinor + refund.amountMinor, 'EUR'),
    })),
  }
}

const person = fc
  .record({ net: fc.nat(900_000), back: fc.nat(100), markUp: fc.nat(20_000) })
  .map(({ net, back, markUp }) => ({
    ...{ net, markUp },
    back: Math.floor((net * back) / 100),
  }))
/** Passengers, and which go in which step; the last step takes all who are left. */
const journeys = fc
  .array(person, { minLength: 1, maxLength: 9 })
  .chain(people =>
    fc.tuple(fc.constant(people), fc.array(fc.nat(3), { minLength: people.length, maxLength: people.length })),
  )

describe('the shares of parts', () => {
  const steps = (people: readonly Person[], when: readonly number[]) =>
    [0, 1, 2, 3].map(step => people.flatMap((_, i) => (when[i] === step ? [i] : []))).filter(some => some.length > 0)

  test.each(['void', 'refund', 'release'] as const)(
    'one after the other, they give back and keep what all together do, to the minor unit (%s)',
    kind => {
      fc.assert(
        fc.property(journeys, ([people, when]) => {
          let booking = bookingOf(people, kind !== 'release')
          const whole = shareOf(booking, supplied(people, kind))
          const given: number[] = []
          const kept: number[] = []
          const all = steps(people, when)
          for (const [n, some] of all.entries()) {
            const quote = supplied(
              some.map(i => people[i]!),
              kind,
            )
            const ids = n === all.length - 1 ? undefined : some.map(idOf)
            const { refund, penalty } = shareOf(booking, quote, ids)
            given.push(refund.amountMinor)
            kept.push(penalty.amountMinor)
            expect(Math.min(refund.amountMinor, penalty.amountMinor)).toBeGreaterThanOrEqual(0)
            if (ids) booking = without(booking, ids, quote)
          }
          const total = sumOf(given) + sumOf(kept)
          expect(total).toBe(kind === 'release' ? 0 : booking.sale.total.amountMinor)
          // a share that is rounded up may be more than a passenger without mark-up paid: it is cut
          const cut = people.length
          expect(sumOf(given)).toBeLessThanOrEqual(whole.refund.amountMinor)
          expect(sumOf(given)).toBeGreaterThanOrEqual(whole.refund.amountMinor - cut)
          if (kind !== 'refund' || people.every(({ markUp }) => markUp > 0))
            expect(sumOf(given)).toBe(whole.refund.amountMinor)
        }),
        { numRuns: 500 },
      )
    },
  )

  test('whatever a supplier says, no more than was paid comes back, and no part takes from another', () => {
    const wild = fc.record({ net: fc.nat(900_000), back: fc.nat(2_000_000), markUp: fc.nat(20_000) })
    fc.assert(
      fc.property(
        fc.array(wild, { minLength: 2, maxLength: 6 }),
        fc.array(fc.constantFrom<Kind>('void', 'refund')),
        (people, kinds) => {
          let booking = bookingOf(people, true)
          for (const [i, one] of people.slice(0, -1).entries()) {
            const quote = supplied([one], kinds[i] ?? 'refund')
            const { refund, penalty } = shareOf(booking, quote, [idOf(i)])
            expect(refund.amountMinor + penalty.amountMinor).toBe(priceOf(one))
            booking = without(booking, [idOf(i)], quote)
          }
          expect(capturedFor(booking).amountMinor).toBe(priceOf(people.at(-1)!))
        },
      ),
    )
  })

  test('who was let go before paying is not charged', () => {
    const people = [1, 2, 3].map(n => ({ net: n * 10_001, back: 0, markUp: n }))
    const booking = without(bookingOf(people, false), ['pax_2'], supplied([people[1]!], 'release'))
    expect(amountDue(booking).amountMinor).toBe(priceOf(people[0]!) + priceOf(people[2]!))
  })

  test('where the price of each is not known, no part has one', () => {
    const booking = bookingOf([{ net: 100, back: 0, markUp: 0 }], true)
    const old = { ...booking, sale: { ...booking.sale, shown: {} } }
    expect(() => shareOf(old, supplied([], 'void'), ['pax_1'])).toThrow(/as a whole/)
    expect(shareOf(old, supplied([], 'void')).refund).toEqual(booking.sale.total)
  })
})
