import { cabins } from '../core/itinerary.ts'
import { type CurrencyCode, type MoneyJson, money, moneyJson } from '../core/money.ts'
import type { Columns } from './columns.ts'
import { cabinBit } from './facts.ts'
import { filterBits } from './filters.ts'
import type { TextColumn } from './text-column.ts'

/** JSON: api.md `facets`. Counts of merged rows; each facet looks at the rows that pass all filters but its own. */
export type Facets = {
  readonly carriers: readonly FacetEntry<string>[]
  readonly stops: readonly FacetEntry<number>[]
  readonly cabins: readonly FacetEntry<string>[]
  readonly brands: readonly FacetEntry<string>[]
  readonly airports: readonly FacetEntry<string>[]
  readonly providers: readonly FacetEntry<string>[]
  readonly price: { readonly min: MoneyJson | null; readonly max: MoneyJson | null }
  readonly durationMinutes: { readonly min: number | null; readonly max: number | null }
}

export type FacetEntry<Value> = { readonly value: Value; readonly count: number; readonly lowest: MoneyJson }

/** `failures`: row -> bits of the filters that it does not pass. */
export function facetsOf(columns: Columns, failures: Uint16Array, currency: CurrencyCode): Facets {
  const texts = (name: 'carriers' | 'brands' | 'airports' | 'providers'): readonly FacetEntry<string>[] =>
    countTexts(columns[name], columns.price, failures, filterBits[name], currency)
  const price = rangeOf(columns.price, failures, filterBits.price)
  const duration = rangeOf(columns.durationMinutes, failures, filterBits.duration)
  const amount = (minor: number | null): MoneyJson | null => (minor === null ? null : moneyJson(money(minor, currency)))
  return {
    carriers: texts('carriers'),
    stops: countStops(columns, failures, currency),
    cabins: countCabins(columns, failures, currency),
    brands: texts('brands'),
    airports: texts('airports'),
    providers: texts('providers'),
    price: { min: amount(price.min), max: amount(price.max) },
    durationMinutes: duration,
  }
}

class Counter {
  readonly counts: Int32Array
  readonly lowest: Float64Array

  constructor(size: number) {
    this.counts = new Int32Array(size)
    this.lowest = new Float64Array(size).fill(Number.POSITIVE_INFINITY)
  }

  add(place: number, price: number): void {
    this.counts[place]!++
    if (price < this.lowest[place]!) this.lowest[place] = price
  }

  entries<V>(valueAt: (place: number) => V, currency: CurrencyCode): FacetEntry<V>[] {
    const entries: FacetEntry<V>[] = []
    for (let place = 0; place < this.counts.length; place++) {
      const count = this.counts[place]!
      if (count === 0) continue
      entries.push({ value: valueAt(place), count, lowest: moneyJson(money(this.lowest[place]!, currency)) })
    }
    return entries
  }
}

/** Most frequent first, then by value. */
function countTexts(
  { texts, starts, values }: TextColumn,
  price: Float64Array,
  failures: Uint16Array,
  own: number,
  currency: CurrencyCode,
): readonly FacetEntry<string>[] {
  const counter = new Counter(texts.length)
  for (let row = 0; row < failures.length; row++) {
    if ((failures[row]! & ~own) !== 0) continue
    for (let i = starts[row]!; i < starts[row + 1]!; i++) counter.add(values[i]!, price[row]!)
  }
  return counter
    .entries(place => texts[place]!, currency)
    .sort((x, y) => y.count - x.count || (x.value < y.value ? -1 : 1))
}

function countStops({ stops, price }: Columns, failures: Uint16Array, currency: CurrencyCode): FacetEntry<number>[] {
  const counter = new Counter(256)
  for (let row = 0; row < failures.length; row++) {
    if ((failures[row]! & ~filterBits.stops) === 0) counter.add(stops[row]!, price[row]!)
  }
  return counter.entries(place => place, currency)
}

function countCabins(columns: Columns, failures: Uint16Array, currency: CurrencyCode): FacetEntry<string>[] {
  const counter = new Counter(cabins.length)
  const bits = cabins.map(cabinBit)
  for (let row = 0; row < failures.length; row++) {
    if ((failures[row]! & ~filterBits.cabins) !== 0) continue
    for (let i = 0; i < bits.length; i++) {
      if ((columns.cabins[row]! & bits[i]!) !== 0) counter.add(i, columns.price[row]!)
    }
  }
  return counter.entries(place => cabins[place]!, currency)
}

function rangeOf(
  values: Float64Array,
  failures: Uint16Array,
  own: number,
): { readonly min: number | null; readonly max: number | null } {
  let min = Number.POSITIVE_INFINITY
  let max = Number.NEGATIVE_INFINITY
  for (let row = 0; row < failures.length; row++) {
    if ((failures[row]! & ~own) !== 0) continue
    if (values[row]! < min) min = values[row]!
    if (values[row]! > max) max = values[row]!
  }
  return min > max ? { min: null, max: null } : { min, max }
}
