import type { CurrencyCode } from '../../../core/money.ts'
import { money } from '../../../core/money.ts'
import type { Condition, Conditions } from '../../../core/offer.ts'
import { sharedConditions } from '../../../core/sharing.ts'
import type { Message } from './message.ts'
import type { OfferPrice } from './offer-price.ts'
import type { FareComponent, Restriction } from './read-fare.ts'
import type { WireItem } from './read-item.ts'
import { moneyOf } from './values.ts'

/** What a fare component says about one kind of change. */
type Rule = { readonly allowed: boolean | null; readonly feeMinor: number | null; readonly currency: CurrencyCode }
type Rules = { readonly change: Rule | undefined; readonly refund: Rule | undefined }
type Kind = keyof Rules

/** The rules of one message, those of a fare component worked out once. */
export class RuleBook {
  readonly #message: Message
  readonly #known = new Map<FareComponent, Rules>()

  constructor(message: Message) {
    this.#message = message
  }

  /** Before departure; of several fares the strictest counts, the highest fee once a passenger. */
  conditionsOf(items: readonly WireItem[], price: OfferPrice): Conditions {
    return sharedConditions(this.#condition(items, price, 'change'), this.#condition(items, price, 'refund'))
  }

  #condition(items: readonly WireItem[], { people, passengers, total }: OfferPrice, kind: Kind): Condition {
    let fee: number | null = 0
    let allowed: boolean | null = true
    for (let index = 0; index < people.length; index++) {
      const one = this.#strictest(items, people[index]!.ref, kind, total.currency)
      if (one === 'refused') return never
      if (one === 'unknown') allowed = null
      // A lap infant's rules often name no fee: that is none.
      else if (one === 'unpriced') fee = null
      else if (fee !== null) fee += one * passengers[index]!.count
    }
    if (allowed === null) return unsaid
    return { allowed: true, fee: fee === null ? null : money(fee, total.currency) }
  }

  /** The fee of one passenger, where it is allowed. */
  #strictest(items: readonly WireItem[], ref: string, kind: Kind, currency: CurrencyCode): number | Verdict {
    let verdict: Verdict | null = null
    let fee = 0
    let some = false
    for (let index = 0; index < items.length; index++) {
      const { fares } = items[index]!
      for (let nth = 0; nth < fares.length; nth++) {
        const { passengerRefs, components } = fares[nth]!
        if (passengerRefs.length > 0 && !passengerRefs.includes(ref)) continue
        for (let place = 0; place < components.length; place++) {
          some = true
          const rule = this.#rulesOf(components[place]!)[kind]
          if (rule?.allowed === false) return 'refused'
          if (!rule || rule.allowed === null) verdict = 'unknown'
          else if (rule.feeMinor === null || rule.currency !== currency) verdict ??= 'unpriced'
          else if (rule.feeMinor > fee) fee = rule.feeMinor
        }
      }
    }
    return some ? (verdict ?? fee) : 'unknown'
  }

  #rulesOf(component: FareComponent): Rules {
    const known = this.#known.get(component)
    if (known) return known
    const rules = { change: this.#rule(component.changes), refund: this.#rule(component.cancels) }
    this.#known.set(component, rules)
    return rules
  }

  #rule(restrictions: readonly Restriction[]): Rule | undefined {
    const rule = beforeDeparture(restrictions)
    if (!rule) return undefined
    const fee = moneyOf(this.#message, rule.fee)
    return { allowed: rule.allowed, feeMinor: fee?.amountMinor ?? null, currency: fee?.currency ?? '' }
  }
}

type Verdict = 'refused' | 'unknown' | 'unpriced'

const never: Condition = { allowed: false, fee: null }
const unsaid: Condition = { allowed: null, fee: null }

function beforeDeparture(rules: readonly Restriction[]): Restriction | undefined {
  return rules.find(rule => rule.stage === null || /prior|before/i.test(rule.stage)) ?? rules[0]
}
