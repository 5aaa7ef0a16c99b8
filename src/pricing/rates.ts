import { z } from 'zod'
import { type CurrencyCode, parseRatio, type Ratio } from '../core/money.ts'
import type { RateUsed } from './port.ts'
import { parseSettings } from './settings.ts'

/** A day's exchange rates. Each pair's rate is a decimal of ten significant digits, and that decimal is what is calculated
 *  with: whoever has `value` from an answer gets our amounts again. */
export interface Rates {
  readonly id: string
  readonly date: string
  knows(currency: CurrencyCode): boolean
  /** Null for the same currency. Throws for a currency that it does not know. */
  find(from: CurrencyCode, to: CurrencyCode): Rate | null
}

export type Rate = RateUsed & { readonly ratio: Ratio }

const fileSchema = z.strictObject({
  id: z.string().min(1).max(100),
  date: z.iso.date(),
  base: z.string().regex(/^[A-Z]{3}$/, 'base must be a three-letter currency code'),
  rates: z.record(
    z.string().regex(/^[A-Z]{3}$/, 'a currency is three capital letters'),
    z
      .string()
      .regex(/^\d{1,9}(\.\d{1,12})?$/, 'a rate is a decimal string such as "1.0823"')
      .refine(text => Number(text) > 0, 'a rate is greater than zero'),
  ),
})

/** The file: units of each currency per unit of `base`. */
export function parseRates(name: string, text: string): Rates {
  const file = parseSettings(name, text, fileSchema)
  const perBase = new Map<CurrencyCode, Ratio>(
    Object.entries(file.rates).map(([code, value]) => [code, parseRatio(value)!]),
  )
  perBase.set(file.base, { numerator: 1n, denominator: 1n })
  const pairs = new Map<string, Rate>()
  return {
    id: file.id,
    date: file.date,
    knows: currency => perBase.has(currency),
    find(from, to) {
      if (from === to) return null
      const key = `${from}${to}`
      const known = pairs.get(key)
      if (known) return known
      const value = significant(crossRate(perBase, from, to))
      const rate: Rate = { id: file.id, value, date: file.date, ratio: parseRatio(value)! }
      pairs.set(key, rate)
      return rate
    },
  }
}

function crossRate(perBase: ReadonlyMap<CurrencyCode, Ratio>, from: CurrencyCode, to: CurrencyCode): Ratio {
  const a = perBase.get(from)
  const b = perBase.get(to)
  if (!a || !b) throw new RangeError(`no exchange rate for ${a ? to : from}`)
  return { numerator: b.numerator * a.denominator, denominator: b.denominator * a.numerator }
}

/** Ten significant digits, half up, without an exponent. */
function significant({ numerator, denominator }: Ratio): string {
  let decimals = 0
  let scaled = numerator
  while (scaled / denominator < 10n ** 9n && decimals < 18) {
    scaled *= 10n
    decimals++
  }
  const units = (scaled * 2n + denominator) / (denominator * 2n)
  const text = String(units).padStart(decimals + 1, '0')
  if (decimals === 0) return text
  return `${text.slice(0, -decimals)}.${text.slice(-decimals)}`.replace(/\.?0+$/, '')
}
