import { setTimeout as pause } from 'node:timers/promises'
import { stuckReasons } from '../../src/booking/decide-rules.ts'
import { bookingOf, daysAhead } from '../../test/support/front-end.ts'
import type { Caller, Heard, Json, Request } from './caller.ts'
import type { TravellerPlan } from './plan.ts'

/** What a front end does with one traveller, and what it was told: to be held against what suppliers and gateway have. */
export type Traveller = {
  readonly plan: TravellerPlan
  readonly keys: { readonly create: string; readonly pay: string }
  /** What was shown, in minor units of its currency; null: found nothing to book. */
  offer: { readonly id: string; readonly total: { readonly amount: string; readonly currency: string } } | null
  /** Answers that are kept for their key, by request. */
  readonly answers: { readonly request: Request; readonly status: number; readonly text: string }[]
  /** Every booking that an answer named. */
  readonly acknowledged: Set<string>
  bookingId: string | null
  /** As last seen. */
  status: string | null
  confirmsCancellation: boolean
  toldTicketed: boolean
  toldCancelled: boolean
  readonly trouble: string[]
  /** Last word on it. */
  end: string
}

export type Surroundings = {
  readonly caller: Caller
  readonly seed: string
  /** performance.now() after which nobody waits any longer. */
  readonly until: () => number
  /** It only waits from here on: somebody else may begin. */
  readonly makeRoom: () => void
}

/** Why a booking waits for somebody to look into it. */
const forAPerson: ReadonlySet<unknown> = new Set(Object.values(stuckReasons))
const settled = ['ticketed', 'held', 'failed', 'cancelled', 'refunded']
const pollMs = 700
const pollMaxMs = 4_000
/** Polled longer than this it is in doubt, and does not keep the next traveller waiting. */
const patienceMs = 3_000
const searchMs = 20_000

export async function travel(plan: TravellerPlan, around: Surroundings): Promise<Traveller> {
  const name = `${around.seed}-${plan.index}`
  const me: Traveller = {
    plan,
    keys: { create: `create-${name}`, pay: `pay-${name}` },
    offer: null,
    answers: [],
    acknowledged: new Set(),
    bookingId: null,
    status: null,
    confirmsCancellation: false,
    toldTicketed: false,
    toldCancelled: false,
    trouble: [],
    end: 'found nothing to book',
  }
  const offer = await findOffer(plan, around)
  if (!offer) return me
  me.offer = { id: offer.id, total: offer.total }
  await create(me, offer, around)
  if (!me.bookingId) return me
  await settle(me, around)
  if (plan.goal === 'hold-and-pay' && me.status === 'held') {
    const path = `/v1/bookings/${me.bookingId}/payments`
    await sendCopies(me, { method: 'POST', path, body: { methodToken: plan.token }, key: me.keys.pay }, around)
    await settle(me, around)
  }
  const isOpen = (): boolean => me.status === 'ticketed' || me.status === 'held'
  const inParts = plan.cancels === 'one' || plan.cancels === 'one-then-rest'
  if (inParts && isOpen()) await cancel(me, around, { passengerIds: ['pax_1'] })
  if (plan.cancels !== 'no' && plan.cancels !== 'one' && isOpen()) await cancel(me, around)
  me.end = me.status ?? 'unknown'
  return me
}

async function findOffer(plan: TravellerPlan, { caller }: Surroundings): Promise<Json> {
  const { origin, destination, adults, supplier } = plan
  const body = {
    slices: [{ origin, destination, departureDate: daysAhead(plan.daysAhead) }],
    passengers: Array.from({ length: adults }, () => ({ type: 'ADT' })),
    currency: 'EUR',
    pointOfSale: 'GB',
    providers: [supplier],
    deadlineMs: 4_000,
  }
  const found = await caller.send({ method: 'POST', path: '/v1/searches', body }, performance.now() + searchMs)
  const all: readonly Json[] = found?.body?.offers ?? []
  const canBeHeld = all.filter(({ requirements }) => requirements.holdAllowed !== false && !requirements.instantPayment)
  // where none can be held, what cannot be is asked for, and refused
  const offers = plan.goal !== 'book' && canBeHeld.length > 0 ? canBeHeld : all
  return offers[plan.offer % Math.max(1, offers.length)]
}

async function create(me: Traveller, offer: Json, around: Surroundings): Promise<void> {
  const { plan } = me
  const hold = plan.goal !== 'book'
  const { payment: _, ...held } = bookingOf(offer, { hold: true })
  const rise = { policy: 'accept', upTo: { amount: '100000.00', currency: 'EUR' } }
  const body = {
    ...(hold ? held : bookingOf(offer, { payment: { methodToken: plan.token } })),
    priceChange: plan.acceptsRise ? rise : { policy: 'refuse' },
    metadata: { key: me.keys.create },
  }
  const heard = await sendCopies(me, { method: 'POST', path: '/v1/bookings', body, key: me.keys.create }, around)
  me.bookingId = heard?.body?.id ?? heard?.body?.bookingId ?? null
  me.end = String(heard?.body?.type ?? 'no answer').replace('/problems/', '')
}

/** At once, from several connections; each until something is answered that is not to be sent again. */
async function sendCopies(me: Traveller, request: Request, around: Surroundings): Promise<Heard | undefined> {
  const copies = Array.from({ length: me.plan.copies }, async (_, i) => {
    // the first two in the same moment
    await pause((i >> 1) * 40)
    return around.caller.send(request, around.until())
  })
  const heard = (await Promise.all(copies)).filter(one => one !== undefined)
  for (const one of heard) note(me, request, one)
  if (heard.length < copies.length) me.trouble.push(`${request.key}: the service never answered`)
  return heard.find(({ status }) => status < 300) ?? heard.find(({ body }) => body?.bookingId) ?? heard[0]
}

export function note(me: Traveller, request: Request, { status, text, body }: Heard): void {
  const id: unknown = status < 300 ? body?.id : body?.bookingId
  if (typeof id === 'string') me.acknowledged.add(id)
  if (status < 300) see(me, body)
  // what was refused before anything was done is not kept; neither is what is not final
  if (status !== 202 && typeof id === 'string' && !isAfterwards(request, body))
    me.answers.push({ request, status, text })
}

/** A payment that came after another request had moved the booking on: refused by its state, not by its key. */
function isAfterwards({ path }: Request, body: Json): boolean {
  return path.endsWith('/payments') && body?.type === '/problems/not-payable'
}

function see(me: Traveller, booking: Json): void {
  me.status = booking?.status ?? me.status
  if (me.status === 'ticketed') me.toldTicketed = true
  if (me.status === 'cancelled' || me.status === 'refunded') me.toldCancelled = true
}

async function settle(me: Traveller, around: Surroundings): Promise<void> {
  const began = performance.now()
  let answeredBank = false
  for (let polls = 0; performance.now() < around.until(); polls++) {
    const heard = await around.caller.once({ method: 'GET', path: `/v1/bookings/${me.bookingId}` })
    if (heard?.status === 404) me.trouble.push(`${me.bookingId}: an acknowledged booking is gone`)
    if (heard?.status === 200) {
      see(me, heard.body)
      if (settled.includes(me.status!) || forAPerson.has(heard.body.reason)) return
      if (me.status === 'action-required' && !answeredBank) answeredBank = await answerBank(me, heard.body)
    }
    if (performance.now() - began > patienceMs) around.makeRoom()
    await pause(Math.min(pollMaxMs, pollMs * (polls + 1)))
  }
}

/** On the bank's page, where the booking says it is. */
async function answerBank({ plan }: Traveller, booking: Json): Promise<boolean> {
  const url: unknown = booking.action?.url
  if (typeof url !== 'string') return false
  const body = new URLSearchParams({ result: plan.approves ? 'approve' : 'decline' })
  const answer = await fetch(url, { method: 'POST', body })
  await answer.arrayBuffer()
  return answer.ok
}

async function cancel(me: Traveller, around: Surroundings, body: Json = {}): Promise<void> {
  const path = `/v1/bookings/${me.bookingId}/cancellation-quotes`
  const quote = await around.caller.send({ method: 'POST', path, body }, around.until())
  if (quote?.status !== 201) return
  me.confirmsCancellation = true
  const request = { method: 'POST', path: `${path}/${quote.body.id}/confirm` } as const
  const confirm = (): Promise<Heard | undefined> => around.caller.send(request, around.until())
  const confirmed = await Promise.all(me.plan.cancels === 'twice' ? [confirm(), confirm()] : [confirm()])
  for (const heard of confirmed) if (heard?.status === 200) see(me, heard.body)
  await settle(me, around)
}
