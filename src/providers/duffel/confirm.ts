import { fault, type Fault } from '../../core/fault.ts'
import type { SupplierOffer } from '../../core/offer.ts'
import type { Call, ConfirmOutcome, ConfirmRequest, ShopQuery } from '../port.ts'
import { type Desk, harmless, idIn, passengersIn, readReply } from './desk.ts'
import { amountOf, search } from './shop.ts'
import { dataOf } from './wire/envelope.ts'
import { flightsOf } from './wire/journey.ts'
import { decodeOffer, decodeOffers, openReading } from './wire/offer.ts'
import { askedIds, knownIds } from './wire/passengers.ts'
import { entriesOf } from './wire/read.ts'

/** Reading a single offer makes Duffel ask the airline again: its price now, or that it is gone.
 *
 *  An offer of Duffel's lives for half an hour and can be ordered once, while the results of a search are shared between
 *  everybody who searches the same. So an offer that is gone, or that an order was made of, is searched for again: the
 *  same flights on the same fares are the same offer, under a new id and at the price of now. */
export async function confirmPrice(desk: Desk, request: ConfirmRequest, call: Call): Promise<ConfirmOutcome> {
  const offerId = idIn(request.offer.supplierContext, 'offerId')
  if (offerId === null) return { kind: 'failed', fault: fault('invalid-request', 'the offer is none of Duffel') }
  if (desk.ordered.has(offerId)) return searchAgain(desk, request, call, soldOut)
  const path = `/air/offers/${encodeURIComponent(offerId)}?return_available_services=true`
  const answer = await desk.client.ask({ method: 'GET', path }, call)
  if (answer.kind === 'failed') {
    const lost = harmless(answer.fault)
    if (!isGone(lost)) return { kind: 'failed', fault: lost }
    return searchAgain(desk, request, call, isOver(desk, request.offer) ? lost : { ...soldOut, code: lost.code })
  }
  const tie = knownIds(passengersIn(request.offer.supplierContext))
  const reply = readReply(() => decodeOffer(dataOf(answer.root), '/data', openReading(tie)))
  if ('fault' in reply) return { kind: 'failed', fault: harmless(reply.fault) }
  const { expiresAt } = reply.value
  if (expiresAt !== null && Date.parse(expiresAt) <= desk.clock.now()) {
    return searchAgain(desk, request, call, fault('offer-gone', 'the offer has expired', { code: 'offer_expired' }))
  }
  return { kind: 'confirmed', offer: reply.value }
}

/** Its code does not say why an offer is gone. One that goes before its time, and its fare with it, was sold. */
function isOver({ clock }: Desk, { expiresAt }: SupplierOffer): boolean {
  return expiresAt === null || Date.parse(expiresAt) <= clock.now()
}

function isGone({ kind }: Fault): boolean {
  return kind === 'offer-gone' || kind === 'not-found' || kind === 'sold-out'
}

export const soldOut = fault('sold-out', 'no seats are left on these flights in this fare')

/** `why`: where the same is not found. */
export async function searchAgain(
  desk: Desk,
  request: ConfirmRequest,
  call: Call,
  why: Fault,
): Promise<ConfirmOutcome> {
  const found = await search(desk, queryFor(request), call)
  const reading = openReading(askedIds(request.passengers))
  const flights = flightKey(request.offer)
  const same = found.offers
    .filter(raw => flightsOf(raw).map(flightText).join() === flights)
    .toSorted((a, b) => amountOf(a) - amountOf(b))
  const offer = decodeOffers(same, entriesOf('/data/offers'), reading).find(
    other => faresOf(other) === faresOf(request.offer),
  )
  if (offer) return { kind: 'confirmed', offer }
  return found.fault ? { kind: 'failed', fault: found.fault } : { kind: 'gone', fault: why }
}

/** Narrow: these airports, days and cabin, no more connections than it has. */
function queryFor({ offer, passengers }: ConfirmRequest): ShopQuery {
  return {
    slices: offer.slices.map(slice => ({
      origin: slice.origin,
      destination: slice.destination,
      departureDate: slice.segments[0]!.departure.slice(0, 10),
      departureTime: null,
    })),
    passengers,
    cabin: offer.slices[0]?.segments[0]?.fares[0]?.cabin ?? null,
    currency: offer.total.currency,
    pointOfSale: '',
    maxConnections: Math.max(...offer.slices.map(slice => slice.segments.length - 1)),
    carriers: { include: [], exclude: [] },
    accountCodes: [],
    offersMax: 0,
  }
}

function flightKey({ slices }: SupplierOffer): string {
  return slices
    .flatMap(slice => slice.segments)
    .map(({ marketing, departure }) => flightText({ ...marketing, departure }))
    .join()
}

function flightText(flight: { readonly carrier: string; readonly number: string; readonly departure: string }): string {
  return `${flight.carrier}${flight.number}@${flight.departure}`
}

/** Fare basis, brand and cabin of everybody on every flight. */
function faresOf({ slices }: SupplierOffer): string {
  const fares = slices.flatMap(slice => slice.segments.flatMap(segment => segment.fares))
  return fares.map(fare => `${fare.passengerType} ${fare.fareBasis} ${fare.brand?.name} ${fare.cabin}`).join()
}
