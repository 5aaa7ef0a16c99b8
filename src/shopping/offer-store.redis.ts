import type { Clock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import { inTurns, ownTurn } from '../core/turns.ts'
import { type AvailabilityRow, availabilityKey } from './availability.ts'
import { ChangeRecord } from './change-record.redis.ts'
import { FormatError, formatVersion, pack, unpack } from './codec.ts'
import { FlightChanges, type FlightNumbers, flightsOf } from './flight-changes.ts'
import type { ChangeMark, NetSet } from './net-set.ts'
import { packOffer, packViewOffer, unpackViewOffer } from './offer-bytes.ts'
import { type FirstPage, type OfferStore, offerSorts, type SearchProgress } from './offer-store.ts'
import type { OfferSort, StoredOffer } from './port.ts'
import { sortKeys } from './rank/sort.ts'
import { type AnswerKey, packAnswer, unpackAnswer } from './ready-answer.ts'
import { RedisLink } from './redis-link.redis.ts'
import { indexText, parseIndex, type ViewId } from './search-ids.ts'
import type { View, ViewHead } from './view.ts'
import { packNet, packTable, unpackNet, unpackTable } from './view-bytes.ts'
import { encodeViewOffer } from './view-offer.ts'

export type RedisOfferStoreOptions = {
  readonly url: string
  /** Before every key of ours. */
  readonly keyPrefix: string
  /** Before the keys that others read by name (`flight:availability:…`); for tests that share a server. */
  readonly publicPrefix?: string
  /** Shared with the memory in front of it (layered-offer-store.ts). */
  readonly changes?: FlightChanges
  readonly clock: Clock
  readonly log: Log
}

export type RedisOfferStore = OfferStore & {
  /** For who keeps something else there. */
  readonly link: RedisLink
  /** The record of changed flights as this process knows it. */
  readonly record: Pick<ChangeRecord, 'catchUp' | 'isCurrent' | 'ageMs'>
  /** For start-up: rejects with one sentence where there is no Redis to be had within the time. */
  ready(withinMs: number): Promise<void>
}

/** Fields a command: longer ones keep Redis from everybody else for too long. */
const fieldsMax = 250
/** About 3 ms of writing out. */
const offersAtOnce = 100

type Reader<T> = (bytes: Buffer<ArrayBuffer>) => T | Promise<T>

/** A view is a hash of its offers (msgpack, version first), a sorted set per sort key, and the first page with the head
 *  under one key, so that it is one GET. The view's id in braces puts them on one node of a cluster. Redis 7. */
export function openRedisOfferStore(options: RedisOfferStoreOptions): RedisOfferStore {
  const { url, keyPrefix, publicPrefix = '', changes = new FlightChanges(options.clock), clock, log } = options
  const link = new RedisLink(url, clock, log)
  const { redis } = link
  const run = <T>(work: () => Promise<T>): Promise<T> => link.run(work)
  const keys = makeKeys(keyPrefix)
  const record = new ChangeRecord(link, keys.changes, changes, clock)
  redis.on('ready', () => void record.catchUp())

  /** Who asks for the same while it is on its way shares it: after a start or a change many ask one question at once. Each looks
   *  at the record for himself. */
  const reading = new Map<string, Promise<unknown>>()
  const readOnce = <T>(key: string, read: Reader<T>): Promise<T | undefined> => {
    const known = reading.get(key)
    if (known) return known as Promise<T | undefined>
    const begun = link
      .tryRun(() => redis.getBuffer(key))
      .then(bytes => (bytes ? read(bytes as Buffer<ArrayBuffer>) : undefined))
      .catch(absent)
      .finally(() => reading.delete(key))
    reading.set(key, begun)
    return begun
  }

  /** The record is read at the same time: the answer waits for the slower of the two. */
  const readReusable = async <T extends { readonly mark: ChangeMark }>(
    key: string,
    read: Reader<T>,
    flights: (value: T) => FlightNumbers,
  ): Promise<T | undefined> => {
    const [found, known] = await Promise.all([readOnce(key, read), record.catchUp()])
    const value = known === 'current' ? found : undefined
    const since = value && changes.sequenceOf(value.mark)
    if (since === undefined) return undefined
    return since === changes.sequence || !changes.hasChanged(flights(value!), since) ? value : undefined
  }

  const readOffers = async (id: ViewId, fields: readonly string[]): Promise<readonly (Buffer | null)[]> =>
    run(() => redis.hmgetBuffer(keys.offers(id), ...fields))

  return {
    /** Offers in portions, each in a turn of its own, so that writing 3 MB never holds up the event loop; what readers look
     *  for first comes last, so that whoever finds it finds the rest. */
    async saveView(view) {
      const { id, expiresAt } = view.head
      for (let from = 0; from < view.offers.length; from += offersAtOnce) {
        await ownTurn('begun')
        const fields = offerFields(view, from, Math.min(from + offersAtOnce, view.offers.length))
        await run(() =>
          redis
            .pipeline()
            .hset(keys.offers(id), ...fields)
            .pexpireat(keys.offers(id), expiresAt)
            .exec(),
        )
      }
      await run(() => {
        const pipeline = redis.pipeline()
        for (const sort of offerSorts) {
          for (const entries of chunked(scores(view, sort), 4 * fieldsMax)) pipeline.zadd(keys.by(id, sort), ...entries)
          pipeline.pexpireat(keys.by(id, sort), expiresAt)
        }
        pipeline.hset(keys.offers(id), 'table', packTable(view), 'head', pack(view.head))
        pipeline.pexpireat(keys.offers(id), expiresAt)
        const first = pack({ head: view.head, page: view.firstPage } satisfies FirstPage)
        return pipeline.set(keys.first(id), first, 'PXAT', expiresAt).exec()
      })
    },

    async findFirstPage(id) {
      const bytes = await run(() => redis.getBuffer(keys.first(id)))
      return bytes ? readable(bytes, unpack<FirstPage>) : undefined
    },

    async findTable(id) {
      const [table] = await readOffers(id, ['table'])
      return table ? readable(table, unpackTable) : undefined
    },

    async findPage(id, { sort, order, offset, limit }) {
      const key = keys.by(id, sort)
      const end = offset + limit - 1
      // the head is written after the order: read before it, so that no order half written is taken for the whole
      const [headBytes, members] = await run(() =>
        Promise.all([
          redis.hgetBuffer(keys.offers(id), 'head'),
          order === 'asc' ? redis.zrange(key, offset, end) : redis.zrange(key, offset, end, 'REV'),
        ]),
      )
      const head = headBytes ? readable(headBytes, unpack<ViewHead>) : undefined
      const offers = head && members.length > 0 ? await readOffers(id, members) : []
      if (!head || offers.some(bytes => !bytes)) return undefined
      return { head, offers: members.map((member, i) => encode(head, parseIndex(member), offers[i]!)) }
    },

    async findEncoded(id, indexes) {
      const [headBytes, ...offers] = await readOffers(id, ['head', ...indexes.map(indexText)])
      const head = headBytes ? readable(headBytes, unpack<ViewHead>) : undefined
      if (!head || offers.some(bytes => !bytes)) return undefined
      return indexes.map((index, i) => encode(head, index, offers[i]!))
    },

    async findOffer(id, index) {
      const [headBytes, bytes] = await readOffers(id, ['head', indexText(index)])
      const head = headBytes ? readable(headBytes, unpack<ViewHead>) : undefined
      const offer = bytes ? readable(bytes, packed => unpackViewOffer(packed, true)) : undefined
      return head && offer && { head, offer }
    },

    async saveSingle(offer, expiresAt) {
      await run(() => redis.set(keys.single(offer.offer.id), pack(offer), 'PXAT', expiresAt))
    },

    async findSingle(id) {
      const bytes = await run(() => redis.getBuffer(keys.single(id)))
      return bytes ? readable(bytes, unpack<StoredOffer>) : undefined
    },

    async saveNet(key, net) {
      const offers: Buffer[] = []
      for (let i = 0; i < net.offers.length; i++) {
        if (i % offersAtOnce === 0) await ownTurn('begun')
        offers.push(packOffer(net.offers[i]!))
      }
      await run(() => redis.set(keys.net(key), packNet(net, offers), 'PXAT', net.reusableUntil))
    },

    async findNet(key, after = 0) {
      // 1,200 offers in one go held the loop for 26 to 42 ms
      const read = (bytes: Buffer): Promise<NetSet> => inTurns(unpackNet(bytes))
      const net = await readReusable(keys.net(key), read, ({ offers }) => flightsOf(offers))
      return net && net.createdAt > after ? net : undefined
    },

    async saveAnswer(key, answer) {
      await run(() => redis.set(keys.answer(key), packAnswer(answer), 'PXAT', Math.floor(answer.usableUntil)))
    },

    findAnswer: key => readReusable(keys.answer(key), unpackAnswer, ({ flights }) => flights),
    recallAnswer: () => undefined,

    mark: () => changes.mark(),
    noteChange: offers => record.add(flightsOf(offers)),
    record,
    link,

    async saveProgress(id, progress) {
      await run(() => redis.set(keys.progress(id), pack(progress), 'PXAT', progress.expiresAt))
    },

    async findProgress(id) {
      const bytes = await run(() => redis.getBuffer(keys.progress(id)))
      return bytes ? unpack<SearchProgress>(bytes) : undefined
    },

    async noteAvailability(rows, until) {
      const byKey = Map.groupBy(rows, row => publicPrefix + availabilityKey(row))
      const note = (key: string, own: readonly AvailabilityRow[]) => {
        const pipeline = redis.pipeline()
        // LT: the lowest seen; NX: the time to live starts with the first, so that an old low price ends
        for (const part of chunked(own, fieldsMax))
          pipeline.zadd(key, 'LT', ...part.flatMap(({ euroCents, member }) => [euroCents, member]))
        return pipeline.pexpireat(key, until, 'NX').exec()
      }
      // one pipeline a key: the nodes of a cluster have some each
      await Promise.all([...byKey].map(([key, own]) => run(() => note(key, own))))
    },

    health: () => link.health(),
    async ready(withinMs) {
      await link.ready(withinMs)
      await record.catchUp()
    },
    close: () => link.close(),
  }
}

/** The version is in the key: another version's bytes are not even looked at. */
function makeKeys(prefix: string) {
  const own = `${prefix}shop:v${formatVersion}:`
  return {
    offers: (id: ViewId) => `${own}{${id}}:offers`,
    by: (id: ViewId, sort: OfferSort) => `${own}{${id}}:by:${sort}`,
    first: (id: ViewId) => `${own}{${id}}:first`,
    progress: (id: ViewId) => `${own}{${id}}:progress`,
    single: (id: string) => `${own}offer:${id}`,
    net: (key: string) => `${own}net:${key}`,
    answer: (key: AnswerKey) => `${own}answer:${key}`,
    changes: `${own}changes`,
  }
}

/** Redis' own bytes are of no shared memory. */
function readable<T>(bytes: Buffer, read: (bytes: Buffer<ArrayBuffer>) => T): T | undefined {
  try {
    return read(bytes as Buffer<ArrayBuffer>)
  } catch (error) {
    return absent(error)
  }
}

/** What another version wrote is not there: a key's name has the version too, so this is for who shares a name by mistake. */
function absent(error: unknown): undefined {
  if (error instanceof FormatError) return undefined
  throw error
}

function offerFields(view: View, from: number, to: number): (string | Buffer)[] {
  const fields: (string | Buffer)[] = []
  for (let index = from; index < to; index++) fields.push(indexText(index), packViewOffer(view.offers.get(index)))
  return fields
}

function scores({ columns, places }: View, sort: OfferSort): (string | number)[] {
  const keys = sortKeys(columns, places, sort)
  const entries: (string | number)[] = []
  for (let row = 0; row < keys.length; row++) entries.push(keys[row]!, indexText(columns.leaders[row]!))
  return entries
}

function encode(head: ViewHead, index: number, bytes: Buffer): Buffer {
  return encodeViewOffer(head, index, unpackViewOffer(bytes, false))
}

function chunked<T>(items: readonly T[], size: number): readonly T[][] {
  const chunks: T[][] = []
  for (let i = 0; i < items.length; i += size) chunks.push(items.slice(i, i + size))
  return chunks
}
