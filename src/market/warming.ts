import type { Clock, EpochMs, Timer } from '../core/clock.ts'
import type { RequestContext } from '../core/context.ts'
import { newId } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import type { Metrics } from '../core/metrics.ts'
import { ProblemError } from '../core/problem.ts'
import type { SearchAnswer, SearchRequest } from '../shopping/port.ts'
import type { SearchLease, SearchLeases } from '../shopping/search-lease.ts'
import type { AskedQuestion, PopularSearches } from './popular.ts'

/** Asks the most asked questions of the busiest routes again before what is known of them is too old to show, so that
 *  whoever asks next need not wait. It asks as the tenant that asked, so the market of that tenant stays fresh too. One
 *  process at a time, within a budget of its own, and not at all while a supplier is near its own. */
export interface Warming {
  /** One round, or the one under way. For tests. */
  round(): Promise<void>
  close(): Promise<void>
}

export type WarmingParts = {
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly popular: Pick<PopularSearches, 'questions' | 'forget' | 'passOver'>
  readonly search: (request: SearchRequest, context: RequestContext) => Promise<SearchAnswer>
  /** false: a supplier is near its budget, held up or ill. */
  readonly suppliersHaveRoom: () => boolean
  /** Whoever holds the one of this name warms. */
  readonly leases: Pick<SearchLeases, 'acquire'>
  /** Searches that suppliers were asked for; above 0. */
  readonly searchesPerMinute: number
}

const roundMs = 5_000
/** Over some rounds: another process takes over soon after this one died. */
const leaseMs = 15_000
const leaseName = 'warming'
/** Questions looked at, and of one route: the second date of a busy route is asked more than the first of a quiet one. */
const questionsMax = 200
const questionsOfRouteMax = 5
/** Looked at again this soon where it was still fresh; a search lives 30 s at least (shopping/lifetimes.ts). */
const freshMs = 10_000
const refreshedMs = 20_000
const failedMs = 60_000
const atOnce = 2
/** Asked once by one traveller, nobody waits for it; twice, it decays to a little less than two. */
const scoreMin = 1.5

export function startWarming(parts: WarmingParts): Warming {
  const { clock, log } = parts
  const bucket = makeBucket(parts.searchesPerMinute, clock)
  /** Question -> when it is looked at again. */
  const dueAt = new Map<string, EpochMs>()
  let lease: SearchLease | undefined
  let timer: Timer | undefined
  let closed = false
  let running: Promise<void> | undefined

  const holdsLease = async (): Promise<boolean> => {
    if (lease && !(await lease.renew(leaseMs))) lease = undefined
    lease ??= await parts.leases.acquire(leaseName, leaseMs)
    return lease !== undefined
  }

  const ask = async (question: AskedQuestion): Promise<void> => {
    parts.popular.passOver(question.request)
    const context = { tenant: question.tenant, requestId: newId('req'), traceparent: null }
    const { outcome, pauseMs } = await warm(question, context, parts)
    if (outcome === 'fresh') bucket.giveBack()
    if (outcome === 'outdated') await parts.popular.forget(question)
    parts.metrics.count('fareloom_warm_searches_total', { outcome })
    dueAt.set(question.member, clock.now() + pauseMs)
  }

  const askAll = async (): Promise<void> => {
    if (!parts.suppliersHaveRoom() || bucket.isEmpty() || !(await holdsLease())) return
    const questions = inOrder(await parts.popular.questions(questionsMax))
    forgetOthers(dueAt, questions)
    const due = questions.filter(({ member }) => (dueAt.get(member) ?? 0) <= clock.now())
    const left = due[Symbol.iterator]()
    const askInTurn = async (): Promise<void> => {
      while (!closed && parts.suppliersHaveRoom() && bucket.take()) {
        const { value: question } = left.next()
        if (!question) return bucket.giveBack()
        await ask(question)
      }
    }
    await Promise.all(Array.from({ length: atOnce }, askInTurn))
  }

  const round = (): Promise<void> => {
    running ??= askAll()
      .catch(error => log.warn({ err: error }, 'a round of warming failed'))
      .finally(() => {
        running = undefined
      })
    return running
  }

  const next = (): void => {
    if (closed) return
    timer = clock.after(roundMs, () => void round().then(next), { unref: true })
  }
  next()
  return {
    round,
    async close() {
      closed = true
      timer?.cancel()
      await running
      await lease?.release().catch(() => undefined)
    },
  }
}

type Warmed = { readonly outcome: 'fresh' | 'refreshed' | 'outdated' | 'failed'; readonly pauseMs: number }
type Body = { readonly cache: { readonly status: string; readonly ageSeconds: number } }

/** What is fresh at this age can be shown until twice of it at least (shopping/lifetimes.ts): it is looked at before then. */
async function warm(question: AskedQuestion, context: RequestContext, { search, log }: WarmingParts): Promise<Warmed> {
  try {
    const { body } = await search(question.request, context)
    const { cache } = JSON.parse(Buffer.from(body).toString()) as Body
    if (cache.status !== 'hit') return { outcome: 'refreshed', pauseMs: refreshedMs }
    return { outcome: 'fresh', pauseMs: Math.max(freshMs, cache.ageSeconds * 800) }
  } catch (error) {
    if (error instanceof ProblemError && error.type === 'validation') return { outcome: 'outdated', pauseMs: failedMs }
    log.debug({ ...context, route: question.route, err: error }, 'a search could not be refreshed')
    return { outcome: 'failed', pauseMs: failedMs }
  }
}

/** The busiest routes first, of each its most asked questions. */
function inOrder(questions: readonly AskedQuestion[]): readonly AskedQuestion[] {
  const routes = new Map<string, { score: number; questions: AskedQuestion[] }>()
  for (const question of questions) {
    const route = routes.get(question.route) ?? { score: 0, questions: [] }
    routes.set(question.route, route)
    route.score += question.score
    if (route.questions.length < questionsOfRouteMax && question.score >= scoreMin) route.questions.push(question)
  }
  return [...routes.values()].sort((a, b) => b.score - a.score).flatMap(route => route.questions)
}

function forgetOthers(dueAt: Map<string, EpochMs>, questions: readonly AskedQuestion[]): void {
  const asked = new Set(questions.map(({ member }) => member))
  for (const member of dueAt.keys()) if (!asked.has(member)) dueAt.delete(member)
}

/** Tokens come evenly; what is not used within a quarter of a minute is lost. */
function makeBucket(perMinute: number, clock: Clock) {
  const most = Math.max(1, perMinute / 4)
  let tokens = Math.min(1, most)
  let at = clock.monotonicMs()
  const fill = (): void => {
    const now = clock.monotonicMs()
    tokens = Math.min(most, tokens + ((now - at) * perMinute) / 60_000)
    at = now
  }
  return {
    isEmpty(): boolean {
      fill()
      return tokens < 1
    },
    take(): boolean {
      fill()
      if (tokens < 1) return false
      tokens--
      return true
    },
    giveBack: () => {
      tokens = Math.min(most, tokens + 1)
    },
  }
}
