import type { EpochMs } from '../core/clock.ts'
import type { TenantId } from '../core/tenant.ts'
import { DecayingScores, type Scored } from './decaying-scores.ts'

/** How often what was asked for, lately. Routes by tenant, since what one tenant's travellers look for is no other's
 *  business; questions of all tenants for warming, which answers nobody. */
export interface PopularityStore {
  add(tally: Tally, now: EpochMs): Promise<void>
  /** Members as in the tally, the highest score first. */
  routes(tenant: TenantId, limit: number, now: EpochMs): Promise<readonly Scored[]>
  questions(limit: number, now: EpochMs): Promise<readonly Scored[]>
  forgetQuestion(member: string): Promise<void>
}

export type Tally = {
  /** Tenant -> `LON-NYC` -> searches. */
  readonly routes: ReadonlyMap<TenantId, ReadonlyMap<string, number>>
  /** A question as text (popular.ts) -> searches. */
  readonly questions: ReadonlyMap<string, number>
}

/** Of each tenant, and of all. */
export const routesMax = 1_000
export const questionsMax = 1_000

export function makeMemoryPopularity(now: EpochMs): PopularityStore {
  const byTenant = new Map<TenantId, DecayingScores>()
  const asked = new DecayingScores(questionsMax, now)
  return {
    async add({ routes, questions }, at) {
      for (const [tenant, counts] of routes) {
        const scores = byTenant.get(tenant) ?? new DecayingScores(routesMax, now)
        byTenant.set(tenant, scores)
        for (const [route, count] of counts) scores.add(route, count, at)
      }
      for (const [question, count] of questions) asked.add(question, count, at)
    },
    routes: async (tenant, limit, at) => byTenant.get(tenant)?.top(limit, at) ?? [],
    questions: async (limit, at) => asked.top(limit, at),
    async forgetQuestion(member) {
      asked.remove(member)
    },
  }
}

/** Counted in both, so that memory can answer while Redis is away; then it knows this process's searches only. */
export function layerPopularity(memory: PopularityStore, shared: PopularityStore): PopularityStore {
  const either = async <T>(ask: (store: PopularityStore) => Promise<T>): Promise<T> => {
    try {
      return await ask(shared)
    } catch {
      // its connection tells of its trouble by itself
      return ask(memory)
    }
  }
  const both = async (act: (store: PopularityStore) => Promise<void>): Promise<void> => {
    await act(memory)
    await act(shared).catch(() => undefined)
  }
  return {
    add: (tally, now) => both(store => store.add(tally, now)),
    routes: (tenant, limit, now) => either(store => store.routes(tenant, limit, now)),
    questions: (limit, now) => either(store => store.questions(limit, now)),
    forgetQuestion: member => both(store => store.forgetQuestion(member)),
  }
}
