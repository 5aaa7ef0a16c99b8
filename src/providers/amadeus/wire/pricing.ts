import type { Requirements, SupplierOffer, WireWarning } from '../../../core/offer.ts'
import { WireError } from '../../../core/wire-error.ts'
import { decodeWarnings } from './errors.ts'
import { decodeOffers } from './flight-offer.ts'
import { type Asked, type OfferReading, openReading } from './offer-reading.ts'
import { listOf, type Raw, rawOf } from './read.ts'

/** `POST /v1/shopping/flight-offers/pricing`. */

export function encodePricingRequest(offer: Raw): Raw {
  return { data: { type: 'flight-offers-pricing', flightOffers: [offer] } }
}

/** The offers to be priced; null where there are none or over six, the API's bound. */
export function decodePricingRequest(raw: Raw): readonly Raw[] | null {
  const offers = listOf(rawOf(raw.data)?.flightOffers).map(rawOf)
  return offers.length > 0 && offers.length <= 6 && !offers.includes(null) ? (offers as Raw[]) : null
}

export type PricingReply = {
  readonly offers: readonly SupplierOffer[]
  readonly warnings: readonly WireWarning[]
}

/** `data`, or what is inside it. Throws WireError where no offer can be read: a price is all or nothing. */
export function decodePricingReply(tree: Raw, options: Partial<OfferReading> = {}): PricingReply {
  const wrapped = rawOf(tree.data)
  const data = wrapped ?? tree
  const at = wrapped ? '/data/flightOffers' : '/flightOffers'
  const list = listOf(data.flightOffers)
  const reading = openReading({ ...options, asked: readAsked(rawOf(data.bookingRequirements)) })
  const offers = decodeOffers(list, at, reading)
  if (offers.length === 0) {
    const first = reading.warnings[0]
    throw new WireError(first?.text ?? 'no priced offer', first?.at ?? at)
  }
  return { offers, warnings: [...decodeWarnings(tree.warnings), ...reading.warnings] }
}

/** A requirement of one traveller is taken as one of all. */
function readAsked(raw: Raw | null): Asked | null {
  if (raw === null) return null
  const travellers = listOf(raw.travelerRequirements).map(rawOf)
  const some = (name: string): boolean => travellers.some(traveller => traveller?.[name] === true)
  return {
    documents: some('documentRequired') ? 'required' : 'optional',
    gender: some('genderRequired'),
    birthDate: some('dateOfBirthRequired'),
  }
}

export function encodePricingReply(
  offer: Raw,
  parts: { readonly requirements: Requirements; readonly travellerIds: readonly string[]; readonly dictionaries: Raw },
): Raw {
  return {
    data: {
      type: 'flight-offers-pricing',
      flightOffers: [offer],
      bookingRequirements: encodeAsked(parts.requirements, parts.travellerIds),
    },
    dictionaries: parts.dictionaries,
  }
}

function encodeAsked({ documents, gender, birthDate }: Requirements, travellerIds: readonly string[]): Raw | undefined {
  if (documents === null && gender === null && birthDate === null) return undefined
  return {
    emailAddressRequired: true,
    mobilePhoneNumberRequired: true,
    travelerRequirements: travellerIds.map(travelerId => ({
      travelerId,
      genderRequired: gender === true ? true : undefined,
      documentRequired: documents === 'required' ? true : undefined,
      dateOfBirthRequired: birthDate === true ? true : undefined,
    })),
  }
}
