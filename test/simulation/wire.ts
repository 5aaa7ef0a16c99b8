import { type Fault, fault } from '../../src/core/fault.ts'
import type { Call } from '../../src/providers/port.ts'
import type { Fortune } from './fortune.ts'
import type { Operation } from './plan.ts'
import type { SimClock } from './sim-clock.ts'

/** The network between us and a supplier or the gateway. `act` is what happens at the other side when the call arrives;
 *  the guard's part (an answer at the deadline, whatever happens) is done here. */
export type Wire = <T>(
  operation: Operation,
  call: Call,
  asked: {
    act(delivery: { readonly partial: boolean }): T
    /** A definite no that the other side may give; nothing is done. */
    refused(): T
    /** Nothing left us. */
    unreachable(why: Fault): T
    /** It left us and no good answer came. */
    lost(why: Fault): T
  },
) => Promise<T>

const hopMs = 40
const slowMs = 4_000
/** Within the settle time that suppliers declare here. */
export const lateMs = 20_000
export const settleMs = 30_000

const noAnswer = fault('timeout', 'no answer', { mayHaveBooked: true })
const garbled = fault('supplier-error', 'could not be understood', { mayHaveBooked: true })
const notReachable = fault('connection', 'not reachable')

export function makeWire(clock: SimClock, fortune: Fortune): Wire {
  return async (operation, call, { act, refused, unreachable, lost }) => {
    const fate = fortune.fate(operation)
    if (fate !== 'ok') fortune.note(`${operation}: ${fate}`)
    const toDeadline = (): Promise<void> => clock.sleep(call.deadline.remainingMs())
    if (call.deadline.remainingMs() <= 0) return unreachable(notReachable)
    if (fate === 'unreachable') return unreachable(notReachable)
    if (fate === 'refused') return clock.sleep(hopMs).then(refused)
    if (fate === 'lost-before') {
      await toDeadline()
      return lost(noAnswer)
    }
    if (fate === 'late') {
      clock.after(call.deadline.remainingMs() + lateMs, () => {
        fortune.note(`${operation}: arrives late`)
        act({ partial: false })
      })
      await toDeadline()
      return lost(noAnswer)
    }
    await clock.sleep(Math.min(fate === 'slow' ? slowMs : hopMs, call.deadline.remainingMs()))
    const answer = act({ partial: fate === 'partial' })
    if (fate === 'duplicated') act({ partial: false })
    if (fate === 'lost-after') await toDeadline()
    if (fate === 'lost-after' || call.deadline.remainingMs() <= 0) return lost(noAnswer)
    await clock.sleep(Math.min(hopMs, call.deadline.remainingMs()))
    return fate === 'garbled' || (fate === 'partial' && operation !== 'issueTickets') ? lost(garbled) : answer
  }
}
