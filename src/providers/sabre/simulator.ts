import { randomText } from '../../core/ids.ts'
import { WireError } from '../../core/wire-error.ts'
import {
  type SimulatorProtocol,
  type SimulatorReply,
  type SimulatorRequest,
  serveSimulator,
} from '../../sandbox/serve.ts'
import type { SimulatorOptions, StartSimulator } from '../../sandbox/world.ts'
import { createSimulatorTickets } from './simulator-tickets.ts'
import { book, bookingReply, createdReply, type SabreError } from './simulator-orders.ts'
import { answerShop, office } from './simulator-shop.ts'
import { decodeBookingRequest } from './wire/asked-booking.ts'
import { isObject, type JsonObject, listOf, parseJson, textOf } from './wire/json.ts'
import { decodeShopRequest } from './wire/shop-request.ts'
import { decodeTicketRequest, encodeErrors } from './wire/tickets.ts'
import { encodeToken, invalidClient, readBasicCredentials } from './wire/token.ts'

const user = { userId: '7971', password: 'sandbox', domain: 'AA' } as const
const tokenSeconds = 604_800
const tokensMax = 10_000

/** Sabre's REST APIs over the sandbox world: tokens, Bargain Finder Max, Booking Management for traditional content. */
export const startSimulator: StartSimulator = options => serveSimulator(options, createProtocol(options))

function createProtocol(options: SimulatorOptions): SimulatorProtocol {
  const { view, clock } = options
  const tokens = new Map<string, number>()
  const tickets = createSimulatorTickets(view)
  const timestamp = (): string => new Date(clock.now()).toISOString()

  function token(request: SimulatorRequest): SimulatorReply {
    const given = readBasicCredentials(request.headers.authorization)
    const wanted = `V1:${user.userId}:${office.pseudoCityCode}:${user.domain}`
    if (given?.user !== wanted || given.password !== user.password) return json(401, invalidClient())
    const value = `T1RLAQ${randomText(64, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789')}`
    if (tokens.size >= tokensMax) tokens.clear()
    tokens.set(value, clock.now() + tokenSeconds * 1000)
    return json(200, encodeToken({ value, seconds: tokenSeconds }))
  }

  function isAuthorised(request: SimulatorRequest): boolean {
    const value = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1]
    return value !== undefined && (tokens.get(value) ?? 0) > clock.now()
  }

  function shop(body: JsonObject): SimulatorReply {
    const request = decodeShopRequest(body)
    const first = request.slices[0]
    if (!first) throw new WireError('no origin and destination', '/OTA_AirLowFareSearchRQ')
    const effect = view.effect(first.origin, first.destination, first.date)
    const moment = first.time === null ? 'shop' : 'price'
    return { ...json(200, answerShop(request, view, clock.now())), effect: { name: effect, moment } }
  }

  async function create(body: JsonObject): Promise<SimulatorReply> {
    const asked = decodeBookingRequest(body)
    const result = await book(asked, view)
    if ('errors' in result) return errors(result.errors)
    return { ...json(200, createdReply(result.pnr, timestamp())), effect: { name: result.effect, moment: 'book' } }
  }

  function get(body: JsonObject): SimulatorReply {
    const pnr = view.findPnr(textOf(body.confirmationId) ?? '')
    if (!pnr) return errors([bookingNotFound])
    const booking = bookingReply(pnr, timestamp())
    const only = listOf(body.returnOnly)
    if (!only.includes('FLIGHTS') || only.length > 1) return json(200, { ...booking, request: body })
    const { bookingId, flights, journeys } = booking
    return json(200, { bookingId, flights, journeys, timestamp: timestamp(), request: body })
  }

  function errors(list: readonly SabreError[]): SimulatorReply {
    return json(200, encodeErrors(list, timestamp()))
  }

  async function order(method: string, body: JsonObject): Promise<SimulatorReply> {
    if (method === 'createBooking') return create(body)
    if (method === 'getBooking') return get(body)
    const request = decodeTicketRequest(body)
    switch (method) {
      case 'fulfillFlightTickets':
        return json(200, await tickets.fulfill(request, timestamp()))
      case 'checkFlightTickets':
        return json(200, tickets.check(request, timestamp()))
      case 'voidFlightTickets':
        return json(200, await tickets.giveBack(request, 'void', timestamp()))
      case 'refundFlightTickets':
        return json(200, await tickets.giveBack(request, 'refunded', timestamp()))
      case 'cancelBooking':
        return json(200, await tickets.cancel(request, timestamp()))
      default:
        return errors([notSimulated(method)])
    }
  }

  async function answer(request: SimulatorRequest): Promise<SimulatorReply> {
    const body = parseJson(request.body)
    if (!isObject(body)) throw new WireError('no JSON object', 'byte 0')
    if (/^\/v[345]\/offers\/shop$/.test(request.path)) return shop(body)
    const method = /^\/v1\/trip\/orders\/(\w+)$/.exec(request.path)?.[1]
    if (method !== undefined) return order(method, body)
    // published requests of other kinds of content: understood, and refused in Sabre's way
    if (/^\/v[\d.]+\/(offers|air)\//.test(request.path)) return errors([notSimulated(request.path)])
    return json(404, platform('ERR.2SG.CLIENT.RESOURCE_NOT_FOUND', 'There is no such resource', timestamp()))
  }

  return {
    code: 'sabre',
    settings: baseUrl => ({
      baseUrl,
      userId: user.userId,
      password: user.password,
      pcc: office.pseudoCityCode,
      domain: user.domain,
      officeZone: office.zone,
      currency: office.currency,
    }),
    async handle(request) {
      if (request.method !== 'POST') {
        return json(405, platform('ERR.2SG.CLIENT.METHOD_NOT_ALLOWED', 'Only POST is understood', timestamp()))
      }
      if (request.path === '/v2/auth/token') return token(request)
      if (!isAuthorised(request)) {
        const text = 'Authentication failed due to invalid credentials'
        return json(401, platform('ERR.2SG.SEC.INVALID_CREDENTIALS', text, timestamp()))
      }
      try {
        return await answer(request)
      } catch (error) {
        if (!(error instanceof WireError)) throw error
        if (request.path.startsWith('/v1/trip/orders/')) {
          return errors([{ category: 'BAD_REQUEST', type: 'INVALID_VALUE', description: error.message }])
        }
        return json(400, platform('ERR.2SG.CLIENT.INVALID_REQUEST', error.message, timestamp()))
      }
    },
    serverError: () => json(500, platform('ERR.RAF.APPLICATION', 'Internal server error', timestamp(), 'Incomplete')),
    rateLimited(resetSeconds) {
      const body = platform('ERR.2SG.GATEWAY.REQUEST_THROTTLED', 'Too many requests', timestamp())
      const reply = json(429, body)
      return { ...reply, headers: { ...reply.headers, 'retry-after': String(resetSeconds) } }
    },
  }
}

const bookingNotFound: SabreError = {
  category: 'RESOURCE_NOT_FOUND',
  type: 'BOOKING_NOT_FOUND',
  description: 'Booking cannot be found.',
}

function notSimulated(what: string): SabreError {
  return { category: 'REQUEST_NOT_ALLOWED', type: 'SCENARIO_NOT_SUPPORTED', description: `The sandbox has no ${what}.` }
}

function json(status: number, body: JsonObject): SimulatorReply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

function platform(errorCode: string, message: string, timeStamp: string, status = 'NotProcessed'): JsonObject {
  return { status, type: status === 'NotProcessed' ? 'Validation' : 'Application', errorCode, timeStamp, message }
}
