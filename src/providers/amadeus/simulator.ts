import { newId } from '../../core/ids.ts'
import { formatAmount } from '../../core/money.ts'
import {
  type SimulatorProtocol,
  type SimulatorReply,
  type SimulatorRequest,
  serveSimulator,
} from '../../sandbox/serve.ts'
import type { SimulatorOptions, StartSimulator, WorldSelection, WorldView } from '../../sandbox/world.ts'
import {
  encodeWorldOffer,
  type ReturnedOffer,
  readReturnedOffer,
  SegmentIds,
  toSupplierOffer,
} from './simulator-offers.ts'
import { encodePnr, locatorOf, orderIdOf, toWorldTravellers } from './simulator-orders.ts'
import {
  badClient,
  badToken,
  fail,
  json,
  noBooking,
  noDelay,
  noFare,
  noHeader,
  noOffer,
  noOrder,
  noResource,
  oldToken,
  ticketedAlready,
  tooMany,
  unsold,
} from './simulator-replies.ts'
import type { Issue } from './wire/errors.ts'
import { decodeOrderRequest, type OrderQuery } from './wire/order-request.ts'
import { decodePricingRequest, encodePricingReply } from './wire/pricing.ts'
import { type Raw, rawOf } from './wire/read.ts'
import { encodeDictionaries, encodeSearchReply } from './wire/search.ts'
import { decodeSearchParameters } from './wire/search-parameters.ts'
import { decodeSearch, type SearchQuery, type SearchReading } from './wire/search-request.ts'
import { decodeTokenRequest, encodeToken } from './wire/token.ts'

/** Amadeus Self-Service over the sandbox world: token, search, pricing, orders. The consolidator who issues tickets is
 *  here too: at once, or on a later look at the order when the ticketing host was busy. */
export const startSimulator: StartSimulator = options => serveSimulator(options, protocolOf(options))

const clientId = 'sandbox-client'
const clientSecret = 'sandbox-secret'
const tokenSeconds = 1799
const tokensMax = 10_000

function protocolOf({ view, clock }: SimulatorOptions): SimulatorProtocol {
  const tokens = new Map<string, number>()

  function token(request: SimulatorRequest): SimulatorReply {
    const asked = decodeTokenRequest(request.body.toString('utf8'))
    if (asked?.clientId !== clientId || asked.clientSecret !== clientSecret) return json(401, badClient)
    const accessToken = newId('tok').slice('tok_'.length)
    if (tokens.size >= tokensMax) tokens.clear()
    tokens.set(accessToken, clock.now() + tokenSeconds * 1000)
    return json(200, encodeToken({ accessToken, expiresInSeconds: tokenSeconds }, clientId))
  }

  function objectionToToken(request: SimulatorRequest): SimulatorReply | undefined {
    const given = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1]
    if (given === undefined) return fail(noHeader)
    const expires = tokens.get(given)
    if (expires === undefined) return fail(badToken)
    return clock.now() < expires ? undefined : fail(oldToken)
  }

  return {
    code: 'amadeus',
    settings: baseUrl => ({ baseUrl, clientId, clientSecret }),
    serverError: () => fail({ status: 500, code: 141, title: 'SYSTEM ERROR HAS OCCURRED' }),
    rateLimited: seconds => {
      const { status, headers, body } = fail(tooMany)
      return {
        status,
        headers: { ...headers, 'retry-after': String(seconds), 'ratelimit-reset': String(seconds) },
        body,
      }
    },
    handle(request) {
      if (request.path === '/v1/security/oauth2/token' && request.method === 'POST') return token(request)
      return objectionToToken(request) ?? route(request, view, clock.now())
    },
  }
}

function route(request: SimulatorRequest, view: WorldView, now: number): SimulatorReply | Promise<SimulatorReply> {
  const { method, path } = request
  const orderId = /^\/v1\/booking\/flight-orders\/([^/]+)$/.exec(path)?.[1]
  if (orderId !== undefined && method === 'GET') return retrieve(view, decodeURIComponent(orderId))
  if (orderId !== undefined && method === 'DELETE') return remove(view, decodeURIComponent(orderId))
  if (path === '/v2/shopping/flight-offers' && method === 'GET') {
    const self = `https://test.api.amadeus.com${path}?${request.query}`
    return search(view, decodeSearchParameters(request.query), now, self)
  }
  if (method !== 'POST') return fail(noResource)
  const body = readBody(request)
  if (body === null)
    return fail({ status: 400, code: 477, title: 'INVALID FORMAT', detail: 'the body is no JSON object' })
  switch (path) {
    case '/v2/shopping/flight-offers':
      return search(view, decodeSearch(body), now, null)
    case '/v1/shopping/flight-offers/pricing':
      return price(view, body)
    case '/v1/booking/flight-orders':
      return order(view, body)
    default:
      return fail(noResource)
  }
}

function readBody(request: SimulatorRequest): Raw | null {
  try {
    return rawOf(JSON.parse(request.body.toString('utf8')))
  } catch {
    return null
  }
}

const dayMs = 86_400_000
const seatsMax = 9

function search(view: WorldView, reading: SearchReading, now: number, self: string | null): SimulatorReply {
  const problem = reading.kind === 'problem' ? reading.problem : objectionTo(reading.query, now)
  if (problem) {
    const { code, title, detail, at } = problem
    return fail({ status: 400, code, title, detail, source: at.startsWith('/') ? { pointer: at } : { parameter: at } })
  }
  if (reading.kind === 'problem') return fail(noResource)
  const { query } = reading
  const found = view.shop({
    slices: query.slices,
    passengers: query.travellers.map(({ type }) => ({ type, age: null })),
    cabin: query.cabin,
    currency: query.currency ?? 'EUR',
    pointOfSale: null,
    maxConnections: query.maxConnections,
    carriers: { include: query.include, exclude: query.exclude },
    offersMax: query.offersMax,
  })
  const ids = new SegmentIds()
  const offers = found.map(offer => toSupplierOffer(offer, query.travellers, 'search'))
  const data = found.map((offer, i) =>
    encodeWorldOffer(offer, offers[i]!, {
      id: String(i + 1),
      segmentIds: ids.of(offer),
      travellers: query.travellers,
      step: 'search',
    }),
  )
  const first = query.slices[0]!
  const name = view.effect(first.origin, first.destination, first.departureDate)
  const reply = json(200, encodeSearchReply({ offers: data, self, dictionaries: encodeDictionaries(offers) }))
  return { ...reply, effect: { name, moment: 'shop' } }
}

type Problem = Extract<SearchReading, { kind: 'problem' }>['problem']

function objectionTo(query: SearchQuery, now: number): Problem | undefined {
  // somewhere it is still yesterday
  const earliest = new Date(now - dayMs).toISOString().slice(0, 10)
  const past = query.slices.findIndex(slice => slice.departureDate < earliest)
  if (past >= 0) {
    const at = `/originDestinations/${past}/departureDateTimeRange/date`
    return { code: 425, title: 'INVALID DATE', detail: 'Date/Time is in the past', at }
  }
  const infants = query.travellers.filter(traveller => traveller.type === 'INF').length
  if (query.travellers.length - infants > seatsMax || query.slices.length > 6) {
    return { code: 10661, title: 'MAXIMUM NUMBER OF OCCURRENCES EXCEEDED', detail: 'at most 9 seats', at: '/travelers' }
  }
  if (query.travellers.some(({ type, adultId }) => type === 'INF' && adultId === null)) {
    return { code: 32171, title: 'MANDATORY DATA MISSING', detail: 'associatedAdultId is missing', at: '/travelers' }
  }
  return undefined
}

function price(view: WorldView, body: Raw): SimulatorReply {
  const raw = decodePricingRequest(body)?.[0]
  const returned = raw && readReturnedOffer(raw)
  if (!returned) return fail(noOffer)
  const priced = view.price(returned.selection)
  if (priced.kind !== 'priced')
    return withEffect(fail(priced.kind === 'gone' ? noFare : unsold(priced)), view, returned, 'price')
  const { travellers, segmentIds, id } = returned
  const offer = toSupplierOffer(priced.offer, travellers, 'price')
  const reply = encodePricingReply(
    encodeWorldOffer(priced.offer, offer, { id, segmentIds, travellers, step: 'price' }),
    {
      requirements: offer.requirements,
      travellerIds: travellers.map(traveller => traveller.id),
      dictionaries: encodeDictionaries([offer]),
    },
  )
  return withEffect(json(200, reply), view, returned, 'price')
}

async function order(view: WorldView, body: Raw): Promise<SimulatorReply> {
  const reading = decodeOrderRequest(body)
  if (reading.kind === 'problem') {
    const { code, title, detail, at } = reading.problem
    return fail({ status: 400, code, title, detail, source: { pointer: at } })
  }
  const returned = readReturnedOffer(reading.order.offer)
  const travellers = returned && toWorldTravellers(returned.travellers, reading.order.travellers)
  if (!returned || !travellers) return fail(noOffer)
  const objection = objectionToOrder(view, reading.order, returned)
  if (objection) return fail(objection)
  const { hold, reference, contact } = reading.order
  const booked = await view.book({ selection: returned.selection, travellers, contact, reference, hold })
  if (booked.kind === 'sold-out') return fail(unsold(booked))
  if (booked.kind === 'refused') return fail({ ...noBooking, detail: booked.text })
  const ticketed = hold ? undefined : await view.issueTickets(booked.pnr.locator)
  const pnr = ticketed?.kind === 'ticketed' ? ticketed.pnr : booked.pnr
  return withEffect(json(201, encodePnr(pnr)), view, returned, 'book')
}

/** What it costs now against what the client believes; a fare for the same day cannot wait for its ticket. */
function objectionToOrder(view: WorldView, { hold }: OrderQuery, returned: ReturnedOffer): Issue | undefined {
  const priced = view.price(returned.selection)
  if (priced.kind === 'gone') return { ...noBooking, detail: priced.text }
  if (priced.kind === 'sold-out') return unsold(priced)
  const now = formatAmount(priced.offer.total)
  if (returned.grandTotal !== now) {
    const detail = `Current grandTotal price (${now}) is different from request one (${returned.grandTotal})`
    return { status: 400, code: 37200, title: 'PRICE DISCREPANCY', detail }
  }
  return hold && !priced.offer.holdAllowed ? noDelay : undefined
}

/** A live order that waits for its tickets is tried again: the consolidator works through his queue. */
async function retrieve(view: WorldView, orderId: string): Promise<SimulatorReply> {
  const pnr = view.findPnr(locatorOf(orderId))
  if (!pnr || pnr.status === 'cancelled' || orderIdOf(pnr) !== orderId) return fail(noOrder)
  const ticketed = pnr.hold || pnr.tickets.length > 0 ? undefined : await view.issueTickets(pnr.locator)
  return json(200, encodePnr(ticketed?.kind === 'ticketed' ? ticketed.pnr : pnr))
}

async function remove(view: WorldView, orderId: string): Promise<SimulatorReply> {
  const pnr = view.findPnr(locatorOf(orderId))
  if (!pnr || pnr.status === 'cancelled' || orderIdOf(pnr) !== orderId) return fail(noOrder)
  if (pnr.tickets.some(ticket => ticket.status === 'issued')) return fail(ticketedAlready)
  const cancelled = await view.cancel(pnr.locator)
  if (cancelled.kind === 'refused') return fail({ ...ticketedAlready, detail: cancelled.text })
  return { status: 204, headers: {}, body: '' }
}

function withEffect(
  reply: SimulatorReply,
  view: WorldView,
  { selection }: ReturnedOffer,
  moment: 'price' | 'book',
): SimulatorReply {
  return { ...reply, effect: { name: effectOf(view, selection), moment } }
}

function effectOf(view: WorldView, { slices }: WorldSelection): ReturnType<WorldView['effect']> {
  const first = slices[0]?.segments[0]
  const last = slices[0]?.segments.at(-1)
  return first && last ? view.effect(first.origin, last.destination, first.departureDate) : null
}
