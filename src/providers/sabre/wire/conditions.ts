import { type CurrencyCode, type Money, money } from '../../../core/money.ts'
import type { Condition, Conditions } from '../../../core/offer.ts'
import { sharedConditions } from '../../../core/sharing.ts'
import { booleanOf, currencyOf, type JsonObject, moneyOf } from './json.ts'
import type { PassengerOffer, Penalties } from './offers.ts'

/** penaltiesInfo: Exchange and Refund, each Before and After departure. Where there is none, `nonRefundable` is all that
 *  is known. */
export function readPenalties(
  penalties: readonly JsonObject[],
  nonRefundable: boolean | null,
  currency: CurrencyCode,
): Penalties {
  let change = unknown
  let refund = nonRefundable === null ? unknown : nonRefundable ? refused : allowedAtUnknownFee
  for (const penalty of penalties) {
    if (penalty.applicability !== 'Before') continue
    if (penalty.type === 'Exchange') change = conditionOf(penalty, booleanOf(penalty.changeable), currency)
    if (penalty.type === 'Refund') refund = conditionOf(penalty, booleanOf(penalty.refundable), currency)
  }
  return { change, refund }
}

const unknown: Condition = { allowed: null, fee: null }
const refused: Condition = { allowed: false, fee: null }
const allowedAtUnknownFee: Condition = { allowed: true, fee: null }

function conditionOf(penalty: JsonObject, allowed: boolean | null, currency: CurrencyCode): Condition {
  if (allowed === null) return unknown
  if (!allowed) return refused
  const fee = currencyOf(penalty.currency) === currency ? moneyOf(penalty.amount, currency) : null
  return fee ? { allowed, fee } : allowedAtUnknownFee
}

/** For all passengers: what one of them may not, the booking may not; fees add up. */
export function conditionsOf(passengers: readonly PassengerOffer[], currency: CurrencyCode): Conditions {
  return sharedConditions(together(passengers, 'change', currency), together(passengers, 'refund', currency))
}

function together(passengers: readonly PassengerOffer[], which: keyof Penalties, currency: CurrencyCode): Condition {
  let minor: number | null = 0
  for (const { penalties, price } of passengers) {
    const { allowed, fee } = penalties[which]
    if (allowed === null) return unknown
    if (!allowed) return refused
    minor = fee === null || minor === null ? null : minor + fee.amountMinor * price.count
  }
  return minor === null ? allowedAtUnknownFee : { allowed: true, fee: feeOf(minor, currency) }
}

function feeOf(minor: number, currency: CurrencyCode): Money {
  return money(minor, currency)
}
