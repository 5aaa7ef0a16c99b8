/** Where people want to go: the simulated world's own routes, the busiest first. */
import { getAirport } from '../../src/reference/airports.ts'
import { loadNetwork } from '../../src/sandbox/network.ts'

export type CityPair = { readonly origin: string; readonly destination: string; readonly country: string }

/** Every ordered pair of airports with a direct flight, by seats a week. */
export function cityPairsBySeats(): readonly CityPair[] {
  const seats = new Map<string, number>()
  for (const route of loadNetwork().routes) {
    const key = `${route.from.code} ${route.to.code}`
    seats.set(key, (seats.get(key) ?? 0) + route.perWeek * route.seats)
  }
  return [...seats]
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .map(([key]) => {
      const [origin = '', destination = ''] = key.split(' ')
      return { origin, destination, country: getAirport(origin).country }
    })
}
