import { compare, type CurrencyCode, type Money } from '../core/money.ts'
import { fold } from '../reference/spelling.ts'
import type { FraudRule, FraudRules } from './fraud-rules.ts'

/** Pure: what is known of a payment, and what the rules make of it. */
export type FraudFacts = {
  /** Payments before this one within a rule's time; null: the card, or where it comes from, is not known. */
  readonly cardUses: number | null
  readonly addressUses: number | null
  readonly amount: Money
  readonly hoursToDeparture: number
  readonly isOneWay: boolean
  /** Null where nobody said who pays. */
  readonly payerName: string | null
  readonly surnames: readonly string[]
}

export type FraudScore = {
  readonly score: number
  readonly verdict: 'pass' | 'review' | 'block'
  /** Of the rules that strike. */
  readonly factors: readonly { readonly rule: FraudRule['name']; readonly points: number }[]
}

/** Undefined where there is no rate. */
export type Convert = (money: Money, to: CurrencyCode) => Money | undefined

export function scorePayment(facts: FraudFacts, { review, block, rules }: FraudRules, convert: Convert): FraudScore {
  const factors = rules
    .filter(rule => rule.points > 0 && strikes(rule, facts, convert))
    .map(({ name, points }) => ({ rule: name, points }))
  const score = factors.reduce((sum, { points }) => sum + points, 0)
  return { score, verdict: score >= block ? 'block' : score >= review ? 'review' : 'pass', factors }
}

function strikes(rule: FraudRule, facts: FraudFacts, convert: Convert): boolean {
  switch (rule.name) {
    case 'card-velocity':
      return facts.cardUses !== null && facts.cardUses >= rule.over
    case 'address-velocity':
      return facts.addressUses !== null && facts.addressUses >= rule.over
    case 'amount': {
      const charged = convert(facts.amount, rule.from.currency)
      return charged !== undefined && compare(charged, rule.from) >= 0
    }
    case 'lead-time':
      return facts.hoursToDeparture < rule.underHours
    case 'one-way-soon':
      return facts.isOneWay && facts.hoursToDeparture < rule.underHours
    case 'name-mismatch':
      return facts.payerName !== null && !paysForOneOf(facts.payerName, facts.surnames)
  }
}

/** By whole words, whatever their order: `EXAMPLE ADA`, `Ada María Example-Smith`. */
function paysForOneOf(payerName: string, surnames: readonly string[]): boolean {
  const payer = ` ${fold(payerName)} `
  return surnames.some(surname =>
    fold(surname)
      .split(' ')
      .some(word => word !== '' && payer.includes(` ${word} `)),
  )
}
