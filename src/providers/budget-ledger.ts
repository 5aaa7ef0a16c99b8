import type { Clock, EpochMs } from '../core/clock.ts'
import { localDateNow } from '../reference/zones.ts'
import type { BudgetSettings } from './budget-settings.ts'
import { type Bucket, bucketsOf, nextSlot, shareOf, takeSlot } from './token-bucket.ts'

/** What has been used of one supplier's budget: in memory (here) or shared by all processes (budget-ledger.redis.ts). */
export interface BudgetLedger {
  /** Takes a token, and a look where it is one. */
  take(request: TakeRequest): Grant | Promise<Grant>
  /** The supplier asked for silence; nothing leaves until then. */
  pause(ms: number): void
  booked(): void
  /** As far as this process knows. */
  usage(): Usage
  /** One of so many processes: 1 where it is alone. */
  share(): number
}

/** `urgent`: bookings; where they wait, looks of all processes stand back. */
export type TakeRequest = { readonly look: boolean; readonly urgent: boolean }

export type Grant =
  /** Counted; it may leave after so long. */
  | { readonly kind: 'granted'; readonly waitMs: number }
  /** Nothing was taken: ask again then. */
  | { readonly kind: 'later'; readonly waitMs: number; readonly paused: boolean }
  /** Nothing more of this today, as things are. */
  | { readonly kind: 'spent'; readonly budget: SpentBudget }

export type SpentBudget = 'looks-per-day' | 'look-to-book'

export type Usage = {
  /** The supplier's day. */
  readonly day: string
  readonly looks: number
  readonly bookings: number
  readonly bookingsYesterday: number
  readonly pausedForMs: number
}

/** Processes that share a budget say who they are by this; without Redis there is one. */
export type OpenLedger = (code: string, settings: BudgetSettings) => BudgetLedger

/** A token this near is taken ahead and waited for: asking again at its very moment would lose what a timer is late. */
export const aheadMsMax = 50

export const memoryLedgers =
  (clock: Clock): OpenLedger =>
  (_code, settings) =>
    makeMemoryLedger(settings, clock)

export type MemoryLedger = Omit<BudgetLedger, 'take'> & {
  take(request: TakeRequest): Grant
  /** Goes on alone from what was known, with this share of what is left; its buckets begin empty. */
  goOn(known: Usage, share: number): void
}

export function makeMemoryLedger(settings: BudgetSettings, clock: Clock): MemoryLedger {
  const whole = bucketsOf(settings)
  let buckets: readonly Bucket[] = whole
  let fullAt: readonly number[] = buckets.map(() => 0)
  /** These and the buckets by the monotonic clock: one that is set anew holds nobody back. */
  let pausedUntil = 0
  let counts = { day: dayOf(settings, clock.now()), looks: 0, bookings: 0, bookingsYesterday: 0 }
  let share = 1
  let bounds = looksBounds(settings)

  const today = () => {
    const day = dayOf(settings, clock.now())
    if (day !== counts.day) {
      const bookingsYesterday = isNextDay(counts.day, day) ? counts.bookings : 0
      counts = { day, looks: 0, bookings: 0, bookingsYesterday }
      bounds = looksBounds(settings, 0, share)
    }
    return counts
  }

  return {
    take({ look }) {
      const now = clock.monotonicMs()
      const { looks } = today()
      const spent = look ? bounds.spent(counts) : null
      if (spent !== null) return { kind: 'spent', budget: spent }
      const slot = nextSlot(buckets, fullAt, Math.max(now, pausedUntil))
      if (slot > now + aheadMsMax || pausedUntil > now) {
        const paused = pausedUntil > now
        return { kind: 'later', waitMs: paused ? pausedUntil - now : slot - now - aheadMsMax, paused }
      }
      fullAt = takeSlot(buckets, fullAt, slot)
      if (look) counts = { ...counts, looks: looks + 1 }
      return { kind: 'granted', waitMs: slot - now }
    },
    pause(ms) {
      pausedUntil = Math.max(pausedUntil, clock.monotonicMs() + ms)
    },
    booked() {
      const { bookings } = today()
      counts = { ...counts, bookings: bookings + 1 }
    },
    share: () => share,
    usage: () => ({ ...today(), pausedForMs: Math.max(0, pausedUntil - clock.monotonicMs()) }),
    goOn({ pausedForMs, ...known }, ofAll) {
      share = ofAll
      const now = clock.monotonicMs()
      counts = known
      pausedUntil = now + pausedForMs
      buckets = whole.map(bucket => shareOf(bucket, share))
      fullAt = buckets.map(({ intervalMs, tokens }) => now + intervalMs * tokens)
      bounds = looksBounds(settings, known.looks, share)
    },
  }
}

export function dayOf({ dayZone }: BudgetSettings, now: EpochMs): string {
  return localDateNow(dayZone, now)
}

export function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10)
}

function isNextDay(before: string, day: string): boolean {
  return dayBefore(day) === before
}

type Counts = Omit<Usage, 'day' | 'pausedForMs'>

/** How many looks the bookings pay for: those of yesterday until today has more, one at least, so that a day can begin. */
export function looksEarned({ bookings, bookingsYesterday }: Counts, lookToBook: number): number {
  return lookToBook * Math.max(1, bookings, bookingsYesterday)
}

/** Up to `used` anybody; beyond, this process' share. */
function looksBounds(
  { looksPerDay, lookToBook }: BudgetSettings,
  used = 0,
  share = 1,
): { spent(counts: Counts): SpentBudget | null } {
  const mine = (bound: number): number => used + Math.max(0, bound - used) * share
  return {
    spent(counts) {
      if (looksPerDay !== null && counts.looks + 1 > mine(looksPerDay)) return 'looks-per-day'
      if (lookToBook !== null && counts.looks + 1 > mine(looksEarned(counts, lookToBook))) return 'look-to-book'
      return null
    },
  }
}
