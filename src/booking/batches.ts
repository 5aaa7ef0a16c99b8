import { nextTurn, systemClock } from '../core/clock.ts'

/** Work of one kind, sent together: what comes in one turn of the event loop, and what comes while `underWayMax` are under way,
 *  goes in one. Each has its own result, and its own failure. */
export type Batching<Item, Result> = {
  /** A result for each, in their order. */
  send(items: readonly Item[]): Promise<readonly Result[]>
  /** Two that share one of these never go together: the later one goes with the next. */
  names(item: Item): readonly string[]
  /** Whether a failure says that nothing at all was done: then each goes again by itself, so that one does not fail others. */
  isUndone(error: unknown): boolean
  readonly underWayMax: number
  readonly itemsMax: number
  /** Past it nothing more is taken. */
  readonly waitingMax: number
  readonly tooMany: () => Error
}

/** One that takes longer is not waited for: others go past it. */
const patienceMs = 250

type Waiting<Item, Result> = {
  readonly item: Item
  readonly names: readonly string[]
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

export function inBatches<Item, Result>(how: Batching<Item, Result>): (item: Item) => Promise<Result> {
  let waiting: Waiting<Item, Result>[] = []
  let underWay = 0
  let planned = false

  const plan = (): void => {
    if (planned || waiting.length === 0 || underWay >= how.underWayMax) return
    planned = true
    void nextTurn().then(() => {
      planned = false
      start()
      plan()
    })
  }
  const start = (): void => {
    const { together, later } = divided(waiting, how.itemsMax)
    waiting = later
    underWay++
    let counted = true
    const over = (): void => {
      if (!counted) return
      counted = false
      underWay--
      plan()
    }
    const late = systemClock.after(patienceMs, over, { unref: true })
    void sendAll(together, how).finally(() => {
      late.cancel()
      over()
    })
  }
  return item =>
    new Promise((resolve, reject) => {
      if (waiting.length >= how.waitingMax) throw how.tooMany()
      waiting.push({ item, names: how.names(item), resolve, reject })
      plan()
    })
}

function divided<W extends { readonly names: readonly string[] }>(
  waiting: readonly W[],
  itemsMax: number,
): { readonly together: readonly W[]; readonly later: W[] } {
  const taken = new Set<string>()
  const together: W[] = []
  const later: W[] = []
  for (const one of waiting) {
    const fits = together.length < itemsMax && !one.names.some(name => taken.has(name))
    if (fits) together.push(one)
    else later.push(one)
    // also of one that waits: those behind it keep their order
    for (const name of one.names) taken.add(name)
  }
  return { together, later }
}

async function sendAll<Item, Result>(
  together: readonly Waiting<Item, Result>[],
  how: Batching<Item, Result>,
): Promise<void> {
  try {
    const results = await how.send(together.map(({ item }) => item))
    for (const [i, { resolve }] of together.entries()) resolve(results[i]!)
  } catch (error) {
    const again = together.length > 1 && how.isUndone(error)
    if (again) await Promise.all(together.map(one => sendAll([one], how)))
    else for (const { reject } of together) reject(error)
  }
}
