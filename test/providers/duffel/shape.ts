/** What messages of one kind have in common, derived from recordings: by place (`/slices/…/segments/…`), the members that
 *  every object there has, and the types and words that each member may have. */

type Member = { readonly types: Set<string>; readonly words: Set<string>; count: number }
type Place = { objects: number; readonly members: Map<string, Member> }
export type Shape = ReadonlyMap<string, Place>

export function shapeOf(messages: readonly unknown[]): Shape {
  const shape = new Map<string, Place>()
  for (const message of messages) note(message, '', shape)
  return shape
}

function note(value: unknown, at: string, shape: Map<string, Place>): void {
  if (Array.isArray(value)) {
    for (const item of value) note(item, `${at}/*`, shape)
    return
  }
  if (typeof value !== 'object' || value === null) return
  let place = shape.get(at)
  if (!place) {
    place = { objects: 0, members: new Map() }
    shape.set(at, place)
  }
  place.objects++
  for (const [name, child] of Object.entries(value)) {
    let member = place.members.get(name)
    if (!member) {
      member = { types: new Set(), words: new Set(), count: 0 }
      place.members.set(name, member)
    }
    member.count++
    member.types.add(typeOf(child))
    if (typeof child === 'string') member.words.add(child)
    note(child, `${at}/${name}`, shape)
  }
}

function typeOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value
}

/** Members whose values are words of the format, not of the airline or the traveller. */
const enumerations: Readonly<Record<string, readonly string[]>> = {
  cabin_class: ['first', 'business', 'premium_economy', 'economy'],
  origin_type: ['airport', 'city'],
  destination_type: ['airport', 'city'],
  refund_to: ['arc_bsp_cash', 'balance', 'card', 'voucher', 'awaiting_payment', 'airline_credits'],
}

/** How `ours` falls short of `recorded`: members that are always there and missing, types that were never seen, neither
 *  there nor at the same place of `related` messages. A member that was only ever null may be anything. */
export function shortcomings(ours: Shape, recorded: Shape, related: Shape = new Map()): readonly string[] {
  const found: string[] = []
  for (const [at, place] of recorded) {
    const own = ours.get(at)
    if (!own) continue
    for (const [name, member] of place.members) {
      const mine = own.members.get(name)
      if (member.count === place.objects && mine?.count !== own.objects) found.push(`${at}/${name} is missing`)
      const seen = new Set([...member.types, ...(related.get(at)?.members.get(name)?.types ?? [])])
      const known = seen.size === 1 && seen.has('null') ? undefined : seen
      for (const type of mine?.types ?? []) {
        if (known && !known.has(type)) found.push(`${at}/${name} is ${type}, not ${[...known].join(' or ')}`)
      }
    }
  }
  return [...found, ...wrongWords(ours)]
}

function wrongWords(ours: Shape): readonly string[] {
  return [...ours].flatMap(([at, place]) =>
    [...place.members].flatMap(([name, { words }]) => {
      const allowed = enumerations[name]
      return allowed ? [...words].filter(word => !allowed.includes(word)).map(word => `${at}/${name} is "${word}"`) : []
    }),
  )
}
