import { type Deadline, DeadlineError } from '../../core/deadline.ts'
import { type Fault, fault } from '../../core/fault.ts'
import type { SupplierOffer } from '../../core/offer.ts'
import { inTurns } from '../../core/turns.ts'
import type { Call, ShopOutcome, ShopQuery } from '../port.ts'
import type { HttpCall } from '../../core/http-client.ts'
import type { Answer } from './client.ts'
import { type Desk, harmless, readReply } from './desk.ts'
import { type Batch, decodeBatch } from './wire/batch.ts'
import { flightsOf } from './wire/journey.ts'
import { offerSteps, openReading } from './wire/offer.ts'
import { askedIds } from './wire/passengers.ts'
import { entriesOf, objectOf, type Warnings } from './wire/read.ts'
import { encodeSearch } from './wire/search.ts'

/** Airlines answer one by one: a batch offer request gives what is there already, and is asked again until nothing
 *  remains. When the time is over, what came by then is the answer, marked as partial. */

/** Kept back from the deadline, for reading the last batch and handing it on. */
const marginMs = 250
/** What the vendor allows; anything else is ignored by it. */
const airlineTimeoutMs = { min: 2_000, max: 60_000 }
/** A batch for each of some hundred airlines would be more than any account has. */
const pollsMax = 200

export async function shop(desk: Desk, query: ShopQuery, call: Call): Promise<ShopOutcome> {
  const found = await search(desk, query, call)
  if (found.fault && found.offers.length === 0) return { kind: 'failed', fault: found.fault }
  const { offers, warnings } = await choose(found.offers, query)
  if (warnings.lost && offers.length === 0) {
    const { text, at } = warnings.lost
    return {
      kind: 'failed',
      fault: fault('malformed-reply', `Duffel sent no offer that can be read: ${text} at ${at}`),
    }
  }
  return { kind: 'offers', offers, partial: found.fault !== null || warnings.lost !== null, warnings: warnings.list }
}

export type Found = {
  /** Not read yet. */
  readonly offers: readonly unknown[]
  /** Why it ended before the last batch. */
  readonly fault: Fault | null
}

export async function search(desk: Desk, query: ShopQuery, call: Call): Promise<Found> {
  const until = shortened(desk, call.deadline)
  try {
    const asking = { ...call, deadline: until }
    const path = `/air/batch_offer_requests?supplier_timeout=${airlineTimeout(until)}`
    const created = readBatch(await desk.client.ask({ method: 'POST', path, body: encodeSearch(query) }, asking))
    return 'fault' in created ? { offers: [], fault: created.fault } : await collect(desk, created.batch, asking)
  } finally {
    until.dispose()
  }
}

/** Ends a little earlier, so that an answer in parts is not lost with its last part; and later where the whole is put off
 *  meanwhile: somebody with more time asks the same. */
function shortened({ clock }: Desk, whole: Deadline): Deadline {
  const controller = new AbortController()
  const start = clock.now()
  const keptMs = Math.min(marginMs, whole.remainingMs() / 4)
  const remainingMs = (): number => Math.max(0, whole.remainingMs() - keptMs)
  const look = (): void => {
    if (remainingMs() > 0) timer = clock.after(remainingMs(), look)
    else controller.abort(new DeadlineError(clock.now() - start))
  }
  let timer = clock.after(Math.max(1, remainingMs()), look)
  const cancel = (reason?: unknown): void => {
    timer.cancel()
    controller.abort(reason)
  }
  if (whole.signal.aborted) cancel(whole.signal.reason)
  else whole.signal.addEventListener('abort', () => cancel(whole.signal.reason), { once: true })
  return { at: whole.at - keptMs, signal: controller.signal, remainingMs, cancel, dispose: () => timer.cancel() }
}

function airlineTimeout(until: Deadline): number {
  return Math.min(Math.max(Math.floor(until.remainingMs()), airlineTimeoutMs.min), airlineTimeoutMs.max)
}

function readBatch(answer: Answer): { readonly batch: Batch } | { readonly fault: Fault } {
  if (answer.kind === 'failed') return { fault: harmless(answer.fault) }
  const reply = readReply(() => decodeBatch(answer.root))
  return 'fault' in reply ? { fault: harmless(reply.fault) } : { batch: reply.value }
}

async function collect(desk: Desk, created: Batch, asking: HttpCall): Promise<Found> {
  const offers = [...created.offers]
  const path = `/air/batch_offer_requests/${encodeURIComponent(created.id)}`
  let remaining = created.remainingBatches
  for (let polls = 0; remaining > 0; polls++) {
    if (polls === pollsMax) return { offers, fault: fault('supplier-error', `no end after ${pollsMax} batches`) }
    const next = readBatch(await desk.client.ask({ method: 'GET', path, strict: false }, asking))
    if ('fault' in next) return { offers, fault: next.fault }
    for (const offer of next.batch.offers) offers.push(offer)
    remaining = next.batch.remainingBatches
  }
  return { offers, fault: null }
}

/** The format knows no limit and no carriers: airlines are left out and the cheapest kept before anything is decoded. */
async function choose(
  found: readonly unknown[],
  query: ShopQuery,
): Promise<{ readonly offers: readonly SupplierOffer[]; readonly warnings: Warnings }> {
  const reading = openReading(askedIds(query.passengers))
  const wanted = found.filter(offer => sellsWanted(offer, query.carriers))
  const cheapest =
    wanted.length <= query.offersMax
      ? wanted
      : wanted.toSorted((a, b) => amountOf(a) - amountOf(b)).slice(0, query.offersMax)
  const offers = await inTurns(offerSteps(cheapest, entriesOf('/data/offers'), reading))
  return { offers, warnings: reading.warnings }
}

/** For the order only. */
export function amountOf(offer: unknown): number {
  const amount = Number(objectOf(offer).total_amount)
  return Number.isNaN(amount) ? Number.POSITIVE_INFINITY : amount
}

function sellsWanted(offer: unknown, { include, exclude }: ShopQuery['carriers']): boolean {
  if (include.length === 0 && exclude.length === 0) return true
  return flightsOf(offer).every(
    ({ carrier }) => !exclude.includes(carrier) && (include.length === 0 || include.includes(carrier)),
  )
}
