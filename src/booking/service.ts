import type { RequestContext } from '../core/context.ts'
import type { BookingId } from '../core/ids.ts'
import { ProblemError } from '../core/problem.ts'
import type { TenantId } from '../core/tenant.ts'
import { askGateway } from './ask-gateway.ts'
import type { StoredBooking } from './booking-store.ts'
import { ReferenceTaken, StoreUnavailable, VersionConflict } from './booking-store.ts'
import { makeAskTurns } from './ask-turns.ts'
import { confirmCancellation } from './confirm-cancellation.ts'
import { quoteCancellation } from './quote-cancellation.ts'
import { createBooking } from './create.ts'
import { forgetBooking } from './forget.ts'
import { openNewsDesk } from './gateway-news.ts'
import { readCursor, writeCursor } from './list-cursor.ts'
import { type BookingParts, type Desk, defaultLimits } from './parts.ts'
import { payBooking } from './pay.ts'
import type { BookingJson, Bookings, ListQuery } from './port.ts'
import { createVault, nothingPrivate } from './private-data.ts'
import { listWorkItems, resolveWorkItem } from './resolve.ts'
import { load } from './runner.ts'
import { statusOf } from './status.ts'
import { startSweeper } from './sweeper.ts'
import { listEvents } from './timeline.ts'
import { bookingJson } from './view.ts'

export type BookingService = Bookings & {
  /** Names, contacts, documents and tokens of a booking are gone for good; false where there is none, or it was forgotten. */
  forget(id: BookingId, context: RequestContext): Promise<boolean>
  /** One round of the background work; for tests and tools. */
  sweep(): Promise<number>
}

export function createBookings(parts: BookingParts): BookingService {
  const { store, clock, log, metrics, shopping, gateway } = parts
  const vault = createVault(parts.masterKeys)
  const outside = { provider: parts.findProvider, gateway, otherGateways: parts.otherGateways ?? [], clock }
  const limits = { ...defaultLimits, ...parts.limits }
  const tools = { store, vault, outside, log, metrics }
  const desk: Desk = { tools, vault, shopping, limits, fraud: parts.fraud ?? null, mayAsk: makeAskTurns(clock) }
  const sweeper = startSweeper(desk)
  const news = openNewsDesk(desk)
  const guarded = <T>(work: Promise<T>): Promise<T> => work.catch((error: unknown) => throwPublic(desk, error))

  return {
    create: (request, key, context) => guarded(createBooking(desk, request, key, context)),
    pay: (id, request, key, context) => guarded(payBooking(desk, id, request, key, context)),
    get: (id, context) => guarded(getBooking(desk, id, context)),
    lookup: (request, context) => guarded(lookUp(desk, request, context)),
    list: (query, context) => guarded(listBookings(desk, query, context)),
    quoteCancellation: (id, request, context) => guarded(quoteCancellation(desk, id, request, context)),
    confirmCancellation: (id, quoteId, context) => guarded(confirmCancellation(desk, id, quoteId, context)),
    listEvents: (id, context, query) => guarded(listEvents(desk, id, context, query)),
    listWorkItems: (query, context) => guarded(listWorkItems(desk, query, context)),
    resolveWorkItem: (id, request, context) => guarded(resolveWorkItem(desk, id, request, context)),
    takeGatewayNews: (gateway, letter, requestId) => guarded(news.take(gateway, letter, requestId)),
    forget: (id, context) => guarded(forgetBooking(desk, id, context)),
    sweep: () => sweeper.sweep(),
    async health() {
      try {
        await store.ping()
        return { status: 'ok', reason: null }
      } catch (error) {
        log.warn({ err: error }, 'the booking store does not answer')
        return { status: 'degraded', reason: 'the booking store does not answer' }
      }
    },
    async close() {
      await Promise.all([sweeper.close(), news.close()])
      await store.close()
    },
  }
}

/** A booking store that cannot be reached costs bookings, not the service. */
function throwPublic(desk: Desk, error: unknown): never {
  if (error instanceof ProblemError) throw error
  desk.tools.log.error({ err: error }, 'a booking request failed')
  desk.tools.metrics.count('fareloom_store_errors_total', { store: 'bookings', operation: 'request' })
  if (error instanceof VersionConflict || error instanceof ReferenceTaken)
    throw new ProblemError('unavailable', 'This booking is busy; try again.', { retryAfterSeconds: 1, cause: error })
  if (error instanceof StoreUnavailable)
    throw new ProblemError('unavailable', 'Bookings are not available now.', { retryAfterSeconds: 5, cause: error })
  throw error
}

async function getBooking(desk: Desk, id: BookingId, context: RequestContext): Promise<BookingJson> {
  const held = await load(desk.tools, context.tenant, id)
  if (!held) throw new ProblemError('not-found', 'There is no such booking.')
  if (statusOf(held.booking) !== 'action-required' || !desk.mayAsk(id))
    return bookingJson(held.booking, held.secrets.party)
  return askGateway(desk, held, { ...context, actor: 'api', paymentId: null })
}

async function lookUp(
  desk: Desk,
  request: { readonly reference: string; readonly lastName: string },
  { tenant }: RequestContext,
): Promise<BookingJson> {
  const found = await desk.tools.store.findByReference(tenant, request.reference.trim().toUpperCase())
  const hashes = found ? desk.vault.lastNameHashes(found.stored.booking.id, request.lastName) : []
  if (!found || !hashes.some(hash => found.lastNameHashes.includes(hash)))
    throw new ProblemError('not-found', 'There is no booking of this reference and name.')
  return viewOf(desk, found.stored)
}

function viewOf(desk: Desk, { booking, wrappedKey, sealed }: StoredBooking): BookingJson {
  const key = wrappedKey && desk.vault.openKey(booking.id, wrappedKey)
  const { party } = key ? desk.vault.read(key, sealed) : nothingPrivate
  return bookingJson(booking, party)
}

const limitDefault = 20
const limitMax = 100

async function listBookings(
  desk: Desk,
  query: ListQuery,
  { tenant }: { readonly tenant: TenantId },
): Promise<{
  readonly bookings: readonly BookingJson[]
  readonly page: { readonly limit: number; readonly next: string | null }
}> {
  const cursor = query.cursor === undefined ? null : readCursor(query.cursor)
  const limit = Math.min(limitMax, Math.max(1, query.limit ?? limitDefault))
  const status = cursor ? cursor.status : (query.status ?? null)
  const found = await desk.tools.store.list({ tenant, status, limit: limit + 1, after: cursor })
  const page = found.slice(0, limit)
  const last = page.at(-1)?.booking
  const next = found.length > limit && last ? writeCursor({ createdAt: last.createdAt, id: last.id, status }) : null
  return { bookings: page.map(stored => viewOf(desk, stored)), page: { limit, next } }
}
