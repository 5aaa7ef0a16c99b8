import type { Timer } from '../core/clock.ts'
import { startDeadline } from '../core/deadline.ts'
import { newId } from '../core/ids.ts'
import { VersionConflict } from './booking-store.ts'
import { sightingsKeptMs } from './fraud-check.ts'
import { newsKeptMs } from './gateway-news.ts'
import type { Desk } from './parts.ts'
import { driveOn } from './resume.ts'
import { lostAfterMs } from './saga.ts'

/** Looks at bookings whose time has come: doubts to clear up, answers that were lost with a process, payments that wait for a
 *  traveller, holds past their limit. Any number of processes may do so: a booking is taken by one at a time. */
export type Sweeper = {
  /** One round; how many bookings it looked at. */
  sweep(): Promise<number>
  close(): Promise<void>
}

/** Looked after at once. One that waits for a slow supplier keeps no other waiting: in rounds of eight, each as long as its
 *  slowest, a crowd of doubts took minutes. */
const underWayMax = 32
/** While the store does not answer. */
const pauseMaxMs = 30_000
const keysDroppedMax = 1_000
const keySweepMs = 3_600_000

export function startSweeper(desk: Desk): Sweeper {
  const { clock } = desk.tools.outside
  let timer: Timer | undefined
  let current: Promise<unknown> = Promise.resolve()
  const underWay = new Set<Promise<void>>()
  let closed = false
  let keysSweptAt = Number.NEGATIVE_INFINITY

  let failures = 0

  const plan = (): void => {
    const pauseMs = Math.min(Math.max(pauseMaxMs, desk.limits.sweepMs), desk.limits.sweepMs * 2 ** failures)
    if (!closed) timer = clock.after(pauseMs, round, { unref: true })
  }
  const round = (): void => {
    current = take()
      .then(dropKeys)
      .then(() => {
        failures = 0
      })
      .catch((error: unknown) => {
        failures = Math.min(failures + 1, 10)
        desk.tools.log.warn({ err: error }, 'bookings could not be looked after')
      })
      .finally(plan)
  }
  const dropKeys = async (): Promise<void> => {
    if (clock.now() < keysSweptAt + keySweepMs) return
    keysSweptAt = clock.now()
    await desk.tools.store.dropExpiredKeys(clock.now(), keysDroppedMax)
    await desk.tools.store.dropSightings(clock.now() - sightingsKeptMs, keysDroppedMax)
    await desk.tools.store.dropNews(clock.now() - newsKeptMs, keysDroppedMax)
  }
  const take = async (): Promise<readonly Promise<void>[]> => {
    const limit = underWayMax - underWay.size
    if (limit === 0) return []
    const now = clock.now()
    const until = now + desk.limits.deadlineMs + lostAfterMs
    const due = await desk.tools.store.claimDue({ now, until, limit })
    return due.map(({ tenant, id }) => {
      const work = lookAfter(desk, tenant, id).finally(() => underWay.delete(work))
      underWay.add(work)
      return work
    })
  }
  plan()
  return {
    async sweep() {
      const taken = await take()
      await Promise.all(taken)
      return taken.length
    },
    async close() {
      closed = true
      timer?.cancel()
      await current
      await Promise.all(underWay)
    },
  }
}

async function lookAfter(desk: Desk, tenant: string, id: `bkg_${string}`): Promise<void> {
  const deadline = startDeadline(desk.tools.outside.clock, desk.limits.deadlineMs)
  const how = { deadline, actor: 'background', requestId: newId('req'), traceparent: null, key: null, answer: null }
  try {
    await driveOn(desk, tenant, id, how)
  } catch (error) {
    if (error instanceof VersionConflict) return
    desk.tools.log.error({ err: error, bookingId: id }, 'a booking could not be looked after')
  } finally {
    deadline.dispose()
  }
}
