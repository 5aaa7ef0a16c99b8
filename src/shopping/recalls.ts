import type { Clock, EpochMs } from '../core/clock.ts'
import type { TenantId } from '../core/tenant.ts'
import type { Question } from './live-searches.ts'
import { type OfferStore, StoreUnavailable } from './offer-store.ts'
import type { Recalled, SearchRequest } from './port.ts'
import { type AnswerKey, answerKey, type ReadyAnswer } from './ready-answer.ts'
import { startOf } from './ready-body.ts'
import { searchIdOf } from './search-ids.ts'
import type { Searching } from './searching.ts'

/** Requests that have been asked before, by the object itself: what they mean, and the ready answers to them. */
export interface Recalls {
  /** `checkedAt`: when what its dates mean was looked at. */
  remember(request: SearchRequest, question: Omit<Question, 'context'>, checkedAt: EpochMs): void
  /** As Shopping has them. */
  recall(request: SearchRequest, tenant: TenantId): Recalled | undefined
  recallShared(request: SearchRequest, tenant: TenantId): Promise<Recalled | undefined>
}

export type RecallsParts = {
  readonly clock: Clock
  readonly store: OfferStore
  readonly searching: Pick<Searching, 'tell'>
  /** With each that is answered. */
  readonly onAsk: (request: SearchRequest, question: Omit<Question, 'context'>, tenant: TenantId) => void
}

type Standing = {
  readonly question: Omit<Question, 'context'>
  readonly until: EpochMs
  /** Put together once: they are looked for with each search. */
  readonly keys: Map<TenantId, AnswerKey>
}

/** Within so long no local date changes anywhere: midnights of all zones are at quarters of an hour. What a question means
 *  needs no second look until then. */
const sameDaysMs = 15 * 60_000

export function makeRecalls({ clock, store, searching, onAsk }: RecallsParts): Recalls {
  const asked = new WeakMap<SearchRequest, Standing>()

  const find = (request: SearchRequest): Standing | undefined => {
    const standing = asked.get(request)
    return standing && standing.until > clock.now() ? standing : undefined
  }

  const recalled =
    (request: SearchRequest, { question }: Standing, ready: ReadyAnswer): Recalled =>
    context => {
      onAsk(request, question, context.tenant)
      const base = searching.tell(ready, question, context)
      const start = startOf(ready.body, base, ready.netAt)
      const length = ready.body.lengthWith(start)
      return { id: searchIdOf(base), length, lend: head => ready.body.lend(head, start, base) }
    }

  return {
    remember(request, question, checkedAt) {
      const until = (Math.floor(checkedAt / sameDaysMs) + 1) * sameDaysMs
      asked.set(request, { question, until, keys: new Map() })
    },
    recall(request, tenant) {
      const standing = find(request)
      const ready = standing && store.recallAnswer(keyOf(standing, tenant))
      return ready && recalled(request, standing, ready)
    },
    async recallShared(request, tenant) {
      const standing = find(request)
      const ready = standing && (await store.findAnswer(keyOf(standing, tenant)).catch(noneWhereAway))
      return ready && recalled(request, standing, ready)
    },
  }
}

function keyOf({ question, keys }: Standing, tenant: TenantId): AnswerKey {
  let key = keys.get(tenant)
  if (key === undefined) {
    key = answerKey(question.key, tenant)
    keys.set(tenant, key)
  }
  return key
}

/** The cache spares work; without it the work is done. */
function noneWhereAway(error: unknown): undefined {
  if (!(error instanceof StoreUnavailable)) throw error
}
