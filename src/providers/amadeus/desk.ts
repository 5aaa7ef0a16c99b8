import type { Clock } from '../../core/clock.ts'
import type { ZoneName } from '../../core/itinerary.ts'
import type { AmadeusClient } from './client.ts'

/** What every operation works with. */
export type Desk = {
  readonly client: AmadeusClient
  readonly clock: Clock
  /** Of the office whose clock Amadeus' time limits are on. */
  readonly officeZone: ZoneName
}
