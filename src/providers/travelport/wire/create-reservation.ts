import type { Instant } from '../../../core/clock.ts'
import type { LocalDate } from '../../../core/itinerary.ts'
import type { Contact, Traveller } from '../../../core/order.ts'
import { findChild, listChildren, listDescendants, type XmlElement } from '../../../core/xml/tree.ts'
import { element, textElement } from '../../../core/xml/write.ts'
import { decodeRequestSegment, type RequestSegment } from './air-price.ts'
import { headValues, message, pointOfSale, type RequestHead } from './envelope.ts'
import type { RequestPassenger } from './low-fare-search.ts'
import { codeOf } from './pricing.ts'
import { integer } from './reply.ts'
import { all, at } from './requests.ts'
import { contactSsrs, nameRemark, travellerSsrs } from './ssr.ts'
import { referenceIn, referenceRemark } from './universal-record.ts'

export type Reservation = {
  /** `air:AirPricingSolution`, as AirPrice gave it. */
  readonly solution: string
  readonly travellers: readonly Traveller[]
  readonly contact: Contact
  readonly reference: string
  /** To be ticketed by then; null: at once. */
  readonly holdUntil: Instant | null
  /** Marketing carriers: each is told about documents and contacts. */
  readonly carriers: readonly string[]
  readonly firstDeparture: LocalDate
}

/** Nothing is kept when flights or price changed meanwhile (RetainReservation None), nothing is wait-listed. */
export function encodeCreateReservation(reservation: Reservation, head: RequestHead): string {
  const { travellers, carriers, holdUntil } = reservation
  const remark = element(
    'com:GeneralRemark',
    { ProviderCode: '1G', TypeInGds: 'Basic' },
    textElement('com:RemarkData', referenceRemark(reservation.reference)),
  )
  const action = element('com:ActionStatus', {
    Type: holdUntil === null ? 'ACTIVE' : 'TAU',
    TicketDate: holdUntil ?? undefined,
    ProviderCode: '1G',
  })
  const content =
    pointOfSale +
    travellers.map((traveller, index) => bookingTraveler(traveller, index, reservation)).join('') +
    remark +
    contactSsrs(reservation.contact, carriers) +
    reservation.solution +
    action
  const values = { ...headValues(head), RetainReservation: 'None', RestrictWaitlist: true }
  return message('univ:AirCreateReservationReq', values, content)
}

function bookingTraveler(traveller: Traveller, index: number, reservation: Reservation): string {
  const { contact, travellers } = reservation
  const lap = travellers.find(other => other.adultId === traveller.id)
  const age = ageOn(traveller.birthDate, reservation.firstDeparture)
  const remark = nameRemark(traveller, age)
  const digits = contact.phone.replace(/\D/g, '')
  return element(
    'com:BookingTraveler',
    {
      Key: traveller.id,
      TravelerType: codeOf(traveller.type),
      Age: traveller.type === 'CHD' ? age : undefined,
      DOB: traveller.birthDate,
      Gender: traveller.gender ?? undefined,
    },
    element('com:BookingTravelerName', {
      Prefix: traveller.title ?? undefined,
      First: traveller.givenNames,
      Last: traveller.surname,
    }) +
      (index === 0 && digits ? element('com:PhoneNumber', { Type: 'Mobile', Number: digits }) : '') +
      (index === 0 ? element('com:Email', { Type: 'Home', EmailID: contact.email }) : '') +
      loyaltyCard(traveller) +
      travellerSsrs(traveller, lap, reservation.carriers) +
      (remark === null ? '' : element('com:NameRemark', {}, textElement('com:RemarkData', remark))),
  )
}

function loyaltyCard({ loyalty }: Traveller): string {
  return loyalty ? element('com:LoyaltyCard', { SupplierCode: loyalty.carrier, CardNumber: loyalty.number }) : ''
}

export function ageOn(birthDate: LocalDate, day: LocalDate): number {
  const years = Number(day.slice(0, 4)) - Number(birthDate.slice(0, 4))
  return day.slice(5) < birthDate.slice(5) ? years - 1 : years
}

/** A booking as the other side reads it. */
export type CreateReservationRequest = {
  readonly travellers: readonly RequestTraveller[]
  readonly segments: readonly RequestSegment[]
  /** Those of the price, in its order. */
  readonly passengers: readonly RequestPassenger[]
  readonly currency: string | null
  readonly total: string | null
  readonly reference: string | null
  readonly hostToken: string | null
  readonly hold: boolean
  readonly email: string | null
  readonly phone: string | null
}

export type RequestTraveller = {
  readonly key: string
  readonly code: string
  readonly first: string
  readonly last: string
  readonly birthDate: LocalDate | null
  readonly gender: string | null
  /** `SURNAME/GIVEN 20FEB26` of the infant on the lap. */
  readonly infant: string | null
}

export function decodeCreateReservation(request: XmlElement): CreateReservationRequest {
  const solution = findChild(request, 'AirPricingSolution')
  const infos = all(solution, 'AirPricingInfo')
  const travellers = all(request, 'BookingTraveler')
  const fares = fareBases(infos[0])
  const remarks = listChildren(request, 'GeneralRemark').map(one => findChild(one, 'RemarkData')?.text ?? '')
  const total = solution?.attributes.TotalPrice ?? null
  return {
    travellers: travellers.map(decodeTraveller),
    segments: all(solution, 'AirSegment').map(one => decodeRequestSegment(one, fares)),
    passengers: infos.flatMap(info => all(info, 'PassengerType').map(decodePassengerType)),
    currency: total?.slice(0, 3) ?? null,
    total,
    reference: referenceIn(remarks),
    hostToken: at(solution, 'HostToken')?.text.trim() ?? null,
    hold: /^T/.test(at(request, 'ActionStatus')?.attributes.Type ?? ''),
    email: firstOf(travellers, 'Email', 'EmailID'),
    phone: firstOf(travellers, 'PhoneNumber', 'Number'),
  }
}

/** By segment, of the first passenger type. */
function fareBases(info: XmlElement | undefined): ReadonlyMap<string, string> {
  const bases = new Map(all(info, 'FareInfo').map(fare => [fare.attributes.Key, fare.attributes.FareBasis]))
  const bySegment = new Map<string, string>()
  for (const booking of all(info, 'BookingInfo')) {
    const basis = bases.get(booking.attributes.FareInfoRef)
    if (basis !== undefined && booking.attributes.SegmentRef) bySegment.set(booking.attributes.SegmentRef, basis)
  }
  return bySegment
}

function decodePassengerType(passenger: XmlElement): RequestPassenger {
  const { Code, Age, BookingTravelerRef } = passenger.attributes
  return { code: Code ?? '', age: integer(Age), ref: BookingTravelerRef ?? null }
}

function decodeTraveller(traveller: XmlElement): RequestTraveller {
  const name = findChild(traveller, 'BookingTravelerName')?.attributes
  const infant = listChildren(traveller, 'SSR').find(one => one.attributes.Type === 'INFT')
  const { Key, TravelerType, DOB, Gender } = traveller.attributes
  return {
    key: Key ?? '',
    code: TravelerType ?? 'ADT',
    first: name?.First ?? '',
    last: name?.Last ?? '',
    birthDate: DOB ?? null,
    gender: Gender ?? null,
    infant: infant?.attributes.FreeText ?? null,
  }
}

function firstOf(travellers: readonly XmlElement[], name: string, attribute: string): string | null {
  for (const traveller of travellers) {
    const value = listDescendants(traveller, name)[0]?.attributes[attribute]
    if (value) return value
  }
  return null
}
