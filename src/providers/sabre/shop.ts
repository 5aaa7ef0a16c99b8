import { type Fault, fault } from '../../core/fault.ts'
import type { PassengerId } from '../../core/ids.ts'
import type { AirlineCode, Cabin, Slice } from '../../core/itinerary.ts'
import type { SupplierOffer } from '../../core/offer.ts'
import { freeReply } from '../../core/reply-memory.ts'
import { inTurns } from '../../core/turns.ts'
import { WireError } from '../../core/wire-error.ts'
import type {
  Call,
  ConfirmOutcome,
  ConfirmRequest,
  DecodedMessage,
  ShopOutcome,
  ShopPassenger,
  ShopQuery,
} from '../port.ts'
import { faultOf, type SabreClient } from './client.ts'
import type { SabreSettings } from './settings.ts'
import { passengerCode, passengerTypeOf, requestCabinCodes } from './wire/codes.ts'
import { decodeSteps } from './wire/decode.ts'
import type { TakeIds } from './wire/prices.ts'
import type { ReplyContext } from './wire/reading.ts'
import { encodeShopRequest, type ShopRequest } from './wire/shop-request.ts'

const shopPath = '/v5/offers/shop'
/** Sabre gives no more in one reply. */
const itinerariesMax = 200

export type ShopTools = { readonly client: SabreClient; readonly settings: SabreSettings; now(): number }

export async function shop(query: ShopQuery, call: Call, tools: ShopTools): Promise<ShopOutcome> {
  const request = requestOf(query, tools.settings)
  const answer = await ask(request, query.passengers, call, tools)
  if (answer.kind === 'failed') return answer
  const { message } = answer
  const failure = message.faults.find(said => said.kind !== 'no-offers')
  if (failure && message.offers.length === 0) return { kind: 'failed', fault: failure }
  const offers = message.offers.filter(offer => answers(offer, query)).slice(0, query.offersMax)
  return { kind: 'offers', offers, partial: failure !== undefined, warnings: message.warnings }
}

/** There is no documented body for revalidating traditional fares: the same question, narrowed to the carriers and to the
 *  minute of departure, is put again, and the very same offer looked for in the answer. */
export async function confirmPrice(request: ConfirmRequest, call: Call, tools: ShopTools): Promise<ConfirmOutcome> {
  const { offer, passengers } = request
  const answer = await ask(recheckOf(offer, passengers, tools.settings), passengers, call, tools)
  if (answer.kind === 'failed') return answer
  const failure = answer.message.faults.find(said => said.kind !== 'no-offers')
  if (failure && answer.message.offers.length === 0) return { kind: 'failed', fault: failure }
  const wanted = identityOf(offer)
  const found = answer.message.offers.find(candidate => identityOf(candidate) === wanted)
  return found ? { kind: 'confirmed', offer: found } : { kind: 'gone', fault: whyGone(offer, answer.message) }
}

/** "No availability", or these flights in other booking classes only: the class is closed. In the class that was offered, but
 *  on other fares: the fare is gone. */
function whyGone(offer: SupplierOffer, { offers, faults }: DecodedMessage): Fault {
  const flights = flightsOf(offer)
  const same = offers.filter(candidate => flightsOf(candidate) === flights)
  const isClosed = same.length > 0 && !same.some(candidate => classesOf(candidate) === classesOf(offer))
  if (isClosed || (offers.length === 0 && faults.some(({ code }) => code === 'NAV')))
    return fault('sold-out', 'Sabre has no seats left in this booking class on these flights')
  return fault('offer-gone', 'Sabre no longer sells this fare on these flights')
}

type Answer =
  | { readonly kind: 'answer'; readonly message: DecodedMessage }
  | Extract<ShopOutcome, { readonly kind: 'failed' }>

async function ask(
  request: ShopRequest,
  passengers: readonly ShopPassenger[],
  call: Call,
  tools: ShopTools,
): Promise<Answer> {
  const reply = await tools.client.post(shopPath, encodeShopRequest(request), call)
  if (reply.kind === 'failed') return { kind: 'failed', fault: { ...reply.fault, mayHaveBooked: false } }
  try {
    const message = await inTurns(decodeSteps(reply.bytes, contextOf(passengers, tools)))
    if (reply.status === 200) {
      freeReply(reply.bytes)
      return { kind: 'answer', message }
    }
    const said = message.faults[0]
    // an empty search may come with 404
    if (said?.kind === 'no-offers') return { kind: 'answer', message }
    return { kind: 'failed', fault: { ...faultOf(reply), mayHaveBooked: false } }
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    if (reply.status !== 200) return { kind: 'failed', fault: { ...faultOf(reply), mayHaveBooked: false } }
    return { kind: 'failed', fault: fault('malformed-reply', `Sabre's reply cannot be read: ${error.message}`) }
  }
}

function contextOf(passengers: readonly ShopPassenger[], tools: ShopTools): ReplyContext {
  return {
    officeZone: tools.settings.officeZone,
    nowMs: tools.now(),
    passengers: () => takeFrom(passengers),
  }
}

/** Gives each price the passengers asked for under its code; where the reply has another code of the same type, those of
 *  that type. Undefined where there are not so many. */
function takeFrom(passengers: readonly ShopPassenger[]): TakeIds {
  const left = passengers.map(passenger => ({ ...passenger, code: codeOf(passenger) }))
  return ({ code, type, count }) => {
    const ids: PassengerId[] = []
    const byCode = left.filter(passenger => passenger.code === code)
    const byType = left.filter(passenger => passenger.code !== code && passenger.type === type)
    for (const passenger of [...byCode, ...byType].slice(0, count)) {
      ids.push(passenger.id)
      left.splice(left.indexOf(passenger), 1)
    }
    return ids.length === count ? ids : undefined
  }
}

function codeOf(passenger: ShopPassenger): string {
  return passengerCode(passenger.type, passenger.age)
}

function countsByCode(passengers: readonly ShopPassenger[]): ShopRequest['passengers'] {
  const counts = new Map<string, number>()
  for (const passenger of passengers) counts.set(codeOf(passenger), (counts.get(codeOf(passenger)) ?? 0) + 1)
  return [...counts].map(([code, count]) => ({ code, count }))
}

function requestOf(query: ShopQuery, settings: SabreSettings): ShopRequest {
  const cabins = requestCabinCodes(query.cabin)
  return {
    pseudoCityCode: settings.pseudoCityCode,
    slices: query.slices.map(slice => ({
      origin: slice.origin,
      destination: slice.destination,
      date: slice.departureDate,
      time: null,
    })),
    passengers: countsByCode(query.passengers),
    cabinCode: cabins.preferred,
    otherCabinCode: cabins.other,
    connectionsMax: query.maxConnections,
    carriers: query.carriers.include,
    currency: settings.currency ?? query.currency,
    itinerariesMax: Math.min(query.offersMax, itinerariesMax),
    unrestrictedToo: true,
  }
}

function recheckOf(offer: SupplierOffer, passengers: readonly ShopPassenger[], settings: SabreSettings): ShopRequest {
  const cabins = requestCabinCodes(mainCabin(offer))
  return {
    pseudoCityCode: settings.pseudoCityCode,
    slices: offer.slices.map(slice => {
      const { departure } = slice.segments[0]!
      return {
        origin: slice.origin,
        destination: slice.destination,
        date: departure.slice(0, 10),
        time: departure.slice(11),
      }
    }),
    passengers: countsByCode(passengers),
    cabinCode: cabins.preferred,
    otherCabinCode: cabins.other,
    connectionsMax: Math.max(...offer.slices.map(slice => slice.segments.length - 1)),
    carriers: carriersOf(offer),
    currency: offer.total.currency,
    itinerariesMax,
    unrestrictedToo: true,
  }
}

/** Of the first flight that is in no lower one than the others: feeder flights often have no business class. */
function mainCabin(offer: SupplierOffer): Cabin | null {
  const found = segmentsOf(offer).map(segment => segment.fares[0]?.cabin ?? null)
  return found.find(cabin => cabin !== null && cabin !== 'economy') ?? found[0] ?? null
}

function carriersOf(offer: SupplierOffer): readonly AirlineCode[] {
  return [...new Set(segmentsOf(offer).map(segment => segment.marketing.carrier))]
}

function segmentsOf(offer: SupplierOffer): Slice['segments'] {
  return offer.slices.flatMap(slice => slice.segments)
}

/** Same flights at the same times in the same classes on the same fares: what makes an offer this very one. */
function identityOf(offer: SupplierOffer): string {
  const fares = segmentsOf(offer).map(segment => {
    const own = segment.fares.map(fare => `${fare.passengerType}:${fare.bookingClass}:${fare.fareBasis}`)
    return [...new Set(own)].join()
  })
  return `${offer.validatingCarrier} ${flightsOf(offer)} ${fares.join('; ')}`
}

function flightsOf(offer: SupplierOffer): string {
  const flights = segmentsOf(offer).map(
    ({ marketing, origin, destination, departure }) =>
      `${marketing.carrier}${marketing.number} ${origin}${destination} ${departure}`,
  )
  return flights.join('; ')
}

function classesOf(offer: SupplierOffer): string {
  return segmentsOf(offer)
    .map(segment => segment.fares[0]?.bookingClass)
    .join()
}

/** What the documented request cannot ask for is looked at here: carriers to leave out, times of day, the cabins that it
 *  has no word for. */
function answers(offer: SupplierOffer, query: ShopQuery): boolean {
  // one of several tickets is no answer to the whole journey
  if (offer.slices.length !== query.slices.length) return false
  const { include, exclude } = query.carriers
  const carriers = carriersOf(offer)
  if (exclude.length > 0 && carriers.some(carrier => exclude.includes(carrier))) return false
  if (include.length > 0 && !carriers.some(carrier => include.includes(carrier))) return false
  if (query.cabin !== null && !segmentsOf(offer).some(segment => segment.fares[0]?.cabin === query.cabin)) return false
  if (query.maxConnections !== null && offer.slices.some(slice => slice.connections.length > query.maxConnections!)) {
    return false
  }
  return offer.slices.every((slice, i) => inWindow(slice, query.slices[i]))
}

function inWindow(slice: Slice, asked: ShopQuery['slices'][number] | undefined): boolean {
  const window = asked?.departureTime
  if (!window) return true
  const time = slice.segments[0]!.departure.slice(11, 16)
  return time >= window.from && time <= window.to
}

/** Sabre's codes of an offer's passengers, with how many there are: for createBooking. */
export function passengerCodes(offer: SupplierOffer): ShopRequest['passengers'] {
  const counts = new Map<string, number>()
  for (const { type, count } of offer.passengers) {
    const code = passengerCode(type, null)
    if (passengerTypeOf(code)) counts.set(code, (counts.get(code) ?? 0) + count)
  }
  return [...counts].map(([code, count]) => ({ code, count }))
}
