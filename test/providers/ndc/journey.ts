import { manualClock } from '../../../src/core/clock.ts'
import { silentLog } from '../../../src/core/log.ts'
import type { SupplierOffer } from '../../../src/core/offer.ts'
import type { SupplierOrder, Traveller } from '../../../src/core/order.ts'
import { create } from '../../../src/providers/ndc/index.ts'
import { startSimulator } from '../../../src/providers/ndc/simulator.ts'
import type { CreateOrderOutcome, OrderKey, Provider, ShopPassenger, ShopQuery } from '../../../src/providers/port.ts'
import { openWorld } from '../../../src/sandbox/open-world.ts'
import type { Effect, WorldView } from '../../../src/sandbox/world.ts'
import { callWithin } from '../../support/fake-provider.ts'
import { type Exchange, startRecorder } from './recorder.ts'

export const family: readonly ShopPassenger[] = [
  { id: 'pax_1', type: 'ADT', age: 34 },
  { id: 'pax_2', type: 'ADT', age: 35 },
  { id: 'pax_3', type: 'CHD', age: 8 },
  { id: 'pax_4', type: 'INF', age: 1 },
]
export const alone: readonly ShopPassenger[] = family.slice(0, 1)

const passport = {
  type: 'passport',
  number: 'X1234567',
  issuingCountry: 'GB',
  expiryDate: '2035-01-01',
  nationality: 'GB',
} as const
const person = { title: null, gender: 'F', document: passport, loyalty: null, adultId: null } as const

export const people: readonly Traveller[] = [
  {
    ...person,
    id: 'pax_1',
    type: 'ADT',
    title: 'MS',
    givenNames: 'ADA',
    surname: 'EXAMPLE',
    birthDate: '1992-12-10',
    loyalty: { carrier: 'BA', number: '12345678' },
  },
  { ...person, id: 'pax_2', type: 'ADT', givenNames: 'BEN', surname: "O'EXAMPLE & SON", birthDate: '1991-03-02' },
  { ...person, id: 'pax_3', type: 'CHD', givenNames: 'CLEO', surname: 'EXAMPLE', birthDate: '2018-05-05' },
  {
    ...person,
    id: 'pax_4',
    type: 'INF',
    givenNames: 'DORA',
    surname: 'EXAMPLE',
    birthDate: '2025-11-05',
    document: null,
    adultId: 'pax_1',
  },
]

export const contact = { email: 'ada_b-c@example.com', phone: '+44 20 7183 8750' }

/** The sandbox on a day of its own: the world is the same every time. */
export const today = Date.parse('2026-11-21T10:00:00Z')

export type Stage = {
  readonly provider: Provider
  readonly view: WorldView
  readonly exchanges: readonly Exchange[]
  readonly clock: ReturnType<typeof manualClock>
  /** Where messages go. */
  readonly baseUrl: string
  route(effect: Effect): { readonly origin: string; readonly destination: string }
  close(): Promise<void>
}

/** The adapter, all that it says and hears, and the simulator behind. */
export async function openStage(): Promise<Stage> {
  const clock = manualClock(today)
  const world = await openWorld({ seed: 'ndc', clock, stateDir: null, log: silentLog })
  const view = world.view('ndc')
  const simulator = await startSimulator({ view, host: '127.0.0.1', port: 0, clock, log: silentLog })
  const recorder = await startRecorder(simulator.baseUrl)
  const baseUrl = simulator.settings.baseUrl!.replace(simulator.baseUrl, recorder.baseUrl)
  const provider = create({ ...simulator.settings, baseUrl }, { clock, log: silentLog })
  return {
    provider,
    view,
    exchanges: recorder.exchanges,
    clock,
    baseUrl,
    route(effect) {
      const found = world.magicRoutes.find(one => one.effect === effect && one.provider === 'ndc')
      if (!found) throw new Error(`no magic route for ${effect}`)
      return found
    },
    async close() {
      await provider.close()
      await recorder.close()
      await simulator.close()
      await world.close()
    },
  }
}

export function query(origin: string, destination: string, more: Partial<ShopQuery> = {}): ShopQuery {
  return {
    slices: [{ origin, destination, departureDate: '2027-03-10', departureTime: null }],
    passengers: alone,
    cabin: null,
    currency: 'GBP',
    pointOfSale: 'GB',
    maxConnections: null,
    carriers: { include: [], exclude: [] },
    accountCodes: [],
    offersMax: 50,
    ...more,
  }
}

export const call = () => callWithin(20_000)

export async function shopped(stage: Stage, asked: ShopQuery): Promise<readonly SupplierOffer[]> {
  const outcome = await stage.provider.shop(asked, call())
  if (outcome.kind !== 'offers') throw new Error(JSON.stringify(outcome))
  return outcome.offers
}

export async function confirmed(
  stage: Stage,
  offer: SupplierOffer,
  passengers: readonly ShopPassenger[] = alone,
): Promise<SupplierOffer> {
  const outcome = await stage.provider.confirmPrice({ offer, passengers }, call())
  if (outcome.kind !== 'confirmed') throw new Error(JSON.stringify(outcome))
  return outcome.offer
}

export type Booking = {
  readonly travellers?: readonly Traveller[]
  readonly reference?: string
  readonly hold?: boolean
}

export function ordered(stage: Stage, offer: SupplierOffer, how: Booking = {}): Promise<CreateOrderOutcome> {
  const { travellers = people.slice(0, 1), reference = 'TEST22', hold = false } = how
  return stage.provider.createOrder({ offer, travellers, contact, reference, hold }, call())
}

export async function made(stage: Stage, offer: SupplierOffer, how: Booking = {}): Promise<SupplierOrder> {
  const outcome = await ordered(stage, offer, how)
  if (outcome.kind !== 'created') throw new Error(JSON.stringify(outcome))
  return outcome.order
}

export function orderKey(order: SupplierOrder, travellers = people.slice(0, 1)): OrderKey {
  return { locator: order.locators[0]!.locator, supplierContext: order.supplierContext, travellers }
}
