import type { Instant } from '../../src/core/clock.ts'
import { newId, type PassengerId, type SegmentId } from '../../src/core/ids.ts'
import type { PassengerType, Segment, Slice } from '../../src/core/itinerary.ts'
import { allocate, type Money, money, moneyJson } from '../../src/core/money.ts'
import type { PassengerFare, Requirements, SupplierOffer } from '../../src/core/offer.ts'
import type { BookingPassenger, CreateBookingRequest } from '../../src/booking/port.ts'
import type { Offer, StoredOffer } from '../../src/shopping/port.ts'

/** A journey LHR-JFK-LHR, sold in EUR, bought in USD. */
export const now = Date.parse('2027-01-05T10:00:00Z')
export const today = '2027-01-05'

export type SampleOptions = {
  readonly passengers?: readonly (readonly [string, PassengerType])[]
  readonly requirements?: Partial<Requirements>
  readonly tenant?: string
  readonly provider?: string
  readonly total?: Money
}

const sample = {
  passengers: [
    ['pax_1', 'ADT'],
    ['pax_2', 'ADT'],
  ] as const,
}

export function storedOffer(options: SampleOptions = {}): StoredOffer {
  const passengers = options.passengers ?? sample.passengers
  const total = options.total ?? money(120468, 'EUR')
  const requirements: Requirements = {
    documents: null,
    gender: null,
    birthDate: null,
    instantPayment: false,
    holdAllowed: true,
    ...options.requirements,
  }
  const provider = options.provider ?? 'alpha'
  const net = netOffer(provider, passengers, requirements)
  const offer: Offer = {
    ...net,
    id: newId('off'),
    searchId: newId('src'),
    replaces: null,
    total,
    price: {
      base: total,
      taxes: money(0, 'EUR'),
      fees: money(0, 'EUR'),
      total,
      supplierTotal: net.total,
      rate: { id: 'ecb-2027-01-04', value: '0.9259', date: '2027-01-04' },
    },
    passengers: [],
    expiresAt: '2027-01-05T10:30:00Z',
    alternatives: [],
  }
  return {
    tenant: options.tenant ?? 'default',
    offer,
    net,
    passengers: passengers.map(([id, type]) => ({ id: id as PassengerId, type, age: null })),
    pointOfSale: 'GB',
    currency: 'EUR',
  }
}

function netOffer(
  provider: string,
  passengers: readonly (readonly [string, PassengerType])[],
  requirements: Requirements,
): SupplierOffer {
  const total = money(130106, 'USD')
  const shares = allocate(total, passengers.length)
  return {
    provider,
    validatingCarrier: 'BA',
    total,
    base: total,
    taxes: money(0, 'USD'),
    fees: money(0, 'USD'),
    passengers: passengers.map(([id, type], i): PassengerFare => {
      const each = { base: shares[i]!, taxes: [], fees: [], total: shares[i]! }
      return { ids: [id as PassengerId], type, count: 1, each }
    }),
    slices: [
      slice('seg_1', 'LHR', 'JFK', '117', '2027-03-10T08:20:00', '2027-03-10T11:15:00'),
      slice('seg_2', 'JFK', 'LHR', '178', '2027-03-17T08:00:00', '2027-03-17T20:00:00'),
    ],
    conditions: { change: { allowed: null, fee: null }, refund: { allowed: null, fee: null } },
    requirements,
    seatsLeft: 4,
    ticketBy: null,
    expiresAt: null,
    supplierContext: { raw: 'opaque offer' },
  }
}

const zones: Readonly<Record<string, string>> = { LHR: 'Europe/London', JFK: 'America/New_York' }

function slice(
  id: string,
  origin: string,
  destination: string,
  number: string,
  departure: string,
  arrival: string,
): Slice {
  const segment: Segment = {
    id: id as SegmentId,
    marketing: { carrier: 'BA', number },
    operating: { carrier: 'BA', number, name: null },
    origin,
    originTerminal: null,
    destination,
    destinationTerminal: null,
    departure,
    departureZone: zones[origin]!,
    arrival,
    arrivalZone: zones[destination]!,
    durationMinutes: 475,
    aircraft: '77W',
    stops: [],
    marriageGroup: null,
    fares: [],
    status: null,
  }
  return { origin, destination, durationMinutes: 475, segments: [segment], connections: [] }
}

/** What `getOffer` shows of it. */
export function shownOffer({ offer, passengers }: StoredOffer): Readonly<Record<string, unknown>> {
  const shares = allocate(offer.total, passengers.length)
  return {
    id: offer.id,
    provider: offer.provider,
    total: moneyJson(offer.total),
    price: { total: moneyJson(offer.total) },
    passengers: shares.map((total, i) => ({ ids: [passengers[i]!.id], count: 1, each: { total: moneyJson(total) } })),
    slices: offer.slices,
  }
}

export const ada: BookingPassenger = {
  id: 'pax_1',
  type: 'ADT',
  title: 'MS',
  givenNames: 'Ada',
  surname: 'Example',
  birthDate: '1990-12-10',
  gender: 'F',
  document: {
    type: 'passport',
    number: 'X1234567',
    issuingCountry: 'GB',
    expiryDate: '2033-01-01',
    nationality: 'GB',
  },
}

export const ben: BookingPassenger = {
  id: 'pax_2',
  type: 'ADT',
  givenNames: 'Ben',
  surname: 'Müller',
  birthDate: '1988-02-29',
}

export const contact = { email: 'ada@example.com', phone: '+442071838750' }

export function bookingRequest(stored: StoredOffer, more: Partial<CreateBookingRequest> = {}): CreateBookingRequest {
  return {
    offerId: stored.offer.id,
    passengers: [ada, ben],
    contact,
    payment: { methodToken: 'tok_visa' },
    priceChange: { policy: 'refuse' },
    hold: false,
    services: [],
    metadata: { yourRef: 'A-17' },
    ...more,
  }
}

export function instant(ms: number): Instant {
  return new Date(ms).toISOString()
}
