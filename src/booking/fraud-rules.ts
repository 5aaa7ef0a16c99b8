import { z } from 'zod'
import { type Money, parseMoney } from '../core/money.ts'
import { parseSettings } from '../pricing/settings.ts'

/** What makes a payment suspicious, each with its points; the sum decides. */
export type FraudRules = {
  /** From so many points a person looks at it before anything is ordered. */
  readonly review: number
  /** From so many nothing is charged. */
  readonly block: number
  readonly rules: readonly FraudRule[]
}

export type FraudRule = { readonly points: number } & (
  | {
      readonly name: 'card-velocity' | 'address-velocity'
      /** More payments than this by the same card, or from the same address, … */
      readonly over: number
      readonly withinMinutes: number
    }
  | { readonly name: 'amount'; readonly from: Money }
  /** Departure is nearer than this; `one-way-soon`: and nobody flies back. */
  | { readonly name: 'lead-time' | 'one-way-soon'; readonly underHours: number }
  /** Whoever pays has the surname of none who travels. */
  | { readonly name: 'name-mismatch' }
)

const minutesMax = 7 * 24 * 60
const points = z.int().min(0).max(1_000)
const velocity = {
  points,
  over: z.int().min(0).max(1_000),
  withinMinutes: z.int().min(1).max(minutesMax),
}
const soon = { points, underHours: z.int().min(1).max(8_784) }
const amount = z
  .strictObject({ amount: z.string(), currency: z.string().regex(/^[A-Z]{3}$/, 'a currency has three letters') })
  .transform((given, context): Money => {
    const money = parseMoney(given.amount, given.currency)
    if (money && money.amountMinor >= 0) return money
    context.addIssue({ code: 'custom', message: `"${given.amount}" is no amount of ${given.currency}` })
    return z.NEVER
  })

const ruleSchema = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('card-velocity'), ...velocity }),
  z.strictObject({ name: z.literal('address-velocity'), ...velocity }),
  z.strictObject({ name: z.literal('amount'), points, from: amount }),
  z.strictObject({ name: z.literal('lead-time'), ...soon }),
  z.strictObject({ name: z.literal('one-way-soon'), ...soon }),
  z.strictObject({ name: z.literal('name-mismatch'), points }),
])

const rulesSchema = z
  .strictObject({ review: z.int().min(1), block: z.int().min(1), rules: z.array(ruleSchema).max(50) })
  .refine(({ review, block }) => review <= block, { message: 'review must not be above block', path: ['review'] })
  .refine(({ rules }) => new Set(rules.map(({ name }) => name)).size === rules.length, {
    message: 'each rule may be given once',
    path: ['rules'],
  })

/** Throws SettingsFileError with the line of each mistake; `name` is the file's. */
export function parseFraudRules(name: string, text: string): FraudRules {
  return parseSettings(name, text, rulesSchema)
}
