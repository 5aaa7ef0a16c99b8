import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  add,
  allocate,
  exponentOf,
  formatAmount,
  type Money,
  MoneyError,
  money,
  negate,
  parseMoney,
  parseRatio,
  percentage,
  scale,
  subtract,
  sum,
  times,
} from '../../src/core/money.ts'

const currency = fc.constantFrom('EUR', 'JPY', 'KWD', 'CLF', 'USD')
const minor = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 })
const amount = fc.record({ amountMinor: minor, currency })

describe('reading and writing amounts', () => {
  test('what is written is read back, in every currency', () => {
    fc.assert(
      fc.property(amount, m => {
        expect(parseMoney(formatAmount(m), m.currency)).toEqual(m)
      }),
    )
  })

  test.each([
    ['355.34', 'EUR', 35_534],
    ['44.0', 'EUR', 4_400],
    ['44', 'EUR', 4_400],
    ['957.32000000000000000000', 'USD', 95_732],
    ['500', 'JPY', 500],
    ['500.00', 'JPY', 500],
    ['1.234', 'KWD', 1_234],
    ['-12.30', 'EUR', -1_230],
    ['0', 'EUR', 0],
    ['-0.00', 'EUR', 0],
    [44.1, 'EUR', 4_410],
    [189, 'USD', 18_900],
  ] as const)('%s %s', (text, code, expected) => {
    expect(parseMoney(text, code)).toEqual({ amountMinor: expected, currency: code })
  })

  test.each([
    ['12.345', 'EUR'],
    ['1.5', 'JPY'],
    ['', 'EUR'],
    ['1,234.00', 'EUR'],
    ['1e3', 'EUR'],
    ['Infinity', 'EUR'],
    ['12.3.4', 'EUR'],
    ['99999999999999999', 'EUR'],
    [Number.NaN, 'EUR'],
    [1e21, 'EUR'],
    [0.1 + 0.2, 'EUR'],
  ] as const)('%s %s is no amount', (text, code) => {
    expect(parseMoney(text, code)).toBeUndefined()
  })
})

describe('calculating', () => {
  test("adding and taking away are each other's opposite and never mix currencies", () => {
    fc.assert(
      fc.property(minor, minor, currency, (a, b, code) => {
        const [x, y] = [money(a, code), money(b, code)]
        expect(subtract(add(x, y), y)).toEqual(x)
        expect(add(x, negate(x)).amountMinor).toBe(0)
      }),
    )
    expect(() => add(money(1, 'EUR'), money(1, 'USD'))).toThrow(MoneyError)
    expect(() => sum([money(1, 'EUR'), money(1, 'USD')], 'EUR')).toThrow(MoneyError)
  })

  test('an allocation sums to the whole and no part differs by more than one minor unit', () => {
    fc.assert(
      fc.property(amount, fc.integer({ min: 1, max: 18 }), (m: Money, parts) => {
        const shares = allocate(m, parts)
        expect(sum(shares, m.currency)).toEqual(m)
        const values = shares.map(share => share.amountMinor)
        expect(Math.max(...values) - Math.min(...values)).toBeLessThanOrEqual(1)
      }),
    )
  })

  test('scaling by one changes nothing, and half is rounded away from zero', () => {
    const one = parseRatio('1')!
    fc.assert(
      fc.property(amount, m => {
        expect(scale(m, one, { currency: m.currency, unitMinor: 1, mode: 'half-up' })).toEqual(m)
      }),
    )
    const tenth = percentage('10')!
    const round = (value: number, mode: 'half-up' | 'up' | 'down'): number =>
      scale(money(value, 'EUR'), tenth, { currency: 'EUR', unitMinor: 1, mode }).amountMinor
    expect([
      round(15, 'half-up'),
      round(-15, 'half-up'),
      round(14, 'half-up'),
      round(11, 'up'),
      round(19, 'down'),
    ]).toEqual([2, -2, 1, 2, 1])
  })

  test('a conversion is the exact product, rounded once, whatever the exponents', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_000_000_00 }),
        currency,
        currency,
        fc.integer({ min: 1, max: 1_000_000 }),
        (value, from, to, rate) => {
          const ratio = { numerator: BigInt(rate), denominator: 1000n }
          const converted = scale(money(value, from), ratio, { currency: to, unitMinor: 1, mode: 'half-up' })
          const exact = (value / 10 ** exponentOf(from)) * (rate / 1000) * 10 ** exponentOf(to)
          expect(Math.abs(converted.amountMinor - exact)).toBeLessThanOrEqual(0.5 + exact * 1e-9)
        },
      ),
    )
  })

  test('amounts stay whole: fractions and unsafe sizes are refused', () => {
    expect(() => money(1.5, 'EUR')).toThrow(MoneyError)
    expect(() => times(money(2, 'EUR'), 0.5)).toThrow(MoneyError)
    expect(() => times(money(Number.MAX_SAFE_INTEGER, 'EUR'), 2)).toThrow(MoneyError)
  })
})
