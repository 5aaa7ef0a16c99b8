import type { SegmentId } from '../core/ids.ts'
import type { Booking } from './booking.ts'

/** As the supplier last said; HX of a cancelled order, whose flights few suppliers speak of again. */
export function segmentStatuses({ orders, segments }: Booking): ReadonlyMap<string, string | null> {
  const cancelled = new Set<SegmentId>()
  for (const { status, segmentIds } of orders) {
    for (const id of segmentIds) {
      if (status === 'cancelled') cancelled.add(id)
      else cancelled.delete(id)
    }
  }
  return new Map(segments.map(({ id, status }) => [id, cancelled.has(id) ? 'HX' : status]))
}
