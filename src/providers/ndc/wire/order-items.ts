import type { WireItem, WireService } from './read-item.ts'
import type { WireOrder } from './read-order.ts'

/** What of an order still stands. */

/** Its flights, a service for each passenger or for several. */
export function flightServices({ items }: WireOrder): readonly WireService[] {
  return items.flatMap(item => item.services).filter(service => service.definitionRef === null)
}

export function isCancelled({ status }: Pick<WireService, 'status'>): boolean {
  return /^(cancel|hx|xx)/i.test(status ?? '')
}

/** Passengers none of whose flights stands any more. */
export function cancelledRefs(order: WireOrder): ReadonlySet<string> {
  const flights = flightServices(order)
  const refsOf = (services: readonly WireService[]): readonly string[] => services.flatMap(one => one.passengerRefs)
  const flying = new Set(refsOf(flights.filter(service => !isCancelled(service))))
  return new Set(refsOf(flights).filter(ref => !flying.has(ref)))
}

export function liveItems({ items }: WireOrder): readonly WireItem[] {
  return items.filter(({ status, services }) => {
    const isClosed = /^(closed|cancel)/i.test(status ?? '')
    return !isClosed && !(services.length > 0 && services.every(isCancelled))
  })
}
