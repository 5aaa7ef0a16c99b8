import { toInstant as instantText } from '../../core/clock.ts'
import { sha256Hex } from '../../core/ids.ts'
import { add, formatAmount, type Money, sum } from '../../core/money.ts'
import type { SupplierOrder } from '../../core/order.ts'
import { toLocal } from '../../reference/zones.ts'
import type {
  Effect,
  WorldBookResult,
  WorldOffer,
  WorldPassenger,
  WorldPnr,
  WorldSelection,
  WorldTraveller,
  WorldView,
} from '../../sandbox/world.ts'
import { office, selectionOf, toSlice, worldPassenger } from './simulator-shop.ts'
import { type BookingDetails, encodeBooking } from './wire/booking-write.ts'
import { journeyLengths } from './wire/booking-flights.ts'
import { passengerCode } from './wire/codes.ts'
import type { AskedBooking } from './wire/asked-booking.ts'
import { encodeCreatedBooking } from './wire/create-booking.ts'
import type { JsonObject } from './wire/json.ts'

export type SabreError = { readonly category: string; readonly type: string; readonly description: string }

export type Booked =
  | { readonly errors: readonly SabreError[] }
  | { readonly pnr: WorldPnr; readonly effect: Effect | null }

const notSold: SabreError = {
  category: 'APPLICATION_ERROR',
  type: 'UNABLE_TO_BOOK_FLIGHTS',
  description: 'General problem with the OTA_AirBookLLSRQ API.',
}

/** createBooking: the flights are priced in their classes and brands, compared with what was wanted, and sold. */
export async function book(asked: AskedBooking, view: WorldView): Promise<Booked> {
  const passengers = asked.travellers.map(traveller => worldPassenger(traveller.code))
  if (asked.flights.length === 0 || passengers.length === 0) {
    return { errors: [{ ...notSold, type: 'MANDATORY_DATA_MISSING', category: 'BAD_REQUEST' }] }
  }
  const found = findOffer(asked, passengers, view)
  if (!found) return { errors: [whyNotSold(asked, passengers, view)] }
  const { offer, selection } = found
  const tooDear = comparisonError(asked, offer.total)
  if (tooDear) return { errors: [tooDear] }
  const result = await view.book({
    selection,
    travellers: worldTravellers(asked),
    contact: { email: asked.emails[0] ?? null, phone: asked.phones[0] ?? null },
    reference: asked.reference,
    hold: asked.hold,
  })
  const first = offer.slices[0]!
  const date = first.segments[0]!.departure.slice(0, 10)
  if (result.kind === 'booked') return { pnr: result.pnr, effect: view.effect(first.origin, first.destination, date) }
  return { errors: [bookingError(result, asked)] }
}

/** What is sold out is no longer among what is for sale: the flights are there, their classes are not. */
function whyNotSold(asked: AskedBooking, passengers: readonly WorldPassenger[], view: WorldView): SabreError {
  for (const counts of partitions(asked)) {
    const result = view.price(plainSelection(asked, counts, passengers))
    if (result.kind === 'sold-out') return bookingError(result, asked)
  }
  return notSold
}

function bookingError(result: Exclude<WorldBookResult, { kind: 'booked' }>, asked: AskedBooking): SabreError {
  if (result.kind === 'sold-out') {
    const flights = result.segmentIndexes.map(index => {
      const flight = asked.flights[index]
      return flight ? `${flight.carrier}${flight.number}` : String(index + 1)
    })
    return {
      category: 'APPLICATION_ERROR',
      type: 'UNABLE_TO_BOOK_FLIGHTS_WRONG_STATUS_CODE',
      description: `Flight status UC was returned for ${flights.join(', ')}`,
    }
  }
  const field = asked.hold ? 'ticketingPolicy: ' : ''
  return { category: 'BAD_REQUEST', type: 'INVALID_VALUE', description: `${field}${result.text}` }
}

function comparisonError(asked: AskedBooking, total: Money): SabreError | undefined {
  if (asked.limit === null || amountOf(total) <= asked.limit.desired + asked.limit.plus) return undefined
  return {
    category: 'APPLICATION_ERROR',
    type: 'PRICE_COMPARISON_FAILED',
    description: `The price ${formatAmount(total)} is above the desired amount`,
  }
}

function amountOf(total: Money): number {
  return Number(formatAmount(total))
}

type Found = { readonly offer: WorldOffer; readonly selection: WorldSelection }

/** A booking request has neither fare bases nor directions: flights, classes and brands lead to the fare. Where several
 *  divisions into directions can be priced, the one that was compared with is meant. */
function findOffer(asked: AskedBooking, passengers: readonly WorldPassenger[], view: WorldView): Found | undefined {
  let first: Found | undefined
  for (const counts of partitions(asked)) {
    const found = findWith(asked, counts, passengers, view)
    if (found && (asked.limit === null || amountOf(found.offer.total) === asked.limit.desired)) return found
    first ??= found
  }
  return first
}

function findWith(
  asked: AskedBooking,
  counts: readonly number[],
  passengers: readonly WorldPassenger[],
  view: WorldView,
): Found | undefined {
  const offer = shopped(asked, counts, passengers, view)
  const selection = offer ? selectionOf(offer, passengers, office.currency) : plainSelection(asked, counts, passengers)
  const result = view.price(selection)
  if (result.kind === 'priced' && brandsAgree(asked, result.offer)) return { offer: result.offer, selection }
  // sold out in the meantime: selling it will say so
  return result.kind === 'sold-out' && offer ? { offer, selection } : undefined
}

/** How the flights may divide into directions: into one, as told from them, where they come back to, at each place. */
function partitions(asked: AskedBooking): readonly (readonly number[])[] {
  const flights = asked.flights.map(flight => {
    const departure = `${flight.departureDate}T${flight.departureTime}:00`
    return { origin: flight.origin, destination: flight.destination, departure, arrival: departure }
  })
  const cuts = Array.from({ length: flights.length - 1 }, (_, i) => [i + 1, flights.length - i - 1])
  const all = [[flights.length], journeyLengths(flights), flights.map(() => 1), ...cuts]
  return [...new Map(all.map(counts => [counts.join(), counts])).values()]
}

function plainSelection(
  asked: AskedBooking,
  counts: readonly number[],
  passengers: readonly WorldPassenger[],
): WorldSelection {
  return {
    slices: divide(asked.flights, counts).map(flights => ({ segments: flights.map(segmentOf), fareBasis: null })),
    passengers,
    currency: office.currency,
    pointOfSale: office.country,
  }
}

function segmentOf(flight: AskedBooking['flights'][number]): WorldSelection['slices'][number]['segments'][number] {
  const { carrier, number, origin, destination, departureDate, bookingClass } = flight
  return { carrier, number, origin, destination, departureDate, bookingClass }
}

function divide<T>(list: readonly T[], counts: readonly number[]): readonly (readonly T[])[] {
  let start = 0
  return counts.map(count => {
    const part = list.slice(start, start + count)
    start += count
    return part
  })
}

/** The offer for these very flights, classes and brands among those for sale now. */
function shopped(
  asked: AskedBooking,
  counts: readonly number[],
  passengers: readonly WorldPassenger[],
  view: WorldView,
): WorldOffer | undefined {
  const directions = divide(asked.flights, counts)
  const wanted = asked.flights.map(({ carrier, number, bookingClass }) => `${carrier}${number}${bookingClass}`).join()
  const offers = view.shop({
    slices: directions.map(flights => ({
      origin: flights[0]!.origin,
      destination: flights.at(-1)!.destination,
      departureDate: flights[0]!.departureDate,
      departureTime: { from: flights[0]!.departureTime, to: flights[0]!.departureTime },
    })),
    passengers,
    cabin: null,
    currency: office.currency,
    pointOfSale: office.country,
    maxConnections: Math.max(...counts) - 1,
    carriers: { include: [...new Set(asked.flights.map(flight => flight.carrier))], exclude: [] },
    offersMax: 400,
  })
  return offers.find(offer => {
    const segments = offer.slices.flatMap(slice => slice.segments)
    const same = segments.map(({ carrier, number, bookingClass }) => `${carrier}${number}${bookingClass}`).join()
    return same === wanted && brandsAgree(asked, offer)
  })
}

function brandsAgree(asked: AskedBooking, offer: WorldOffer): boolean {
  let index = 0
  for (const [i, slice] of offer.slices.entries()) {
    const code = offer.passengers[0]!.fares[i]!.brand.code
    for (const _ of slice.segments) {
      const wanted = asked.flights[index++]?.brandCode ?? null
      if (wanted !== null && wanted !== code) return false
    }
  }
  return true
}

/** Infants go with the adult whose SSR INFT names them, else with the adults in turn. */
function worldTravellers(asked: AskedBooking): readonly WorldTraveller[] {
  const adults = asked.travellers.map((_, i) => i).filter(i => worldPassenger(asked.travellers[i]!.code).type !== 'INF')
  let turn = 0
  return asked.travellers.map((traveller, i): WorldTraveller => {
    const { type } = worldPassenger(traveller.code)
    const name = `${traveller.surname}/${traveller.givenName}`.toUpperCase()
    const named = adults.find(k => asked.travellers[k]!.infants.some(infant => name.startsWith(infant.toUpperCase())))
    return {
      key: String(i + 1),
      type,
      surname: traveller.surname,
      givenNames: traveller.givenName,
      birthDate: traveller.birthDate,
      gender: traveller.gender,
      adultKey: type === 'INF' ? String((named ?? adults[turn++ % Math.max(1, adults.length)] ?? 0) + 1) : null,
    }
  })
}

export function createdReply(pnr: WorldPnr, timestamp: string): JsonObject {
  return encodeCreatedBooking(toOrder(pnr), detailsOf(pnr, timestamp))
}

export function bookingReply(pnr: WorldPnr, timestamp: string): JsonObject {
  return encodeBooking(toOrder(pnr), detailsOf(pnr, timestamp))
}

/** A cancelled PNR is there, without flights. */
function toOrder(pnr: WorldPnr): SupplierOrder {
  const live = pnr.status === 'live'
  return {
    provider: 'sabre',
    status: live ? 'held' : 'cancelled',
    locators: [
      { owner: 'sabre', locator: pnr.locator },
      ...pnr.airlineLocators.map(({ carrier, locator }) => ({ owner: carrier, locator })),
    ],
    reference: pnr.reference,
    ticketBy: instantText(pnr.ticketBy),
    total: pnr.offer.total,
    passengers: pnr.travellers.map(({ type, surname, givenNames }) => ({ id: null, type, surname, givenNames })),
    slices: live ? pnr.offer.slices.map((slice, i) => toSlice(slice, pnr.offer.passengers, i)) : [],
    documents: [],
    supplierContext: {},
  }
}

function detailsOf(pnr: WorldPnr, timestamp: string): BookingDetails {
  const created = toLocal(pnr.createdAt, office.zone)
  const deadline = toLocal(pnr.ticketBy, office.zone)
  const indexOf = (key: string): number => pnr.travellers.findIndex(traveller => traveller.key === key) + 1
  return {
    timestamp,
    signature: sha256Hex(JSON.stringify([pnr.locator, pnr.status, pnr.tickets])),
    createdAt: { date: created.slice(0, 10), time: created.slice(11, 16) },
    deadline: { date: deadline.slice(0, 10), time: deadline.slice(11, 16) },
    pseudoCityCode: office.pseudoCityCode,
    prices: storedPrices(pnr),
    tickets: pnr.tickets.map(ticket => ({
      number: ticket.number,
      travelerIndex: indexOf(ticket.travellerKey),
      date: toLocal(ticket.issuedAt, office.zone).slice(0, 10),
      status: ticket.status,
      flightIndexes: ticket.segmentIndexes,
    })),
  }
}

/** A price for each kind of passenger: those of one type in the order of the PNR. */
function storedPrices(pnr: WorldPnr): BookingDetails['prices'] {
  const left = pnr.travellers.map((traveller, i) => ({ type: traveller.type, index: i + 1 }))
  return pnr.offer.passengers.map(price => {
    const own = left.filter(traveller => traveller.type === price.type).slice(0, price.count)
    for (const traveller of own) left.splice(left.indexOf(traveller), 1)
    return {
      code: passengerCode(price.type, null),
      travelerIndices: own.map(traveller => traveller.index),
      base: price.base,
      taxes: price.taxes,
      total: add(
        price.base,
        sum(
          price.taxes.map(tax => tax.amount),
          price.base.currency,
        ),
      ),
      fareBases: price.fares.map(fare => fare.fareBasis),
    }
  })
}
