import type { Booking } from './booking.ts'
import type { Announcement } from './booking-store.ts'
import type { BookingStatus } from './port.ts'

/** What others are told of a change: that the booking has another status now. Ids only. */
export function announcementsOf(
  { id, reference, version }: Booking,
  status: { readonly before: BookingStatus | null; readonly after: BookingStatus },
): readonly Announcement[] {
  if (status.before === status.after) return []
  const payload = { bookingId: id, reference, version, status: status.after, previousStatus: status.before }
  return [{ type: `booking.${status.after}`, payload }]
}
