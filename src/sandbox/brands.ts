import type { Baggage, Brand, Cabin } from '../core/itinerary.ts'
import type { Carrier } from './carriers.ts'
import type { Node } from './network.ts'

/** A fare product of an airline in one cabin: what it is called, costs more, carries and allows. */
export type BrandTerms = {
  /** In the fare basis; unique in the cabin. */
  readonly letter: 'L' | 'C' | 'P' | 'F'
  readonly brand: Brand
  /** Dollars on top of a step's fare for one slice: fixed, and by kilometre. */
  readonly uplift: number
  readonly upliftPerKm: number
  /** Of a fee that grows with the distance; null: not allowed at all. */
  readonly change: number | null
  readonly refund: number | null
  /** Pieces of checked baggage, or kilograms where the airline weighs. */
  readonly pieces: number
  readonly kilograms: number
}

type Family = { readonly style: string; readonly tiers: string; readonly codes: string }

/** How airlines name their products: tiers of economy and the words for them. */
const families: Readonly<Record<string, Family>> = {
  light: {
    style: 'Economy Light|Economy Classic|Economy Plus|Economy Flex',
    tiers: 'LCF',
    codes: 'LIGHT|CLASSIC|PLUS|FLEX',
  },
  basic: {
    style: 'Economy Basic|Economy Standard|Economy Plus|Economy Flex',
    tiers: 'LCF',
    codes: 'BASIC|STANDARD|PLUS|FULLFLEX',
  },
  saver: {
    style: 'Economy Saver|Economy Value|Economy Flex|Economy Flex Plus',
    tiers: 'LCPF',
    codes: 'ECSAVER|ECVALUE|ECFLEX|ECFLEXPL',
  },
  main: {
    style: 'Basic Economy|Main Cabin|Main Plus|Main Flexible',
    tiers: 'LCF',
    codes: 'BASICECO|MAIN|MAINPLUS|MAINFL',
  },
  simple: { style: 'Basic|Classic|Plus|Premium', tiers: 'LPF', codes: 'BAS|CLA|PLU|PRE' },
  promo: { style: 'Promotional|Economy|Economy Plus|Economy Full', tiers: 'CF', codes: 'PROMO|ECO|ECOPLUS|ECOFULL' },
}

const familyOf: Readonly<Record<string, string>> = {
  ...{ AA: 'main', DL: 'main', UA: 'main', AS: 'main', B6: 'main', HA: 'main', AM: 'basic', AV: 'basic', CM: 'basic' },
  ...{ BA: 'basic', IB: 'basic', EI: 'saver', AC: 'basic', WS: 'basic', VS: 'light', AF: 'light', KL: 'light' },
  ...{
    LH: 'light',
    LX: 'light',
    OS: 'light',
    SN: 'light',
    AY: 'light',
    SK: 'light',
    AZ: 'light',
    TP: 'basic',
    LO: 'saver',
  },
  ...{
    EK: 'saver',
    QR: 'saver',
    EY: 'saver',
    SQ: 'saver',
    CX: 'light',
    QF: 'saver',
    NZ: 'saver',
    TK: 'saver',
    ET: 'saver',
  },
}

/** Checked pieces, kilograms, uplift, uplift per km, fee of a change and of a refund as a share of the usual fee. */
const economy: Readonly<
  Record<BrandTerms['letter'], readonly [number, number, number, number, number | null, number | null]>
> = {
  L: [0, 15, 0, 0, null, null],
  C: [1, 25, 22, 0.006, 0.8, null],
  P: [1, 30, 38, 0.011, 0.4, 1],
  F: [2, 35, 60, 0.02, 0, 0.5],
}

export function brandsOf(carrier: Carrier, cabin: Cabin): readonly BrandTerms[] {
  return table.get(carrier)?.get(cabin) ?? build(carrier, cabin)
}

const table = new Map<Carrier, Map<Cabin, readonly BrandTerms[]>>()

function build(carrier: Carrier, cabin: Cabin): readonly BrandTerms[] {
  const own = table.get(carrier) ?? new Map<Cabin, readonly BrandTerms[]>()
  table.set(carrier, own)
  const brands = cabin === 'economy' ? economyBrands(carrier) : upperBrands(cabin)
  own.set(cabin, brands)
  return brands
}

function economyBrands(carrier: Carrier): readonly BrandTerms[] {
  const fallback = carrier.model === 'network' ? (carrier.baggage === 'weight' ? 'promo' : 'light') : 'simple'
  const family = families[familyOf[carrier.code] ?? fallback]!
  const names = family.style.split('|')
  const codes = family.codes.split('|')
  return [...family.tiers].map(tier => {
    const letter = tier as BrandTerms['letter']
    const i = 'LCPF'.indexOf(letter)
    const [pieces, kilograms, uplift, upliftPerKm, change, refund] = economy[letter]
    // On some airlines the cheapest brand can be changed for a high fee, and the middle one refunded.
    const generous = carrier.index % 3 === 0
    return {
      letter,
      brand: { code: codes[i]!, name: names[i]! },
      uplift,
      upliftPerKm,
      change: letter === 'L' && generous ? 1.3 : change,
      refund: letter === 'C' && generous ? 1.5 : refund,
      pieces,
      kilograms,
    }
  })
}

function upperBrands(cabin: Cabin): readonly BrandTerms[] {
  const [word, code] =
    cabin === 'first' ? ['First', 'FIRST'] : cabin === 'business' ? ['Business', 'BUS'] : ['Premium Economy', 'PREM']
  const cheap: BrandTerms = {
    letter: 'C',
    brand: { code: `${code}SAVE`, name: `${word} Saver` },
    uplift: 0,
    upliftPerKm: 0,
    change: 1.2,
    refund: cabin === 'premium-economy' ? null : 2,
    pieces: 2,
    kilograms: 40,
  }
  const flexible: BrandTerms = {
    ...cheap,
    letter: 'F',
    brand: { code: `${code}FLEX`, name: `${word} Flex` },
    uplift: 80,
    upliftPerKm: 0.05,
    change: 0,
    refund: 0.4,
    kilograms: 50,
  }
  return cabin === 'first' ? [flexible] : [cheap, flexible]
}

/** By pieces to and from the Americas whatever the airline does elsewhere. */
export function checkedBaggage(carrier: Carrier, terms: BrandTerms, cabin: Cabin, from: Node, to: Node): Baggage {
  const byWeight = carrier.baggage === 'weight' && !inAmericas(from) && !inAmericas(to)
  if (byWeight) return { pieces: null, weightKg: terms.kilograms, weightLb: null }
  if (terms.pieces === 0) return { pieces: 0, weightKg: null, weightLb: null }
  return { pieces: terms.pieces, weightKg: cabin === 'economy' ? 23 : 32, weightLb: null }
}

export function carryOnBaggage(carrier: Carrier, cabin: Cabin): Baggage {
  const upper = cabin === 'business' || cabin === 'first'
  return { pieces: upper ? 2 : 1, weightKg: carrier.baggage === 'weight' ? 7 : 8, weightLb: null }
}

/** What a lap infant may check, whatever the adult's fare. */
export const infantBaggage: Baggage = { pieces: 1, weightKg: 10, weightLb: null }

function inAmericas(node: Node): boolean {
  return node.airport.longitude < -30 && node.airport.longitude > -170
}
