import type { RequestContext } from '../core/context.ts'
import type { Deadline } from '../core/deadline.ts'
import { isId, newId, newReference } from '../core/ids.ts'
import { add, compare, type Money, parseMoney } from '../core/money.ts'
import { ProblemError } from '../core/problem.ts'
import { toInstant as zonedInstant } from '../reference/zones.ts'
import type { PriceConfirmation, StoredOffer } from '../shopping/port.ts'
import { answerOf } from './answer-of.ts'
import { because } from './answers.ts'
import { auditStart } from './audit.ts'
import { type BookedOrder, type BookedPayment, type Goal, noProgress, type PaymentRisk } from './booking.ts'
import { type NewPrivate, ReferenceTaken } from './booking-store.ts'
import type { BookingEvent } from './events.ts'
import { evolve, evolveAll } from './evolve.ts'
import { assessPayment, riskEvents } from './fraud-check.ts'
import { type Turn, withKey } from './idempotency.ts'
import type { Desk } from './parts.ts'
import type { CreateBookingRequest, StoredAnswer } from './port.ts'
import { nothingPrivate, type Party } from './private-data.ts'
import { answered, resume } from './resume.ts'
import { type Run, run, type Start } from './runner.ts'
import { storable } from './storable.ts'
import { requirementsOf, validateBooking } from './validate.ts'

const instance = '/v1/bookings'
const referencesTried = 5

/** POST /v1/bookings. What is refused before the booking is written leaves no trace and does not use the key up. */
export function createBooking(
  desk: Desk,
  request: CreateBookingRequest,
  key: string,
  context: RequestContext,
): Promise<StoredAnswer> {
  return withKey(desk, { scope: `POST ${instance}`, key, request, context }, async turn => {
    const question = { paymentId: null, created: 201, instance, requestId: context.requestId } as const
    const how = runOf(turn, context, held => answerOf(desk, held, question, context))
    if (turn.past) return resume(desk, turn.past.bookingId, how, question, context)
    const { stored, party } = await prepare(desk, request, context)
    const risk = await assess(desk, { request, stored, party, context }, turn.deadline)
    const driven = await started(desk, { request, stored, party, context, risk }, how)
    return answered(desk, driven, question, context)
  })
}

function runOf(turn: Turn, context: RequestContext, answer: Exclude<Run['answer'], null>): Run {
  return {
    deadline: turn.deadline,
    actor: 'api',
    requestId: context.requestId,
    traceparent: context.traceparent,
    key: { name: turn.name, subject: null },
    answer,
  }
}

/** Everything that can be refused without having done anything. */
async function prepare(
  desk: Desk,
  request: CreateBookingRequest,
  context: RequestContext,
): Promise<{ readonly stored: StoredOffer; readonly party: Party }> {
  if (!isId('off', request.offerId)) throw new ProblemError('not-found', 'There is no such offer.')
  const stored = await desk.shopping.getStoredOffer(request.offerId, context)
  checkOffer(desk, request, stored)
  const confirmation = await desk.shopping.confirmPrice(request.offerId, context)
  const confirmed = await accepted(desk, request, confirmation, context)
  // some suppliers say only with the price what they ask of passengers
  return { stored: confirmed, party: checkOffer(desk, request, confirmed) }
}

function checkOffer(desk: Desk, request: CreateBookingRequest, stored: StoredOffer): Party {
  const party = validateBooking(request, stored, desk.tools.outside.clock.now())
  checkSupplier(desk, stored, request.hold === true)
  return party
}

function checkSupplier(desk: Desk, stored: StoredOffer, hold: boolean): void {
  const { offer } = stored
  const provider = desk.tools.outside.provider(offer.provider)
  if (!provider) throw new ProblemError('offer-expired', 'The supplier of this offer is not connected here.')
  if (!hold) return
  const { capabilities } = provider
  const { holdAllowed, instantPayment } = requirementsOf(stored)
  if (!capabilities.hold || !capabilities.ticketHeld)
    throw new ProblemError(
      'hold-not-allowed',
      because(`${offer.provider} cannot hold seats that are paid later`, capabilities.notes),
    )
  if (holdAllowed === false || instantPayment === true)
    throw new ProblemError('hold-not-allowed', 'This fare must be paid at once.')
}

/** A fall is passed on; a rise needs the caller's leave. */
async function accepted(
  desk: Desk,
  { priceChange }: CreateBookingRequest,
  confirmation: PriceConfirmation,
  context: RequestContext,
): Promise<StoredOffer> {
  switch (confirmation.kind) {
    case 'unchanged':
      return confirmation.stored
    case 'gone': {
      const soldOut = confirmation.fault.kind === 'sold-out'
      throw new ProblemError(soldOut ? 'sold-out' : 'offer-expired', confirmation.reason)
    }
    case 'changed': {
      const { old, new: now, stored } = confirmation
      const upTo = priceChange?.policy === 'accept' ? parseMoney(priceChange.upTo.amount, old.currency) : undefined
      if (compare(now, old) <= 0 || (upTo && compare(now, add(old, upTo)) <= 0)) return stored
      const offer = await offerJson(desk, stored, context)
      const detail = 'The airline raised the price; book the offer that replaces this one, or allow the rise.'
      throw new ProblemError('price-changed', detail, { extensions: { offer } })
    }
  }
}

async function offerJson(
  desk: Desk,
  { offer }: StoredOffer,
  context: RequestContext,
): Promise<Record<string, unknown>> {
  const { body } = await desk.shopping.getOffer(offer.id, context)
  return JSON.parse(Buffer.from(body).toString('utf8')) as Record<string, unknown>
}

type Sold = {
  readonly request: CreateBookingRequest
  readonly stored: StoredOffer
  readonly party: Party
  readonly context: RequestContext
  /** Null: not scored, or not paid now. */
  readonly risk: PaymentRisk | null
}

async function assess(desk: Desk, sold: Omit<Sold, 'risk'>, deadline: Deadline): Promise<PaymentRisk | null> {
  const { request, stored, party, context } = sold
  if (!request.payment) return null
  const { methodToken, payer } = request.payment
  const { slices, total } = stored.offer
  return assessPayment(desk, {
    methodToken,
    payer,
    amount: total,
    departsAt: departure(slices[0]!.segments[0]!, desk.tools.outside.clock.now()),
    isOneWay: slices.length === 1,
    surnames: party.travellers.map(({ given }) => given.surname),
    deadline,
    context,
  })
}

async function started(desk: Desk, sold: Sold, how: Run): ReturnType<typeof run> {
  const shown = await offerJson(desk, sold.stored, sold.context)
  for (let tried = 1; ; tried++) {
    try {
      return await run(newBooking(desk, sold, shown), desk.tools, how)
    } catch (error) {
      if (!(error instanceof ReferenceTaken) || tried >= referencesTried) throw error
    }
  }
}

function newBooking(desk: Desk, sold: Sold, shown: Readonly<Record<string, unknown>>): Start {
  const { vault, tools } = desk
  const { request, stored, party } = sold
  const id = newId('bkg')
  const key = vault.newKey(id)
  const payment = request.payment ? newPayment(desk, stored.offer.total) : null
  const event = storable(startedEvent({ id, at: tools.outside.clock.now(), sold, shown, payment }))
  const events = [event, ...(payment ? riskEvents(evolve(undefined, event), payment.id, sold.risk) : [])]
  const tokens = payment && request.payment ? { [payment.id]: request.payment.methodToken } : {}
  const sealed = [
    vault.seal(key, 'party', party),
    ...Object.entries(tokens).map(([paymentId, token]) => vault.seal(key, `token:${paymentId}`, token)),
  ]
  const lastNameHashes: NewPrivate['lastNameHashes'] = Object.fromEntries(
    party.travellers.map(traveller => [traveller.id, vault.lastNameHashes(id, traveller.given.surname)]),
  )
  return {
    booking: evolveAll(undefined, events),
    key,
    secrets: { ...nothingPrivate, party, methodTokens: tokens },
    auditHead: auditStart,
    before: undefined,
    events,
    sealed,
    newPrivate: { wrappedKey: key.wrapped, lastNameHashes },
  }
}

export function newPayment(desk: Desk, amount: Money): BookedPayment {
  return {
    ...noProgress,
    id: newId('pay'),
    gateway: desk.tools.outside.gateway.code,
    status: 'pending',
    amount,
    refunded: { amountMinor: 0, currency: amount.currency },
    gatewayPaymentId: null,
    action: null,
    fault: null,
    startedAt: desk.tools.outside.clock.now(),
  }
}

function startedEvent(made: {
  readonly id: ReturnType<typeof newId<'bkg'>>
  readonly at: number
  readonly sold: Sold
  readonly shown: Readonly<Record<string, unknown>>
  readonly payment: BookedPayment | null
}): BookingEvent & { readonly kind: 'booking-started' } {
  const { stored, party, context } = made.sold
  const { offer, net } = stored
  const segments = offer.slices.flatMap(slice => slice.segments)
  const goal: Goal = made.payment ? { kind: 'book', paymentId: made.payment.id } : { kind: 'hold' }
  return {
    kind: 'booking-started',
    id: made.id,
    tenant: context.tenant,
    reference: newReference(),
    at: made.at,
    goal,
    sale: {
      offerId: offer.id,
      provider: offer.provider,
      total: offer.total,
      shown: made.shown,
      net,
      rate: offer.price.rate,
      hold: made.payment === null,
      departsAt: departure(segments[0]!, made.at),
    },
    passengers: party.travellers.map(({ id, type, adultId }) => ({ id, type, adultId })),
    segmentIds: segments.map(segment => segment.id),
    orders: [newOrder(stored)],
    payments: made.payment ? [made.payment] : [],
  }
}

function newOrder({ offer }: StoredOffer): BookedOrder {
  return {
    ...noProgress,
    id: newId('ord'),
    provider: offer.provider,
    offerId: offer.id,
    segmentIds: offer.slices.flatMap(slice => slice.segments.map(segment => segment.id)),
    status: 'pending',
    locators: [],
    ticketBy: null,
    remindedAt: null,
    total: null,
    documents: [],
  }
}

const yearMs = 366 * 24 * 3_600_000

/** Where the zone is not known nothing is ruled out by time. */
function departure(first: { readonly departure: string; readonly departureZone: string | null }, now: number): number {
  return first.departureZone ? zonedInstant(first.departure, first.departureZone) : now + yearMs
}
