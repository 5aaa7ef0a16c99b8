import { toInstant } from '../../core/clock.ts'
import type { PassengerId } from '../../core/ids.ts'
import type { PassengerType, SegmentFare, Slice } from '../../core/itinerary.ts'
import { money, subtract, times } from '../../core/money.ts'
import type { Condition, PassengerFare, SupplierOffer } from '../../core/offer.ts'
import { assembleSlice } from '../../reference/assemble.ts'
import { toFare, toPassengerFares, toSegment } from '../../sandbox/to-offer.ts'
import type { WorldFlight, WorldOffer, WorldPassengerPrice, WorldSelection, WorldSlice } from '../../sandbox/world.ts'
import type { StopTimes } from './wire/flight.ts'
import { encodeOffer, type WireTraveller } from './wire/flight-offer-encode.ts'
import { idOf, listOf, localTimeOf, type Raw, rawOf, textOf } from './wire/read.ts'
import { readTravellers, type SearchTraveller } from './wire/search-request.ts'

/** The world's offers in Amadeus' words. */

export function passengerIdOf(travellerId: string): PassengerId {
  return `pax_${travellerId}`
}

export function toSupplierOffer(
  offer: WorldOffer,
  travellers: readonly SearchTraveller[],
  step: 'search' | 'price',
): SupplierOffer {
  const pricing = step === 'price'
  const passengers = toPassengers(offer.passengers, travellers, pricing)
  const seats = travellers.filter(traveller => traveller.type !== 'INF').length
  const taxes = passengers.reduce(
    (sum, { count, each }) => sum + count * (each.total.amountMinor - each.base.amountMinor),
    0,
  )
  return {
    provider: 'amadeus',
    validatingCarrier: offer.validatingCarrier,
    total: offer.total,
    base: money(offer.total.amountMinor - taxes, offer.currency),
    taxes: money(taxes, offer.currency),
    fees: money(0, offer.currency),
    passengers,
    slices: toSlices(offer.slices, offer.passengers),
    conditions: { change: toCondition(offer.change, seats), refund: toCondition(offer.refund, seats) },
    requirements: {
      documents: pricing ? (offer.documentsRequired ? 'required' : 'optional') : null,
      gender: pricing ? true : null,
      birthDate: pricing ? true : null,
      instantPayment: !offer.holdAllowed,
      holdAllowed: offer.holdAllowed,
    },
    // a pricing reply does not tell it
    seatsLeft: pricing ? null : offer.seatsLeft,
    ticketBy: toInstant(offer.lastTicketing),
    expiresAt: null,
    supplierContext: {},
  }
}

/** A search tells the taxes in one sum. */
function toPassengers(
  prices: readonly WorldPassengerPrice[],
  travellers: readonly SearchTraveller[],
  itemised: boolean,
): readonly PassengerFare[] {
  const asked = travellers.map(({ id, type }) => ({ id: passengerIdOf(id), type, age: null }))
  const fares = toPassengerFares(prices, asked)
  return itemised ? fares : fares.map(fare => ({ ...fare, each: inOneSum(fare.each) }))
}

function inOneSum(each: PassengerFare['each']): PassengerFare['each'] {
  return { ...each, taxes: [{ code: 'XT', amount: subtract(each.total, each.base) }] }
}

function toCondition(condition: WorldOffer['change'], seats: number): Condition {
  return { allowed: condition.allowed, fee: condition.fee && times(condition.fee, seats) }
}

function toSlices(slices: readonly WorldSlice[], prices: readonly WorldPassengerPrice[]): readonly Slice[] {
  let place = 0
  return slices.map((slice, index) =>
    assembleSlice(
      slice.segments.map(segment =>
        toSegment(segment, `seg_${++place}`, {
          fares: prices.map(price => joined(toFare(segment, price, index))),
          marriageGroup: null,
          status: null,
        }),
      ),
    ),
  )
}

/** Self-Service writes a ticket designator without its slash: `DA0R0BRA/CH25` is `DA0R0BRACH25`. */
function joined(fare: SegmentFare): SegmentFare {
  return { ...fare, fareBasis: fare.fareBasis?.replace('/', '') ?? null }
}

const reduced: ReadonlySet<PassengerType> = new Set(['CHD', 'INS', 'INF'])

/** What an adult would fly on. */
function adultBasis(fareBasis: string | null, type: PassengerType): string | null {
  return fareBasis !== null && reduced.has(type) ? fareBasis.replace(/(CH|IN)\d\d$/, '') : fareBasis
}

/** One id a flight for a whole reply, as Amadeus does. */
export class SegmentIds {
  private readonly ids = new Map<string, string>()

  of(offer: WorldOffer): readonly string[] {
    return offer.slices.flatMap(slice => slice.segments.map(segment => this.idOf(segment)))
  }

  private idOf({ carrier, number, origin, departure }: WorldFlight): string {
    const key = `${carrier}${number}${origin}${departure}`
    const known = this.ids.get(key)
    if (known !== undefined) return known
    const id = String(this.ids.size + 1)
    this.ids.set(key, id)
    return id
  }
}

export type OfferEncoding = {
  readonly id: string
  readonly segmentIds: readonly string[]
  readonly travellers: readonly SearchTraveller[]
  readonly step: 'search' | 'price'
}

export function encodeWorldOffer(offer: WorldOffer, supplierOffer: SupplierOffer, encoding: OfferEncoding): Raw {
  const flights = offer.slices.flatMap(slice => slice.segments)
  return encodeOffer(supplierOffer, {
    id: encoding.id,
    segmentIds: encoding.segmentIds,
    travellers: encoding.travellers.map(toWireTraveller),
    stopTimes: index => stopTimesOf(flights[index]),
    step: encoding.step,
  })
}

function toWireTraveller({ id, adultId }: SearchTraveller): WireTraveller {
  return { id, passengerId: passengerIdOf(id), adultId }
}

function stopTimesOf(flight: WorldFlight | undefined): readonly StopTimes[] {
  return flight?.stops.map(({ arrival, departure }) => ({ arrival, departure })) ?? []
}

/** An offer as the client sends it back. */
export type ReturnedOffer = {
  readonly id: string
  readonly selection: WorldSelection
  readonly travellers: readonly SearchTraveller[]
  readonly segmentIds: readonly string[]
  /** What the client believes that it costs. */
  readonly grandTotal: string | null
}

/** Null where something is missing that a price needs. */
export function readReturnedOffer(raw: Raw): ReturnedOffer | null {
  const travellers = readTravellers(raw.travelerPricings)
  const price = rawOf(raw.price)
  const currency = textOf(price?.currency)
  const id = idOf(raw.id)
  const [first] = travellers ?? []
  if (!travellers || !first || currency === null || id === null) return null
  const shown = travellers.find(traveller => !reduced.has(traveller.type)) ?? first
  const pricing = rawOf(listOf(raw.travelerPricings)[travellers.indexOf(shown)])
  const details = listOf(pricing?.fareDetailsBySegment).map(rawOf)
  const segmentIds: string[] = []
  const slices: WorldSelection['slices'][number][] = []
  for (const itinerary of listOf(raw.itineraries)) {
    const slice = readSlice(rawOf(itinerary), details, segmentIds)
    if (slice === null) return null
    slices.push({ ...slice, fareBasis: adultBasis(slice.fareBasis, shown.type) })
  }
  if (slices.length === 0) return null
  const passengers = travellers.map(({ type }) => ({ type, age: null }))
  return {
    id,
    selection: { slices, passengers, currency, pointOfSale: null },
    travellers,
    segmentIds,
    grandTotal: textOf(price?.grandTotal) ?? textOf(price?.total),
  }
}

function readSlice(
  raw: Raw | null,
  details: readonly (Raw | null)[],
  segmentIds: string[],
): WorldSelection['slices'][number] | null {
  const segments: WorldSelection['slices'][number]['segments'][number][] = []
  let fareBasis: string | null = null
  for (const item of listOf(raw?.segments)) {
    const segment = rawOf(item)
    const id = idOf(segment?.id)
    const detail = details.find(other => idOf(other?.segmentId) === id)
    const carrier = textOf(segment?.carrierCode)
    const number = idOf(segment?.number)
    const origin = textOf(rawOf(segment?.departure)?.iataCode)
    const destination = textOf(rawOf(segment?.arrival)?.iataCode)
    const departure = localTimeOf(rawOf(segment?.departure)?.at)
    const bookingClass = textOf(detail?.class)
    if (!id || !carrier || !number || !origin || !destination || !departure || !bookingClass) return null
    fareBasis ??= textOf(detail?.fareBasis)
    segmentIds.push(id)
    segments.push({ carrier, number, origin, destination, departureDate: departure.slice(0, 10), bookingClass })
  }
  return segments.length === 0 ? null : { segments, fareBasis }
}
