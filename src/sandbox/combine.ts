import { affinity } from './carriers.ts'
import type { Pick } from './picks.ts'

/** A pick with what it costs: money for one adult, and money plus what the hours are worth to most people. */
export type Option = { readonly pick: Pick; readonly dollars: number; readonly cost: number }
export type Combination = { readonly picks: readonly Pick[]; readonly cost: number }

/** Options of a slice that are combined with those of the next one: by number of slices. */
const widths = [0, 400, 10, 6, 4, 3, 3]
const partnersWidth = 4
const perQueueMax = 80

type Queue = { readonly combinations: readonly Combination[]; taken: number }

/** Whole journeys out of options per slice: of one airline and brand mostly, partners mixed here and there; as many as
 *  asked for, the good ones of every airline before the tenth of one. */
export function combine(options: readonly (readonly Option[])[], max: number): readonly Combination[] {
  const groups = options.map(slice =>
    Map.groupBy(slice, ({ pick }) => `${pick.itinerary.owner.code}${pick.terms.letter}`),
  )
  const queues: Queue[] = []
  const width = widths[Math.min(options.length, widths.length - 1)]!
  for (const [key, first] of groups[0]!) {
    const rest = groups.slice(1).map(group => group.get(key) ?? [])
    queues.push({ combinations: product([first, ...rest], width), taken: 0 })
    if (groups.length > 1) queues.push({ combinations: withPartners(first, groups.slice(1)), taken: 0 })
  }
  const chosen = drain(queues, max)
  return chosen.length > 0 || options.length === 1 ? chosen : interline(options, max)
}

function withPartners(
  first: readonly Option[],
  groups: readonly ReadonlyMap<string, readonly Option[]>[],
): readonly Combination[] {
  const { owner } = first[0]!.pick.itinerary
  const { letter } = first[0]!.pick.terms
  const partners = groups.map(group =>
    [...group.values()].flatMap(list => {
      const { itinerary, terms } = list[0]!.pick
      const close = affinity(owner.index, itinerary.owner.index) === 1
      return close && terms.letter === letter ? cheapest(list, 2) : []
    }),
  )
  return product([first, ...partners], partnersWidth)
}

/** No airline and none of its partners goes all the way: whoever has an agreement with the first. */
function interline(options: readonly (readonly Option[])[], max: number): readonly Combination[] {
  const [first, ...rest] = options
  const queues = cheapest(first ?? [], 12).map(start => {
    const { owner } = start.pick.itinerary
    const fitting = rest.map(slice => slice.filter(({ pick }) => affinity(owner.index, pick.itinerary.owner.index) < 9))
    return { combinations: product([[start], ...fitting], 3), taken: 0 }
  })
  return drain(queues, max)
}

function product(slices: readonly (readonly Option[])[], width: number): readonly Combination[] {
  let combinations: Combination[] = [{ picks: [], cost: 0 }]
  for (const slice of slices) {
    const some = cheapest(slice, width)
    combinations = combinations
      .flatMap(({ picks, cost }) =>
        some
          .filter(({ pick }) => follows(picks.at(-1), pick))
          .map(option => ({ picks: [...picks, option.pick], cost: cost + option.cost })),
      )
      .sort((a, b) => a.cost - b.cost)
      .slice(0, perQueueMax)
  }
  return combinations
}

function cheapest(options: readonly Option[], count: number): readonly Option[] {
  return options.toSorted((a, b) => a.cost - b.cost).slice(0, count)
}

/** An hour between arriving and leaving again, where both are on one day. */
function follows(before: Pick | undefined, after: Pick): boolean {
  if (!before) return true
  const arrived = before.itinerary.segments.at(-1)!.operated.arrivalMs
  return after.itinerary.segments[0]!.operated.departureMs >= arrived + 3_600_000
}

/** Always the cheapest head, each queue's next one seeming 5 % dearer for every one it has given. */
function drain(queues: readonly Queue[], max: number): readonly Combination[] {
  const chosen: Combination[] = []
  while (chosen.length < max) {
    let best: Queue | undefined
    let bestCost = Number.POSITIVE_INFINITY
    for (const queue of queues) {
      const head = queue.combinations[queue.taken]
      if (!head) continue
      const cost = head.cost * (1 + 0.05 * queue.taken)
      if (cost < bestCost) {
        best = queue
        bestCost = cost
      }
    }
    if (!best) break
    chosen.push(best.combinations[best.taken]!)
    best.taken++
  }
  return chosen
}
