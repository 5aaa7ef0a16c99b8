import { z } from '@hono/zod-openapi'
import type { GuardedProvider, ProviderBudget } from '../../providers/guard.ts'
import type { CacheReport } from '../../shopping/learned-lifetimes.ts'
import { answers } from '../answers.ts'
import { replyJson } from '../reply.ts'
import type { Route } from '../route.ts'
import { dateSchema, providerSchema } from '../schemas/shared.ts'

const countOrNull = z.number().nullable()

const budgetSchema = z.object({
  processShare: z.number(),
  concurrency: z.object({ cap: z.int(), limit: z.int(), inFlight: z.int(), waiting: z.int() }),
  rate: z.object({
    perSecond: countOrNull,
    perMinute: countOrNull,
    burst: z.int(),
    waiting: z.int(),
    pausedForMs: z.int(),
  }),
  looks: z.object({
    day: dateSchema,
    zone: z.string(),
    count: z.int(),
    perDay: countOrNull,
    toBook: countOrNull,
    bookings: z.int(),
    allowed: countOrNull,
    usedShare: countOrNull,
  }),
  hedge: z.object({ mode: z.enum(['off', 'reads', 'on']), sent: z.int() }),
})

const cacheSchema = z.object({
  lifetimeSeconds: z.object({ min: z.int(), max: z.int() }),
  confirmations: z.number(),
  changedShare: z.number(),
  text: z.string(),
})

const providersSchema = z
  .object({
    providers: z.array(
      z.object({
        code: providerSchema,
        capabilities: z.array(z.string()),
        notes: z.array(z.string()),
        slicesMax: z.int(),
        passengersMax: z.int(),
        passengerTypes: z.array(z.string()),
        operations: z.array(
          z.object({
            name: z.string(),
            state: z.enum(['closed', 'open', 'half-open']),
            latencyMs: z.object({ p50: z.number().nullable(), p95: z.number().nullable() }),
            errorRate: z.number().nullable(),
            calls: z.int(),
          }),
        ),
        budget: budgetSchema,
        cache: cacheSchema,
      }),
    ),
  })
  .openapi('Providers')

export const getProviders: Route = {
  method: 'get',
  path: '/v1/providers',
  docs: {
    tags: ['Operation'],
    summary: 'Suppliers: what they can do and how they are',
    responses: answers({ 200: ['All suppliers in use', providersSchema] }),
  },
  handle({ context, parts }) {
    const { providers, shopping } = parts
    const reports = providers.list().map(provider => providerJson(provider, shopping.cacheReport(provider.code)))
    return replyJson(context, 200, { providers: reports })
  },
}

function providerJson(provider: GuardedProvider, cache: CacheReport): unknown {
  const { capabilities } = provider
  const words = (
    ['hold', 'ticketHeld', 'release', 'void', 'refund', 'cancelPassengers', 'findByReference', 'accountCodes'] as const
  ).filter(name => capabilities[name])
  return {
    code: provider.code,
    capabilities: ['shop', 'confirm-price', 'create-order', ...words.map(kebabCase)],
    notes: capabilities.notes,
    slicesMax: capabilities.slicesMax,
    passengersMax: capabilities.passengersMax,
    passengerTypes: capabilities.passengerTypes,
    operations: provider.operations(),
    budget: budgetJson(provider.budget()),
    cache,
  }
}

function budgetJson({ settings, concurrency, hedges, share, ...used }: ProviderBudget): unknown {
  return {
    processShare: Math.round(share * 1000) / 1000,
    concurrency,
    rate: {
      perSecond: settings.ratePerSecond,
      perMinute: settings.ratePerMinute,
      burst: settings.burst,
      waiting: used.waiting,
      pausedForMs: Math.ceil(used.pausedForMs),
    },
    looks: {
      day: used.day,
      zone: settings.dayZone,
      count: used.looks,
      perDay: settings.looksPerDay,
      toBook: settings.lookToBook,
      bookings: used.bookings,
      allowed: used.looksAllowed,
      usedShare: used.looksUsed === null ? null : Math.round(used.looksUsed * 1000) / 1000,
    },
    hedge: { mode: settings.hedge, sent: hedges },
  }
}

function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
}
