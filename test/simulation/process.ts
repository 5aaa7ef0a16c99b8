import { type BookingStore, StoreUnavailable } from '../../src/booking/booking-store.ts'
import { makeKey } from '../../src/booking/crypto.ts'
import type { FraudRules } from '../../src/booking/fraud-rules.ts'
import { type BookingService, createBookings } from '../../src/booking/service.ts'
import type { Clock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { noMetrics } from '../../src/core/metrics.ts'
import type { PaymentGateway } from '../../src/payments/port.ts'
import type { Provider } from '../../src/providers/port.ts'
import type { FakeShopping } from '../booking/fakes.ts'
import type { Fortune } from './fortune.ts'
import type { CrashPoint, StoreOperation } from './plan.ts'
import type { SimClock } from './sim-clock.ts'

/** One process of the service. Killed, it does nothing any more: what it awaited never comes, its timers never fire. */
export type Process = {
  readonly name: string
  readonly bookings: BookingService
  isDead(): boolean
  /** Resolves when it dies. */
  readonly death: Promise<'died'>
}

export type Surroundings = {
  readonly clock: SimClock
  readonly fortune: Fortune
  readonly store: BookingStore
  readonly provider: Provider
  readonly gateway: PaymentGateway
  readonly shopping: FakeShopping
  /** A process in its place, after a while. */
  readonly restart: (afterMs: number) => void
}

const sweepMs = 20_000
const deadlineMs = 30_000
/** A name that none of the travellers has is looked at; with an address of the internet besides it is blocked. */
const rules: FraudRules = {
  review: 10,
  block: 20,
  rules: [
    { name: 'name-mismatch', points: 10 },
    { name: 'address-velocity', points: 10, over: 0, withinMinutes: 60 },
  ],
}
const never = new Promise<never>(() => {})
export const masterKeys = [makeKey(new Uint8Array(32).fill(7))] as const

export function startProcess(name: string, around: Surroundings): Process {
  const { clock, fortune } = around
  let dead = false
  const { promise: death, resolve: die } = Promise.withResolvers<'died'>()

  const alive = (point: CrashPoint): boolean => {
    if (dead) return false
    const crash = fortune.crash(point)
    if (!crash) return true
    dead = true
    fortune.note(`${name}: killed at ${point}`)
    die('died')
    around.restart(crash.restartMs)
    return false
  }
  const through = async <T>(operation: string, work: () => Promise<T>): Promise<T> => {
    if (!alive(`${operation}:before` as CrashPoint)) return never
    const done = await work()
    return alive(`${operation}:after` as CrashPoint) ? done : never
  }
  const mine: Clock = {
    now: clock.now,
    monotonicMs: clock.monotonicMs,
    after: (ms, callback) => clock.after(ms, () => !dead && callback()),
    sleep: (ms, signal) => clock.sleep(ms, signal).then(() => (dead ? never : undefined)),
  }
  const bookings = createBookings({
    store: crashable(around.store, around, through),
    masterKeys,
    shopping: {
      ...around.shopping,
      confirmPrice: (id, context) => through('confirmPrice', () => around.shopping.confirmPrice(id, context)),
    },
    findProvider: code => (code === around.provider.code ? calls(around.provider, through) : undefined),
    gateway: calls(around.gateway, through),
    clock: mine,
    log: silentLog,
    metrics: noMetrics,
    limits: { deadlineMs, sweepMs },
    fraud: { rules, convert: () => undefined },
  })
  return { name, bookings, isDead: () => dead, death }
}

/** Every method that is a call passes the crash points of its name. */
function calls<T extends Provider | PaymentGateway>(
  target: T,
  through: (operation: string, work: () => Promise<unknown>) => Promise<unknown>,
): T {
  return new Proxy(target, {
    get(object, name, receiver) {
      const value: unknown = Reflect.get(object, name, receiver)
      if (typeof value !== 'function' || name === 'close' || name === 'readNews') return value
      return (...args: unknown[]) => through(String(name), () => value.apply(object, args) as Promise<unknown>)
    },
  })
}

const storeNames: Readonly<Record<string, StoreOperation>> = {
  save: 'save',
  find: 'find-booking',
  claimDue: 'claimDue',
  claimKey: 'claimKey',
  freeKey: 'freeKey',
  releaseKey: 'releaseKey',
}

/** A store that cannot be reached, or whose answer is lost after it has committed. */
function crashable(
  store: BookingStore,
  { clock, fortune }: Surroundings,
  through: <T>(operation: string, work: () => Promise<T>) => Promise<T>,
): BookingStore {
  return new Proxy(store, {
    get(object, name, receiver) {
      const value: unknown = Reflect.get(object, name, receiver)
      const operation = storeNames[String(name)]
      if (typeof value !== 'function') return value
      const work = (args: readonly unknown[]): Promise<unknown> =>
        clock.busy(value.apply(object, args) as Promise<unknown>)
      if (operation === undefined) return (...args: unknown[]) => work(args)
      return (...args: unknown[]) =>
        through(operation, async () => {
          const fate = fortune.fate(operation)
          if (fate === 'lost-before' || fate === 'unreachable') {
            fortune.note(`${operation}: the database cannot be reached`)
            throw new StoreUnavailable('not reachable')
          }
          const done = await work(args)
          if (fate !== 'lost-after' && fate !== 'garbled') return done
          fortune.note(`${operation}: the database's answer is lost`)
          throw new StoreUnavailable('the answer was lost')
        })
    },
  })
}
