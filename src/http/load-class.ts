import type { Route } from './route.ts'

/** What goes first when not all can go. `always`: health, metrics, documentation. `booking`: money and seats are at stake.
 *  `read`: answered from what is stored. `search`: may cost a fan-out. */
export type LoadClass = 'always' | 'booking' | 'read' | 'search'

export function loadClassOf({ method, path, open }: Pick<Route, 'method' | 'path' | 'open'>): LoadClass {
  if (open) return 'always'
  if (path.startsWith('/v1/bookings') || path === '/v1/offers/{id}/price') return 'booking'
  return method === 'post' && path === '/v1/searches' ? 'search' : 'read'
}
