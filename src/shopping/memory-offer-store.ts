import { LRUCache } from 'lru-cache'
import type { Clock, EpochMs } from '../core/clock.ts'
import type { SupplierOffer } from '../core/offer.ts'
import { FlightChanges, type FlightNumbers, flightsOf } from './flight-changes.ts'
import type { ChangeMark, NetSet } from './net-set.ts'
import { type OfferStore, offerSorts, type PageOf, type SearchProgress } from './offer-store.ts'
import type { OfferSort, StoredOffer } from './port.ts'
import { orderRows, sortKeys } from './rank/sort.ts'
import type { ReadyAnswer } from './ready-answer.ts'
import { ReadyBody } from './ready-body.ts'
import type { ViewId } from './search-ids.ts'
import type { View } from './view.ts'
import { encodeViewOffer } from './view-offer.ts'

export type MemoryLimits = {
  /** Of views that nothing else holds. */
  readonly viewBytesMax: number
  /** Of views that others hold as well, so that what is looked at again is there at once. */
  readonly sharedViewBytesMax: number
  readonly netBytesMax: number
  readonly answerBytesMax: number
  readonly singleBytesMax: number
}

type MemoryParts = { readonly limits?: MemoryLimits; readonly changes?: FlightChanges }

/** With 192 MB of shared views the marking of the heap held the loop for 60 to 90 ms every four seconds, with 24 for 5 to 25
 *  (decision 0008). */
const defaultMemoryLimits: MemoryLimits = {
  viewBytesMax: 192 * 2 ** 20,
  sharedViewBytesMax: 24 * 2 ** 20,
  netBytesMax: 64 * 2 ** 20,
  answerBytesMax: 32 * 2 ** 20,
  singleBytesMax: 8 * 2 ** 20,
}

/** In front of a store that has the net sets too. */
export const limitsBesideShared: MemoryLimits = { ...defaultMemoryLimits, netBytesMax: 24 * 2 ** 20 }

/** Of a small heap caches take three eighths, all together: searches under way need the rest. */
export function limitsWithin(heapBytesMax: number, wanted: MemoryLimits = defaultMemoryLimits): MemoryLimits {
  const all = Object.values(wanted).reduce((sum, bytes) => sum + bytes)
  const scale = Math.min(1, (heapBytesMax * 3) / 8 / all)
  const scaled = (bytes: number): number => Math.floor(bytes * scale)
  return {
    viewBytesMax: scaled(wanted.viewBytesMax),
    sharedViewBytesMax: scaled(wanted.sharedViewBytesMax),
    netBytesMax: scaled(wanted.netBytesMax),
    answerBytesMax: scaled(wanted.answerBytesMax),
    singleBytesMax: scaled(wanted.singleBytesMax),
  }
}

/** Four numbers each. */
const progressesMax = 20_000

/** A view and what was made of it on the way: each order once, each offer's bytes once. */
type Entry = {
  readonly view: View
  readonly orders: Partial<Record<OfferSort, Int32Array>>
  readonly encoded: (Buffer | undefined)[]
}

export type MemoryOfferStore = OfferStore & {
  /** Others hold this view as well. */
  noteShared(id: ViewId): void
}

/** What is used again for others, and whether it still may be. */
type Reusable<T> = { readonly value: T; readonly flights: FlightNumbers; readonly since: number; checkedAt: number }

/** In this process, bounded in bytes: the oldest goes when a new one needs the room. Sizes are estimates of the
 *  heap that an entry keeps alive. `changes`: shared with the store that it stands in front of. */
export function makeMemoryOfferStore(
  clock: Clock,
  { limits = defaultMemoryLimits, changes = new FlightChanges(clock) }: MemoryParts = {},
): MemoryOfferStore {
  const views = new LRUCache<string, Entry>({ maxSize: limits.viewBytesMax })
  const sharedViews = new LRUCache<string, Entry>({ maxSize: limits.sharedViewBytesMax })
  const nets = new LRUCache<string, Reusable<NetSet>>({ maxSize: limits.netBytesMax })
  const answers = new LRUCache<string, Reusable<ReadyAnswer>>({ maxSize: limits.answerBytesMax })
  const singles = new LRUCache<string, { readonly offer: StoredOffer; readonly expiresAt: EpochMs }>({
    maxSize: limits.singleBytesMax,
  })
  const progresses = new LRUCache<string, SearchProgress>({ max: progressesMax })

  const find = (id: string): Entry | undefined => {
    const entry = views.get(id) ?? sharedViews.get(id)
    if (!entry || entry.view.head.expiresAt > clock.now()) return entry
    views.delete(id)
    sharedViews.delete(id)
    return undefined
  }
  const keep = <T>(
    cache: LRUCache<string, Reusable<T>>,
    key: string,
    entry: { readonly value: T; readonly mark: ChangeMark; readonly flights: FlightNumbers; readonly size: number },
  ): void => {
    const { value, flights, size } = entry
    const since = changes.sequenceOf(entry.mark)
    if (since !== undefined) cache.set(key, { value, flights, since, checkedAt: since }, { size })
  }
  /** Looked through once after each change: 0.02 ms for a search of 500 flights. */
  const reuse = <T>(cache: LRUCache<string, Reusable<T>>, key: string, until: (value: T) => EpochMs): T | undefined => {
    const entry = cache.get(key)
    if (!entry) return undefined
    const { sequence } = changes
    const isUsable =
      until(entry.value) > clock.now() &&
      (entry.checkedAt === sequence || !changes.hasChanged(entry.flights, entry.since))
    if (isUsable) entry.checkedAt = sequence
    else cache.delete(key)
    return isUsable ? entry.value : undefined
  }
  const encode = (entry: Entry, index: number): Buffer => {
    entry.encoded[index] ??= encodeViewOffer(entry.view.head, index, entry.view.offers.get(index))
    return entry.encoded[index]
  }

  return {
    async saveView(view) {
      const entry: Entry = { view, orders: {}, encoded: new Array(view.offers.length).fill(undefined) }
      views.set(view.head.id, entry, { size: viewBytes(view) })
    },
    noteShared(id) {
      const entry = views.get(id)
      if (!entry) return
      views.delete(id)
      sharedViews.set(id, entry, { size: viewBytes(entry.view) })
    },
    async findFirstPage(id) {
      const entry = find(id)
      return entry && { head: entry.view.head, page: entry.view.firstPage }
    },
    async findTable(id) {
      return find(id)?.view
    },
    async findPage(id, page) {
      const entry = find(id)
      if (!entry) return undefined
      const { leaders } = entry.view.columns
      const offers = pageRows(orderOf(entry, page.sort), page).map(row => encode(entry, leaders[row]!))
      return { head: entry.view.head, offers }
    },
    async findEncoded(id, indexes) {
      const entry = find(id)
      return entry && indexes.map(index => encode(entry, index))
    },
    async findOffer(id, index) {
      const entry = find(id)
      if (!entry || index >= entry.view.offers.length) return undefined
      return { head: entry.view.head, offer: entry.view.offers.get(index) }
    },
    async saveSingle(offer, expiresAt) {
      singles.set(offer.offer.id, { offer, expiresAt }, { size: 2 * offersBytes([offer.net]) })
    },
    async findSingle(id) {
      const entry = singles.get(id)
      return entry && entry.expiresAt > clock.now() ? entry.offer : undefined
    },
    async saveNet(key, net) {
      const flights = flightsOf(net.offers)
      const size = offersBytes(net.offers) + flights.byteLength + 1_000
      keep(nets, key, { value: net, mark: net.mark, flights, size })
    },
    async findNet(key, after = 0) {
      const net = reuse(nets, key, ({ reusableUntil }) => reusableUntil)
      return net && net.createdAt > after ? net : undefined
    },
    async saveAnswer(key, answer) {
      const { mark, flights, body } = answer
      const size = body.bytes.length + 8 * body.places.length + flights.byteLength + 2_000
      if (size <= limits.answerBytesMax) keep(answers, key, { value: owned(answer), mark, flights, size })
    },
    findAnswer: async key => reuse(answers, key, usableUntilOf),
    recallAnswer: key => reuse(answers, key, usableUntilOf),
    mark: () => changes.mark(),
    async noteChange(offers) {
      changes.note(flightsOf(offers))
    },
    async saveProgress(id, progress) {
      progresses.set(id, progress)
    },
    async findProgress(id) {
      const progress = progresses.get(id)
      return progress && progress.expiresAt > clock.now() ? progress : undefined
    },
    async noteAvailability() {
      // for readers of Redis; in memory there is nobody to read it
    },
    health: () => 'ok',
    async close() {
      views.clear()
      sharedViews.clear()
      nets.clear()
      answers.clear()
      singles.clear()
      progresses.clear()
    },
  }
}

const usableUntilOf = ({ usableUntil }: ReadyAnswer): EpochMs => usableUntil

/** Bytes that came from elsewhere may be a small part of what they keep alive. */
function owned(answer: ReadyAnswer): ReadyAnswer {
  const { frame, bytes, places } = answer.body
  if (bytes.buffer.byteLength <= 2 * bytes.length) return answer
  return { ...answer, body: new ReadyBody({ frame, bytes: Buffer.from(bytes), places }) }
}

function orderOf(entry: Entry, sort: OfferSort): Int32Array {
  const { columns, places } = entry.view
  const order = entry.orders[sort] ?? orderRows(sortKeys(columns, places, sort))
  if (offerSorts.includes(sort)) entry.orders[sort] = order
  return order
}

/** Rows of one page; descending is the reverse of ascending. */
function pageRows(order: Int32Array, { order: direction, offset, limit }: PageOf): number[] {
  const rows: number[] = []
  const end = Math.min(order.length, offset + limit)
  for (let i = offset; i < end; i++) rows.push(direction === 'asc' ? order[i]! : order[order.length - 1 - i]!)
  return rows
}

/** The net offers are most of it and are shared with the net result set; counted in both, since either may go first.
 *  2 kB a row for bytes that are encoded when they are asked for. */
function viewBytes(view: View): number {
  return offersBytes(view.offers.net) + view.firstPage.length + 2_200 * view.columns.leaders.length + 1_000
}

/** Of lists that still live: a search keeps its offers as a net set and as a view. */
const knownBytes = new WeakMap<readonly SupplierOffer[], number>()

function offersBytes(offers: readonly SupplierOffer[]): number {
  const known = knownBytes.get(offers)
  if (known !== undefined) return known
  const bytes = estimate(offers)
  knownBytes.set(offers, bytes)
  return bytes
}

/** Heap that offers keep alive, rounded up by a half and more. Measured after collection, as decoded by the adapters, 1.6
 *  segments: 0.8 to 1.1 kB an offer of Sabre, NDC and Travelport, 3.3 of Amadeus, whose context is its own offer of 3 kB. The
 *  context is looked at for one offer a supplier. */
function estimate(offers: readonly SupplierOffer[]): number {
  const contexts = new Map<string, number>()
  let bytes = 0
  for (const offer of offers) {
    let context = contexts.get(offer.provider)
    if (context === undefined) {
      context = Math.ceil(1.2 * JSON.stringify(offer.supplierContext).length)
      contexts.set(offer.provider, context)
    }
    bytes += 500 + context + 150 * offer.passengers.length
    for (const { segments } of offer.slices) {
      for (const { fares } of segments) bytes += 350 + 100 * fares.length
    }
  }
  return bytes
}
