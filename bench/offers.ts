import type { SupplierOffer } from '../src/core/offer.ts'
import { assembleSlice } from '../src/reference/assemble.ts'

const carrierCodes = ['BA', 'AA', 'VS', 'DL', 'IB', 'AF', 'KL', 'LH']
export const priceOf = (i: number): number => 40_000 + ((i * 7_919) % 60_000)
export const carrierOf = (itinerary: number): number => itinerary % carrierCodes.length
export const carriersCount = carrierCodes.length

/** A return of two flights each way. */
export function makeOffer(itinerary: number, i: number, provider: string, day = '2027-03-10'): SupplierOffer {
  const money = { amountMinor: priceOf(i), currency: 'EUR' }
  const none = { amountMinor: 0, currency: 'EUR' }
  const slice = (from: string, to: string, first: number, on: string) =>
    assembleSlice([flight(itinerary, first, on, from, 'DUB', 6), flight(itinerary, first + 1, on, 'DUB', to, 15)])
  const later = new Date(Date.parse(day) + 7 * 86_400_000).toISOString().slice(0, 10)
  return {
    provider,
    validatingCarrier: carrierCodes[carrierOf(itinerary)]!,
    total: money,
    base: money,
    taxes: none,
    fees: none,
    passengers: [{ ids: ['pax_1'], type: 'ADT', count: 1, each: { base: money, taxes: [], fees: [], total: money } }],
    slices: [slice('LHR', 'JFK', 1, day), slice('JFK', 'LHR', 3, later)],
    conditions: { change: { allowed: true, fee: null }, refund: { allowed: itinerary % 3 === 0, fee: null } },
    requirements: { documents: null, gender: null, birthDate: null, instantPayment: null, holdAllowed: null },
    seatsLeft: 9,
    ticketBy: null,
    expiresAt: null,
    supplierContext: {},
  }
}

/** An hour and a half long, by the zones of the airports or not. */
function flight(itinerary: number, n: number, day: string, origin: string, destination: string, hour: number) {
  const carrier = carrierCodes[carrierOf(itinerary)]!
  const number = String(100 + Math.floor(itinerary / 8))
  const at = (hours: number) => `${day}T${String(hours).padStart(2, '0')}:${String(itinerary % 60).padStart(2, '0')}:00`
  return {
    id: `seg_${n}` as const,
    marketing: { carrier, number },
    operating: { carrier, number, name: null },
    origin,
    originTerminal: null,
    destination,
    destinationTerminal: null,
    departure: at(hour),
    departureZone: null,
    arrival: at(hour + 8),
    arrivalZone: null,
    durationMinutes: null,
    aircraft: '320',
    stops: [],
    marriageGroup: null,
    fares: [
      {
        passengerType: 'ADT' as const,
        fareBasis: 'OLX6GB',
        bookingClass: 'O',
        cabin: 'economy' as const,
        brand: { code: 'LIGHT', name: 'Economy Light' },
        baggage: { checked: { pieces: 1, weightKg: 23, weightLb: null }, cabin: null },
      },
    ],
    status: null,
  }
}
