/** CPU of one supplier's shop over the sandbox world: `node bench/sandbox-shop.ts [--json]`. A simulator must not hide the
 *  engine's own cost: at most 20 ms for 50 itineraries of a return trip. `cold`: flights of that pair and date are put
 *  together for the first time (the process itself is warm); `warm`: another supplier asked for them before. Says nothing
 *  about the wire formats or HTTP around it. */
import { systemClock, toInstant } from '../src/core/clock.ts'
import { silentLog } from '../src/core/log.ts'
import { dayMs } from '../src/sandbox/days.ts'
import { openWorld } from '../src/sandbox/open-world.ts'
import type { WorldShopRequest } from '../src/sandbox/world.ts'

const pairs = [
  ...['LHR JFK', 'CDG SIN', 'FRA BKK', 'AMS GRU', 'MAD EZE', 'SYD LAX', 'DXB SYD', 'HND SFO', 'DFW LHR', 'DEL LHR'],
  ...['MUC NRT', 'BCN MIA', 'ARN BKK', 'DUB BOS', 'YYZ LHR', 'JNB LHR', 'MEX MAD', 'SEA ICN', 'ATH JFK', 'LIS GRU'],
  ...['LHR NCE', 'TXL MUC', 'BHX AKL', 'KEF PER', 'GOT HKT', 'NAP DEN', 'LON NYC', 'PAR TYO', 'MIL MIA', 'CHI LON'],
]
const aimMs = 20

function request(pair: string, day: number, offersMax: number): WorldShopRequest {
  const [origin, destination] = pair.split(' ') as [string, string]
  const date = (offset: number): string => toInstant(systemClock.now() + (day + offset) * dayMs).slice(0, 10)
  const slice = { departureTime: null }
  return {
    slices: [
      { ...slice, origin, destination, departureDate: date(0) },
      { ...slice, origin: destination, destination: origin, departureDate: date(7) },
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
    offersMax,
  }
}

type Row = { readonly name: string; readonly medianMs: number; readonly p90Ms: number; readonly offers: number }

const opened = systemClock.monotonicMs()
const world = await openWorld({ seed: 'bench', clock: systemClock, stateDir: null, log: silentLog })
const openMs = systemClock.monotonicMs() - opened

/** Every pair and day is asked of `before` first, of the one measured then. */
function measure(name: string, offersMax: number, days: readonly number[], before: readonly string[]): Row {
  const times: number[] = []
  let offers = 0
  for (const day of days)
    for (const pair of pairs) {
      for (const code of before) world.view(code).shop(request(pair, day, offersMax))
      const start = process.cpuUsage()
      const found = world.view('amadeus').shop(request(pair, day, offersMax))
      const used = process.cpuUsage(start)
      times.push((used.user + used.system) / 1000)
      offers += found.length
    }
  times.sort((a, b) => a - b)
  const at = (share: number): number => times[Math.floor(share * (times.length - 1))]!
  return { name, medianMs: at(0.5), p90Ms: at(0.9), offers: Math.round(offers / times.length) }
}

measure('', 50, [20, 40], [])
const rows = [
  measure('cold, 50 offers', 50, [61, 97, 133], []),
  measure('cold, 100 offers', 100, [62, 98, 134], []),
  measure('warm, 50 offers', 50, [63, 99, 135], ['sabre']),
  measure('warm, 100 offers', 100, [64, 100, 136], ['sabre']),
]
await world.close()

if (process.argv.includes('--json')) console.log(JSON.stringify({ openMs, aimMs, rows }))
else {
  console.log(
    `opened in ${openMs.toFixed(0)} ms; CPU ms of one shop, return trip, 3 passengers, aim ${aimMs} at the median`,
  )
  for (const { name, medianMs, p90Ms, offers } of rows)
    console.log(
      `${name.padEnd(18)} median ${medianMs.toFixed(1).padStart(5)}  p90 ${p90Ms.toFixed(1).padStart(5)}  offers ${offers}`,
    )
}
