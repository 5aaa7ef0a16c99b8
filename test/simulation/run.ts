import type { Booking } from '../../src/booking/booking.ts'
import type { BookingStore } from '../../src/booking/booking-store.ts'
import { wakeAt } from '../../src/booking/next.ts'
import type { Provider } from '../../src/providers/port.ts'
import { now as start } from '../booking/sample.ts'
import { openAirline } from './airline.ts'
import { audit } from './audit.ts'
import { openBank } from './bank.ts'
import { type Fortune, fortuneOf } from './fortune.ts'
import { context, type FrontEnd, visit } from './front-end.ts'
import { workOff } from './people.ts'
import type { Plan } from './plan.ts'
import { type Process, startProcess } from './process.ts'
import { openShop } from './shop.ts'
import { type SimClock, simClock } from './sim-clock.ts'
import { makePost } from './post.ts'
import { makeWire } from './wire.ts'

export type SimStore = {
  readonly store: BookingStore
  outbox(id: Booking['id']): Promise<readonly string[]>
}

/** A fault planted between the service and what it stands on: the simulation must catch it. */
export type Sabotage = {
  readonly store?: (store: BookingStore) => BookingStore
  readonly provider?: (provider: Provider) => Provider
}

export type Result = { readonly violations: readonly string[]; readonly timeline: readonly string[] }

/** Longer than any doubt, hold or payment window lasts. */
const horizonMs = 3 * 3_600_000
/** What is left is worked off by a person, who comes back to what is left then. */
const roundsMax = 4
const roundMs = 3_600_000
/** Between looks whether anything is on its way; longer than the latest call. */
const stepMs = 5 * 60_000

/** One plan, from the first request to long after the last. */
export async function simulate(plan: Plan, simulated: SimStore, sabotage: Sabotage = {}): Promise<Result> {
  const clock = simClock(start)
  const fortune = fortuneOf(plan, clock)
  try {
    const violations = await play(plan, { clock, fortune, ...simulated }, sabotage)
    return { violations, timeline: fortune.timeline }
  } catch (error) {
    return { violations: [String((error as Error).stack)], timeline: fortune.timeline }
  }
}

type World = SimStore & { readonly clock: SimClock; readonly fortune: Fortune }

async function play(
  plan: Plan,
  { clock, fortune, store, outbox }: World,
  sabotage: Sabotage,
): Promise<readonly string[]> {
  const wire = makeWire(clock, fortune)
  const airline = openAirline(plan, clock, wire, fortune)
  const bank = openBank(wire, fortune, paymentId => sendNews(paymentId))
  const { shop, offers } = openShop(plan.clients)
  const creations = new Map<string, number>()
  const counted: Provider = {
    ...airline.provider,
    createOrder(request, call) {
      creations.set(request.reference, (creations.get(request.reference) ?? 0) + 1)
      return airline.provider.createOrder(request, call)
    },
  }
  const provider = sabotage.provider?.(counted) ?? counted
  const kept = sabotage.store?.(store) ?? store

  const processes: Process[] = []
  let started = 0
  const launch = (): void => {
    const restart = (afterMs: number): void => {
      clock.after(afterMs, launch)
    }
    const parts = { clock, fortune, store: kept, provider, gateway: bank.gateway, shopping: shop, restart }
    processes.push(startProcess(`process ${++started}`, parts))
  }
  for (let i = 0; i < plan.processes; i++) launch()

  let turn = 0
  const pick = (): Process | undefined => {
    const alive = processes.filter(process => !process.isDead())
    return alive[turn++ % Math.max(1, alive.length)]
  }
  const sendNews = makePost(plan, clock, fortune, pick)
  const clients: FrontEnd[] = []
  const visits = plan.clients.map(async (client, i) => {
    clients[i] = await visit(i, client, offers[i]!, { clock, fortune, bank, pick })
  })
  const end = start + horizonMs + roundsMax * roundMs
  const isQuiet = async (): Promise<boolean> => {
    if (clients.filter(Boolean).length < visits.length || airline.lapsesLater()) return false
    const stored = await store.list({ tenant: context.tenant, status: null, limit: 1_000, after: null })
    return stored.every(({ booking }) => (wakeAt(booking, clock.now()) ?? end) >= end)
  }
  /** Hours of sweeps that find nothing were five sixths of a run's statements: over where all was quiet for two looks. */
  const runFor = async (ms: number): Promise<void> => {
    const until = clock.now() + ms
    for (let looks = 0; looks < 2 && clock.now() < until; looks = (await isQuiet()) ? looks + 1 : 0)
      await clock.runUntil(Math.min(until, clock.now() + stepMs))
  }
  await runFor(horizonMs)
  const around = { airline, bank, fortune, approvesReviews: plan.approvesReviews }
  const troubles: string[] = []
  for (let round = 1; round <= roundsMax; round++) {
    if (round === 2) fortune.calm()
    const process = pick()
    // what hangs in a process that died, or takes longer than that, is not waited for: time has stopped by then
    let seen: number | undefined
    const work = process && workOff(process.bookings, round, around).then(count => (seen = count))
    work?.catch((error: Error) => troubles.push(`a person met ${error.stack}`))
    await runFor(roundMs)
    if (seen === 0 && round > 1) break
  }
  const violations = [
    ...troubles,
    ...(clients.filter(Boolean).length < visits.length ? ['a client is still waiting'] : []),
  ]
  const facts = { plan, store, outbox, airline, bank, shop, clients: clients.filter(Boolean), creations }
  return [...violations, ...(await audit(facts))]
}
