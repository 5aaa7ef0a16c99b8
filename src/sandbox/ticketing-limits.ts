import type { EpochMs } from '../core/clock.ts'
import type { OfferTerms } from './offers.ts'
import type { Pick } from './picks.ts'
import { hashText } from './random.ts'

const hourMs = 3_600_000
const minuteMs = 60_000

/** How long airlines wait for the ticket: days for what leaves in weeks, an hour for what leaves tomorrow, never later than
 *  two hours before departure. Whole minutes. */
export function ticketingTerms(picks: readonly Pick[], now: EpochMs): OfferTerms {
  const departure = picks[0]!.itinerary.segments[0]!.operated.departureMs
  const ahead = departure - now
  const patience = ahead > 21 * 24 * hourMs ? 72 : ahead > 7 * 24 * hourMs ? 24 : ahead > 48 * hourMs ? 6 : 1
  const limit = Math.min(now + patience * hourMs, departure - 2 * hourMs)
  return {
    lastTicketing: Math.floor(Math.max(limit, now + 10 * minuteMs) / minuteMs) * minuteMs,
    holdAllowed: ahead > 48 * hourMs && picks.every(mayBeHeld),
  }
}

/** Airlines without frills want their money at once, and some others for their cheapest brand. */
function mayBeHeld({ itinerary, terms }: Pick): boolean {
  if (itinerary.owner.model === 'low-cost') return false
  return terms.letter !== 'L' || hashText(0, itinerary.owner.code) % 4 !== 0
}
