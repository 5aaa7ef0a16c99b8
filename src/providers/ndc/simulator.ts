import { formatAmount } from '../../core/money.ts'
import type { LocalTime } from '../../core/itinerary.ts'
import { WireError } from '../../core/wire-error.ts'
import {
  type SimulatorProtocol,
  type SimulatorReply,
  type SimulatorRequest,
  serveSimulator,
} from '../../sandbox/serve.ts'
import type {
  Effect,
  SimulatorOptions,
  StartSimulator,
  WorldSelection,
  WorldTraveller,
  WorldView,
} from '../../sandbox/world.ts'
import { openOfferStore, toSupplierOffer, toWorldPassenger } from './simulator-offers.ts'
import { answerOrders, openQuoteStore, orderReply } from './simulator-orders.ts'
import { agency, type Counter, errors, headAt, refuse, xml } from './simulator-replies.ts'
import { decodeAirShopping, type AirShoppingRequest, type RequestPassenger } from './wire/air-shopping.ts'
import { decodeOrderCreate, type OrderCreateRequest } from './wire/create-request.ts'
import { decodeOfferPrice, type OfferPriceRequest } from './wire/price-request.ts'
import { readRequest } from './wire/requests.ts'
import { encodeAirShoppingReply, encodeOfferPriceReply } from './wire/write-offers.ts'
import { warningPart } from './wire/write-order.ts'

const credentials = { apiKey: 'sandbox-key', sellerId: agency.id, sellerName: agency.name } as const
const basePath = '/ndc/21.3'
const offersDefault = 50
const dayMs = 86_400_000

/** An airline group's NDC gateway over the sandbox world. */
export const startSimulator: StartSimulator = options => serveSimulator(options, createProtocol(options))

function createProtocol({ view, clock }: SimulatorOptions): SimulatorProtocol {
  const offers = openOfferStore()
  const quotes = openQuoteStore()

  async function answer(body: Buffer): Promise<SimulatorReply> {
    const message = readRequest(body)
    const nowMs = clock.now()
    const head = headAt(nowMs, message.correlationId)
    const counter: Counter = { view, offers, quotes, nowMs, head }
    if (message.sellerId !== credentials.sellerId)
      return refuse(head, message.name.replace(/RQ$/, 'RS'), errors.unauthorised)
    switch (message.name) {
      case 'AirShoppingRQ':
        return search(counter, decodeAirShopping(message.request, message))
      case 'OfferPriceRQ':
        return price(counter, decodeOfferPrice(message.request))
      case 'OrderCreateRQ':
        return create(counter, decodeOrderCreate(message.request))
      default:
        return answerOrders(counter, message)
    }
  }

  return {
    code: 'ndc',
    settings: baseUrl => ({ baseUrl: `${baseUrl}${basePath}`, ...credentials }),
    async handle(request: SimulatorRequest) {
      if (request.path !== basePath) return plain(404, 'Not Found')
      if (request.method !== 'POST') return plain(405, 'Method Not Allowed')
      if (request.headers['x-api-key'] !== credentials.apiKey) return plain(401, 'Unauthorized')
      try {
        return await answer(request.body)
      } catch (error) {
        if (!(error instanceof WireError)) throw error
        return refuse(headAt(clock.now(), null), 'AirShoppingRS', errors.format(error.message), 400)
      }
    },
    serverError: () => refuse(headAt(clock.now(), null), 'AirShoppingRS', errors.system, 500),
    rateLimited(resetSeconds) {
      const reply = plain(429, 'Too Many Requests')
      return { ...reply, headers: { ...reply.headers, 'retry-after': String(resetSeconds) } }
    },
  }
}

function plain(status: number, body: string): SimulatorReply {
  return { status, headers: { 'content-type': 'text/plain' }, body }
}

function search({ view, offers, nowMs, head }: Counter, request: AirShoppingRequest): SimulatorReply {
  const [first] = request.slices
  const no = (error: Parameters<typeof refuse>[2]): SimulatorReply => refuse(head, 'AirShoppingRS', error)
  if (!first || request.passengers.length === 0) return no(errors.format('journeys and passengers are required'))
  const yesterday = new Date(nowMs - dayMs).toISOString().slice(0, 10)
  if (request.slices.some(slice => !/^\d{4}-\d\d-\d\d$/.test(slice.date) || slice.date < yesterday))
    return no(errors.pastDate)
  if (tooManyInfants(request.passengers)) return no(errors.tooManyInfants)
  const effect = { name: view.effect(first.origin, first.destination, first.date), moment: 'shop' as const }
  const found = view.shop({
    slices: request.slices.map(slice => ({
      origin: slice.origin,
      destination: slice.destination,
      departureDate: slice.date,
      departureTime: windowOf(slice),
    })),
    passengers: request.passengers.map(toWorldPassenger),
    cabin: first.cabin,
    currency: request.currency ?? 'GBP',
    pointOfSale: request.pointOfSale,
    maxConnections: request.maxConnections,
    carriers: { include: request.include, exclude: request.exclude },
    offersMax: request.limit ?? offersDefault,
  })
  if (found.length === 0) return { ...no(errors.noFlights), effect }
  const written = found.map(offer => ({
    id: offers.add(offer, request.passengers, { priced: false, nowMs }),
    offer: toSupplierOffer(offer, request.passengers, nowMs),
  }))
  return { ...xml(encodeAirShoppingReply(written, tiedPassengers(request.passengers), head)), effect }
}

function windowOf({ from, minutes }: AirShoppingRequest['slices'][number]) {
  if (from === null || minutes === null) return null
  const [hours, minute] = from.split(':')
  const end = Math.min(Number(hours) * 60 + Number(minute) + minutes, 24 * 60 - 1)
  const to: LocalTime = `${String(Math.floor(end / 60)).padStart(2, '0')}:${String(end % 60).padStart(2, '0')}`
  return { from, to }
}

function tooManyInfants(passengers: readonly RequestPassenger[]): boolean {
  const infants = passengers.filter(one => one.type === 'INF').length
  return infants > passengers.filter(one => one.type === 'ADT' || one.type === 'SRC').length
}

/** Each infant on the lap of the next adult. */
function tiedPassengers(passengers: readonly RequestPassenger[]) {
  const infants = passengers.filter(one => one.type === 'INF')
  return passengers.map(({ ref, type }) => {
    const infant = type === 'ADT' || type === 'SRC' ? infants.shift() : undefined
    return { ref, type, infantRef: infant?.ref ?? null }
  })
}

function price(counter: Counter, request: OfferPriceRequest): SimulatorReply {
  const { view, offers, nowMs, head } = counter
  const no = (error: Parameters<typeof refuse>[2]): SimulatorReply => refuse(head, 'OfferPriceRS', error)
  const stored = offers.find(request.selected.offerId, nowMs)
  if (!stored) return no(errors.offerExpired)
  const { passengers } = request
  if (passengers.length !== stored.refs.length || passengers.some(one => !stored.refs.includes(one.ref)))
    return no(errors.format('the passengers are not those of the offer'))
  const ages = stored.selection.passengers
  const asked = stored.refs.map((ref, index): RequestPassenger => ({ ref, ...ages[index]! }))
  const effect = { name: effectOn(view, stored.selection), moment: 'price' as const }
  const priced = view.price(stored.selection)
  if (priced.kind === 'gone') return { ...no(errors.offerExpired), effect }
  if (priced.kind === 'sold-out') return { ...no(errors.soldOut), effect }
  const id = offers.add(priced.offer, asked, { priced: true, nowMs })
  const written = { id, offer: toSupplierOffer(priced.offer, asked, nowMs) }
  return { ...xml(encodeOfferPriceReply(written, tiedPassengers(asked), head)), effect }
}

/** Of the route that the first direction is on. */
function effectOn(view: WorldView, { slices }: WorldSelection): Effect | null {
  const segments = slices[0]?.segments ?? []
  const first = segments[0]
  const last = segments[segments.length - 1]
  return first && last ? view.effect(first.origin, last.destination, first.departureDate) : null
}

async function create(counter: Counter, request: OrderCreateRequest): Promise<SimulatorReply> {
  const { view, offers, nowMs, head } = counter
  const no = (error: Parameters<typeof refuse>[2]): SimulatorReply => refuse(head, 'OrderViewRS', error)
  const stored = offers.find(request.selected.offerId, nowMs)
  if (!stored?.priced) return no(errors.offerExpired)
  const travellers = stored.refs.map(ref => request.travellers.find(one => one.ref === ref))
  if (request.travellers.length !== stored.refs.length || travellers.some(one => one === undefined))
    return no(errors.format('the passengers are not those of the offer'))
  const effect = { name: effectOn(view, stored.selection), moment: 'book' as const }
  const current = view.price(stored.selection)
  if (current.kind === 'priced' && request.total !== null && formatAmount(current.offer.total) !== request.total)
    return { ...no(errors.priceChanged), effect }
  const booked = await view.book({
    selection: stored.selection,
    travellers: worldTravellers(request, stored.refs),
    contact: { email: request.email, phone: request.phone },
    reference: request.reference,
    hold: !request.paid,
  })
  if (booked.kind === 'sold-out') return { ...no(errors.soldOut), effect }
  if (booked.kind === 'refused') {
    const instant = !request.paid && /paid at once/.test(booked.text)
    return { ...no(instant ? errors.instantOnly : errors.refused(booked.text)), effect }
  }
  offers.use(request.selected.offerId)
  if (!request.paid) return { ...orderReply(counter, booked.pnr), effect }
  const issued = await view.issueTickets(booked.pnr.locator)
  if (issued.kind === 'ticketed') return { ...orderReply(counter, issued.pnr), effect }
  // The order stands, its tickets do not: the seller asks for them again with OrderChange.
  return { ...orderReply(counter, booked.pnr, warningPart('911', `No ticket was issued: ${issued.text}`)), effect }
}

function worldTravellers({ travellers }: OrderCreateRequest, refs: readonly string[]): readonly WorldTraveller[] {
  return refs.map(ref => {
    const one = travellers.find(candidate => candidate.ref === ref)!
    const adult = travellers.find(candidate => candidate.infantRef === ref)
    return {
      key: one.ref,
      type: one.type,
      surname: one.surname,
      givenNames: one.givenNames,
      birthDate: one.birthDate,
      gender: one.gender,
      adultKey: one.type === 'INF' ? (adult?.ref ?? null) : null,
    }
  })
}
