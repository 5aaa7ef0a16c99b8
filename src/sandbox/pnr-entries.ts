import type { ProviderCode } from '../core/offer.ts'
import type { SeatCount } from './inventory.ts'
import type { WorldPnr, WorldTicket } from './world.ts'

/** What the journal of the world holds: every change of a PNR, and after a compaction one `booked` for each. */
export type PnrEntry =
  | {
      readonly kind: 'booked'
      readonly provider: ProviderCode
      readonly pnr: WorldPnr
      readonly seats: readonly SeatCount[]
      /** Ticketing attempts that a magic route turned down. */
      readonly failures: number
    }
  | ({ readonly kind: 'tickets'; readonly tickets: readonly WorldTicket[] } & PnrKey)
  | ({ readonly kind: 'failure' } & PnrKey)
  /** `keys`: these travellers only. */
  | ({ readonly kind: 'cancelled'; readonly keys?: readonly string[] } & PnrKey)
  /** The next ticket number, also when the PNRs that had the last ones are forgotten. */
  | { readonly kind: 'serial'; readonly next: number }

export type PnrKey = { readonly provider: ProviderCode; readonly locator: string }
