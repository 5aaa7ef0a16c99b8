import type { SupplierOffer, WireWarning } from '../../../core/offer.ts'
import { atOnce, type Steps } from '../../../core/turns.ts'
import { WireError } from '../../../core/wire-error.ts'
import { findAirport } from '../../../reference/airports.ts'
import { aircraftName, airlineName, currencyName } from './dictionary-names.ts'
import { decodeWarnings } from './errors.ts'
import { offerSteps } from './flight-offer.ts'
import { parseSteps } from './json.ts'
import { type OfferReading, openReading } from './offer-reading.ts'
import { offersAreSmall } from './offer-size.ts'
import { offerTexts } from './offer-texts.ts'
import { listOf, type Raw, rawOf } from './read.ts'

/** Reply to a flight offers search: `{meta, data, dictionaries}`, or the bare `data` array. Upselling answers alike. */

export type OffersReply = {
  readonly offers: readonly SupplierOffer[]
  readonly warnings: readonly WireWarning[]
  /** The supplier said that it left something out, or an offer could not be read. */
  readonly partial: boolean
}

/** Throws WireError where the reply has offers and none can be read. */
export function decodeSearchReply(tree: unknown, bytes: Uint8Array, options: Partial<OfferReading> = {}): OffersReply {
  return atOnce(searchReplySteps({ tree, text: null }, bytes, options))
}

/** The same from the bytes, in turns. */
export function* readSearchReply(bytes: Uint8Array, options: Partial<OfferReading>): Steps<OffersReply> {
  return yield* searchReplySteps(yield* parseSteps(bytes), bytes, options)
}

function* searchReplySteps(
  { tree, text }: { readonly tree: unknown; readonly text: string | null },
  bytes: Uint8Array,
  options: Partial<OfferReading>,
): Steps<OffersReply> {
  const envelope = rawOf(tree)
  const data = Array.isArray(tree) ? tree : envelope?.data
  if (!Array.isArray(data)) throw new WireError('no list of offers', '/data')
  const small = offersAreSmall(bytes, data.length)
  const reading = openReading({ ...options, small, texts: small ? offerTexts(bytes, data.length, text) : null })
  const told = decodeWarnings(envelope?.warnings)
  const offers = yield* offerSteps(data, Array.isArray(tree) ? '' : '/data', reading)
  if (data.length > 0 && offers.length === 0) {
    const first = reading.warnings[0]
    throw new WireError(first?.text ?? 'no offer that can be read', first?.at ?? '/data')
  }
  const failed = listOf(envelope?.errors).length > 0
  return {
    offers,
    warnings: [...told, ...reading.warnings],
    partial: failed || told.length > 0 || offers.length < data.length,
  }
}

export type SearchReplyParts = {
  readonly offers: readonly Raw[]
  /** The address asked, for a GET. */
  readonly self: string | null
  readonly dictionaries: Raw
}

export function encodeSearchReply({ offers, self, dictionaries }: SearchReplyParts): Raw {
  const meta = { count: offers.length, links: self === null ? undefined : { self } }
  return offers.length === 0 ? { meta, data: offers } : { meta, data: offers, dictionaries }
}

/** What the codes in the offers mean. */
export function encodeDictionaries(offers: readonly SupplierOffer[]): Raw {
  const locations: Record<string, Raw> = {}
  const aircraft: Record<string, string> = {}
  const currencies: Record<string, string> = {}
  const carriers: Record<string, string> = {}
  for (const offer of offers) {
    currencies[offer.total.currency] = currencyName(offer.total.currency)
    for (const slice of offer.slices) {
      for (const segment of slice.segments) {
        for (const code of [segment.origin, segment.destination]) locations[code] ??= locationOf(code)
        for (const code of [segment.marketing.carrier, segment.operating.carrier]) {
          if (code !== null) carriers[code] ??= airlineName(code)
        }
        if (segment.aircraft !== null) aircraft[segment.aircraft] ??= aircraftName(segment.aircraft)
      }
    }
  }
  return { locations, aircraft, currencies, carriers }
}

function locationOf(code: string): Raw {
  const airport = findAirport(code)
  return { cityCode: airport?.cityCode ?? code, countryCode: airport?.country ?? 'ZZ' }
}
