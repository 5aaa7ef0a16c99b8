import type { Clock, EpochMs } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import { ProblemError } from '../core/problem.ts'
import { factsOf } from './facts.ts'
import type { LiveSearch } from './live-search.ts'
import type { Asked, LiveSearches, Question } from './live-searches.ts'
import type { NetSet } from './net-set.ts'
import type { FirstPage, OfferStore, SearchProgress } from './offer-store.ts'
import { StoreUnavailable } from './offer-store.ts'
import { newViewId, revisionId, type SearchBase, type SearchIds, type ViewId } from './search-ids.ts'
import type { Shown, TenantViews } from './tenant-views.ts'
import type { View, ViewHead } from './view.ts'

/** Searches that answer before their suppliers have: each supplier's answer makes a revision, a view of its own in which
 *  offers keep their ids; the last one is the view of the search itself. */
export interface Progressive {
  /** Revision 0, at once. Who asks the same for the same tenant while it lasts follows the same revisions. `askedAt`: when the
   *  deadline began. */
  begin(question: Question, anew: boolean, askedAt: EpochMs): Shown
  /** The revision asked for, or the newest; undefined where there is none. */
  read<T extends { readonly head: ViewHead }>(
    view: ViewId,
    revision: number | undefined,
    find: (id: ViewId) => Promise<T | undefined>,
  ): Promise<T | undefined>
  /** Resolves when there is a later revision or the search is over, at the latest after `ms`. Throws `overloaded`. */
  wait(view: ViewId, after: number, ms: number, signal: AbortSignal | undefined): Promise<void>
  /** Of a search that answers before its suppliers have, while that is known. */
  findProgress(view: ViewId): Promise<SearchProgress | undefined>
}

export type ProgressiveParts = {
  readonly clock: Clock
  readonly log: Log
  readonly store: OfferStore
  readonly ids: SearchIds
  readonly lives: LiveSearches
  readonly views: TenantViews
  /** Its last revision. */
  readonly onView: (view: View, net: NetSet, question: Question) => void
}

type Track = {
  readonly id: ViewId
  readonly question: Question
  readonly base: SearchBase
  readonly startedAt: EpochMs
  readonly live: LiveSearch
  readonly endsAt: EpochMs
  readonly listeners: Set<() => void>
  first: FirstPage
  revision: number
}

/** Searches of another process are looked at that often. */
const lookMs = 100
/** Who waits in this process at once, for news of any search. */
const waitersMax = 10_000

const noFacts = factsOf([])

/** Before the first answer. */
function noneYet(now: EpochMs): NetSet {
  const nothing = { providers: [], warnings: [], offers: [], facts: noFacts }
  return {
    ...nothing,
    id: newViewId(),
    createdAt: now,
    mark: '',
    freshUntil: now,
    reusableUntil: now,
    status: 'partial',
  }
}

export function makeProgressive(parts: ProgressiveParts): Progressive {
  const { clock, log, store, ids, lives, views } = parts
  const byId = new Map<ViewId, Track>()
  const byQuestion = new Map<string, Track>()
  let waiters = 0

  /** Memory has it at once, other processes soon. */
  const save = (view: View, track: Pick<Track, 'id' | 'endsAt'>, done: boolean): void => {
    const { revision, expiresAt } = view.head
    const { endsAt } = track
    store
      .saveView(view)
      .then(() => store.saveProgress(track.id, { revision, done, endsAt, expiresAt }))
      .catch(error => log.error({ err: error }, 'a revision could not be stored'))
  }

  const revise = (track: Track, net: NetSet, isLast: boolean): View => {
    const { id, base, live, endsAt, startedAt } = track
    const revision = track.revision + 1
    const view = views.build(net, track.question, {
      ...{ id: isLast ? id : revisionId(id, revision), base, now: startedAt, revision },
      progress: { waitingFor: live.waitingFor, endsAt: isLast ? null : endsAt },
    })
    track.revision = revision
    track.first = { head: view.head, page: view.firstPage }
    save(view, track, isLast)
    return view
  }

  const tell = (track: Track): void => {
    for (const listener of [...track.listeners]) listener()
  }

  const follow = (track: Track, name: string, { live, net }: Asked): void => {
    const stop = live.onAnswer(() => {
      try {
        revise(track, live.soFar()!, false)
        tell(track)
      } catch (error) {
        log.error({ err: error }, 'a revision could not be made')
      }
    })
    net
      .then(last => parts.onView(revise(track, last, true), last, track.question))
      .catch(error => log.error({ err: error }, 'a search could not be brought to its end'))
      .finally(() => {
        stop()
        byId.delete(track.id)
        if (byQuestion.get(name) === track) byQuestion.delete(name)
        tell(track)
      })
  }

  const waitHere = (track: Track, after: number, ms: number, signal: AbortSignal | undefined): Promise<void> =>
    new Promise(resolve => {
      const done = (): void => {
        timer.cancel()
        track.listeners.delete(look)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      // whoever has seen more than there is waits for what comes after that, or for the end
      const look = (): void => {
        if (track.revision > after || !byId.has(track.id)) done()
      }
      const timer = clock.after(ms, done)
      track.listeners.add(look)
      signal?.addEventListener('abort', done, { once: true })
    })

  const waitElsewhere = async (view: ViewId, after: number, ms: number, signal: AbortSignal | undefined) => {
    const until = clock.monotonicMs() + ms
    while (!signal?.aborted) {
      const progress = await store.findProgress(view)
      if (!progress || progress.done || progress.revision > after || progress.endsAt + 1_000 < clock.now()) return
      const leftMs = until - clock.monotonicMs()
      if (leftMs <= 0) return
      await clock.sleep(Math.min(lookMs, leftMs), signal).catch(() => undefined)
    }
  }

  return {
    begin(question, anew, askedAt) {
      const { tenant } = question.context
      const { deadlineMs, waitFor } = question.search
      const name = JSON.stringify([question.key, tenant, deadlineMs, waitFor])
      const known = anew ? undefined : byQuestion.get(name)
      const now = clock.now()
      if (known) return { first: known.first, base: ids.mint(known.id, tenant, now, 'shared') }
      const asked = lives.ask(question, { deadlineMs, askedAt, waitFor, order: 'arrival' }, { anew })
      const { live, began } = asked
      const id = newViewId()
      const base = ids.mint(id, tenant, now, began ? 'miss' : 'shared')
      const endsAt = askedAt + deadlineMs
      const waitingFor = live.soFar() ? live.waitingFor : question.suppliers.map(({ code }) => code)
      const view = views.build(live.soFar() ?? noneYet(now), question, {
        ...{ id: revisionId(id, 0), base, now, revision: 0, progress: { waitingFor, endsAt } },
      })
      const first = { head: view.head, page: view.firstPage }
      const listeners = new Set<() => void>()
      const track: Track = { id, question, base, startedAt: now, live, endsAt, listeners, first, revision: 0 }
      save(view, track, false)
      byId.set(id, track)
      byQuestion.set(name, track)
      follow(track, name, asked)
      return { first, base }
    },

    async read(view, revision, find) {
      const track = byId.get(view)
      const last = track ? undefined : await find(view)
      if (last && (revision === undefined || last.head.revision === revision)) return last
      if (revision !== undefined) return find(revisionId(view, revision))
      let newest = track?.revision ?? (await store.findProgress(view))?.revision ?? -1
      // another process may be writing the newest one just now
      for (; newest >= 0; newest--) {
        const found = await find(revisionId(view, newest))
        if (found) return found
      }
      return undefined
    },

    async wait(view, after, ms, signal) {
      if (waiters >= waitersMax)
        throw new ProblemError('overloaded', 'too many wait for news already', { retryAfterSeconds: 1 })
      waiters++
      try {
        const track = byId.get(view)
        if (!track) await waitElsewhere(view, after, ms, signal)
        else if (track.revision <= after) await waitHere(track, after, ms, signal)
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error
      } finally {
        waiters--
      }
    },

    async findProgress(view) {
      const track = byId.get(view)
      if (!track) return store.findProgress(view)
      const { revision, endsAt, first } = track
      return { revision, done: false, endsAt, expiresAt: first.head.expiresAt }
    },
  }
}
