import type { Clock, Timer } from '../core/clock.ts'
import type { RequestContext } from '../core/context.ts'
import type { Log } from '../core/log.ts'
import type { TenantId } from '../core/tenant.ts'
import { cityCodeOf } from '../reference/airports.ts'
import type { SearchRequest } from '../shopping/port.ts'
import type { PopularityStore, Tally } from './popularity.ts'

export interface PopularSearches {
  /** With every search, answered from memory or not: keeps the request for a moment, no more. */
  note(request: SearchRequest, tenant: TenantId): void
  /** City pairs of this tenant's searches, the most asked for first. */
  routes(limit: number, context: Pick<RequestContext, 'tenant'>): Promise<readonly PopularRoute[]>
  /** Of all tenants, the most asked first: for warming. */
  questions(limit: number): Promise<readonly AskedQuestion[]>
  /** Cannot be asked any more (its date has gone by). */
  forget(question: AskedQuestion): Promise<void>
  /** Asked by ourselves, which says nothing about what people look for: note() passes it over. */
  passOver(request: SearchRequest): void
  /** Counts what was noted. For tests and for draining. */
  flush(): Promise<void>
  close(): Promise<void>
}

/** `score`: searches, each worth half as much after a day. */
export type PopularRoute = { readonly origin: string; readonly destination: string; readonly score: number }

export type AskedQuestion = {
  readonly tenant: TenantId
  readonly request: SearchRequest
  readonly route: string
  readonly score: number
  /** As the store keeps it. */
  readonly member: string
}

const flushMs = 1_000
/** Searches looked at between two counts: above, every second one is let go and the others count twice, and so on. What a
 *  count costs is bounded then, whatever the load. */
const sampleMax = 512
/** A question longer than this is nobody else's. */
const questionLengthMax = 2_000

type Noted = { readonly request: SearchRequest; readonly tenant: TenantId }
export type PopularParts = { readonly store: PopularityStore; readonly clock: Clock; readonly log: Log }

export function countPopular({ store, clock, log }: PopularParts): PopularSearches {
  const own = new WeakSet<SearchRequest>()
  let noted: Noted[] = []
  let stride = 1
  let seen = 0
  let timer: Timer | undefined
  let closed = false

  const flush = async (): Promise<void> => {
    timer?.cancel()
    timer = undefined
    if (noted.length === 0) return
    const tally = tallyOf(noted, stride)
    noted = []
    stride = 1
    seen = 0
    try {
      await store.add(tally, clock.now())
    } catch (error) {
      log.warn({ err: error }, 'popular searches were not counted')
    }
  }

  return {
    note(request, tenant) {
      if (seen++ % stride !== 0 || closed || own.has(request)) return
      noted.push({ request, tenant })
      if (noted.length > sampleMax) {
        noted = noted.filter((_, i) => i % 2 === 0)
        stride *= 2
      }
      timer ??= clock.after(flushMs, () => void flush(), { unref: true })
    },
    async routes(limit, { tenant }) {
      const found = await store.routes(tenant, limit, clock.now())
      return found.map(({ member, score }) => {
        const [origin, destination] = member.split('-') as [string, string]
        return { origin, destination, score: Math.round(score * 1_000) / 1_000 }
      })
    },
    async questions(limit) {
      const found = await store.questions(limit, clock.now())
      return found.map(({ member, score }) => ({ ...questionOf(member), member, score }))
    },
    passOver: request => void own.add(request),
    forget: ({ member }) => store.forgetQuestion(member),
    flush,
    async close() {
      await flush()
      closed = true
    },
  }
}

function tallyOf(noted: readonly Noted[], weight: number): Tally {
  const routes = new Map<TenantId, Map<string, number>>()
  const questions = new Map<string, number>()
  for (const { request, tenant } of noted) {
    const counts = routes.get(tenant) ?? new Map<string, number>()
    routes.set(tenant, counts)
    const route = routeOf(request)
    counts.set(route, (counts.get(route) ?? 0) + weight)
    const question = questionText(request, tenant)
    if (question) questions.set(question, (questions.get(question) ?? 0) + weight)
  }
  return { routes, questions }
}

/** Cities of the first slice. */
function routeOf({ slices }: SearchRequest): string {
  const { origin, destination } = slices[0]!
  return `${cityCodeOf(origin) ?? origin}-${cityCodeOf(destination) ?? destination}`
}

/** What asks suppliers the same again; how long somebody would wait is left out. Undefined where account codes open fares
 *  that are their holder's own, and for what is too long. */
function questionText(request: SearchRequest, tenant: TenantId): string | undefined {
  if ((request.accountCodes?.length ?? 0) > 0) return undefined
  const { slices, passengers, cabin, currency, pointOfSale, maxConnections, carriers, providers } = request
  const question = { slices, passengers, cabin, currency, pointOfSale, maxConnections, carriers, providers }
  const text = JSON.stringify([tenant, question])
  return text.length <= questionLengthMax ? text : undefined
}

function questionOf(member: string): Pick<AskedQuestion, 'tenant' | 'request' | 'route'> {
  const [tenant, request] = JSON.parse(member) as [TenantId, SearchRequest]
  return { tenant, request, route: routeOf(request) }
}
