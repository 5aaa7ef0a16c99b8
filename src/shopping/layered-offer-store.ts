import { systemClock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import type { Metrics } from '../core/metrics.ts'
import type { MemoryOfferStore } from './memory-offer-store.ts'
import { type OfferStore, StoreUnavailable } from './offer-store.ts'
import type { PartHealth } from './port.ts'
import { type ViewId, viewIdOf } from './search-ids.ts'

/** A store that keeps the record of changed flights for all processes; `memory` follows the same FlightChanges. */
export type SharedStore = OfferStore & {
  readonly record: {
    isCurrent(): boolean
    catchUp(): Promise<'current' | 'silent' | 'away'>
    ageMs(): number
  }
}

/** While the shared store is away nobody tells what changed. What was cached is used for so long after it last did, so that
 *  its restart does not send every search to the suppliers, and not longer, so that a price that changed is not sold on. */
const unprovenMs = 2_000

/** What somebody was shown and what did not get there is sent again: one command that was late (busy process, failover) would
 *  make other processes say of it for 20 minutes that it has expired. */
const againAfterMs = [250, 1_000, 4_000]
/** While more are on their way the store has enough to do. */
const pendingMax = 100

/** Memory in front of a store that other processes share. Everything is written to both and read from memory first, so
 *  a search goes on from memory while the shared store is away, and what comes back is used as soon as it is there.
 *  Reads throw StoreUnavailable only where memory does not have it and the shared store cannot say. */
export function layerOfferStores(
  memory: MemoryOfferStore,
  shared: SharedStore,
  metrics: Metrics,
  log: Log,
): OfferStore {
  const { record } = shared
  const count = (operation: string): void => metrics.count('fareloom_store_errors_total', { store: 'redis', operation })

  const tell = (): PartHealth => {
    const health = shared.health()
    metrics.gauge('fareloom_store_up', { store: 'redis' }, health === 'ok' ? 1 : 0)
    return health
  }

  /** False: it may succeed later. */
  const share = async (operation: string, work: (store: OfferStore) => Promise<void>): Promise<boolean> => {
    try {
      await work(shared)
      tell()
      return true
    } catch (error) {
      count(operation)
      tell()
      if (error instanceof StoreUnavailable) return false
      log.error({ store: 'redis', operation, err: error }, 'store failed')
      return true
    }
  }
  /** What is on its way to the shared store and nobody waits for. */
  const pending = new Set<Promise<void>>()
  const closing = new AbortController()
  const behind = (work: Promise<void>): void => {
    const one = work.finally(() => pending.delete(one))
    pending.add(one)
  }
  const again = async (operation: string, work: (store: OfferStore) => Promise<void>): Promise<void> => {
    for (const ms of againAfterMs) {
      if (closing.signal.aborted || pending.size > pendingMax) return
      // at the end of the process the next try is the last, and at once
      await systemClock.sleep(ms, closing.signal).catch(() => undefined)
      if (await share(operation, work)) return
    }
  }
  const shareShown = async (operation: string, work: (store: OfferStore) => Promise<void>): Promise<void> => {
    if (!(await share(operation, work))) behind(again(operation, work))
  }
  /** Of one search one after another: whoever is told elsewhere that there is a revision is to find it there. */
  const underWay = new Map<ViewId, Promise<void>>()
  const inTurn = (id: ViewId, work: () => Promise<void>): void => {
    const before = underWay.get(id)
    const mine = (before ? before.then(work) : work()).finally(() => {
      if (underWay.get(id) === mine) underWay.delete(id)
    })
    underWay.set(id, mine)
    behind(mine)
  }
  const write = async (operation: string, work: (store: OfferStore) => Promise<void>): Promise<void> => {
    await work(memory)
    await share(operation, work)
  }
  const readShared = async <T>(
    operation: string,
    work: (store: OfferStore) => Promise<T | undefined>,
  ): Promise<T | undefined> => {
    try {
      return await work(shared)
    } catch (error) {
      count(operation)
      tell()
      if (error instanceof StoreUnavailable) throw error
      log.error({ store: 'redis', operation, err: error }, 'store failed')
      throw new StoreUnavailable('what the shared store holds cannot be read', { cause: error })
    }
  }
  const read = async <T>(
    operation: string,
    work: (store: OfferStore) => Promise<T | undefined>,
  ): Promise<T | undefined> => (await work(memory)) ?? readShared(operation, work)

  /** From memory only what no process has noted as changed; what the shared store has is kept for the next. A cache that
   *  cannot say has nothing. */
  const reuse = async <T>(
    operation: string,
    find: (store: OfferStore) => Promise<T | undefined>,
    keep: (value: T) => Promise<void>,
  ): Promise<T | undefined> => {
    const known = record.isCurrent() ? 'current' : await record.catchUp()
    const isUsable = known === 'current' || (known === 'away' && record.ageMs() < unprovenMs)
    const held = isUsable ? await find(memory) : undefined
    if (held !== undefined || known !== 'current') return held
    try {
      const found = await readShared(operation, find)
      if (found !== undefined) await keep(found)
      return found
    } catch (error) {
      if (error instanceof StoreUnavailable) return undefined
      throw error
    }
  }

  return {
    /** The shared store is written behind the answer: it costs tens of milliseconds for a large search, and other
     *  processes wait a little for a search that is that young (findings.ts). */
    async saveView(view) {
      await memory.saveView(view)
      inTurn(viewIdOf(view.head.base), () =>
        shareShown('save-view', async store => {
          await store.saveView(view)
          memory.noteShared(view.head.id)
        }),
      )
    },
    findFirstPage: id => read('find-first-page', store => store.findFirstPage(id)),
    findTable: id => read('find-table', store => store.findTable(id)),
    findPage: (id, page) => read('find-page', store => store.findPage(id, page)),
    findEncoded: (id, indexes) => read('find-encoded', store => store.findEncoded(id, indexes)),
    findOffer: (id, index) => read('find-offer', store => store.findOffer(id, index)),
    async saveSingle(offer, expiresAt) {
      await memory.saveSingle(offer, expiresAt)
      await shareShown('save-single', store => store.saveSingle(offer, expiresAt))
    },
    findSingle: id => read('find-single', store => store.findSingle(id)),
    saveNet: (key, net) => write('save-net', store => store.saveNet(key, net)),
    findNet: (key, after) =>
      reuse(
        'find-net',
        store => store.findNet(key, after),
        net => memory.saveNet(key, net),
      ),
    saveAnswer: (key, answer) => write('save-answer', store => store.saveAnswer(key, answer)),
    findAnswer: key =>
      reuse(
        'find-answer',
        store => store.findAnswer(key),
        answer => memory.saveAnswer(key, answer),
      ),
    recallAnswer: key => (record.isCurrent() ? memory.recallAnswer(key) : undefined),
    mark: () => shared.mark(),
    noteChange: offers => shared.noteChange(offers),
    async saveProgress(id, progress) {
      await memory.saveProgress(id, progress)
      inTurn(id, async () => void (await share('save-progress', store => store.saveProgress(id, progress))))
    },
    findProgress: id => read('find-progress', store => store.findProgress(id)),
    noteAvailability: (rows, until) => write('note-availability', store => store.noteAvailability(rows, until)),
    health: tell,
    async close() {
      closing.abort()
      while (pending.size > 0) await Promise.all(pending)
      await Promise.all([memory.close(), shared.close()])
    },
  }
}
