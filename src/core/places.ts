/** Places for calls under way at once: a limit that may change, and two queues. What is urgent goes first and finds places
 *  that the rest may not take, so that a crowd of searches never stands in a booking's way. */
export interface Places {
  /** Resolves with what gives the place back; undefined: the signal was aborted first. */
  take(urgent: boolean, signal: AbortSignal): Promise<Release | undefined>
  setLimit(limit: number): void
  state(): PlacesState
}

export type Release = () => void
export type PlacesState = { readonly limit: number; readonly inFlight: number; readonly waiting: number }

/** One place in so many is kept for what is urgent, one at least where there are two. */
const urgentShare = 8

type Waiting = { readonly grant: (release: Release) => void }

export function makePlaces(limitAtFirst: number): Places {
  let limit = limitAtFirst
  let inFlight = 0
  /** In the order of their coming; a Set forgets who left at no cost. */
  const urgentOnes = new Set<Waiting>()
  const others = new Set<Waiting>()

  const openTo = (urgent: boolean): number =>
    urgent || limit < 2 ? limit : limit - Math.max(1, Math.floor(limit / urgentShare))

  const occupy = (): Release => {
    inFlight++
    let held = true
    return () => {
      if (!held) return
      held = false
      inFlight--
      admit()
    }
  }

  const admit = (): void => {
    for (const [queue, urgent] of [[urgentOnes, true] as const, [others, false] as const]) {
      for (const waiting of queue) {
        if (inFlight >= openTo(urgent)) break
        queue.delete(waiting)
        waiting.grant(occupy())
      }
    }
  }

  return {
    take(urgent, signal) {
      if (signal.aborted) return Promise.resolve(undefined)
      const queue = urgent ? urgentOnes : others
      if (queue.size === 0 && inFlight < openTo(urgent)) return Promise.resolve(occupy())
      return new Promise(resolve => {
        const leave = (): void => {
          if (queue.delete(waiting)) resolve(undefined)
        }
        const grant: Waiting['grant'] = release => {
          signal.removeEventListener('abort', leave)
          resolve(release)
        }
        const waiting: Waiting = { grant }
        queue.add(waiting)
        signal.addEventListener('abort', leave, { once: true })
      })
    },
    setLimit(next) {
      limit = next
      admit()
    },
    state: () => ({ limit, inFlight, waiting: urgentOnes.size + others.size }),
  }
}
