import type { WorkItemJson } from '../../src/booking/port.ts'
import type { BookingService } from '../../src/booking/service.ts'
import type { PassengerId } from '../../src/core/ids.ts'
import { ProblemError } from '../../src/core/problem.ts'
import type { Airline } from './airline.ts'
import type { Bank } from './bank.ts'
import type { Fortune } from './fortune.ts'
import { context } from './front-end.ts'

type Around = { readonly airline: Airline; readonly bank: Bank; readonly approvesReviews: boolean }

/** Somebody who works off the list: looks at the airline and the bank, does by hand what they can, and says the truth. Tries
 *  the machine first. */
export async function workOff(
  bookings: BookingService,
  round: number,
  around: Around & { readonly fortune: Fortune },
): Promise<number> {
  const { workItems } = await bookings.listWorkItems({ limit: 100 }, context).catch(later)
  for (const item of workItems) {
    const said = truth(item, round, around)
    around.fortune.note(`person: ${item.step} of ${reference(item)}: ${said.resolution}`)
    await bookings
      .resolveWorkItem(item.id as `wit_${string}`, { ...said, note: 'Looked into it.', by: 'sim' }, context)
      .catch((error: unknown) => {
        // another one was faster, or the machine was, or the service is not there now: next time
        if (!(error instanceof ProblemError)) throw error
      })
  }
  return workItems.length
}

/** The database cannot be reached: comes back. */
function later(error: unknown): { readonly workItems: readonly WorkItemJson[] } {
  if (error instanceof ProblemError && error.status >= 500) return { workItems: [] }
  throw error
}

type Said = { readonly resolution: 'retry' | 'done' | 'not-done' | 'found'; readonly locator?: string }

function truth(item: WorkItemJson, round: number, { airline, bank, approvesReviews }: Around): Said {
  const pnr = airline.pnrs.find(one => one.reference === reference(item) && one.status === 'live')
  switch (item.step) {
    case 'create-order':
      return pnr ? { resolution: 'found', locator: pnr.locator } : { resolution: 'not-done' }
    case 'issue-tickets':
      if (pnr) airline.ticketByHand(pnr)
      return { resolution: 'retry' }
    case 'cancel-order':
      if (round === 1) return { resolution: 'retry' }
      if (pnr) airline.cancelByHand(pnr, (item.passengerIds as readonly PassengerId[] | null) ?? undefined)
      return { resolution: 'done' }
    case 'void':
    case 'refund':
      if (round === 1) return { resolution: 'retry' }
      settle(item, bank)
      return { resolution: 'done' }
    case 'fraud-review':
      return { resolution: approvesReviews ? 'done' : 'not-done' }
    case 'capture':
      return { resolution: round === 1 ? 'retry' : 'not-done' }
    default:
      return { resolution: 'retry' }
  }
}

function settle({ target, booking }: WorkItemJson, bank: Bank): void {
  type Refund = { readonly id: string; readonly paymentId: string; readonly amount: { readonly amount: string } }
  const { refunds } = booking as { readonly refunds: readonly Refund[] }
  const refund = refunds.find(({ id }) => id === target)
  // with those that were paid before it
  const due = refunds.reduce((sum, { amount }) => sum + Math.round(Number(amount.amount) * 100), 0)
  if (refund) bank.settleByHand(refund.paymentId, due)
  else bank.settleByHand(String(target), null)
}

function reference({ booking }: WorkItemJson): string {
  return String((booking as { readonly reference: string }).reference)
}
