import { formatAmount, type Money, parseMoney, times } from '../../../core/money.ts'
import type { Condition, Conditions } from '../../../core/offer.ts'
import { sharedConditions } from '../../../core/sharing.ts'
import { listOf, type Raw, rawOf, textOf } from './read.ts'

/** What a change and a refund cost. The vendor's `fareRules` of an offer say it in figures, for one passenger with a
 *  seat (assumed: the document does not tell for how many); fare family amenities say it in words. */

const unsaid: Condition = { allowed: null, fee: null }
const refused: Condition = { allowed: false, fee: null }
const nothingSaid: Conditions = { change: unsaid, refund: unsaid }

export function readConditions(
  offer: Raw,
  details: readonly (Raw | null)[],
  to: { readonly currency: string; readonly seats: number },
): Conditions {
  const rules = rawOf(offer.fareRules)
  if (rules !== null) return conditionsOf(rules, to)
  const first = details[0]
  if (!first || listOf(first.amenities).length === 0) return nothingSaid
  return sharedConditions(amenityCondition(details, isChange, to), amenityCondition(details, isRefund, to))
}

type Context = { readonly currency: string; readonly seats: number }

function conditionsOf(rules: Raw, to: Context): Conditions {
  const ofCurrency = textOf(rules.currency) ?? to.currency
  const list = listOf(rules.rules)
  return sharedConditions(
    conditionOf(findRule(list, 'EXCHANGE'), ofCurrency, to),
    conditionOf(findRule(list, 'REFUND'), ofCurrency, to),
  )
}

function findRule(rules: readonly unknown[], category: string): Raw | null {
  for (const item of rules) {
    const rule = rawOf(item)
    if (rule?.category === category) return rule
  }
  return null
}

function conditionOf(rule: Raw | null, currency: string, to: Context): Condition {
  if (rule === null) return unsaid
  if (rule.notApplicable === true) return refused
  const penalty = rule.maxPenaltyAmount
  const each = typeof penalty === 'string' && currency === to.currency ? parseMoney(penalty, currency) : undefined
  return { allowed: true, fee: each ? times(each, to.seats) : null }
}

const isChange = /^CHANGE(ABLE TICKET|S? ANYTIME|S? BEFORE DEPARTURE)$/
const isRefund = /^REFUND(ABLE TICKET|S? ANYTIME|S? BEFORE DEPARTURE)$/

/** Said on every segment or not at all; free only where it is free on each. */
function amenityCondition(details: readonly (Raw | null)[], words: RegExp, to: Context): Condition {
  let free = true
  for (const detail of details) {
    const amenity = listOf(detail?.amenities)
      .map(rawOf)
      .find(item => words.test(textOf(item?.description) ?? ''))
    if (!amenity) return unsaid
    free &&= amenity.isChargeable === false
  }
  return { allowed: true, fee: free ? { amountMinor: 0, currency: to.currency } : null }
}

/** Undefined where nothing is to be said. `each`: the fee divided by the seats, exact or not at all. */
export function encodeConditions(conditions: Conditions, seats: number): Raw | undefined {
  const rules = [
    encodeCondition('EXCHANGE', conditions.change, seats),
    encodeCondition('REFUND', conditions.refund, seats),
  ].filter(rule => rule !== undefined)
  if (rules.length === 0) return undefined
  const currency = (conditions.change.fee ?? conditions.refund.fee)?.currency
  return { currency, rules }
}

function encodeCondition(category: string, condition: Condition, seats: number): Raw | undefined {
  if (condition.allowed === null) return undefined
  if (!condition.allowed) return { category, notApplicable: true }
  const each = condition.fee && perPassenger(condition.fee, seats)
  return each === null ? { category } : { category, maxPenaltyAmount: formatAmount(each) }
}

function perPassenger(fee: Money, seats: number): Money | null {
  const each = fee.amountMinor / seats
  return Number.isSafeInteger(each) ? { amountMinor: each, currency: fee.currency } : null
}
