import { isIP } from 'node:net'
import { z } from '@hono/zod-openapi'
import { bookingStatuses } from '../../booking/port.ts'
import { addressGroup } from '../client-address.ts'
import { priceSchema, sliceSchema } from './offer.ts'
import {
  carrierSchema,
  countrySchema,
  dateSchema,
  idSchema,
  instantSchema,
  moneySchema,
  orNull,
  pageSchema,
  passengerTypeSchema,
  providerSchema,
} from './shared.ts'

const text = (max: number) => z.string().min(1, 'must not be empty').max(max, `at most ${max} characters`)

const paymentFields = {
  methodToken: text(255).openapi({ example: 'tok_visa' }),
  payer: z
    .strictObject({
      name: text(200).optional().openapi({ description: 'As on the card, or of the billing address.' }),
      address: text(64)
        .refine(address => isIP(address) !== 0, 'an IPv4 or IPv6 address')
        .transform(addressGroup)
        .optional()
        .openapi({ type: 'string', description: "The IP address that the traveller's request came from." }),
    })
    .optional()
    .openapi({ description: 'For the fraud score; not kept.' }),
}

const documentSchema = z.strictObject({
  type: z.enum(['passport', 'identity-card']),
  number: text(30).openapi({ example: 'X1234567' }),
  issuingCountry: countrySchema,
  expiryDate: dateSchema,
  nationality: countrySchema,
})

const bookingPassengerSchema = z
  .strictObject({
    id: text(64).openapi({ example: 'pax_1' }),
    type: passengerTypeSchema,
    title: z.string().max(10).optional().openapi({ example: 'MS' }),
    givenNames: text(60).openapi({ example: 'Ada' }),
    surname: text(60).openapi({ example: 'Example' }),
    birthDate: dateSchema,
    gender: z.enum(['F', 'M', 'X']).optional(),
    document: documentSchema.optional(),
    loyalty: z.strictObject({ carrier: carrierSchema, number: text(30) }).optional(),
    adultId: z.string().max(64).optional().openapi({ description: 'A lap infant names its adult.' }),
  })
  .openapi('BookingPassenger')

export const createBookingSchema = z
  .strictObject({
    offerId: text(128),
    passengers: z.array(bookingPassengerSchema).min(1).max(18),
    contact: z.strictObject({
      email: text(254).openapi({ example: 'ada@example.com' }),
      phone: text(32).openapi({ example: '+442071838750' }),
    }),
    payment: z.strictObject(paymentFields).optional(),
    priceChange: z
      .discriminatedUnion('policy', [
        z.strictObject({ policy: z.literal('refuse') }),
        z.strictObject({ policy: z.literal('accept'), upTo: moneySchema }),
      ])
      .optional(),
    hold: z.boolean().optional(),
    services: z.array(z.unknown()).max(0, 'no services can be booked yet: send an empty list or none').optional(),
    metadata: z
      .record(z.string().max(64), z.string().max(512))
      .refine(value => Object.keys(value).length <= 32, 'at most 32 entries')
      .optional(),
  })
  .openapi('CreateBooking', {
    example: {
      offerId: 'off_01jd6v3k8q4zr7xw5n2m9t0bce',
      passengers: [
        {
          id: 'pax_1',
          type: 'ADT',
          title: 'MS',
          givenNames: 'Ada',
          surname: 'Example',
          birthDate: '1990-12-10',
          gender: 'F',
        },
      ],
      contact: { email: 'ada@example.com', phone: '+442071838750' },
      payment: { methodToken: 'tok_visa' },
      priceChange: { policy: 'refuse' },
    },
  })

export const paymentSchema = z.strictObject(paymentFields).openapi('PayBooking')

export const quoteRequestSchema = z
  .strictObject({
    passengerIds: z.array(z.string()).min(1).max(18).optional(),
    sliceIndexes: z.array(z.int().min(0).max(5)).min(1).max(6).optional(),
  })
  .openapi('CancellationQuoteRequest', {
    description:
      'Empty, or left out: the whole booking, or what is left of it. `passengerIds`: these alone, where the supplier can (`cancel-passengers` in GET /v1/providers). No supplier cancels a slice alone.',
    example: {},
  })

const locatorSchema = z.object({ owner: z.string(), locator: z.string() })

const bookedPassengerSchema = z
  .object({
    id: z.string(),
    type: passengerTypeSchema,
    title: z.string().nullish(),
    givenNames: z.string().optional(),
    surname: z.string().optional(),
    birthDate: z.string().optional(),
    gender: z.enum(['F', 'M', 'X']).nullish(),
    document: documentSchema.extend({ number: z.string().openapi({ example: '****4567' }) }).nullish(),
    loyalty: z.object({ carrier: carrierSchema, number: z.string() }).nullish(),
    adultId: z.string().optional(),
    cancelled: z.boolean().openapi({ description: 'Taken out of the booking, alone or with all others.' }),
  })
  .openapi('BookedPassenger', {
    description: 'Only id and type where the booking was forgotten; documents are masked.',
  })

export const bookingSchema = z
  .object({
    id: idSchema('bkg'),
    reference: z.string().openapi({ example: 'K7M2QX' }),
    status: z.enum(bookingStatuses as [string, ...string[]]),
    createdAt: instantSchema,
    offerId: idSchema('off'),
    provider: providerSchema,
    orders: z.array(
      z.object({
        provider: providerSchema,
        offerId: z.string(),
        status: z.string(),
        locators: z.array(locatorSchema),
        segmentIds: z.array(z.string()),
        ticketBy: instantSchema.nullable(),
        total: orNull(moneySchema),
      }),
    ),
    recordLocators: z.array(locatorSchema),
    documents: z.array(
      z.object({
        kind: z.enum(['ticket', 'emd']),
        number: z.string().openapi({ example: '1252400000001' }),
        passengerId: z.string().nullable(),
        status: z.enum(['issued', 'void', 'refunded', 'exchanged']),
      }),
    ),
    passengers: z.array(bookedPassengerSchema),
    slices: z.array(sliceSchema),
    price: priceSchema,
    total: moneySchema.openapi({
      description: 'What the traveller is charged: without passengers who were let go before it was paid.',
    }),
    payments: z.array(
      z.object({
        id: idSchema('pay'),
        status: z.enum(['pending', 'authorised', 'captured', 'voided', 'refunded', 'partially-refunded', 'failed']),
        amount: moneySchema,
        refunded: moneySchema,
      }),
    ),
    refunds: z.array(z.object({ id: z.string(), paymentId: z.string(), status: z.string(), amount: moneySchema })),
    contact: z.object({ email: z.string(), phone: z.string() }).nullable(),
    ticketBy: instantSchema.nullable(),
    metadata: z.record(z.string(), z.string()),
    action: z
      .object({ type: z.string(), url: z.string() })
      .optional()
      .openapi({ description: 'With `action-required`: where the traveller must go (3-D Secure).' }),
    failure: z
      .object({ type: z.string(), detail: z.string() })
      .optional()
      .openapi({ description: 'Why a booking was undone; the type is that of a problem.' }),
    reason: z.string().nullish().openapi({ description: 'With `outcome-unknown`: what is being found out.' }),
  })
  .openapi('Booking')

export const bookingsPageSchema = z
  .object({ bookings: z.array(bookingSchema), page: pageSchema })
  .openapi('BookingsPage')

export const cancellationQuoteSchema = z
  .object({
    id: idSchema('cnq'),
    kind: z.enum(['void', 'refund', 'release']),
    passengerIds: orNull(z.array(z.string())).openapi({ description: 'Whom it is for; null: all who travel.' }),
    refund: moneySchema,
    penalty: moneySchema,
    expiresAt: instantSchema,
  })
  .openapi('CancellationQuote')
