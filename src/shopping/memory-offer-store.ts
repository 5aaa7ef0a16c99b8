import { LRUCache } from 'lru-cache'
import type { Clock, EpochMs } from '../core/clock.ts'
import type { SupplierOffer } from '../core/offer.ts'
import type { NetSet } from './net-set.ts'
import { type OfferStore, offerSorts, type PageOf, type SearchProgress } from './offer-store.ts'
import type { OfferSort, StoredOffer } from './port.ts'
import { orderRows, sortKeys } from './rank/sort.ts'
import type { View } from './view.ts'
import { encodeViewOffer } from './view-offer.ts'

export type MemoryLimits = {
  readonly viewBytesMax: number
  readonly netBytesMax: number
  readonly singleBytesMax: number
}

const defaultMemoryLimits: MemoryLimits = {
  viewBytesMax: 192 * 2 ** 20,
  netBytesMax: 64 * 2 ** 20,
  singleBytesMax: 8 * 2 ** 20,
}

/** Four numbers each. */
const progressesMax = 20_000

/** A view and what was made of it on the way: each order once, each offer's bytes once. */
type Entry = {
  readonly view: View
  readonly orders: Partial<Record<OfferSort, Int32Array>>
  readonly encoded: (Buffer | undefined)[]
}

/** In this process, bounded in bytes: the oldest goes when a new one needs the room. Sizes are estimates of the
 *  heap that an entry keeps alive. */
export function makeMemoryOfferStore(clock: Clock, limits: MemoryLimits = defaultMemoryLimits): OfferStore {
  const views = new LRUCache<string, Entry>({ maxSize: limits.viewBytesMax })
  const nets = new LRUCache<string, NetSet>({ maxSize: limits.netBytesMax })
  const singles = new LRUCache<string, { readonly offer: StoredOffer; readonly expiresAt: EpochMs }>({
    maxSize: limits.singleBytesMax,
  })
  const progresses = new LRUCache<string, SearchProgress>({ max: progressesMax })

  const find = (id: string): Entry | undefined => {
    const entry = views.get(id)
    if (!entry || entry.view.head.expiresAt > clock.now()) return entry
    views.delete(id)
    return undefined
  }
  const encode = (entry: Entry, index: number): Buffer => {
    entry.encoded[index] ??= encodeViewOffer(entry.view.head, index, entry.view.offers[index]!)
    return entry.encoded[index]
  }

  return {
    async saveView(view) {
      const entry: Entry = { view, orders: {}, encoded: new Array(view.offers.length).fill(undefined) }
      views.set(view.head.id, entry, { size: viewBytes(view) })
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
      const offer = entry?.view.offers[index]
      return entry && offer && { head: entry.view.head, offer }
    },
    async saveSingle(offer, expiresAt) {
      singles.set(offer.offer.id, { offer, expiresAt }, { size: 2 * offersBytes([offer.net]) })
    },
    async findSingle(id) {
      const entry = singles.get(id)
      return entry && entry.expiresAt > clock.now() ? entry.offer : undefined
    },
    async saveNet(key, net) {
      nets.set(key, net, { size: offersBytes(net.offers) + 1_000 })
    },
    async findNet(key) {
      const net = nets.get(key)
      return net && net.reusableUntil > clock.now() ? net : undefined
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
      nets.clear()
      singles.clear()
      progresses.clear()
    },
  }
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
  const offers = offersBytes(view.offers.map(({ net }) => net))
  return Math.ceil(offers * 1.2) + view.firstPage.length + 2_200 * view.columns.leaders.length + 1_000
}

/** Heap that offers keep alive, rounded up. Measured after collection, as decoded by the adapters, 1.6 segments: 3.6 kB an
 *  offer of Sabre and Travelport, 6.6 kB of Amadeus, whose context is its own offer of 2.6 kB. The context is looked at for
 *  one offer a supplier. */
function offersBytes(offers: readonly SupplierOffer[]): number {
  const contexts = new Map<string, number>()
  let bytes = 0
  for (const offer of offers) {
    let context = contexts.get(offer.provider)
    if (context === undefined) {
      context = Math.ceil(1.5 * JSON.stringify(offer.supplierContext).length)
      contexts.set(offer.provider, context)
    }
    bytes += 1_000 + context + 500 * offer.passengers.length
    for (const { segments } of offer.slices) {
      for (const { fares } of segments) bytes += 700 + 450 * fares.length
    }
  }
  return bytes
}
