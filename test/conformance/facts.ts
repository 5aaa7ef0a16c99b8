import { type Difference, isToldIn } from './differences.ts'
import type { Expectation } from './expectation.ts'
import { type Tree, folded, listOf, treesOf } from './forms.ts'
import { offerFacts } from './offer-facts.ts'
import { orderFacts } from './order-facts.ts'

export type Fact = { readonly name: string; readonly difference: Difference }

/** What `fareloom decode` made of a message: its report, or why it could not be read. */
export type Outcome =
  | { readonly kind: 'report'; readonly report: Tree }
  | { readonly kind: 'refused'; readonly text: string }
  /** Neither a report nor a reason: a defect, whatever the message. */
  | { readonly kind: 'crashed'; readonly text: string }

/** Every fact that is expected of a message, each with its difference. */
export function factsOf(expected: Expectation, outcome: Outcome): readonly Fact[] {
  const report: Tree = outcome.kind === 'report' ? outcome.report : {}
  const why = outcome.kind === 'report' ? null : outcome.text
  if (expected.malformed) return malformedFacts(report, outcome)
  if (outcome.kind === 'crashed') return [{ name: 'crash', difference: outcome.text }]
  const warned = outcome.kind === 'refused' || [...listOf(report.warnings), ...listOf(report.faults)].length > 0
  return [
    ...acceptance(expected, report, why),
    ...faultFacts(expected, report, why),
    ...warningFacts(expected, report),
    ...seatMapFacts(expected, report, why),
    ...best(expected.offers, offers => offerFacts(offers, report, given(expected, 'offers'), warned)),
    ...best(expected.order, order => orderFacts(order, report, given(expected, 'order'))),
  ]
}

function given({ ifGiven }: Expectation, part: string): ReadonlySet<string> {
  return new Set(ifGiven.filter(name => name.startsWith(`${part}.`)).map(name => name.slice(part.length + 1)))
}

function malformedFacts(report: Tree, outcome: Outcome): readonly Fact[] {
  const offers = listOf(report.offers).length
  const said = outcome.kind === 'refused' || listOf(report.faults).length > 0
  const crash = outcome.kind === 'crashed' ? outcome.text : null
  return [
    { name: 'malformed', difference: crash ?? (said ? null : 'neither a fault nor a reason') },
    { name: 'noOffers', difference: offers === 0 ? crash : `${offers} offers out of a malformed message` },
  ]
}

function acceptance(expected: Expectation, report: Tree, why: Difference): readonly Fact[] {
  if (!expected.accepted) {
    const isOptional = alternativesOf(expected.offers).some(offers => offers.reasonGiven)
    return expected.faults === null && why !== null && !isOptional ? [{ name: 'answered', difference: why }] : []
  }
  const [fault] = treesOf(report.faults)
  const accepted = { name: 'accepted', difference: why ?? (fault ? `fault ${fault.code} ${fault.text}` : null) }
  if (expected.messageLike === null) return [accepted]
  const isLike = expected.messageLike.some(word => folded(report.message).includes(word))
  const called = `is called ${report.message}, want a name with ${expected.messageLike.join(' or ')}`
  return [accepted, { name: 'message', difference: why ?? (isLike ? null : called) }]
}

function faultFacts({ faults }: Expectation, report: Tree, why: Difference): readonly Fact[] {
  if (faults === null) return []
  const codes = treesOf(report.faults).map(fault => fault.code)
  const offers = listOf(report.offers).length
  return [
    ...faults.map(code => ({
      name: `fault ${code.split('|')[0]}`,
      difference: isToldIn(code, codes) ? null : (why ?? `faults have the codes ${codes.join(', ') || 'none'}`),
    })),
    { name: 'noOffers', difference: why ?? (offers === 0 ? null : `${offers} offers in an error message`) },
  ]
}

/** A message that may be refused as a whole owes no warnings then. */
function warningFacts(expected: Expectation, report: Tree): readonly Fact[] {
  const mayBeRefused = expected.accepted === null && expected.faults === null
  if (expected.warningCodes === null || (mayBeRefused && listOf(report.offers).length === 0)) return []
  const told = [...treesOf(report.warnings), ...treesOf(report.faults)].flatMap(({ code, text }) => [code, text])
  return expected.warningCodes.map(code => ({
    name: `warning ${code.split('|')[0]}`,
    difference: isToldIn(code, told) ? null : `no warning ${code}`,
  }))
}

function seatMapFacts({ seatMaps }: Expectation, report: Tree, why: Difference): readonly Fact[] {
  if (seatMaps === null) return []
  const found = listOf(report.seatMaps).length
  const difference = seatMaps.includes(found) ? null : (why ?? `${found} seat maps, want ${seatMaps.join(' or ')}`)
  return [{ name: 'seatMaps', difference }]
}

function alternativesOf<T>(expected: T | readonly T[] | null): readonly T[] {
  if (expected === null || expected === undefined) return []
  return Array.isArray(expected) ? expected : [expected as T]
}

/** Readings of a message may differ: the alternative that fits best counts. */
function best<T>(expected: T | readonly T[] | null, check: (alternative: T) => readonly Fact[]): readonly Fact[] {
  const score = (facts: readonly Fact[]): number =>
    facts.length === 0 ? 1 : facts.filter(isRight).length / facts.length
  const [first, ...more] = alternativesOf(expected).map(check)
  return more.reduce((a, b) => (score(b) > score(a) ? b : a), first ?? [])
}

export function isRight({ difference }: Fact): boolean {
  return difference === null
}
