import { type Clock, type EpochMs, toInstant } from '../core/clock.ts'
import type { RequestContext } from '../core/context.ts'
import { startDeadline } from '../core/deadline.ts'
import { type Fault, fault } from '../core/fault.ts'
import type { Log } from '../core/log.ts'
import { type Money, subtract } from '../core/money.ts'
import type { PassengerFare, SupplierOffer } from '../core/offer.ts'
import { ProblemError } from '../core/problem.ts'
import type { PricedOffer, Pricer } from '../pricing/port.ts'
import type { ConfirmOutcome, Provider, ShopQuery } from '../providers/port.ts'
import { type CheckParts, makeOfferCheck } from './check-offer.ts'
import { ownExpiry } from './facts.ts'
import { asSold } from './intake.ts'
import type { News } from './news.ts'
import type { OfferStore } from './offer-store.ts'
import type { Offer, PriceConfirmation, StoredOffer } from './port.ts'
import { baseOfSearch, newSingleOfferId } from './search-ids.ts'

export type ConfirmParts = {
  readonly clock: Clock
  readonly log: Log
  readonly store: OfferStore
  readonly pricer: Pricer
  readonly news: Pick<News, 'confirmed'>
  readonly deadlineMs: number
  knowsCurrency: CheckParts['knowsCurrency']
}

/** A confirmed price holds at least until a booking can be made of it, where the supplier names no end. */
const confirmedForMs = 20 * 60_000

/** Asks the supplier for the price of this very offer now. What is shown decides whether it changed: the same amounts with
 *  fresh tokens are the same offer, and go back to whoever books without being stored. */
export async function confirmPrice(
  stored: StoredOffer,
  provider: Provider | undefined,
  context: RequestContext,
  parts: ConfirmParts,
): Promise<PriceConfirmation> {
  const outcome = await ask(stored, provider, context, parts)
  await parts.news.confirmed(stored.net, outcome)
  switch (outcome.kind) {
    case 'gone':
      return { kind: 'gone', reason: outcome.fault.text, fault: outcome.fault }
    case 'failed':
      throw unavailable(stored.net.provider, outcome.fault)
    case 'confirmed':
      return compare(stored, provider ? asSold(outcome.offer, provider) : outcome.offer, parts)
  }
}

async function ask(
  { net, passengers }: StoredOffer,
  provider: Provider | undefined,
  context: RequestContext,
  parts: ConfirmParts,
): Promise<ConfirmOutcome> {
  if (!provider) return { kind: 'failed', fault: fault('not-supported', `${net.provider} is switched off`) }
  const deadline = startDeadline(parts.clock, parts.deadlineMs)
  const call = { deadline, requestId: context.requestId, traceparent: context.traceparent }
  try {
    const outcome = await provider.confirmPrice({ offer: net, passengers }, call)
    if (outcome.kind !== 'confirmed') return outcome
    const defect = makeOfferCheck(questionOf(net, passengers), { ...parts, now: parts.clock.now() })(outcome.offer)
    if (defect === undefined) return outcome
    parts.log.warn({ provider: net.provider, defect, requestId: context.requestId }, 'a confirmed offer is defective')
    return defect === 'expired'
      ? { kind: 'gone', fault: fault('offer-gone', 'the offer has expired at the supplier') }
      : { kind: 'failed', fault: fault('malformed-reply', `${net.provider} could not be understood`) }
  } finally {
    deadline.dispose()
  }
}

/** The offer's own flights and passengers as a question, so that a confirmation is checked like a search's answer. */
function questionOf(net: SupplierOffer, passengers: StoredOffer['passengers']): ShopQuery {
  return {
    slices: net.slices.map(({ origin, destination, segments }) => ({
      origin,
      destination,
      departureDate: segments[0]!.departure.slice(0, 10),
      departureTime: null,
    })),
    passengers,
    cabin: null,
    currency: net.total.currency,
    pointOfSale: '',
    maxConnections: null,
    carriers: { include: [], exclude: [] },
    accountCodes: [],
    offersMax: 1,
  }
}

function unavailable(provider: string, { kind, code, text }: Fault): ProblemError {
  const outcome = { code: provider, status: kind === 'timeout' ? 'timeout' : 'error', fault: { kind, code, text } }
  return new ProblemError('suppliers-unavailable', `${provider} did not confirm the price: ${text}`, {
    retryAfterSeconds: 5,
    extensions: { providers: [outcome] },
  })
}

async function compare(stored: StoredOffer, net: SupplierOffer, parts: ConfirmParts): Promise<PriceConfirmation> {
  const priced = parts.pricer(net)
  if (isSamePrice(stored.offer, priced)) return { kind: 'unchanged', stored: { ...stored, net } }
  const now = parts.clock.now()
  const expiresAt = Math.min(ownExpiry(net), now + confirmedForMs)
  const changed: StoredOffer = { ...stored, net, offer: replacement(stored, net, priced, { now, expiresAt }) }
  await parts.store.saveSingle(changed, expiresAt)
  return {
    kind: 'changed',
    old: stored.offer.total,
    new: priced.total,
    difference: subtract(priced.total, stored.offer.total),
    stored: changed,
  }
}

function isSamePrice(old: Offer, now: PricedOffer): boolean {
  if (!isSame(old.total, now.total)) return false
  const totals = totalsByPassenger(now.passengers)
  return old.passengers.every(({ ids, each }) => ids.every(id => totals.get(id) === each.total.amountMinor))
}

function isSame(a: Money, b: Money): boolean {
  return a.amountMinor === b.amountMinor && a.currency === b.currency
}

/** Not by place: a confirmation may list passengers in another order, or split an entry. */
function totalsByPassenger(passengers: readonly PassengerFare[]): ReadonlyMap<string, number> {
  return new Map(passengers.flatMap(({ ids, each }) => ids.map(id => [id, each.total.amountMinor] as const)))
}

type Life = { readonly now: EpochMs; readonly expiresAt: EpochMs }

function replacement({ offer: old }: StoredOffer, net: SupplierOffer, priced: PricedOffer, life: Life): Offer {
  const { now, expiresAt } = life
  return {
    id: newSingleOfferId(baseOfSearch(old.searchId), now),
    searchId: old.searchId,
    replaces: old.id,
    provider: net.provider,
    validatingCarrier: net.validatingCarrier,
    total: priced.total,
    price: priced.price,
    passengers: priced.passengers,
    slices: net.slices,
    conditions: priced.conditions,
    requirements: net.requirements,
    seatsLeft: net.seatsLeft,
    ticketBy: net.ticketBy,
    expiresAt: toInstant(expiresAt),
    alternatives: [],
  }
}
