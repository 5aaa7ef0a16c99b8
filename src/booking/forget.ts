import type { RequestContext } from '../core/context.ts'
import type { BookingId } from '../core/ids.ts'
import { auditOf } from './audit.ts'
import type { Booking } from './booking.ts'
import { VersionConflict } from './booking-store.ts'
import type { BookingEvent } from './events.ts'
import { evolve } from './evolve.ts'
import { wakeAt } from './next.ts'
import type { Desk } from './parts.ts'
import { load } from './runner.ts'
import { statusOf } from './status.ts'

const event: BookingEvent = { kind: 'personal-data-forgotten' }
const conflictsMax = 5

/** The key of the booking goes, and with it all that was sealed under it; the booking and its history hold ids only and stay.
 *  False where there is none, or it was forgotten before. */
export async function forgetBooking(desk: Desk, id: BookingId, context: RequestContext): Promise<boolean> {
  for (let conflicts = 1; ; conflicts++) {
    const held = await load(desk.tools, context.tenant, id)
    if (!held?.key) return false
    try {
      await forget(desk, held.booking, held.auditHead, context)
      return true
    } catch (error) {
      if (!(error instanceof VersionConflict) || conflicts >= conflictsMax) throw error
    }
  }
}

async function forget(
  { tools, vault }: Desk,
  before: Booking,
  auditHead: string,
  { requestId }: RequestContext,
): Promise<void> {
  const at = tools.outside.clock.now()
  const after = evolve(before, event)
  const status = { before: statusOf(before), after: statusOf(after) }
  const write = { id: after.id, events: [event], version: after.version, status, at, actor: 'api', requestId }
  await tools.store.save({
    before,
    after,
    audit: auditOf(write, auditHead, vault.auditSeals[0]),
    status,
    wakeAt: wakeAt(after, at),
    sealed: [],
    newPrivate: null,
    key: null,
    announcements: [],
    forget: true,
    at,
  })
}
