import { type Difference, flightDifference, formsDifference, setDifference } from './differences.ts'
import type { ExpectedOffers } from './expectation.ts'
import type { Fact } from './facts.ts'
import {
  checkedBagOf,
  flightOf,
  isCodeshare,
  listOf,
  moneyOf,
  passengerTypeOf,
  segmentsOf,
  statedMoney,
  type Tree,
  taxCodeOf,
  treeOf,
  treesOf,
} from './forms.ts'

/** `given`: facts that are checked only where the decoder gives any. `warned`: the message has a reason beside it. */
export function offerFacts(
  expected: ExpectedOffers,
  report: Tree,
  given: ReadonlySet<string>,
  warned: boolean,
): readonly Fact[] {
  const offers = treesOf(report.offers)
  const may = expected.may ?? {}
  const facts: Fact[] = []
  const add = (name: string, isGiven: boolean, differ: () => Difference): void => {
    if (given.has(name) && !isGiven) return
    facts.push({ name: `offers.${name}`, difference: differ() })
  }
  const values = (name: keyof ExpectedOffers, found: readonly string[]): void => {
    const wanted = expected[name] as readonly string[] | null | undefined
    if (wanted) add(name, found.length > 0, () => setDifference(wanted, found, may[name]))
  }

  const counts = expected.count != null ? [expected.count] : (expected.countAny ?? [])
  if (counts.length > 0) add('count', true, () => oneOf(offers.length, counts, 'offers'))
  if (expected.reasonGiven) add('reason', true, () => (warned ? null : 'no offers, and nothing that says why'))
  if (expected.totals) {
    const totals = offers.map(offer => moneyOf(offer.total))
    const wanted = expected.totals.map(statedMoney)
    const stated = totals.filter(total => total !== undefined)
    add(
      'totals',
      stated.length > 0,
      () => setDifference(wanted, stated) ?? (stated.length < totals.length ? 'an offer has no total' : null),
    )
  }
  const segments = offers.flatMap(segmentsOf)
  const fares = segments.flatMap(segment => treesOf(segment.fares))
  const flightsThat = (is: (segment: Tree) => boolean): number => new Set(segments.filter(is).map(flightOf)).size
  const { flights, codeshares, technicalStops, fareBases, brands, passengerTypes, priced } = expected
  if (flights) add('flights', segments.length > 0, () => flightDifference(flights, new Set(segments.map(flightOf))))
  if (codeshares != null) add('codeshares', true, () => oneOf(flightsThat(isCodeshare), [codeshares], 'codeshares'))
  if (technicalStops != null)
    add('technicalStops', true, () => oneOf(flightsThat(hasStops), [technicalStops], 'flights with technical stops'))
  if (passengerTypes) add('passengerTypes', true, () => passengersDifference(passengerTypes, offers))
  taxFacts(expected, offers, add)
  if (fareBases) {
    const found = fares.flatMap(fare => (fare.fareBasis ? [[String(fare.fareBasis)]] : []))
    add('fareBases', found.length > 0, () => formsDifference(fareBases, found, may.fareBases))
  }
  if (brands) {
    const found = fares
      .map(fare => treeOf(fare.brand))
      .map(({ code, name }) => [String(code ?? ''), String(name ?? '')])
    add(
      'brands',
      found.some(forms => forms.some(form => form !== '')),
      () => formsDifference(brands, found, may.brands),
    )
  }
  values(
    'validatingCarriers',
    offers.flatMap(offer => (offer.validatingCarrier ? [String(offer.validatingCarrier)] : [])),
  )
  values(
    'baggage',
    fares.flatMap(fare => checkedBagOf(fare) ?? []),
  )
  if (priced) add('priced', true, () => setDifference(priced.map(statedPrice), offers.flatMap(givenPrice)))
  return facts
}

type Add = (name: string, isGiven: boolean, differ: () => Difference) => void

function taxFacts({ taxCodes, may }: ExpectedOffers, offers: readonly Tree[], add: Add): void {
  if (!taxCodes) return
  const codes = offers
    .flatMap(offer => treesOf(offer.passengers))
    .flatMap(passenger => treesOf(treeOf(passenger.each).taxes))
    .flatMap(({ code }) => (code ? [taxCodeOf(code)] : []))
  add('taxCodes', codes.length > 0, () => setDifference(taxCodes.map(taxCodeOf), codes, may?.taxCodes))
}

function hasStops({ stops }: Tree): boolean {
  return typeof stops === 'number' ? stops > 0 : listOf(stops).length > 0
}

function oneOf(found: number, wanted: readonly number[], what: string): Difference {
  return wanted.includes(found) ? null : `${found} ${what}, want ${wanted.join(' or ')}`
}

/** The same in every offer. */
function passengersDifference(wanted: Readonly<Record<string, number>>, offers: readonly Tree[]): Difference {
  if (offers.length === 0) return 'no offers'
  const want = spelled(Object.entries(wanted))
  for (const [index, offer] of offers.entries()) {
    const counts = new Map<string, number>()
    for (const { type, count } of treesOf(offer.passengers)) {
      const name = passengerTypeOf(type)
      counts.set(name, (counts.get(name) ?? 0) + (typeof count === 'number' ? count : 1))
    }
    const have = spelled([...counts])
    if (have !== want) return `offer ${index}: ${have}, want ${want}`
  }
  return null
}

function spelled(counts: readonly (readonly [string, number])[]): string {
  return counts
    .map(([type, count]) => `${count} ${type}`)
    .sort()
    .join(' ')
}

/** `1029.40 USD = AA21 …; AA34 …`: a total with the set of flights that it buys. */
function statedPrice(text: string): string {
  const [total, flights] = text.split(' = ')
  return priceKey(statedMoney(total!), flights!.split('; '))
}

function givenPrice(offer: Tree): readonly string[] {
  const total = moneyOf(offer.total)
  return total === undefined ? [] : [priceKey(total, segmentsOf(offer).map(flightOf))]
}

function priceKey(total: string, flights: readonly string[]): string {
  return `${total} for ${[...new Set(flights)].sort().join(' > ')}`
}
