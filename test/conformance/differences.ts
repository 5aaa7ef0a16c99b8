import { folded } from './forms.ts'

/** Comparisons: null where nothing is missing and nothing is there that should not be, else what differs. */
export type Difference = string | null

const shownMax = 3

export function setDifference(
  wanted: Iterable<string>,
  given: Iterable<string>,
  tolerated: Iterable<string> = [],
): Difference {
  const want = new Set(wanted)
  const have = new Set(given)
  const may = new Set(tolerated)
  const missing = [...want].filter(item => !have.has(item))
  const extra = [...have].filter(item => !want.has(item) && !may.has(item))
  return told(missing, extra)
}

/** How often counts too: two passengers of one surname are two. */
export function bagDifference(wanted: readonly string[], given: readonly string[]): Difference {
  const want = [...wanted].sort()
  const have = [...given].sort()
  if (want.join('\n') === have.join('\n')) return null
  return `${have.length} instead of ${want.length}: ${have.slice(0, shownMax).join(', ')}, want ${want.slice(0, shownMax).join(', ')}`
}

/** Where the message tells dates only, or no dates, so much is compared. */
export function flightDifference(wanted: readonly string[], given: ReadonlySet<string>): Difference {
  if (wanted.length === 0 || wanted.some(flight => / \d{4}-\d\d-\d\dT/.test(flight)))
    return setDifference(wanted, given)
  const route = (flight: string): string => flight.split(' ').slice(0, 2).join(' ')
  const byDay = (flight: string): string => [route(flight), flight.split(' ')[2]?.slice(0, 10) ?? ''].join(' ').trim()
  const have = new Set([...given].map(byDay))
  const routes = new Set([...have].map(route))
  const missing = wanted.filter(flight => !have.has(flight) && !(flight === route(flight) && routes.has(flight)))
  const dated = new Set(wanted.map(route))
  const extra = [...have].filter(
    flight =>
      !wanted.includes(flight) && !wanted.includes(route(flight)) && !(flight === route(flight) && dated.has(flight)),
  )
  return told(missing, extra)
}

/** Each wanted value in one of its forms (`A|B`); each given one is a list of forms too (a brand's code and name). */
export function formsDifference(
  wanted: readonly string[],
  given: readonly (readonly string[])[],
  tolerated: readonly string[] = [],
): Difference {
  const formsOf = (text: string): readonly string[] => text.split('|').map(folded)
  const want = wanted.map(formsOf)
  const may = new Set(tolerated.flatMap(formsOf))
  const have = given.map(forms => forms.filter(form => form !== '').map(folded)).filter(forms => forms.length > 0)
  const meets = (a: readonly string[], b: readonly string[]): boolean => a.some(form => b.includes(form))
  const missing = wanted.filter((_, index) => !have.some(forms => meets(forms, want[index]!)))
  const extra = have.filter(forms => !want.some(other => meets(other, forms)) && !forms.some(form => may.has(form)))
  return told(missing, [...new Set(extra.map(forms => forms.join('/')))])
}

/** Whether a code or wording (`A|B`) is among texts: the whole of one, a word in it, or, when long, a part of it. */
export function isToldIn(alternatives: string, texts: readonly unknown[]): boolean {
  return alternatives.split('|').some(alternative => {
    const wanted = folded(alternative)
    return texts.some(text => {
      if (text === null || text === undefined) return false
      const found = folded(text)
      const words = found.split(/[^a-z0-9_.-]+/)
      return found === wanted || words.includes(wanted) || (wanted.length > 8 && found.includes(wanted))
    })
  })
}

function told(missing: readonly string[], extra: readonly string[]): Difference {
  const parts = [listed('missing', missing), listed('extra', extra)].filter(part => part !== '')
  return parts.length === 0 ? null : parts.join('; ')
}

function listed(name: string, items: readonly string[]): string {
  if (items.length === 0) return ''
  return `${name} ${items.length}: ${[...items].sort().slice(0, shownMax).join(', ')}`
}
