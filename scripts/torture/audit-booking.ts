import type { BookedPayment, Booking } from '../../src/booking/booking.ts'
import { amountDue, doneParts, whoTravels } from '../../src/booking/cancelled-parts.ts'
import { statusOf } from '../../src/booking/status.ts'
import { parseMoney } from '../../src/core/money.ts'
import type { Say } from './audit.ts'
import type { BookingFacts, Facts, LedgerEntry, Pnr } from './facts.ts'

/** One booking: its PNR, its tickets and its money are where its status says. */
export function auditBooking({ booking }: BookingFacts, facts: Facts, say: Say): void {
  const pnrs = facts.pnrs.filter(({ reference }) => reference === booking.reference)
  if (pnrs.length > 1) say(`${pnrs.length} PNRs were made`)
  if (pnrs.some(({ provider }) => provider !== booking.sale.provider)) say('a PNR at another supplier')
  const accounts = booking.payments.map(payment => accountOf(booking, payment, { ledger: facts.ledger, say }))
  if (accounts.filter(({ captured }) => captured > 0).length > 1) say('charged more than once')
  const isStuck = booking.workItems.some(({ resolvedAt }) => resolvedAt === null)
  if (isStuck) return
  auditEnd(booking, pnrs, accounts, say)
  auditOrder(booking, pnrs, say)
  for (const [i, payment] of booking.payments.entries()) auditPayment(payment, accounts[i]!, say)
}

/** Minor units. */
type Account = {
  readonly authorised: number
  readonly captured: number
  readonly voided: number
  readonly refunded: number
}

function accountOf(
  { refunds }: Booking,
  payment: BookedPayment,
  { ledger, say }: { readonly ledger: readonly LedgerEntry[]; readonly say: Say },
): Account {
  const own = ledger.filter(({ reference }) => reference === payment.id)
  const sum = (kind: LedgerEntry['kind']): number => {
    const entries = own.filter(entry => entry.kind === kind)
    // of each cancellation of some passengers one
    const most = kind === 'refund' ? refunds.filter(({ paymentId }) => paymentId === payment.id).length : 1
    if (entries.length > most) say(`${payment.id}: ${entries.length} entries of ${kind}`)
    return entries.reduce((all, { amount }) => all + minorOf(amount, say), 0)
  }
  const { amountMinor, currency } = payment.amount
  if (own.some(({ amount }) => amount.currency !== currency)) say(`${payment.id}: moved in another currency`)
  const account = {
    authorised: sum('authorise'),
    captured: sum('capture'),
    voided: sum('void'),
    refunded: sum('refund'),
  }
  if (![0, amountMinor].includes(account.authorised)) say(`${payment.id}: ${account.authorised} authorised`)
  if (![0, amountMinor].includes(account.captured))
    say(`${payment.id}: ${account.captured} captured, not ${amountMinor}`)
  if (account.refunded > account.captured) say(`${payment.id}: more refunded than captured`)
  return account
}

function minorOf({ amount, currency }: LedgerEntry['amount'], say: Say): number {
  const parsed = parseMoney(amount, currency)
  if (!parsed) say(`the ledger has ${amount} ${currency}`)
  return parsed?.amountMinor ?? 0
}

function auditPayment(payment: BookedPayment, account: Account, say: Say): void {
  const { id, status, amount, refunded } = payment
  const { captured, voided, authorised } = account
  const reserved = authorised - captured - voided
  if (reserved !== 0) say(`${id} (${status}): ${reserved} is still reserved`)
  if (account.refunded !== refunded.amountMinor)
    say(`${id}: ${refunded.amountMinor} refunded here, ${account.refunded} there`)
  const expected = ['captured', 'partially-refunded', 'refunded'].includes(status) ? amount.amountMinor : 0
  if (captured !== expected) say(`${id} is ${status}; the gateway captured ${captured}`)
}

type Expected = { readonly live: 0 | 1; readonly keptMinor: number; readonly ticketed: boolean }

/** Money and seats agree in every final state. */
function auditEnd(booking: Booking, pnrs: readonly Pnr[], accounts: readonly Account[], say: Say): void {
  const status = statusOf(booking)
  const expected = expectedOf(booking)
  if (!expected) return void say(`left ${status}`)
  const live = pnrs.filter(pnr => pnr.status === 'live')
  if (live.length !== expected.live) say(`${status}, with ${live.length} live PNRs`)
  const issued = pnrs.flatMap(({ tickets }) => tickets.filter(ticket => ticket.status === 'issued'))
  if (!expected.ticketed && issued.length > 0) say(`${status}, with ${issued.length} tickets that are still good`)
  const travelling = whoTravels(booking)
  if (expected.ticketed && issued.length < travelling.length)
    say(`${status}, with ${issued.length} tickets for ${travelling.length}`)
  const kept = accounts.reduce((sum, { captured, refunded }) => sum + captured - refunded, 0)
  if (kept !== expected.keptMinor) say(`${status}: ${kept} was kept, not ${expected.keptMinor}`)
  const seats = travelling.filter(({ type }) => type !== 'INF').length
  for (const { count, flight } of live.flatMap(pnr => pnr.seats))
    if (count !== seats) say(`${count} seats on ${flight} for ${seats}`)
}

function expectedOf(booking: Booking): Expected | undefined {
  const status = statusOf(booking)
  switch (status) {
    case 'ticketed':
      return { live: 1, keptMinor: keptOf(booking), ticketed: true }
    case 'held':
      return { live: 1, keptMinor: 0, ticketed: false }
    case 'failed':
    case 'cancelled':
      return { live: 0, keptMinor: 0, ticketed: false }
    case 'refunded': {
      const confirmed = booking.quotes.filter(one => one.status === 'confirmed')
      return {
        live: 0,
        keptMinor: confirmed.reduce((sum, { penalty }) => sum + penalty.amountMinor, 0),
        ticketed: false,
      }
    }
    case 'pending':
    case 'confirmed':
    case 'action-required':
    case 'outcome-unknown':
      return undefined
  }
}

/** Of what those who fly paid, and of the others what was quoted as kept. */
function keptOf(booking: Booking): number {
  return doneParts(booking).reduce((kept, { refund }) => kept - refund.amountMinor, amountDue(booking).amountMinor)
}

/** The order as we have it is the PNR as they have it. */
function auditOrder(booking: Booking, pnrs: readonly Pnr[], say: Say): void {
  for (const order of booking.orders) {
    const locators = order.locators.filter(({ owner }) => owner === order.provider).map(({ locator }) => locator)
    const theirs = pnrs.find(({ locator }) => locators.includes(locator))
    if (locators.length > 0 && !theirs) say(`${order.provider} has no PNR ${locators}`)
    if (!theirs) continue
    const ours = order.documents.map(({ number, status }) => `${plain(number)} ${status}`).sort()
    const their = theirs.tickets.map(({ number, status }) => `${plain(number)} ${status}`).sort()
    if (ours.join() !== their.join()) say(`tickets here: ${ours.join()}; there: ${their.join()}`)
  }
}

/** Written with and without hyphens. */
function plain(number: string): string {
  return number.replace(/\D/g, '')
}
