import { formatAmount } from '../../../core/money.ts'
import type { Condition, Conditions } from '../../../core/offer.ts'
import { sharedConditions } from '../../../core/sharing.ts'
import { flagOf, isObject, type JsonObject, moneyOf, objectOf } from './read.ts'

/** `conditions` of an offer or order: for all slices and all passengers together, as ours are. Null is "not said". A
 *  penalty may be in the airline's currency; ours is in the offer's, so another one is "allowed, fee not known". */

const unsaid: Condition = { allowed: null, fee: null }

export function readConditions(value: unknown, currency: string): Conditions {
  const raw = objectOf(value)
  return sharedConditions(
    readCondition(raw.change_before_departure, currency),
    readCondition(raw.refund_before_departure, currency),
  )
}

function readCondition(value: unknown, currency: string): Condition {
  if (!isObject(value)) return unsaid
  const allowed = flagOf(value.allowed)
  if (allowed !== true) return { allowed, fee: null }
  const fee = moneyOf(value.penalty_amount, value.penalty_currency)
  return { allowed, fee: fee?.currency === currency ? fee : null }
}

export function encodeConditions(conditions: Conditions): JsonObject {
  return {
    refund_before_departure: encodeCondition(conditions.refund),
    change_before_departure: encodeCondition(conditions.change),
  }
}

export function encodeCondition({ allowed, fee }: Condition): JsonObject | null {
  if (allowed === null) return null
  return {
    penalty_currency: fee === null ? null : fee.currency,
    penalty_amount: fee === null ? null : formatAmount(fee),
    allowed,
  }
}
