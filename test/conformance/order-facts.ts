import { bagDifference, type Difference, flightDifference, setDifference } from './differences.ts'
import type { ExpectedOrder } from './expectation.ts'
import type { Fact } from './facts.ts'
import { flightOf, isCodeshare, moneyOf, segmentsOf, statedMoney, type Tree, treeOf, treesOf } from './forms.ts'

export function orderFacts(expected: ExpectedOrder, report: Tree, given: ReadonlySet<string>): readonly Fact[] {
  const order = treeOf(report.order)
  const isThere = report.order !== null && report.order !== undefined
  const may = expected.may ?? {}
  const facts: Fact[] = []
  const add = <T>(
    name: string,
    wanted: T | null | undefined,
    isGiven: boolean,
    differ: (wanted: T) => Difference,
  ): void => {
    if (wanted === null || wanted === undefined || (given.has(name) && !isGiven)) return
    facts.push({ name: `order.${name}`, difference: isThere ? differ(wanted) : 'no order' })
  }

  const locators = treesOf(order.recordLocators).map(({ locator }) => String(locator).toUpperCase())
  const tickets = treesOf(order.documents).map(ticketNumber)
  const surnames = treesOf(order.passengers).flatMap(({ surname }) => (surname ? [String(surname).toUpperCase()] : []))
  const segments = segmentsOf(order)
  const codeshares = new Set(segments.filter(isCodeshare).map(flightOf)).size
  const total = moneyOf(order.total)
  add('recordLocators', expected.recordLocators, locators.length > 0, wanted =>
    setDifference(wanted, locators, may.recordLocators),
  )
  add('tickets', expected.tickets, tickets.length > 0, wanted => setDifference(wanted, tickets, may.tickets))
  add('surnames', expected.surnames, surnames.length > 0, wanted =>
    bagDifference(
      wanted.map(name => name.toUpperCase()),
      surnames,
    ),
  )
  add('flights', expected.flights, segments.length > 0, wanted =>
    flightDifference(wanted, new Set(segments.map(flightOf))),
  )
  add('codeshares', expected.codeshares, segments.some(tellsOperator), wanted =>
    codeshares === wanted ? null : `${codeshares} codeshare flights, want ${wanted}`,
  )
  const totals = expected.totalAny ?? (expected.total ? [expected.total] : null)
  add('total', totals, total !== undefined, wanted =>
    total !== undefined && wanted.map(statedMoney).includes(total) ? null : `${total}, want ${wanted.join(' or ')}`,
  )
  return facts
}

/** 13 digits; a fourteenth is a check digit. */
function ticketNumber({ number }: Tree): string {
  const digits = String(number).replace(/\D/g, '')
  return digits.length === 14 ? digits.slice(0, 13) : digits
}

function tellsOperator(segment: Tree): boolean {
  return typeof treeOf(segment.operating).carrier === 'string'
}
