import { systemClock, toInstant } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { openWorld } from '../../src/sandbox/open-world.ts'
import type { WorldShopRequest } from '../../src/sandbox/world.ts'
import type { Row } from '../row.ts'

const pairs = [
  ...['LHR JFK', 'CDG SIN', 'FRA BKK', 'AMS GRU', 'MAD EZE', 'SYD LAX', 'DXB SYD', 'HND SFO', 'DFW LHR', 'DEL LHR'],
  ...['MUC NRT', 'BCN MIA', 'ARN BKK', 'DUB BOS', 'YYZ LHR', 'JNB LHR', 'MEX MAD', 'SEA ICN', 'ATH JFK', 'LIS GRU'],
  ...['LHR NCE', 'TXL MUC', 'BHX AKL', 'KEF PER', 'GOT HKT', 'NAP DEN', 'LON NYC', 'PAR TYO', 'MIL MIA', 'CHI LON'],
]
const firstDay = 20
const days = 300

/** A simulator must not hide the engine's own cost. Each search is for a pair and date that nobody asked for before. */
export const row: Row = {
  name: "one supplier's shop over the sandbox world, 50 itineraries, return, 3 passengers, cold",
  unit: 'search',
  floorIs: 'JSON.stringify of the offers of one such search',
  aim: { microsMax: 20_000 },
  async floor() {
    const world = await openBenchWorld()
    const offers = world.view('amadeus').shop(request(0))
    return {
      run() {
        JSON.stringify(offers)
        return 1
      },
      check: () => expectFifty(offers.length),
      close: () => world.close(),
    }
  },
  async value() {
    const world = await openBenchWorld()
    let asked = 0
    return {
      run() {
        world.view('amadeus').shop(request(asked++))
        return 1
      },
      check: () => expectFifty(world.view('amadeus').shop(request(0)).length),
      close: () => world.close(),
    }
  },
}

function openBenchWorld() {
  return openWorld({ seed: 'bench', clock: systemClock, stateDir: null, log: silentLog })
}

function expectFifty(found: number): void {
  if (found !== 50) throw new Error(`${found} offers instead of 50`)
}

function request(index: number): WorldShopRequest {
  const [origin, destination] = pairs[index % pairs.length]!.split(' ') as [string, string]
  const day = firstDay + (Math.floor(index / pairs.length) % days)
  const date = (offset: number): string => toInstant(systemClock.now() + (day + offset) * 86_400_000).slice(0, 10)
  return {
    slices: [
      { origin, destination, departureDate: date(0), departureTime: null },
      { origin: destination, destination: origin, departureDate: date(7), departureTime: null },
    ],
    passengers: [
      { type: 'ADT', age: null },
      { type: 'ADT', age: null },
      { type: 'CHD', age: 8 },
    ],
    cabin: 'economy',
    currency: 'EUR',
    pointOfSale: 'GB',
    maxConnections: null,
    carriers: { include: [], exclude: [] },
    offersMax: 50,
  }
}
