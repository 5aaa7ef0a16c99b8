/** Books without end into the folder given and prints the locator of every acknowledged booking, until it is killed. */
import { systemClock } from '../../src/core/clock.ts'
import { booked, openTestWorld, request } from './world-helpers.ts'

const world = await openTestWorld(systemClock, process.argv[2]!)
const date = new Date(systemClock.now() + 90 * 864e5).toISOString().slice(0, 10)
const view = world.view('sabre')
for (;;) {
  const offers = view.shop(request([`LHR-JFK ${date}`], { offersMax: 8 }))
  const pnrs = await Promise.all(offers.map(offer => booked(view, offer).catch(() => undefined)))
  for (const pnr of pnrs) if (pnr) process.stdout.write(`${pnr.locator}\n`)
}
