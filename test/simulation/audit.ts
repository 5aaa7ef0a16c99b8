import type { Booking } from '../../src/booking/booking.ts'
import { whoTravels } from '../../src/booking/cancelled-parts.ts'
import type { BookingStore } from '../../src/booking/booking-store.ts'
import { statusOf } from '../../src/booking/status.ts'
import { type Airline, type Pnr, whoFlies } from './airline.ts'
import type { Account, Bank } from './bank.ts'
import { context, type FrontEnd } from './front-end.ts'
import type { Plan } from './plan.ts'
import { changeMinor, type Shop, totalMinor } from './shop.ts'

export type Facts = {
  readonly plan: Plan
  readonly store: BookingStore
  /** Types of what was announced, in order. */
  readonly outbox: (id: Booking['id']) => Promise<readonly string[]>
  readonly airline: Airline
  readonly bank: Bank
  readonly shop: Shop
  readonly clients: readonly FrontEnd[]
  /** createOrder calls that left us, by reference. */
  readonly creations: ReadonlyMap<string, number>
}

/** What must hold whatever happened; each line is a violation. */
export async function audit(facts: Facts): Promise<readonly string[]> {
  const stored = await facts.store.list({ tenant: context.tenant, status: null, limit: 1_000, after: null })
  const bookings = stored.map(({ booking }) => booking)
  const wrong: string[] = []
  for (const booking of bookings) {
    const say = (what: string): void => {
      wrong.push(`${booking.reference} (${statusOf(booking)}): ${what}`)
    }
    auditBooking(booking, facts, say)
    await auditOutbox(booking, facts, say)
  }
  auditOrphans(bookings, facts, wrong)
  auditSeats(facts, wrong)
  for (const [i, client] of facts.clients.entries()) auditClient(client, i, bookings, facts, wrong)
  return wrong
}

type Say = (what: string) => void

function auditBooking(booking: Booking, facts: Facts, say: Say): void {
  const pnrs = facts.airline.pnrs.filter(({ reference }) => reference === booking.reference)
  const live = pnrs.filter(({ status }) => status === 'live')
  const accounts = facts.bank.accounts.filter(({ paymentId }) => booking.payments.some(({ id }) => id === paymentId))
  if (pnrs.length > 1) say(`${pnrs.length} PNRs were made`)
  if ((facts.creations.get(booking.reference) ?? 0) > 1) say('the order was asked for more than once')
  if (accounts.filter(({ captured }) => captured > 0).length > 1) say('charged more than once')
  for (const { amount, captured, refunded } of accounts) {
    const due = captured > 0 ? [dueMinor(booking)] : [dueMinor(booking), booking.sale.total.amountMinor]
    if (!due.includes(amount.amountMinor)) say(`charged ${amount.amountMinor}, not what was sold`)
    if (captured > amount.amountMinor) say('captured more than was authorised')
    if (refunded > captured) say('refunded more than was captured')
  }
  auditEnd(booking, live, accounts, say)
}

/** Each passenger was sold for half; who was let go before it was paid is not charged. A payment that failed before that was
 *  of all. */
function dueMinor(booking: Booking): number {
  const released = confirmedOf(booking).filter(({ kind }) => kind === 'release')
  const gone = released.flatMap(({ passengerIds = [] }) => passengerIds).length
  return (booking.sale.total.amountMinor / 2) * (2 - gone)
}

function confirmedOf({ quotes }: Booking): Booking['quotes'] {
  return quotes.filter(({ status }) => status === 'confirmed')
}

function penaltiesOf(booking: Booking): number {
  return confirmedOf(booking).reduce((sum, { penalty }) => sum + penalty.amountMinor, 0)
}

/** Money and seats agree in every final state. */
function auditEnd(booking: Booking, live: readonly Pnr[], accounts: readonly Account[], say: Say): void {
  const kept = accounts.reduce((sum, { captured, refunded }) => sum + captured - refunded, 0)
  const reserved = accounts.filter(({ status }) => status === 'authorised' || status === 'requires-action')
  const status = statusOf(booking)
  if (status !== 'outcome-unknown' && reserved.length > 0) say('money is still reserved')
  switch (status) {
    case 'ticketed':
      if (live.length !== 1) say(`${live.length} live PNRs`)
      for (const pnr of live) {
        const holders = pnr.tickets.filter(one => one.status === 'issued').map(({ passengerId }) => passengerId)
        if (holders.sort().join() !== [...whoFlies(pnr)].sort().join()) say('not every passenger has a ticket')
        const paid = (booking.sale.total.amountMinor / 2) * whoFlies(pnr).length
        if (kept !== paid + penaltiesOf(booking)) say(`${kept} was kept of ${paid} and penalties`)
      }
      auditParts(booking, live, say)
      return
    case 'held':
      if (live.length !== 1 || live.some(({ tickets }) => tickets.length > 0)) say('not one live PNR without tickets')
      if (kept !== 0) say(`${kept} was kept`)
      auditParts(booking, live, say)
      return
    case 'failed':
    case 'cancelled':
      if (live.length > 0) say('a PNR is live')
      if (kept !== 0) say(`${kept} was kept`)
      return
    case 'refunded': {
      if (live.length > 0) say('a PNR is live')
      if (kept !== penaltiesOf(booking)) say(`${kept} was kept, not the penalties that were quoted`)
      return
    }
    case 'outcome-unknown':
    case 'pending':
    case 'confirmed':
    case 'action-required':
      say('left unfinished, though a person did all that they could')
  }
}

/** Who travels here is who flies there. */
function auditParts(booking: Booking, live: readonly Pnr[], say: Say): void {
  const here = whoTravels(booking).map(({ id }) => id)
  for (const pnr of live) {
    if ([...whoFlies(pnr)].sort().join() !== here.sort().join()) say(`${here} travel here, ${whoFlies(pnr)} there`)
  }
}

/** Told beside changes of the status. */
const asides: ReadonlySet<string> = new Set([
  'booking.payment-due',
  'booking.work-needed',
  'booking.passengers-cancelled',
])

async function auditOutbox(booking: Booking, { outbox }: Facts, say: Say): Promise<void> {
  const types = (await outbox(booking.id)).filter(type => !asides.has(type))
  if (types.at(-1) !== `booking.${statusOf(booking)}`) say(`last announced: ${types.at(-1)}`)
  if (types.some((type, i) => type === types[i - 1])) say(`announced twice: ${types.join()}`)
}

/** Nothing is live or charged that no booking knows of. */
function auditOrphans(bookings: readonly Booking[], { airline, bank }: Facts, wrong: string[]): void {
  for (const { reference, locator } of airline.pnrs)
    if (!bookings.some(booking => booking.reference === reference)) wrong.push(`${locator}: no booking of ${reference}`)
  for (const { paymentId } of bank.accounts)
    if (!bookings.some(({ payments }) => payments.some(({ id }) => id === paymentId)))
      wrong.push(`${paymentId}: no booking knows this payment`)
}

function auditSeats({ airline, plan }: Facts, wrong: string[]): void {
  const taken = airline.pnrs
    .filter(({ status }) => status === 'live')
    .reduce((sum, pnr) => sum + whoFlies(pnr).length, 0)
  if (taken > plan.seats || airline.seatsLeft() !== plan.seats - taken)
    wrong.push(`${taken} of ${plan.seats} seats are taken, ${airline.seatsLeft()} left`)
}

function auditClient(
  client: FrontEnd,
  index: number,
  bookings: readonly Booking[],
  { shop, bank }: Facts,
  wrong: string[],
): void {
  const say = (what: string): void => {
    wrong.push(`client ${index}: ${what}`)
  }
  for (const trouble of client.trouble) say(trouble)
  const mine = bookings.filter(({ sale }) => shop.clientOf(sale.offerId) === index)
  // a 5xx is not kept for its key: whoever sends it again begins anew after a booking that came to nothing
  const real = mine.filter(booking => statusOf(booking) !== 'failed')
  if (real.length > 1) say(`one key made ${real.length} bookings`)
  for (const [key, answers] of client.answers)
    if (new Set(answers.map(({ status, body }) => `${status} ${body}`)).size > 1) say(`${key} was answered differently`)
  const booking = real[0] ?? mine[0]
  if (!booking) return
  auditPrice(client, booking, say)
  for (const one of mine) auditRisk(client, one, bank, say)
  auditTickets(client, statusOf(booking), say)
  const travelling = whoTravels(booking).filter(({ id }) => client.takenOut.has(id))
  const isLive = statusOf(booking) === 'ticketed' || statusOf(booking) === 'held'
  if (isLive && travelling.length > 0) say(`was told that ${travelling.map(({ id }) => id)} is cancelled`)
}

/** Whoever was told that it is ticketed has tickets, unless they were cancelled at their wish. */
function auditTickets({ answers, cancelled, plan }: FrontEnd, status: string, say: Say): void {
  const told = [...answers.values()].flat().some(({ body }) => JSON.parse(body).status === 'ticketed')
  const kept = ['ticketed', 'outcome-unknown', ...(cancelled || plan.cancels !== 'no' ? ['cancelled', 'refunded'] : [])]
  if (told && !kept.includes(status)) say(`was told that it is ticketed; it is ${status}`)
  if (cancelled && !['cancelled', 'refunded', 'outcome-unknown'].includes(status))
    say(`was told that it is cancelled; it is ${status}`)
}

/** Of a payment that is blocked nothing is ever reserved, of a suspicious one nothing charged before a person approved. */
function auditRisk({ plan }: FrontEnd, { payments }: Booking, { accounts }: Bank, say: Say): void {
  for (const { id, risk } of payments) {
    const own = accounts.filter(({ paymentId }) => paymentId === id)
    if (plan.payer === 'thief' && own.length > 0) say(`money was asked for under ${id}, which is blocked`)
    if (plan.payer === 'stranger' && own.some(({ captured }) => captured > 0) && risk?.reviewed !== 'approved')
      say(`${id} is charged, and nobody approved it`)
  }
}

/** What is charged is what was accepted: a rise only with leave, a fall passed on. */
function auditPrice({ plan }: FrontEnd, booking: Booking, say: Say): void {
  const { price, acceptsRise } = plan
  const { amountMinor } = booking.sale.total
  const expected = price === 'down' ? totalMinor - changeMinor : price === 'up' ? totalMinor + changeMinor : totalMinor
  if (amountMinor !== expected) say(`sold for ${amountMinor}, confirmed at ${expected}`)
  if (price === 'up' && !acceptsRise) say('sold at a price that was not accepted')
  if (price === 'gone') say('sold what was gone')
}
