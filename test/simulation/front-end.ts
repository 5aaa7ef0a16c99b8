import type { BookingJson, QuoteRequest, StoredAnswer } from '../../src/booking/port.ts'
import type { BookingService } from '../../src/booking/service.ts'
import type { RequestContext } from '../../src/core/context.ts'
import { ProblemError } from '../../src/core/problem.ts'
import type { StoredOffer } from '../../src/shopping/port.ts'
import { bookingRequest } from '../booking/sample.ts'
import type { Bank } from './bank.ts'
import type { Fortune } from './fortune.ts'
import type { ClientPlan } from './plan.ts'
import type { Process } from './process.ts'
import type { SimClock } from './sim-clock.ts'

/** What a front end does with one traveller: sends, sends again with the same key when the connection breaks or it is told to,
 *  polls while it is told nothing final, pays what it held, cancels. */
export type FrontEnd = {
  readonly plan: ClientPlan
  /** Final answers by key, in the order in which they came. */
  readonly answers: Map<string, { readonly status: number; readonly body: string }[]>
  bookingId: `bkg_${string}` | null
  /** As the last poll showed it. */
  status: string | null
  /** It was told so. */
  cancelled: boolean
  /** Passengers of whom it was told so. */
  readonly takenOut: Set<string>
  readonly trouble: string[]
}

export type Surroundings = {
  readonly clock: SimClock
  readonly fortune: Fortune
  readonly bank: Bank
  /** Any process that lives. */
  readonly pick: () => Process | undefined
}

export const context: RequestContext = { tenant: 'default', requestId: 'req_sim', traceparent: null }

/** Outlasts the longest outages, of forty calls, several after each other and behind a lease of a key. */
const triesMax = 300
const pauseMs = 2_000
const pollMs = 5_000
const pollsMax = 400

type Heard =
  | { readonly kind: 'answer'; readonly status: number; readonly body: string; readonly stored: boolean }
  | { readonly kind: 'nothing' }

export async function visit(
  index: number,
  plan: ClientPlan,
  stored: StoredOffer,
  around: Surroundings,
): Promise<FrontEnd> {
  const me: FrontEnd = {
    plan,
    answers: new Map(),
    bookingId: null,
    status: null,
    cancelled: false,
    takenOut: new Set(),
    trouble: [],
  }
  const { clock } = around
  await clock.sleep(plan.startMs)
  const hold = plan.goal !== 'book'
  const request = bookingRequest(stored, {
    hold,
    priceChange: plan.acceptsRise
      ? { policy: 'accept', upTo: { amount: '10.00', currency: 'EUR' } }
      : { policy: 'refuse' },
    payment: hold ? undefined : paymentOf(plan),
  })
  const key = `client-${index}`
  const made = await sendCopies(me, key, around, bookings => bookings.create(request, key, context))
  const body = made && (JSON.parse(made.body) as { readonly id?: string; readonly bookingId?: string })
  const id = body?.id ?? body?.bookingId
  if (!id?.startsWith('bkg_')) return me
  me.bookingId = id as `bkg_${string}`
  await settle(me, around)
  if (plan.letsGo && me.status === 'held') {
    await cancel(me, around, { passengerIds: ['pax_2'] })
    await settle(me, around)
  }
  if (plan.goal === 'hold-and-pay' && me.status === 'held') {
    const payKey = `${key}-pays`
    const pay = (bookings: BookingService) => bookings.pay(me.bookingId!, paymentOf(plan), payKey, context)
    await sendCopies(me, payKey, around, pay)
    await settle(me, around)
  }
  await cancelAsPlanned(me, around)
  return me
}

function paymentOf({ token, payer }: ClientPlan) {
  const name = 'Grace Hopper'
  switch (payer) {
    case 'traveller':
      return { methodToken: token }
    case 'stranger':
      return { methodToken: token, payer: { name } }
    case 'thief':
      return { methodToken: token, payer: { name, address: '198.51.100.7' } }
  }
}

async function sendCopies(
  me: FrontEnd,
  key: string,
  around: Surroundings,
  ask: (bookings: BookingService) => Promise<StoredAnswer>,
): Promise<{ readonly status: number; readonly body: string } | undefined> {
  const heard = await Promise.all(
    Array.from({ length: me.plan.copies }, async (_, i) => {
      // the first two at the same instant
      await around.clock.sleep((i >> 1) * 30)
      return send(me, around, ask)
    }),
  )
  const answers = heard.flatMap(one => (one.kind === 'answer' ? [one] : []))
  me.answers.set(
    key,
    answers.filter(({ status, stored }) => stored && status !== 202),
  )
  return answers.find(({ status }) => status < 300) ?? answers[0]
}

/** Until something is answered that is not to be sent again. */
async function send(
  me: FrontEnd,
  { clock, pick, fortune }: Surroundings,
  ask: (bookings: BookingService) => Promise<StoredAnswer>,
): Promise<Heard> {
  for (let tries = 0; tries < triesMax; tries++) {
    const process = pick()
    const heard = process ? await Promise.race([process.death, hear(me, ask(process.bookings))]) : 'died'
    if (heard !== 'died' && heard.kind === 'answer') {
      fortune.note(`client: ${heard.status} from ${process?.name}`)
      return heard
    }
    await clock.sleep(pauseMs)
  }
  me.trouble.push('the service never answered')
  return { kind: 'nothing' }
}

async function hear(me: FrontEnd, asked: Promise<StoredAnswer>): Promise<Heard> {
  try {
    const { status, body } = await asked
    if (status >= 500) return { kind: 'nothing' }
    return { kind: 'answer', status, body: Buffer.from(body).toString('utf8'), stored: true }
  } catch (error) {
    if (!(error instanceof ProblemError)) {
      me.trouble.push(`thrown: ${(error as Error).stack}`)
      return { kind: 'nothing' }
    }
    if (error.status >= 500 || error.type === 'idempotency-in-progress') return { kind: 'nothing' }
    return { kind: 'answer', status: error.status, body: JSON.stringify({ type: error.type }), stored: false }
  }
}

async function read(me: FrontEnd, { pick }: Surroundings): Promise<BookingJson | undefined> {
  const process = pick()
  if (!process || !me.bookingId) return undefined
  const seen = process.bookings.get(me.bookingId, context).catch((error: unknown) => {
    if (!(error instanceof ProblemError)) me.trouble.push(`thrown: ${(error as Error).stack}`)
    else if (error.status === 404) me.trouble.push('an acknowledged booking is gone')
    return undefined
  })
  const heard = await Promise.race([process.death, seen])
  return heard === 'died' ? undefined : heard
}

async function settle(me: FrontEnd, around: Surroundings): Promise<void> {
  let asked = false
  for (let polls = 0; polls < pollsMax; polls++) {
    const booking = await read(me, around)
    me.status = booking?.status ?? me.status
    if (booking && ['ticketed', 'held', 'failed', 'cancelled', 'refunded'].includes(booking.status)) return
    if (booking?.status === 'action-required' && !asked && me.plan.traveller !== 'leaves') {
      asked = true
      around.clock.after(10_000, () => around.bank.act(me.plan.traveller === 'approves'))
    }
    await around.clock.sleep(pollMs)
  }
}

async function cancelAsPlanned(me: FrontEnd, around: Surroundings): Promise<void> {
  const isOpen = (): boolean => me.status === 'ticketed' || me.status === 'held'
  if (!isOpen()) return
  const one = { passengerIds: ['pax_1'] }
  switch (me.plan.cancels) {
    case 'no':
      return
    case 'once':
      return cancel(me, around)
    case 'twice':
      return cancel(me, around, {}, 2)
    case 'one':
      return cancel(me, around, one, 2)
    case 'one-then-rest':
      await cancel(me, around, one)
      await settle(me, around)
      return isOpen() ? cancel(me, around) : undefined
    case 'each':
      await Promise.all([cancel(me, around, one), cancel(me, around, { passengerIds: ['pax_2'] })])
  }
}

async function cancel(me: FrontEnd, around: Surroundings, whom: QuoteRequest = {}, times = 1): Promise<void> {
  const quote = await persist(me, around, bookings => bookings.quoteCancellation(me.bookingId!, whom, context))
  if (!quote) return
  const confirm = () => persist(me, around, bookings => bookings.confirmCancellation(me.bookingId!, quote.id, context))
  const confirmed = await Promise.all(Array.from({ length: times }, confirm))
  for (const one of confirmed) {
    me.cancelled ||= one?.status === 'cancelled' || one?.status === 'refunded'
    type Shown = { readonly id: string; readonly cancelled: boolean }
    for (const { id, cancelled } of (one?.passengers ?? []) as readonly Shown[]) if (cancelled) me.takenOut.add(id)
  }
}

/** As long as the service says that a later try may do. */
async function persist<T>(
  me: FrontEnd,
  { clock, pick }: Surroundings,
  ask: (bookings: BookingService) => Promise<T>,
): Promise<T | undefined> {
  for (let tries = 0; tries < triesMax; tries++) {
    const process = pick()
    const heard = process
      ? await Promise.race([process.death, ask(process.bookings).catch((error: unknown) => error as Error)])
      : 'died'
    if (heard !== 'died' && !(heard instanceof Error)) return heard
    if (heard instanceof Error && !(heard instanceof ProblemError)) me.trouble.push(`thrown: ${heard.stack}`)
    if (heard instanceof ProblemError && heard.status < 500) return undefined
    await clock.sleep(pauseMs)
  }
  return undefined
}
