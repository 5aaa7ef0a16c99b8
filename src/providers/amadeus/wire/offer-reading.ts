import { type EpochMs, type Instant, toInstant } from '../../../core/clock.ts'
import type { PassengerId } from '../../../core/ids.ts'
import type { ZoneName } from '../../../core/itinerary.ts'
import type { Requirements } from '../../../core/offer.ts'
import { findInstant } from '../../../reference/zones.ts'
import type { KnownFares } from './fares.ts'
import type { Flights } from './flight.ts'
import type { OfferTexts } from './offer-texts.ts'
import { localDateOf, localTimeOf, type Raw, textOf, type Warnings } from './read.ts'
import type { KnownPrices } from './traveller-price.ts'

/** What the reading of all offers of one message shares. */
export type OfferReading = {
  readonly flights: Flights
  readonly fares: KnownFares
  readonly prices: KnownPrices
  readonly warnings: Warnings
  /** Instants of `lastTicketingDate`, which most offers have in common. */
  readonly timeLimits: Map<string, TimeLimit | null>
  /** Whose traveller ids these are; null: `pax_` and the supplier's own. */
  readonly travellers: Readonly<Record<string, PassengerId>> | null
  /** Where the selling office is: dates and time limits are on its clock. */
  readonly officeZone: ZoneName
  /** From the pricing reply. */
  readonly asked: Asked | null
  /** No offer of this message is larger than what a supplierContext may hold. */
  readonly small: boolean
  /** What they were read from, where it is known. */
  readonly texts: OfferTexts | null
}

export type TimeLimit = { readonly ms: EpochMs; readonly instant: Instant }

/** `bookingRequirements`. */
export type Asked = Pick<Requirements, 'documents' | 'gender' | 'birthDate'>

export function openReading(options: Partial<OfferReading> = {}): OfferReading {
  return {
    flights: options.flights ?? new Map(),
    fares: options.fares ?? new Map(),
    prices: options.prices ?? new Map(),
    warnings: options.warnings ?? [],
    timeLimits: options.timeLimits ?? new Map(),
    travellers: options.travellers ?? null,
    officeZone: options.officeZone ?? 'UTC',
    asked: options.asked ?? null,
    small: options.small ?? false,
    texts: options.texts ?? null,
  }
}

/** The last second of `lastTicketingDate` at the office, or the exact time where one is told; never after departure. */
export function timeLimitOf(raw: Raw, departs: EpochMs, reading: OfferReading): Instant | null {
  const exact = localTimeOf(raw.lastTicketingDateTime)
  const told = exact ?? textOf(raw.lastTicketingDate)
  if (told === null) return null
  let limit = reading.timeLimits.get(told)
  if (limit === undefined) {
    limit = readTimeLimit(exact, told, reading.officeZone)
    reading.timeLimits.set(told, limit)
  }
  if (limit === null) return null
  return departs < limit.ms ? toInstant(departs) : limit.instant
}

function readTimeLimit(exact: string | null, told: string, zone: ZoneName): TimeLimit | null {
  const date = localDateOf(told)
  const local = exact ?? (date === null ? null : `${date}T23:59:59`)
  const ms = local === null ? undefined : findInstant(local, zone)
  return ms === undefined ? null : { ms, instant: toInstant(ms) }
}
