import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatAmount, type Money, money, zero } from '../../src/core/money.ts'
import { nothingRequired, type PassengerFare, type SupplierOffer } from '../../src/core/offer.ts'
import { makePricer } from '../../src/pricing/price-offer.ts'
import { parseRates } from '../../src/pricing/rates.ts'
import { parseRules } from '../../src/pricing/rules.ts'

const rates = parseRates('config/rates.json', readFileSync('config/rates.json', 'utf8'))
const rules = parseRules('config/pricing-rules.json', readFileSync('config/pricing-rules.json', 'utf8'))
const scope = { tenant: 'default', pointOfSale: 'GB', currency: 'EUR', passengerTypes: ['ADT' as const] }

function offerOf(
  entries: readonly { count: number; base: number; taxes: readonly number[] }[],
  currency: string,
): SupplierOffer {
  const m = (amount: number): Money => money(amount, currency)
  const passengers: PassengerFare[] = entries.map((entry, index) => ({
    ids: Array.from({ length: entry.count }, (_, at) => `pax_${index}${at}` as const),
    type: index === 0 ? 'ADT' : 'CHD',
    count: entry.count,
    each: {
      base: m(entry.base),
      taxes: entry.taxes.map((amount, at) => ({ code: `T${at}`, amount: m(amount) })),
      fees: [],
      total: m(entry.base + entry.taxes.reduce((a, b) => a + b, 0)),
    },
  }))
  const total = passengers.reduce((all, { count, each }) => all + count * each.total.amountMinor, 0)
  const base = passengers.reduce((all, { count, each }) => all + count * each.base.amountMinor, 0)
  return {
    provider: 'amadeus',
    validatingCarrier: 'BA',
    total: m(total),
    base: m(base),
    taxes: m(total - base),
    fees: zero(currency),
    passengers,
    slices: [],
    conditions: { change: { allowed: true, fee: m(5000) }, refund: { allowed: null, fee: null } },
    requirements: nothingRequired,
    seatsLeft: 4,
    ticketBy: null,
    expiresAt: null,
    supplierContext: {},
  }
}

const entry = fc.record({
  count: fc.integer({ min: 1, max: 9 }),
  base: fc.integer({ min: 0, max: 5_000_000 }),
  taxes: fc.array(fc.integer({ min: 0, max: 100_000 }), { maxLength: 12 }),
})

describe('pricing an offer', () => {
  test('every component sums to the total to the minor unit, whatever currencies and rules', () => {
    const currencies = fc.constantFrom('EUR', 'USD', 'JPY', 'KWD', 'UAH', 'GBP', 'KRW')
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 2 }), currencies, currencies, (entries, from, to) => {
        const priced = makePricer(rules, rates, { ...scope, currency: to })(offerOf(entries, from))
        let total = 0
        for (const { count, each } of priced.passengers) {
          const parts = [each.base, ...each.taxes.map(tax => tax.amount), ...each.fees.map(fee => fee.amount)]
          expect(parts.reduce((a, b) => a + b.amountMinor, 0)).toBe(each.total.amountMinor)
          expect(new Set(parts.map(part => part.currency))).toEqual(new Set([to]))
          total += count * each.total.amountMinor
        }
        expect(priced.total).toEqual(money(total, to))
        const { base, taxes, fees } = priced.price
        expect(base.amountMinor + taxes.amountMinor + fees.amountMinor).toBe(total)
        expect(priced.price.rate === null).toBe(from === to)
      }),
    )
  })

  test('without rules and conversion a supplier keeps every amount, digit for digit', () => {
    const plain = parseRules('none', '{"markups":[],"fees":[]}')
    const offer = offerOf([{ count: 2, base: 12_345, taxes: [1, 99] }], 'EUR')
    const priced = makePricer(plain, rates, scope)(offer)
    expect(priced.passengers).toEqual(offer.passengers)
    expect(priced.total).toEqual(offer.total)
  })

  test('the shown rate gives the shown amounts again', () => {
    const plain = parseRules('none', '{"markups":[],"fees":[]}')
    const priced = makePricer(plain, rates, scope)(offerOf([{ count: 1, base: 100_000, taxes: [] }], 'USD'))
    expect(Number(formatAmount(priced.total))).toBeCloseTo(1000 * Number(priced.price.rate?.value), 2)
  })

  test('the first matching mark-up wins and scopes are respected', () => {
    const scoped = parseRules(
      'scoped',
      JSON.stringify({
        markups: [
          { id: 'b', when: { carriers: ['LH'] }, add: { percent: '50', of: 'base' } },
          { id: 'c', when: { carriers: ['BA'], passengerTypes: ['CHD'] }, add: { amount: '1.00', currency: 'EUR' } },
          { id: 'd', when: {}, add: { percent: '10', of: 'total' } },
        ],
        fees: [
          { id: 'f', when: { pointsOfSale: ['DE'] }, code: 'service', amount: { amount: '9.00', currency: 'EUR' } },
        ],
      }),
    )
    const offer = offerOf(
      [
        { count: 1, base: 10_000, taxes: [1000] },
        { count: 1, base: 5_000, taxes: [] },
      ],
      'EUR',
    )
    const priced = makePricer(scoped, rates, scope)(offer)
    expect(priced.passengers.map(({ each }) => each.total.amountMinor)).toEqual([12_100, 5_100])
    expect(priced.price.fees.amountMinor).toBe(0)
  })
})

describe('settings files', () => {
  test('a wrong rule is reported with its line and the reason', () => {
    const text =
      '{\n "markups": [\n  {"id":"a","when":{},\n   "add":{"percent":"250","of":"base"}}\n ],\n "fees": []\n}'
    expect(() => parseRules('rules.json', text)).toThrow(/rules\.json.*line 4: .*250/)
    expect(() => parseRules('rules.json', '{"markups":[],"fees":[],"typo":1}')).toThrow(/line 1: .*typo/)
    expect(() => parseRules('rules.json', '{')).toThrow(/not valid JSON/)
  })

  test('rates of zero, negative or unknown shape are refused', () => {
    expect(() => parseRates('r', '{"id":"a","date":"2026-01-01","base":"EUR","rates":{"USD":"0"}}')).toThrow(
      /greater than zero/,
    )
    expect(() => parseRates('r', '{"id":"a","date":"2026-01-01","base":"EUR","rates":{"USD":1.1}}')).toThrow(/line 1/)
  })
})
