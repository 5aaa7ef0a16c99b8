import type { Baggage } from '../../../core/itinerary.ts'
import type { XmlScanner } from '../../../core/xml/scanner.ts'
import { findChild, listChildren, listDescendants, readElement, type XmlElement } from '../../../core/xml/tree.ts'
import { allowanceOf } from './soap-words.ts'

/** `serviceFeesGrp` of type FBA in a MasterPricer reply: free bags, by coverage, direction and flight. A combination
 *  points to its coverage with a reference `B`. */
export type BaggageTable = {
  readonly coverages: Map<string, Coverage[]>
  readonly allowances: Map<string, Baggage>
}

type Coverage = {
  /** Empty: all of them. */
  readonly travellers: readonly string[]
  readonly flights: readonly { readonly direction: string; readonly leg: string }[]
  readonly allowance: string
}

export function openBaggage(): BaggageTable {
  return { coverages: new Map(), allowances: new Map() }
}

/** From the start of `serviceFeesGrp` to its end. */
export function readServiceFees(scanner: XmlScanner, table: BaggageTable): void {
  const group = readElement(scanner)
  if (firstText(findChild(group, 'serviceTypeInfo'), 'type') !== 'FBA') return
  for (const one of listChildren(group, 'serviceCoverageInfoGrp')) {
    const number = firstText(findChild(one, 'itemNumberInfo'), 'number')
    table.coverages.set(number, listChildren(one, 'serviceCovInfoGrp').map(coverageOf))
  }
  for (const one of listChildren(group, 'freeBagAllowanceGrp')) {
    const info = findChild(one, 'freeBagAllownceInfo')
    const code = firstText(info, 'quantityCode') === 'N' ? 'N' : firstText(info, 'unitQualifier') || 'K'
    const allowance = allowanceOf(firstText(info, 'freeAllowance'), code)
    if (allowance) table.allowances.set(firstText(findChild(one, 'itemNumberInfo'), 'number'), allowance)
  }
}

function coverageOf(group: XmlElement): Coverage {
  return {
    travellers: listChildren(group, 'paxRefInfo').flatMap(info =>
      listDescendants(info, 'referenceNumber').map(element => element.text.trim()),
    ),
    flights: listChildren(group, 'coveragePerFlightsInfo').flatMap(info => {
      const direction = firstText(info, 'refNum')
      const legs = listDescendants(info, 'refOfLeg').map(element => element.text.trim())
      return (legs.length > 0 ? legs : ['']).map(leg => ({ direction, leg }))
    }),
    allowance: firstText(findChild(group, 'refInfo'), 'refNumber'),
  }
}

/** Null: the reply does not say. */
export function findBaggage(
  table: BaggageTable,
  coverage: string | null,
  flight: { readonly direction: string; readonly leg: number; readonly traveller: string },
): Baggage | null {
  if (coverage === null) return null
  const covers = table.coverages
    .get(coverage)
    ?.find(
      ({ travellers, flights }) =>
        (travellers.length === 0 || travellers.includes(flight.traveller)) &&
        (flights.length === 0 ||
          flights.some(
            ({ direction, leg }) => direction === flight.direction && (leg === '' || leg === String(flight.leg)),
          )),
    )
  return covers ? (table.allowances.get(covers.allowance) ?? null) : null
}

function firstText(element: XmlElement | undefined, name: string): string {
  return element ? (listDescendants(element, name)[0]?.text.trim() ?? '') : ''
}
