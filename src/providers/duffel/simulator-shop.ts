import { type Clock, type EpochMs, toInstant } from '../../core/clock.ts'
import type { SimulatorReply, SimulatorRequest } from '../../sandbox/serve.ts'
import type { Effect, WorldOffer, WorldView } from '../../sandbox/world.ts'
import { billingCurrency, encodeStored, newWireId, type StoredOffer, storeOffer } from './simulator-offers.ts'
import { remember } from './simulator-memory.ts'
import { bodyOf, fail, invalidState, notFound, offerGone, ok, pageReply, soldOut } from './simulator-replies.ts'
import { encodeBatch } from './wire/batch.ts'
import type { JsonObject } from './wire/read.ts'
import { BadField, decodeSearch, encodeOfferRequest, type Search } from './wire/search.ts'

/** Searching and offers. Everything shown is remembered for as long as it can be booked; a restart forgets it. */

const offersMax = 50
const passengersMax = 9
/** Some four hundred searches of fifty offers. */
const storedMax = 20_000
const requestsMax = 500
const batchMs = 60_000
const batchesMax = 3
const batchOffers = 20

type StoredRequest = {
  readonly id: string
  readonly createdAt: EpochMs
  readonly search: Search
  readonly passengerIds: readonly string[]
  readonly offers: readonly { readonly stored: StoredOffer; readonly offer: WorldOffer }[]
}

type OpenBatch = { readonly request: StoredRequest; readonly total: number; shown: number }

export class OfferDesk {
  private readonly view: WorldView
  private readonly clock: Clock
  private readonly offers = new Map<string, StoredOffer>()
  private readonly requests = new Map<string, StoredRequest>()
  private readonly batches = new Map<string, OpenBatch>()

  constructor(view: WorldView, clock: Clock) {
    this.view = view
    this.clock = clock
  }

  createRequest(request: SimulatorRequest): SimulatorReply {
    const stored = this.search(request, 'orq')
    const shown = request.query.get('return_offers') === 'false' ? undefined : encodeAll(stored)
    return ok(201, describe(stored, shown), { name: this.effectOf(stored.search), moment: 'shop' })
  }

  getRequest(id: string): SimulatorReply {
    const stored = this.requests.get(id)
    return stored ? ok(200, describe(stored, encodeAll(stored))) : fail(notFound)
  }

  createBatch(request: SimulatorRequest): SimulatorReply {
    const stored = this.search(request, 'orq')
    const total = Math.min(batchesMax, Math.max(1, Math.ceil(stored.offers.length / batchOffers)))
    remember(this.batches, stored.id, { request: stored, total, shown: 0 }, requestsMax)
    const counters = { id: stored.id, totalBatches: total, remainingBatches: total }
    const data = encodeBatch(counters, toInstant(stored.createdAt), undefined)
    return ok(201, data, { name: this.effectOf(stored.search), moment: 'shop' })
  }

  /** The next batch; the last one again has none. */
  pollBatch(id: string): SimulatorReply {
    const batch = this.batches.get(id)
    if (!batch || this.clock.now() > batch.request.createdAt + batchMs) return fail(notFound)
    const { request, total } = batch
    const size = Math.ceil(request.offers.length / total)
    const offers = request.offers.slice(batch.shown * size, (batch.shown + 1) * size)
    batch.shown = Math.min(batch.shown + 1, total)
    const counters = { id, totalBatches: total, remainingBatches: total - batch.shown }
    const encoded = offers.map(({ stored, offer }) => encodeStored(stored, offer))
    return ok(200, encodeBatch(counters, toInstant(request.createdAt), encoded))
  }

  listOffers({ query }: SimulatorRequest): SimulatorReply {
    const stored = this.requests.get(query.get('offer_request_id') ?? '')
    if (!stored) return fail(notFound)
    const connections = Number(query.get('max_connections') ?? Number.POSITIVE_INFINITY)
    const found = stored.offers.filter(({ offer }) =>
      offer.slices.every(slice => slice.segments.length - 1 <= connections),
    )
    // the world's order is by price; without a word from the client it is by id
    const sorted = query.get('sort') === 'total_amount' ? found : found.toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1))
    return pageReply(sorted, query, { key: idOf, encode: ({ stored: own, offer }) => encodeStored(own, offer) })
  }

  /** Its price now; one that was ordered is gone. */
  getOffer(id: string, isOrdered: boolean): SimulatorReply {
    if (isOrdered) return fail(offerGone)
    const found = this.price(id)
    if (found.kind === 'refused') return found.reply
    const { stored, offer } = found
    const data = { ...encodeStored(stored, offer), available_services: [], updated_at: toInstant(this.clock.now()) }
    return ok(200, data)
  }

  price(
    id: string,
  ):
    | { readonly kind: 'priced'; readonly stored: StoredOffer; readonly offer: WorldOffer }
    | { readonly kind: 'refused'; readonly reply: SimulatorReply } {
    const stored = this.offers.get(id)
    if (!stored) return { kind: 'refused', reply: fail(id.startsWith('off_') ? offerGone : notFound) }
    if (this.clock.now() >= stored.expiresAt) {
      const expired = invalidState('offer_expired', 'Offer expired', 'The selected offer has expired')
      return { kind: 'refused', reply: fail(expired) }
    }
    const priced = this.view.price(stored.selection)
    if (priced.kind === 'priced') return { kind: 'priced', stored, offer: priced.offer }
    return { kind: 'refused', reply: fail(priced.kind === 'sold-out' ? soldOut : offerGone) }
  }

  private search(request: SimulatorRequest, prefix: string): StoredRequest {
    const search = decodeSearch(bodyOf(request))
    if (search.passengers.filter(({ type }) => type !== 'INF').length > passengersMax)
      throw new BadField('/passengers', 'validation_length', `Field 'passengers' takes at most ${passengersMax}`)
    const now = this.clock.now()
    const id = newWireId(prefix)
    const passengerIds = search.passengers.map(() => newWireId('pas'))
    const found = this.view.shop({
      slices: search.slices,
      passengers: search.passengers,
      cabin: search.cabin,
      currency: billingCurrency,
      pointOfSale: null,
      maxConnections: search.maxConnections,
      carriers: { include: [], exclude: [] },
      offersMax,
    })
    const asked = { requestId: id, types: search.passengers, ids: passengerIds }
    const offers = found.map(offer => ({ stored: storeOffer(offer, asked, now), offer }))
    for (const { stored } of offers) remember(this.offers, stored.id, stored, storedMax)
    const stored = { id, createdAt: now, search, passengerIds, offers }
    remember(this.requests, id, stored, requestsMax)
    return stored
  }

  private effectOf({ slices }: Search): Effect | null {
    const { origin, destination, departureDate } = slices[0]!
    return this.view.effect(origin, destination, departureDate)
  }
}

function idOf({ stored }: StoredRequest['offers'][number]): string {
  return stored.id
}

function encodeAll(request: StoredRequest): readonly JsonObject[] {
  return request.offers.map(({ stored, offer }) => encodeStored(stored, offer))
}

function describe(request: StoredRequest, offers: readonly JsonObject[] | undefined): JsonObject {
  const { id, passengerIds } = request
  return encodeOfferRequest(request.search, { id, createdAt: toInstant(request.createdAt), passengerIds }, offers)
}
