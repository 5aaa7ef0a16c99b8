/** What one visitor does: searches, perhaps pages, perhaps has a price confirmed, perhaps books. Each step falls due a
 *  moment of thought after the answer before it; visitors come whether others were served or not. */
import { randomUUID } from 'node:crypto'
import { type PriceAnswer, parseAnswer, type SearchAnswer } from './answers.ts'
import { type BookingAttempt, bookingBody } from './bookings.ts'
import type { Chance } from './chance.ts'
import type { Call, Client, Reply } from './client.ts'
import { cacheStatusOf, type Operation, outcomeOf, supplierStatusesOf } from './outcome.ts'
import type { Tally } from './tally.ts'

/** Chances of a step after the one before it was answered. */
export type Mix = { readonly page: number; readonly price: number; readonly book: number }

const pageShare = 0.25
/** Of three who have a price confirmed, one books. */
const pricesForOneBooking = 3

export const searchesOnly: Mix = { page: 0, price: 0, book: 0 }

export function mixOf(lookToBook: number): Mix {
  if (lookToBook === 0) return { page: pageShare, price: 0, book: 0 }
  const price = Math.min(1, pricesForOneBooking / lookToBook)
  return { page: pageShare, price, book: 1 / lookToBook / price }
}

/** Where all is answered. */
export function requestsPerVisit({ page, price, book }: Mix): number {
  return 1 + page + price + price * book
}

export type VisitWorld = {
  readonly client: Client
  readonly tally: Tally
  readonly chance: Chance
  readonly mix: Mix
  readonly timeoutMs: number
  readonly endMs: number
  /** Ms from the start of the run. */
  nowMs(): number
  /** Ends early when the run is ended. */
  sleep(ms: number): Promise<void>
  readonly booked: (attempt: BookingAttempt) => void
}

/** More than these open requests are not started but counted as errors: this process would only measure itself. */
const openMax = 20_000
const thoughtMs = { min: 300, span: 2_500 }

export function newVisitors(world: VisitWorld) {
  const { client, tally, chance, mix, nowMs } = world
  let open = 0

  const ask = async (operation: Operation, dueMs: number, call: Omit<Call, 'timeoutMs'>): Promise<Reply> => {
    tally.fallsDue(operation, dueMs)
    const sentMs = nowMs()
    const full = open >= openMax
    open++
    const timeoutMs = world.timeoutMs - (sentMs - dueMs)
    const reply: Reply = full
      ? { kind: 'none', why: `not sent, ${openMax} open` }
      : await client.send({ ...call, timeoutMs })
    open--
    const isSearch = operation === 'search' && reply.kind === 'answer'
    tally.finish({
      ...{ operation, dueMs, sentMs, endMs: nowMs(), outcome: outcomeOf(operation, reply) },
      cache: isSearch ? cacheStatusOf(reply.text) : null,
      suppliers: isSearch ? supplierStatusesOf(reply.text) : [],
    })
    return reply
  }

  /** When the next step is due; null: the run is over by then. */
  const think = async (): Promise<number | null> => {
    const dueMs = nowMs() + thoughtMs.min + chance.next() * thoughtMs.span
    if (dueMs >= world.endMs) return null
    await world.sleep(dueMs - nowMs())
    // timers may fire a little early, an interrupted run much
    return dueMs - nowMs() > 5 ? null : dueMs
  }

  const followUp = async (found: SearchAnswer, wants: { readonly page: boolean; readonly price: boolean }) => {
    if (wants.page && found.page.next !== null) {
      const dueMs = await think()
      if (dueMs === null) return
      const cursor = encodeURIComponent(found.page.next)
      await ask('page', dueMs, { method: 'GET', path: `/v1/searches/${found.id}/offers?cursor=${cursor}` })
    }
    if (wants.price && found.offers.length > 0) await buy(chance.pick(found.offers).id)
  }

  const buy = async (offerId: string): Promise<void> => {
    const dueMs = await think()
    if (dueMs === null) return
    const priced = await ask('price', dueMs, { method: 'POST', path: `/v1/offers/${offerId}/price` })
    const answer = parse<PriceAnswer>(priced, 200)
    if (!answer || answer.kind === 'gone' || chance.next() >= mix.book) return
    const bookAtMs = await think()
    if (bookAtMs === null) return
    const body = bookingBody(answer.offer, Date.now())
    const idempotencyKey = randomUUID()
    const reply = await ask('book', bookAtMs, { method: 'POST', path: '/v1/bookings', body, idempotencyKey })
    world.booked({ idempotencyKey, body, reply })
  }

  return {
    open: () => open,
    async visit(body: string, dueMs: number): Promise<void> {
      const wants = { page: chance.next() < mix.page, price: chance.next() < mix.price }
      const reply = await ask('search', dueMs, { method: 'POST', path: '/v1/searches', body })
      if (!wants.page && !wants.price) return
      const found = parse<SearchAnswer>(reply, 201)
      if (found) await followUp(found, wants)
    },
  }
}

function parse<T>(reply: Reply, status: number): T | null {
  return reply.kind === 'answer' && reply.status === status ? parseAnswer<T>(reply.text) : null
}
