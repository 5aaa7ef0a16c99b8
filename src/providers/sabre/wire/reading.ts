import type { EpochMs } from '../../../core/clock.ts'
import type { ZoneName } from '../../../core/itinerary.ts'
import type { WireWarning } from '../../../core/offer.ts'
import { numberedIds, type TakeIds } from './prices.ts'

/** What a reply does not say and its reader may know. */
export type ReplyContext = {
  /** Of the pseudo city: time limits are in its local time, and carry no zone. */
  readonly officeZone: ZoneName
  /** Null: whether a time limit leaves room for a hold is not judged. */
  readonly nowMs: EpochMs | null
  /** Fresh for every offer. */
  readonly passengers: () => TakeIds
}

/** For a message on its own, as the command line has it. */
export const noContext: ReplyContext = { officeZone: 'UTC', nowMs: null, passengers: numberedIds }

/** A fare must leave this long for a hold to make sense. */
const holdMinMs = 30 * 60_000

export function holdAllowed(ticketByMs: EpochMs | null, nowMs: EpochMs | null): boolean | null {
  return ticketByMs === null || nowMs === null ? null : ticketByMs - nowMs > holdMinMs
}

/** Where one is in the reply (JSON pointer), written out only when something is wrong there. */
export type Place = () => string

/** An offer that cannot be read: it is left out, the others stay. Thrown and caught inside one decoder. */
export class OfferProblem extends Error {
  override readonly name = 'OfferProblem'
  readonly code: string
  readonly at: string

  constructor(code: string, at: string, text: string) {
    super(text)
    this.code = code
    this.at = at
  }
}

/** Replies of hundreds of broken offers must not become as many warnings. */
const warningsMax = 100

export class Warnings {
  readonly list: WireWarning[] = []

  add(code: string, at: string, text: string): void {
    if (this.list.length < warningsMax) this.list.push({ code, at, text: text.slice(0, 300) })
  }

  /** Runs `read`; an OfferProblem becomes a warning, anything else goes on. */
  guard<T>(read: () => T): T | undefined {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof OfferProblem)) throw error
      this.add(error.code, error.at, error.message)
      return undefined
    }
  }
}
