import { z } from '@hono/zod-openapi'
import { bookingStatuses } from '../../booking/port.ts'
import { bookingSchema } from './booking.ts'
import { idSchema, instantSchema, moneySchema, orNull, pageSchema, providerSchema } from './shared.ts'

const resolutions = ['retry', 'done', 'not-done', 'all-gone', 'found'] as const

export const workItemSchema = z
  .object({
    id: idSchema('wit'),
    status: z.enum(['open', 'resolved']),
    openedAt: instantSchema,
    resolvedAt: orNull(instantSchema),
    reason: z.string(),
    step: z.string().openapi({
      description: 'Of the booking flow (create-order, issue-tickets, capture …), fraud-review or dispute.',
    }),
    target: z.string().openapi({ description: 'The order, payment, refund, fraud score or dispute that it is about.' }),
    resolutions: z.array(z.enum(resolutions)).openapi({ description: 'What may be said of it.' }),
    resolution: orNull(z.enum(resolutions)),
    passengerIds: orNull(z.array(z.string())).openapi({
      description: 'Of a cancellation of some passengers only: of whom.',
    }),
    note: orNull(z.string()),
    provider: providerSchema,
    attempts: z
      .array(
        z.object({
          step: z.string(),
          startedAt: instantSchema,
          outcome: z.enum(['started', 'done', 'refused', 'unknown']),
          fault: orNull(z.object({ kind: z.string(), code: orNull(z.string()), text: z.string() })),
        }),
      )
      .openapi({ description: 'The calls that were made for it, oldest first.' }),
    gatewayPayments: z.array(
      z.object({
        id: idSchema('pay'),
        gateway: z.string(),
        gatewayPaymentId: orNull(z.string()),
        status: z.string(),
        amount: moneySchema,
        fraud: z
          .object({
            score: z.int(),
            verdict: z.enum(['pass', 'review', 'block']),
            factors: z.array(z.object({ rule: z.string(), points: z.int() })),
          })
          .optional(),
      }),
    ),
    booking: bookingSchema,
  })
  .openapi('WorkItem')

export const workItemsPageSchema = z
  .object({ workItems: z.array(workItemSchema), page: pageSchema })
  .openapi('WorkItemsPage')

const text = (max: number, what: RegExp) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(max, `at most ${max} characters`)
    // no pattern in the document: not every reader of it knows classes of Unicode
    .refine(value => what.test(value), 'has characters that cannot be shown')

/** Lines of text. */
const notes = /^[^\p{Cs}\p{Cc}]*(?:[\t\n\r][^\p{Cs}\p{Cc}]*)*$/u
/** For the audit log and one line of a timeline. */
const names = /^[^\p{Cs}\p{Cc}\p{Cf}]*$/u

export const resolveSchema = z
  .strictObject({
    resolution: z.enum(resolutions).openapi({
      description:
        'retry: look or try again. done: it was done outside. not-done: it is certain that it was not. all-gone: some were to be cancelled and the supplier has cancelled everybody. found: the order is the one of `locator`.',
    }),
    locator: z
      .string()
      .regex(/^[\x21-\x7e]{1,100}$/, "the supplier's locator or order id")
      .optional(),
    note: text(2_000, notes),
    by: text(100, names).openapi({ description: 'Who says so: goes into the audit log.' }),
  })
  .openapi('ResolveWorkItem', {
    example: { resolution: 'retry', note: 'The supplier had an outage; it answers again.', by: 'agent-7' },
  })

export const timelineSchema = z
  .object({
    events: z.array(
      z.object({
        sequence: z.int(),
        at: instantSchema,
        actor: z.string(),
        requestId: z.string(),
        kind: z.string(),
        status: z.enum(bookingStatuses as [string, ...string[]]),
        text: z.string(),
      }),
    ),
    audit: z.object({
      intact: z.boolean(),
      brokenAt: orNull(z.int()).openapi({ description: 'The first entry that was changed or is missing.' }),
    }),
    page: pageSchema,
  })
  .openapi('BookingTimeline')
