import { z } from '@hono/zod-openapi'
import {
  airportSchema,
  cabinSchema,
  carrierSchema,
  countrySchema,
  currencySchema,
  dateSchema,
  inDays,
  instantSchema,
  moneySchema,
  orNull,
  providerSchema,
} from './shared.ts'

/** What the routes over the memory of the market have in common. Figures are for one adult, as this tenant was shown them. */
export const tripSchema = z.enum(['one-way', 'return'])
export const monthSchema = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'a month such as 2027-03')
  .openapi({ example: inDays(60).slice(0, 7) })
export const amountSchema = z.string().regex(/^\d{1,13}(\.\d{1,4})?$/, 'a decimal amount such as 355.34')

export const fareExample = {
  price: { amount: '355.34', currency: 'EUR' },
  trip: 'one-way' as const,
  origin: 'LHR',
  destination: 'JFK',
  route: 'LHR-JFK',
  departure: '2027-03-10T08:20:00Z',
  arrival: '2027-03-10T16:15:00Z',
  departureDate: '2027-03-10',
  returnDate: null,
  nights: null,
  durationMinutes: 475,
  stops: 0,
  carriers: ['BA'],
  validatingCarrier: 'BA',
  cabins: ['economy'],
  provider: 'amadeus',
  pointOfSale: 'GB',
  shoppedAt: '2027-01-05T10:00:00Z',
}

export const marketFareSchema = z
  .object({
    price: moneySchema,
    trip: z.enum(['one-way', 'return', 'multi']),
    origin: airportSchema,
    destination: airportSchema,
    route: z.string(),
    departure: instantSchema,
    arrival: instantSchema,
    departureDate: dateSchema,
    returnDate: orNull(dateSchema),
    nights: z.int().nullable(),
    durationMinutes: z.int().nullable(),
    stops: z.int(),
    carriers: z.array(carrierSchema),
    validatingCarrier: orNull(carrierSchema),
    cabins: z.array(cabinSchema),
    provider: providerSchema,
    pointOfSale: countrySchema,
    shoppedAt: instantSchema,
  })
  .openapi('MarketFare', {
    description:
      'An itinerary as it was shown when it was shopped, for one adult. `departure` and `arrival` are instants of the first slice. Search again before booking.',
    example: fareExample,
  })

export const freshnessSchema = z
  .object({ newest: orNull(instantSchema), oldest: orNull(instantSchema) })
  .openapi('Freshness', {
    description: 'When the figures of this answer were shopped; null where it has none.',
    example: { newest: '2027-01-05T10:00:00Z', oldest: '2027-01-04T22:10:00Z' },
  })

/** Query parameters of the three that compare like with like. */
export const comparisonParameters = {
  currency: currencySchema.optional(),
  cabin: cabinSchema.optional(),
  pointOfSale: countrySchema.optional(),
}
