import { z } from '@hono/zod-openapi'
import {
  airportSchema,
  cabinSchema,
  carrierSchema,
  faultSchema,
  idSchema,
  instantSchema,
  localDateTimeSchema,
  moneySchema,
  orNull,
  pageSchema,
  passengerTypeSchema,
  providerSchema,
} from './shared.ts'

/** Answers only: what a client may rely on. Requests are parsed by schemas beside their routes. */
const chargeSchema = z.object({ code: z.string(), amount: moneySchema })

const baggageSchema = z
  .object({ pieces: z.int().nullable(), weightKg: z.number().nullable(), weightLb: z.number().nullable() })
  .openapi('Baggage', {
    description: 'null: not said. By weight: pieces is null. No allowance: 0 pieces.',
    example: { pieces: 1, weightKg: 23, weightLb: null },
  })

const segmentFareSchema = z
  .object({
    passengerType: passengerTypeSchema,
    fareBasis: z.string().nullable().openapi({ example: 'OLX6GB' }),
    bookingClass: z.string().nullable().openapi({ example: 'O' }),
    cabin: orNull(cabinSchema),
    brand: z.object({ code: z.string().nullable(), name: z.string().nullable() }).nullable(),
    baggage: z.object({ checked: orNull(baggageSchema), cabin: orNull(baggageSchema) }),
  })
  .openapi('SegmentFare')

export const segmentSchema = z
  .object({
    id: z.string().openapi({ example: 'seg_1' }),
    marketing: z.object({ carrier: carrierSchema, number: z.string() }),
    operating: z.object({
      carrier: carrierSchema.nullable(),
      number: z.string().nullable(),
      name: z.string().nullable(),
    }),
    origin: airportSchema,
    originTerminal: z.string().nullable(),
    destination: airportSchema,
    destinationTerminal: z.string().nullable(),
    departure: localDateTimeSchema,
    departureZone: z.string().nullable().openapi({ example: 'Europe/London' }),
    arrival: localDateTimeSchema,
    arrivalZone: z.string().nullable().openapi({ example: 'America/New_York' }),
    durationMinutes: z.int().nullable(),
    aircraft: z.string().nullable().openapi({ example: '77W' }),
    stops: z.array(z.object({ airport: airportSchema, minutes: z.int().nullable() })),
    marriageGroup: z.string().nullable(),
    fares: z.array(segmentFareSchema),
    status: z.string().nullable().openapi({ description: 'HK, TK, UN … in a booking; null in an offer.' }),
  })
  .openapi('Segment')

export const sliceSchema = z
  .object({
    origin: airportSchema,
    destination: airportSchema,
    durationMinutes: z.int().nullable(),
    segments: z.array(segmentSchema),
    connections: z.array(
      z.object({
        airport: airportSchema,
        minutes: z.int().nullable(),
        airportChange: z.boolean(),
        overnight: z.boolean(),
        selfTransfer: z.boolean(),
      }),
    ),
  })
  .openapi('Slice')

export const priceSchema = z
  .object({
    base: moneySchema,
    taxes: moneySchema,
    fees: moneySchema,
    total: moneySchema,
    supplierTotal: moneySchema,
    rate: z.object({ id: z.string(), value: z.string(), date: z.string() }).nullable(),
  })
  .openapi('Price', { description: 'For all passengers; base + taxes + fees = total, to the minor unit.' })

const conditionSchema = z.object({ allowed: z.boolean().nullable(), fee: orNull(moneySchema) })

export const offerSchema = z
  .object({
    id: idSchema('off'),
    searchId: idSchema('src'),
    replaces: z.string().nullable(),
    provider: providerSchema,
    validatingCarrier: carrierSchema.nullable(),
    total: moneySchema,
    price: priceSchema,
    passengers: z.array(
      z.object({
        ids: z.array(z.string()),
        type: passengerTypeSchema,
        count: z.int(),
        each: z.object({
          base: moneySchema,
          taxes: z.array(chargeSchema),
          fees: z.array(chargeSchema),
          total: moneySchema,
        }),
      }),
    ),
    slices: z.array(sliceSchema),
    conditions: z.object({ change: conditionSchema, refund: conditionSchema }),
    requirements: z.object({
      documents: z.enum(['required', 'optional']).nullable(),
      gender: z.boolean().nullable(),
      birthDate: z.boolean().nullable(),
      instantPayment: z.boolean().nullable(),
      holdAllowed: z.boolean().nullable(),
    }),
    seatsLeft: z.int().nullable(),
    ticketBy: instantSchema.nullable(),
    expiresAt: instantSchema,
    alternatives: z.array(z.object({ offerId: z.string(), provider: providerSchema, total: moneySchema })),
    labels: z.array(z.enum(['best', 'cheapest', 'fastest'])).optional(),
    explanation: z.array(z.unknown()).optional(),
  })
  .openapi('Offer', {
    description: 'Never changes: what a confirmation changes is a new offer that `replaces` the old one.',
  })

const facetEntrySchema = z.object({ value: z.union([z.string(), z.int()]), count: z.int(), lowest: moneySchema })
const facetsSchema = z
  .object({
    carriers: z.array(facetEntrySchema),
    stops: z.array(facetEntrySchema),
    cabins: z.array(facetEntrySchema),
    brands: z.array(facetEntrySchema),
    airports: z.array(facetEntrySchema),
    providers: z.array(facetEntrySchema),
    price: z.object({ min: orNull(moneySchema), max: orNull(moneySchema) }),
    durationMinutes: z.object({ min: z.int().nullable(), max: z.int().nullable() }),
  })
  .openapi('Facets', { description: 'Counts of merged rows; each facet ignores its own filter.' })

export const offersPageSchema = z
  .object({ offers: z.array(offerSchema), page: pageSchema, facets: facetsSchema })
  .openapi('OffersPage')

export const searchAnswerSchema = z
  .object({
    id: idSchema('src'),
    status: z.enum(['complete', 'partial', 'in-progress']),
    revision: z.int(),
    createdAt: instantSchema,
    expiresAt: instantSchema,
    currency: z.string(),
    cache: z.object({ status: z.enum(['miss', 'hit', 'stale', 'shared']), ageSeconds: z.number() }),
    providers: z.array(
      z.object({
        code: providerSchema,
        status: z.enum(['ok', 'partial', 'timeout', 'circuit-open', 'rate-limited', 'error', 'skipped']),
        elapsedMs: z.number(),
        offers: z.int(),
        fault: faultSchema.optional(),
      }),
    ),
    waitingFor: z
      .array(providerSchema)
      .optional()
      .openapi({ description: 'While it is in progress: suppliers that have not answered yet.' }),
    offers: z.array(offerSchema),
    page: pageSchema,
    facets: facetsSchema,
    highlights: z
      .object({ best: z.string().nullable(), cheapest: z.string().nullable(), fastest: z.string().nullable() })
      .openapi({ description: 'Ids of offers, to tell them apart on the first page.' }),
    warnings: z.array(
      z.object({ provider: z.string().optional(), code: z.string(), text: z.string() }).catchall(z.unknown()),
    ),
  })
  .openapi('Search')

export const priceConfirmationSchema = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('unchanged'), offer: offerSchema }),
    z.object({
      kind: z.literal('changed'),
      old: moneySchema,
      new: moneySchema,
      difference: moneySchema,
      offer: offerSchema,
    }),
    z.object({ kind: z.literal('gone'), reason: z.string() }),
  ])
  .openapi('PriceConfirmation')
