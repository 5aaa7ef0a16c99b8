import { type CurrencyCode, exponentOf, type Money, type Ratio, scale } from '../core/money.ts'

/** Smallest step of amounts that we make ourselves (mark-ups, fees, conversions), in minor units. A supplier's own amount is
 *  never rounded again. Evidence: in recorded supplier replies UAH, CZK, AED and KES are always whole units although
 *  ISO 4217 gives them two decimals; the full IATA table (Resolution 024d) is for members only. */
const wholeUnits: ReadonlySet<CurrencyCode> = new Set(['UAH', 'CZK', 'AED', 'KES', 'HUF', 'IDR', 'COP'])

export function roundingUnitMinor(currency: CurrencyCode): number {
  return wholeUnits.has(currency) ? 10 ** exponentOf(currency) : 1
}

/** m × ratio, half up to the step of the target currency. */
export function scaleRounded(m: Money, ratio: Ratio, currency: CurrencyCode): Money {
  return scale(m, ratio, { currency, unitMinor: roundingUnitMinor(currency), mode: 'half-up' })
}
