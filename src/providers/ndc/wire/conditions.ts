import type { CurrencyCode, Money } from '../../../core/money.ts'
import { money } from '../../../core/money.ts'
import type { Condition } from '../../../core/offer.ts'
import type { Message } from './message.ts'
import { moneyOf } from './values.ts'
import type { OfferPrice } from './offer-price.ts'
import type { FareComponent, Restriction } from './read-fare.ts'
import type { WireItem } from './read-item.ts'

/** Before departure; of several fares the strictest counts, the highest fee once a passenger. */
export function conditionOf(
  message: Message,
  items: readonly WireItem[],
  price: OfferPrice,
  rulesOf: (component: FareComponent) => readonly Restriction[],
): Condition {
  let fee: number | null = 0
  let allowed: boolean | null = true
  for (const [index, fare] of price.passengers.entries()) {
    const components = componentsOf(items, price.refs[index]!)
    const one = conditionEach(message, components, rulesOf, price.total.currency)
    if (one.allowed === false) return { allowed: false, fee: null }
    if (one.allowed === null) allowed = null
    // A lap infant's rules often name no fee: that is none.
    fee = fee === null || one.fee === null ? null : fee + one.fee.amountMinor * fare.count
  }
  return { allowed, fee: allowed === null || fee === null ? null : money(fee, price.total.currency) }
}

function componentsOf(items: readonly WireItem[], ref: string): readonly FareComponent[] {
  return items.flatMap(item =>
    item.fares
      .filter(detail => detail.passengerRefs.length === 0 || detail.passengerRefs.includes(ref))
      .flatMap(detail => detail.components),
  )
}

function conditionEach(
  message: Message,
  components: readonly FareComponent[],
  rulesOf: (component: FareComponent) => readonly Restriction[],
  currency: CurrencyCode,
): Condition {
  let allowed: boolean | null = components.length === 0 ? null : true
  let fee: Money | null = money(0, currency)
  for (const component of components) {
    const rule = beforeDeparture(rulesOf(component))
    if (rule?.allowed === false) return { allowed: false, fee: null }
    if (!rule || rule.allowed === null) {
      allowed = null
      continue
    }
    const own = moneyOf(message, rule.fee)
    if (own?.currency !== currency) fee = null
    else if (fee && own.amountMinor > fee.amountMinor) fee = own
  }
  return { allowed, fee: allowed === null ? null : fee }
}

function beforeDeparture(rules: readonly Restriction[]): Restriction | undefined {
  return rules.find(rule => rule.stage === null || /prior|before/i.test(rule.stage)) ?? rules[0]
}
