import { listOf, type Raw, rawOf } from './read.ts'

/** `POST /v1/shopping/flight-offers/upselling`: the same flights in other fare families. The reply is one of offers, as
 *  of a search: search.ts reads and writes it. */

export function encodeUpsellRequest(offer: Raw): Raw {
  return { data: { type: 'flight-offers-upselling', flightOffers: [offer] } }
}

export function decodeUpsellRequest(raw: Raw): readonly Raw[] {
  return listOf(rawOf(raw.data)?.flightOffers)
    .map(rawOf)
    .filter(offer => offer !== null)
}
