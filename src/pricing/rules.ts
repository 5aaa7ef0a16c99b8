import { z } from 'zod'
import {
  type AirlineCode,
  type AirportCode,
  type Cabin,
  cabins,
  type PassengerType,
  passengerTypes,
} from '../core/itinerary.ts'
import { type Money, parseMoney, percentage, type Ratio } from '../core/money.ts'
import type { ProviderCode } from '../core/offer.ts'
import type { TenantId } from '../core/tenant.ts'
import { parseSettings } from './settings.ts'

/** What we add to a supplier's price, per passenger. For each passenger type the first matching mark-up and the first
 *  matching fee apply, in the order of the file; a mark-up goes into the base fare, a fee is shown under its code. */
export type PricingRules = { readonly markups: readonly MarkupRule[]; readonly fees: readonly FeeRule[] }

export type MarkupRule = { readonly id: string; readonly when: Scope; readonly add: Addition }
export type FeeRule = { readonly id: string; readonly when: Scope; readonly code: string; readonly amount: Money }

export type Addition =
  | { readonly kind: 'percent'; readonly of: 'base' | 'total'; readonly ratio: Ratio }
  | { readonly kind: 'amount'; readonly amount: Money }

/** Absent: any. `origin` and `destination` are of the first slice: airport, city or country (`country:GB`). */
export type Scope = {
  readonly tenants?: readonly TenantId[] | undefined
  readonly providers?: readonly ProviderCode[] | undefined
  readonly carriers?: readonly AirlineCode[] | undefined
  readonly pointsOfSale?: readonly string[] | undefined
  readonly origins?: readonly string[] | undefined
  readonly destinations?: readonly string[] | undefined
  readonly cabins?: readonly Cabin[] | undefined
  readonly passengerTypes?: readonly PassengerType[] | undefined
}

export type ScopeFacts = {
  readonly tenant: TenantId
  readonly provider: ProviderCode
  readonly carrier: AirlineCode | null
  readonly pointOfSale: string
  readonly origin: AirportCode
  readonly destination: AirportCode
  readonly cabin: Cabin | null
  readonly passengerType: PassengerType
}

const list = (item: z.ZodType<string>, what: string) =>
  z.array(item).min(1, `${what} is empty: leave it out to mean any`)
const code = (pattern: RegExp, text: string) => z.string().regex(pattern, text)
const placeSchema = code(/^([A-Z]{3}|country:[A-Z]{2})$/, 'a place is an airport or city code, or country:GB')
const scopeSchema = z.strictObject({
  tenants: list(z.string().min(1), 'tenants').optional(),
  providers: list(code(/^[a-z][a-z0-9-]*$/, 'a provider is a folder name such as amadeus'), 'providers').optional(),
  carriers: list(code(/^[A-Z0-9]{2}$/, 'a carrier is two characters'), 'carriers').optional(),
  pointsOfSale: list(code(/^[A-Z]{2}$/, 'a point of sale is a two-letter country code'), 'pointsOfSale').optional(),
  origins: list(placeSchema, 'origins').optional(),
  destinations: list(placeSchema, 'destinations').optional(),
  cabins: z
    .array(z.enum(cabins as [Cabin, ...Cabin[]]))
    .min(1)
    .optional(),
  passengerTypes: z
    .array(z.enum(passengerTypes as [PassengerType, ...PassengerType[]]))
    .min(1)
    .optional(),
})
const amountSchema = z
  .strictObject({ amount: z.string(), currency: code(/^[A-Z]{3}$/, 'a currency is three capital letters') })
  .transform((value, context) => {
    const parsed = parseMoney(value.amount, value.currency)
    if (parsed && parsed.amountMinor >= 0) return parsed
    context.addIssue(
      `"${value.amount}" is no amount of ${value.currency} (a decimal string such as "7.50", not negative)`,
    )
    return z.NEVER
  })
const additionSchema = z
  .strictObject({
    percent: z.string().optional(),
    of: z.enum(['base', 'total']).optional(),
    amount: z.string().optional(),
    currency: z.string().optional(),
  })
  .transform((value, context): Addition => {
    const addition = value.percent === undefined ? amountOf(value) : percentOf(value)
    if (typeof addition !== 'string') return addition
    context.addIssue(addition)
    return z.NEVER
  })
const fileSchema = z.strictObject({
  markups: z.array(z.strictObject({ id: z.string().min(1), when: scopeSchema, add: additionSchema })),
  fees: z.array(
    z.strictObject({
      id: z.string().min(1),
      when: scopeSchema,
      code: code(/^[a-z][a-z-]{1,30}$/, 'a fee code is a word such as service'),
      amount: amountSchema,
    }),
  ),
})

/** A text is what is wrong. */
function percentOf(value: {
  readonly percent?: string | undefined
  readonly of?: 'base' | 'total' | undefined
}): Addition | string {
  const ratio = percentage(value.percent ?? '')
  if (!ratio || Number(value.percent) > 100) return `"${value.percent}" is no percentage from 0 to 100 such as "2.5"`
  return value.of ? { kind: 'percent', of: value.of, ratio } : 'a percentage needs "of": "base" or "total"'
}

function amountOf(value: {
  readonly amount?: string | undefined
  readonly currency?: string | undefined
}): Addition | string {
  const amount = parseMoney(value.amount ?? '', value.currency ?? '')
  if (!amount || amount.amountMinor < 0)
    return 'add takes {"percent","of"} or {"amount","currency"} with decimal strings'
  return { kind: 'amount', amount }
}

export function parseRules(name: string, text: string): PricingRules {
  return parseSettings(name, text, fileSchema)
}

/** `placeKeys`: an airport's own code, its city's and `country:XX`. */
export function matches(
  scope: Scope,
  facts: ScopeFacts,
  placeKeys: (airport: AirportCode) => readonly string[],
): boolean {
  return (
    within(scope.tenants, facts.tenant) &&
    within(scope.providers, facts.provider) &&
    within(scope.carriers, facts.carrier) &&
    within(scope.pointsOfSale, facts.pointOfSale) &&
    within(scope.cabins, facts.cabin) &&
    within(scope.passengerTypes, facts.passengerType) &&
    placeWithin(scope.origins, placeKeys, facts.origin) &&
    placeWithin(scope.destinations, placeKeys, facts.destination)
  )
}

function within<T>(allowed: readonly T[] | undefined, value: T | null): boolean {
  return allowed === undefined || (value !== null && allowed.includes(value))
}

function placeWithin(
  allowed: readonly string[] | undefined,
  placeKeys: (airport: AirportCode) => readonly string[],
  airport: AirportCode,
): boolean {
  return allowed === undefined || placeKeys(airport).some(key => allowed.includes(key))
}
