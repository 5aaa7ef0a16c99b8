import { isLocalDateTime } from '../core/calendar.ts'
import type { SupplierOffer } from '../core/offer.ts'
import type { DecodedMessage } from './port.ts'

/** What no offer can be, whatever format it came in: an offer that is so costs itself and is told. Searches of the engine
 *  check more (shopping/check-offer.ts); this stands behind every decoder for whoever reads a message on its own. */
export function withoutUnsound(decoded: DecodedMessage): DecodedMessage {
  const flaws = decoded.offers.map(flawOf)
  if (flaws.every(flaw => flaw === undefined)) return decoded
  const warnings = flaws.flatMap((flaw, index) =>
    flaw === undefined ? [] : [{ code: 'unsound-offer', at: `offer ${index + 1}`, text: `left out: ${flaw}` }],
  )
  return {
    ...decoded,
    offers: decoded.offers.filter((_, index) => flaws[index] === undefined),
    warnings: [...decoded.warnings, ...warnings],
  }
}

function flawOf({ total, seatsLeft, slices }: SupplierOffer): string | undefined {
  if (total.amountMinor < 0) return 'its total is below zero'
  if (seatsLeft !== null && !(seatsLeft >= 0)) return `it says that ${seatsLeft} seats are left`
  for (const { segments } of slices) {
    for (const { departure, arrival } of segments) {
      if (!isPossible(departure)) return `it leaves at ${departure.slice(0, 30)}`
      if (!isPossible(arrival)) return `it arrives at ${arrival.slice(0, 30)}`
    }
  }
  return undefined
}

/** Some replies price without times. */
function isPossible(local: string): boolean {
  return local === '' || isLocalDateTime(local)
}
