import { type Clock, manualClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { openWorld } from '../../src/sandbox/open-world.ts'
import type {
  World,
  WorldBookRequest,
  WorldOffer,
  WorldPassenger,
  WorldPnr,
  WorldSelection,
  WorldShopRequest,
  WorldShopSlice,
  WorldView,
} from '../../src/sandbox/world.ts'

/** A Saturday; what is booked four months ahead sees every fare. */
export const today = Date.parse('2026-11-21T09:00:00Z')
export const suppliers = ['amadeus', 'sabre', 'travelport'] as const

export function testClock(at = today) {
  return manualClock(at)
}

export function openTestWorld(
  clock: Clock = testClock(),
  stateDir: string | null = null,
  seed: string | number = 'test',
): Promise<World> {
  return openWorld({ seed, clock, stateDir, log: silentLog })
}

export const adult: WorldPassenger = { type: 'ADT', age: null }
export const family: readonly WorldPassenger[] = [adult, adult, { type: 'CHD', age: 8 }]

/** `LHR-JFK 2027-03-10` and so on, one per slice. */
export function request(slices: readonly string[], more: Partial<WorldShopRequest> = {}): WorldShopRequest {
  return {
    slices: slices.map(toSlice),
    passengers: [adult],
    cabin: 'economy',
    currency: 'EUR',
    pointOfSale: 'GB',
    maxConnections: null,
    carriers: { include: [], exclude: [] },
    offersMax: 100,
    ...more,
  }
}

function toSlice(text: string): WorldShopSlice {
  const [pair, departureDate] = text.split(' ')
  const [origin, destination] = pair!.split('-')
  return { origin: origin!, destination: destination!, departureDate: departureDate!, departureTime: null }
}

export function selectionOf(offer: WorldOffer, passengers: readonly WorldPassenger[]): WorldSelection {
  return {
    slices: offer.slices.map((slice, i) => ({
      segments: slice.segments.map(segment => ({
        carrier: segment.carrier,
        number: segment.number,
        origin: segment.origin,
        destination: segment.destination,
        departureDate: segment.departure.slice(0, 10),
        bookingClass: segment.bookingClass,
      })),
      fareBasis: offer.passengers[0]!.fares[i]!.fareBasis,
    })),
    passengers,
    currency: offer.currency,
    pointOfSale: null,
  }
}

export function bookRequest(
  offer: WorldOffer,
  passengers: readonly WorldPassenger[],
  more: Partial<WorldBookRequest> = {},
): WorldBookRequest {
  return {
    selection: selectionOf(offer, passengers),
    travellers: passengers.map(({ type }, i) => ({
      key: `t${i + 1}`,
      type,
      surname: 'Example',
      givenNames: `Ada ${i}`,
      birthDate: null,
      gender: null,
      adultKey: type === 'INF' ? 't1' : null,
    })),
    contact: { email: null, phone: null },
    reference: 'K7M2QX',
    hold: false,
    ...more,
  }
}

/** Books and expects it to work. */
export async function booked(
  view: WorldView,
  offer: WorldOffer,
  passengers: readonly WorldPassenger[] = [adult],
  more: Partial<WorldBookRequest> = {},
): Promise<WorldPnr> {
  const result = await view.book(bookRequest(offer, passengers, more))
  if (result.kind !== 'booked') throw new Error(`not booked: ${JSON.stringify(result)}`)
  return result.pnr
}

export function segmentsOf(offer: WorldOffer) {
  return offer.slices.flatMap(slice => slice.segments)
}

/** Numbers of one offer's flights and its fare, to find it again. */
export function nameOf(offer: WorldOffer): string {
  const flights = segmentsOf(offer).map(one => `${one.carrier}${one.number} ${one.departure}`)
  return [...flights, ...offer.passengers[0]!.fares.map(fare => fare.fareBasis)].join(' ')
}
