import type { BookingEvent } from './events.ts'

/** What the audit log keeps of an event: all of it, but of a sale only what names it (the whole is in `sales`, which never
 *  changes). */
export function auditData(event: BookingEvent): Readonly<Record<string, unknown>> {
  const { kind: _, ...data } = event
  if (event.kind !== 'booking-started') return data
  const { sale, ...rest } = data as Omit<typeof event, 'kind'>
  const { offerId, provider, total, rate, hold } = sale
  return { ...rest, sale: { offerId, provider, total, rate, hold } }
}
