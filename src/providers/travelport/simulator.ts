import { toInstant } from '../../core/clock.ts'
import { randomText } from '../../core/ids.ts'
import type { PassengerType } from '../../core/itinerary.ts'
import { WireError } from '../../core/wire-error.ts'
import { readTree, type XmlElement } from '../../core/xml/tree.ts'
import {
  type SimulatorProtocol,
  type SimulatorReply,
  type SimulatorRequest,
  serveSimulator,
} from '../../sandbox/serve.ts'
import type { Effect, SimulatorOptions, StartSimulator, WorldTraveller, WorldView } from '../../sandbox/world.ts'
import { answerDocuments } from './simulator-documents.ts'
import { hostTokenOf, toSelection, toSupplierOffer, toWorldPassenger } from './simulator-offers.ts'
import { newLocator, office, openRecords, type Records, recordOf } from './simulator-records.ts'
import { type Counter, faults, refuse, xml } from './simulator-replies.ts'
import { decodeAirPrice, type RequestSegment } from './wire/air-price.ts'
import { ageOn, type CreateReservationRequest, decodeCreateReservation } from './wire/create-reservation.ts'
import { moneyText } from './wire/documents.ts'
import type { ReplyHead } from './wire/envelope.ts'
import { cabinOf } from './wire/fares.ts'
import { decodeLowFareSearch, type LowFareSearchRequest } from './wire/low-fare-search.ts'
import { passengerTypeOf } from './wire/pricing.ts'
import { messageOf } from './wire/requests.ts'
import { encodeAirPriceReply, segmentsOf } from './wire/write-price.ts'
import { encodeChangedReply, encodeRecordReply, sellFailure } from './wire/write-record.ts'
import { encodeLowFareSearchReply } from './wire/write-search.ts'

const credentials = {
  username: 'Universal API/uAPI-sandbox',
  password: 'sandbox',
  targetBranch: office.branch,
} as const
const basePath = '/B2BGateway/connect/uAPI'
const defaultCurrency = 'EUR'
const solutionsDefault = 50

/** Universal API over the sandbox world: AirService and UniversalRecordService. */
export const startSimulator: StartSimulator = options => serveSimulator(options, createProtocol(options))

function createProtocol({ view, clock }: SimulatorOptions): SimulatorProtocol {
  const records = openRecords(view)
  const expected = `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`
  const newHead = (traceId: string | null): ReplyHead => ({
    traceId,
    transactionId: randomText(32, '0123456789ABCDEF'),
    responseTimeMs: 100,
  })

  async function answer(request: SimulatorRequest): Promise<SimulatorReply> {
    const message = messageOf(readTree(request.body))
    if (!message) throw new WireError('an empty envelope', 'byte 0')
    const head = newHead(message.attributes.TraceId ?? null)
    const service = request.path.slice(basePath.length + 1)
    if (serviceOf(message.name) !== service) return refuse(head, faults.unknownMessage(message.name))
    if (message.attributes.TargetBranch !== credentials.targetBranch) return refuse(head, faults.noAgreement)
    const counter: Counter = { view, records, nowMs: clock.now(), head }
    switch (message.name) {
      case 'LowFareSearchReq':
        return search(counter, decodeLowFareSearch(message))
      case 'AirPriceReq':
        return price(counter, message)
      case 'AirCreateReservationReq':
        return create(counter, decodeCreateReservation(message))
      default:
        return answerDocuments(counter, message)
    }
  }

  return {
    code: 'travelport',
    settings: baseUrl => ({ baseUrl: `${baseUrl}${basePath}`, ...credentials }),
    async handle(request) {
      if (!request.path.startsWith(`${basePath}/`)) return plain(404, 'Not Found')
      if (request.method !== 'POST') return plain(405, 'Method Not Allowed')
      if (request.headers.authorization !== expected) {
        const reply = plain(401, 'Unauthorized')
        return { ...reply, headers: { ...reply.headers, 'www-authenticate': 'Basic realm="Travelport"' } }
      }
      try {
        return await answer(request)
      } catch (error) {
        if (!(error instanceof WireError)) throw error
        return refuse(newHead(null), faults.invalid(error.message))
      }
    },
    serverError: () => refuse(newHead(null), faults.systemError),
    rateLimited(resetSeconds) {
      const reply = plain(429, 'Too Many Requests')
      return { ...reply, headers: { ...reply.headers, 'retry-after': String(resetSeconds) } }
    },
  }
}

function serviceOf(message: string): string | undefined {
  if (/^UniversalRecord(Retrieve|Import|Search|Cancel)Req$/.test(message)) return 'UniversalRecordService'
  return message.startsWith('Air') || message === 'LowFareSearchReq' ? 'AirService' : undefined
}

function plain(status: number, body: string): SimulatorReply {
  return { status, headers: { 'content-type': 'text/plain' }, body }
}

function search({ view, nowMs, head }: Counter, request: LowFareSearchRequest): SimulatorReply {
  const first = request.legs[0]
  const yesterday = toInstant(nowMs - 86_400_000).slice(0, 10)
  if (!first || request.passengers.length === 0 || request.legs.some(leg => !/^\d{4}-\d\d-\d\d$/.test(leg.date)))
    return refuse(head, faults.invalid('INVALID REQUEST: legs, dates and passengers are required'))
  if (request.legs.some(leg => leg.date < yesterday))
    return refuse(head, faults.invalid('INVALID DATE: departure is in the past'))
  const effect = { name: view.effect(first.origin, first.destination, first.date), moment: 'shop' as const }
  const offers = view.shop({
    slices: request.legs.map(leg => ({
      origin: leg.origin,
      destination: leg.destination,
      departureDate: leg.date,
      departureTime: leg.from === null || leg.to === null ? null : { from: leg.from, to: leg.to },
    })),
    passengers: request.passengers.map(toWorldPassenger),
    cabin: cabinOf(request.cabinClass),
    currency: request.currency ?? defaultCurrency,
    pointOfSale: null,
    maxConnections: request.maxConnections,
    carriers: { include: request.permittedCarriers, exclude: request.prohibitedCarriers },
    offersMax: request.maxSolutions ?? solutionsDefault,
  })
  if (offers.length === 0) return { ...refuse(head, faults.noSolutions), effect }
  const facts = { currency: offers[0]!.currency, effectiveDate: wireNow(nowMs) }
  const body = encodeLowFareSearchReply(
    offers.map(offer => toSupplierOffer(offer, request.passengers)),
    head,
    facts,
  )
  return { ...xml(body), effect }
}

function wireNow(nowMs: number): string {
  return new Date(nowMs).toISOString().replace('Z', '+00:00')
}

function price({ view, nowMs, head }: Counter, message: XmlElement): SimulatorReply {
  const request = decodeAirPrice(message)
  if (request.segments.length === 0 || request.passengers.length === 0)
    return refuse(head, faults.invalid('INVALID REQUEST: segments and passengers are required'))
  const passengers = request.passengers.map(toWorldPassenger)
  const selection = toSelection(request.segments, passengers, request.currency ?? defaultCurrency)
  const effect = { name: effectOn(view, request.segments), moment: 'price' as const }
  const priced = view.price(selection)
  if (priced.kind === 'gone') return { ...refuse(head, faults.noFare), effect }
  if (priced.kind === 'sold-out') return { ...refuse(head, faults.noAvailability), effect }
  const offer = toSupplierOffer(priced.offer, request.passengers)
  const ages = new Map(request.passengers.map(one => [one.ref ?? '', one.age]))
  const facts = { effectiveDate: wireNow(nowMs), ages, hostToken: hostTokenOf(selection, moneyText(offer.total)) }
  return { ...xml(encodeAirPriceReply(offer, head, facts)), effect }
}

/** Of the route that the first direction is on. */
function effectOn(view: WorldView, segments: readonly RequestSegment[]): Effect | null {
  const first = segments[0]
  const last = segments.findLast(segment => segment.group === first?.group)
  return first && last ? view.effect(first.origin, last.destination, first.departure.slice(0, 10)) : null
}

async function create(counter: Counter, request: CreateReservationRequest): Promise<SimulatorReply> {
  const { view, records, head } = counter
  const { segments, travellers } = request
  if (segments.length === 0 || travellers.length === 0)
    return refuse(
      head,
      faults.invalid('INVALID REQUEST: an AirPricingSolution with segments and travelers is required'),
    )
  const asked = travellers.map(one => ({ code: one.code, age: ageOf(one.birthDate, segments[0]!), ref: one.key }))
  const selection = toSelection(segments, asked.map(toWorldPassenger), request.currency ?? defaultCurrency)
  const effect = { name: effectOn(view, segments), moment: 'book' as const }
  const priced = view.price(selection)
  if (priced.kind === 'priced') {
    const offer = toSupplierOffer(priced.offer, asked)
    const total = moneyText(offer.total)
    if (request.total !== total) {
      const ages = new Map(asked.map(one => [one.ref, one.age]))
      const facts = { effectiveDate: wireNow(counter.nowMs), ages, hostToken: null }
      return { ...xml(encodeChangedReply(offer, facts, head)), effect }
    }
    if (request.hostToken !== hostTokenOf(selection, total))
      return { ...refuse(head, faults.invalid('INVALID HOST TOKEN')), effect }
  }
  const booked = await view.book({
    selection,
    travellers: worldTravellers(request),
    contact: { email: request.email, phone: request.phone },
    reference: request.reference,
    hold: request.hold,
  })
  if (booked.kind === 'booked')
    return { ...xml(encodeRecordReply('AirCreateReservationRsp', recordOf(booked.pnr), head)), effect }
  if (booked.kind === 'refused') {
    const immediate = request.hold && /paid at once/.test(booked.text)
    return { ...refuse(head, immediate ? faults.immediateTicketing : faults.refused(booked.text)), effect }
  }
  if (priced.kind !== 'priced') return { ...refuse(head, faults.noAvailability), effect }
  return { ...soldOut(counter, request, toSupplierOffer(priced.offer, asked), booked.segmentIndexes, records), effect }
}

/** HTTP 200, a warning, what was not sold, and a record that is there all the same (domain.md 3.4). */
function soldOut(
  { nowMs, head }: Counter,
  request: CreateReservationRequest,
  offer: ReturnType<typeof toSupplierOffer>,
  unsoldIndexes: readonly number[],
  records: Records,
): SimulatorReply {
  const placed = segmentsOf(offer)
  const failed = placed.filter((_, index) => unsoldIndexes.includes(index))
  const record = {
    universalLocator: newLocator(),
    version: 0,
    cancelled: false,
    providerLocator: newLocator(),
    airLocator: newLocator(),
    createdAt: toInstant(nowMs),
    officeCode: office.code,
    reference: request.reference,
    offer,
    travellers: request.travellers.map(one => ({ ...one, age: null })),
    suppliers: [],
    ticketDate: wireNow(nowMs),
    hold: request.hold,
    tickets: [],
    unsold: new Set(failed.map(one => one.segment.id)),
  }
  records.addUnsold(record)
  const messages = [{ code: 3029, type: 'Warning' as const, text: 'Unable to sell one or more air segments.' }]
  return xml(encodeRecordReply('AirCreateReservationRsp', record, head, { messages, after: sellFailure(failed) }))
}

function ageOf(birthDate: string | null, first: RequestSegment): number | null {
  return birthDate === null ? null : ageOn(birthDate, first.departure.slice(0, 10))
}

/** A lap infant belongs to the adult whose INFT names it, else to the next adult without one. */
function worldTravellers({ travellers }: CreateReservationRequest): readonly WorldTraveller[] {
  const typeOf = (code: string): PassengerType => passengerTypeOf(code) ?? 'ADT'
  const free = travellers.filter(one => typeOf(one.code) === 'ADT' || typeOf(one.code) === 'SRC')
  return travellers.map(one => {
    let adultKey: string | null = null
    if (typeOf(one.code) === 'INF') {
      const named = free.findIndex(adult => adult.infant?.startsWith(`${one.last}/${one.first}`))
      adultKey = free.splice(Math.max(0, named), 1)[0]?.key ?? null
    }
    return {
      key: one.key,
      type: typeOf(one.code),
      surname: one.last,
      givenNames: one.first,
      birthDate: one.birthDate,
      gender: one.gender,
      adultKey,
    }
  })
}
