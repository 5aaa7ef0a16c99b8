import type { AirlineCode, ZoneName } from '../core/itinerary.ts'
import type { CurrencyCode } from '../core/money.ts'
import type { ProviderCode } from '../core/offer.ts'
import { type Carrier, carriers } from './carriers.ts'
import { fraction, hashText } from './random.ts'

/** What sets one supplier apart from another: the airlines it sells, its prices, its office. */
export type Supplier = {
  readonly code: ProviderCode
  readonly sells: ReadonlySet<Carrier>
  /** Of the office that issues its tickets: voids end with the day there. */
  readonly officeZone: ZoneName
  /** Quoted in where a request names a currency that no rate is known for. */
  readonly currency: CurrencyCode
  /** How far its prices stray from the airlines' own, either way. */
  readonly deviation: number
}

type Facts = {
  readonly only?: string
  readonly without?: string
  readonly officeZone: ZoneName
  readonly currency: CurrencyCode
  readonly deviation: number
}

const known: Readonly<Record<ProviderCode, Facts>> = {
  amadeus: { without: 'DL WN NK F9 FR HA WS AS B6', officeZone: 'Europe/Madrid', currency: 'EUR', deviation: 0.03 },
  sabre: { without: 'FR U2 6E 5J BT A3 WF KC JQ PG', officeZone: 'Europe/London', currency: 'GBP', deviation: 0.04 },
  travelport: { without: 'WN AK JQ NK CM AV AD G3 SU', officeZone: 'Europe/Berlin', currency: 'EUR', deviation: 0.035 },
  ndc: {
    only: 'BA IB AA AF KL LH LX OS SN QF SQ EK VS AY QR UA AC TK AZ SK TP',
    officeZone: 'Europe/London',
    currency: 'GBP',
    deviation: 0.05,
  },
  duffel: {
    only: 'BA IB AA AF KL LH LX OS UA AC DL VS U2 VY EI QF SQ EK TP SK AY DY NK B6 AS AZ A3 TK FR',
    officeZone: 'Europe/London',
    currency: 'GBP',
    deviation: 0.025,
  },
}

export function supplierOf(code: ProviderCode): Supplier {
  const facts = known[code] ?? { officeZone: 'Europe/London', currency: 'EUR', deviation: 0.04 }
  const only = facts.only?.split(' ')
  const without = facts.without?.split(' ')
  const sold = (airline: AirlineCode): boolean => {
    if (only) return only.includes(airline)
    // A supplier from outside the tree sells all, so that every magic route has offers to strike.
    return !without?.includes(airline)
  }
  return { ...facts, code, sells: new Set(carriers.filter(carrier => sold(carrier.code))) }
}

/** The factor that a supplier's price of a fare differs by from the airline's; many are equal. */
export function deviationOf(supplier: Supplier, fare: string, seed: number): number {
  const hash = hashText(seed, `${supplier.code}${fare}`)
  if (hash % 10 < 4) return 1
  return 1 + (fraction(hash) - 0.5) * 2 * supplier.deviation
}
