import { fault } from '../../core/fault.ts'
import type { SupplierOffer } from '../../core/offer.ts'
import { freeReply } from '../../core/reply-memory.ts'
import { inTurns } from '../../core/turns.ts'
import { WireError } from '../../core/wire-error.ts'
import type { Call, ConfirmOutcome, ConfirmRequest, ShopOutcome, ShopQuery } from '../port.ts'
import type { Desk } from './desk.ts'
import { readContext } from './offer-context.ts'
import { parseJson } from './wire/json.ts'
import { decodePricingReply, encodePricingRequest } from './wire/pricing.ts'
import { rawOf } from './wire/read.ts'
import { readSearchReply } from './wire/search.ts'
import { encodeSearch, travellerIds } from './wire/search-request.ts'

export async function shop(desk: Desk, query: ShopQuery, call: Call): Promise<ShopOutcome> {
  const answer = await desk.client.ask(
    { method: 'POST', path: '/v2/shopping/flight-offers', body: JSON.stringify(encodeSearch(query)), reads: true },
    call,
  )
  if (answer.kind === 'failed') {
    const { kind } = answer.fault
    if (kind === 'no-offers' || kind === 'not-found')
      return { kind: 'offers', offers: [], partial: false, warnings: [] }
    return { kind: 'failed', fault: { ...answer.fault, mayHaveBooked: false } }
  }
  try {
    const travellers = travellerIds(query.passengers)
    const reply = await inTurns(readSearchReply(answer.bytes, { travellers, officeZone: desk.officeZone }))
    freeReply(answer.bytes)
    const offers = withinWindows(reply.offers, query)
    return { kind: 'offers', offers, partial: reply.partial, warnings: reply.warnings }
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    return { kind: 'failed', fault: fault('malformed-reply', error.message) }
  }
}

/** Amadeus' windows are whole hours around a middle, so a reply may hold a little more than was asked. */
function withinWindows(offers: readonly SupplierOffer[], query: ShopQuery): readonly SupplierOffer[] {
  if (query.slices.every(slice => slice.departureTime === null)) return offers
  return offers.filter(offer =>
    query.slices.every(({ departureTime }, i) => {
      const time = offer.slices[i]?.segments[0]?.departure.slice(11, 16)
      return departureTime === null || (time !== undefined && time >= departureTime.from && time <= departureTime.to)
    }),
  )
}

export async function confirmPrice(desk: Desk, request: ConfirmRequest, call: Call): Promise<ConfirmOutcome> {
  const context = readContext(request.offer.supplierContext)
  if (context === null) {
    return { kind: 'failed', fault: fault('invalid-request', 'The stored offer has no Amadeus offer in it') }
  }
  const answer = await desk.client.ask(
    {
      method: 'POST',
      // the booking classes that were shown, not cheaper ones
      path: '/v1/shopping/flight-offers/pricing?forceClass=true',
      body: JSON.stringify(encodePricingRequest(context.offer)),
      reads: true,
    },
    call,
  )
  if (answer.kind === 'failed') {
    const { kind } = answer.fault
    const gone = kind === 'sold-out' || kind === 'offer-gone' || kind === 'no-offers' || kind === 'not-found'
    return { kind: gone ? 'gone' : 'failed', fault: { ...answer.fault, mayHaveBooked: false } }
  }
  try {
    const { offers } = decodePricingReply(rawOf(parseJson(answer.bytes)) ?? {}, {
      travellers: context.travellers,
      officeZone: desk.officeZone,
    })
    const priced = offers[0]!
    if (sameFlights(priced, request.offer)) return { kind: 'confirmed', offer: priced }
    return {
      kind: 'gone',
      fault: fault('offer-gone', 'Amadeus priced other flights or booking classes than were asked'),
    }
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    return { kind: 'failed', fault: fault('malformed-reply', error.message) }
  }
}

/** The same flights on the same days in the same classes; the minute may have changed. */
function sameFlights(a: SupplierOffer, b: SupplierOffer): boolean {
  return keyOf(a) === keyOf(b)
}

function keyOf(offer: SupplierOffer): string {
  const segments = offer.slices.flatMap(slice => slice.segments)
  return segments
    .map(({ marketing, origin, destination, departure, fares }) => {
      const classes = fares.map(fare => fare.bookingClass).join('')
      return `${marketing.carrier}${marketing.number} ${origin}${destination} ${departure.slice(0, 10)} ${classes}`
    })
    .join('; ')
}
