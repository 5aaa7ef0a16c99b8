import type { PassengerId, SegmentId } from '../../../src/core/ids.ts'
import type { Baggage, Cabin, PassengerType, Segment, Slice } from '../../../src/core/itinerary.ts'
import { money } from '../../../src/core/money.ts'
import { nothingRequired, type PassengerFare, type SupplierOffer } from '../../../src/core/offer.ts'
import { assembleSlice } from '../../../src/reference/assemble.ts'

/** Offers as an adapter makes them, from a few words. */
export type FlightSpec = {
  readonly flight: string
  readonly operating?: string | null
  readonly from: string
  readonly to: string
  /** Local. */
  readonly departure: string
  readonly arrival: string
}

export type OfferSpec = {
  readonly provider?: string
  readonly validatingCarrier?: string | null
  readonly slices?: readonly (readonly FlightSpec[])[]
  readonly passengers?: readonly (readonly [PassengerType, readonly string[]])[]
  /** Minor units for one adult; others pay the same. */
  readonly price?: number
  readonly taxes?: number
  readonly currency?: string
  readonly cabin?: Cabin | null
  readonly brand?: string | null
  readonly bookingClass?: string
  readonly checked?: Baggage | null
  readonly refundable?: boolean | null
  readonly changeAllowed?: boolean | null
  readonly changeFee?: number | null
  readonly expiresAt?: string | null
  readonly ticketBy?: string | null
  readonly context?: Readonly<Record<string, unknown>>
}

export const date = '2027-03-10'

export const outbound: FlightSpec = {
  flight: 'BA117',
  from: 'LHR',
  to: 'JFK',
  departure: `${date}T08:20:00`,
  arrival: `${date}T11:15:00`,
}

export const onePiece: Baggage = { pieces: 1, weightKg: 23, weightLb: null }

export function makeOffer(spec: OfferSpec = {}): SupplierOffer {
  const currency = spec.currency ?? 'EUR'
  const taxes = spec.taxes ?? 100
  const total = spec.price ?? 50_000
  const groups = spec.passengers ?? [['ADT', ['pax_1']]]
  const passengers = groups.map(
    ([type, ids]): PassengerFare => ({
      ids: ids as readonly PassengerId[],
      type,
      count: ids.length,
      each: {
        base: money(total - taxes, currency),
        taxes: [{ code: 'XT', amount: money(taxes, currency) }],
        fees: [],
        total: money(total, currency),
      },
    }),
  )
  const count = passengers.reduce((n, entry) => n + entry.count, 0)
  return {
    provider: spec.provider ?? 'alpha',
    validatingCarrier: spec.validatingCarrier === undefined ? 'BA' : spec.validatingCarrier,
    total: money(total * count, currency),
    base: money((total - taxes) * count, currency),
    taxes: money(taxes * count, currency),
    fees: money(0, currency),
    passengers,
    slices: makeSlices(
      spec,
      groups.map(([type]) => type),
    ),
    conditions: {
      change: {
        allowed: spec.changeAllowed === undefined ? true : spec.changeAllowed,
        fee: spec.changeFee == null ? null : money(spec.changeFee, currency),
      },
      refund: { allowed: spec.refundable === undefined ? false : spec.refundable, fee: null },
    },
    requirements: nothingRequired,
    seatsLeft: 9,
    ticketBy: spec.ticketBy ?? null,
    expiresAt: spec.expiresAt ?? null,
    supplierContext: spec.context ?? { token: 't1' },
  }
}

function makeSlices(spec: OfferSpec, types: readonly PassengerType[]): readonly Slice[] {
  let n = 0
  return (spec.slices ?? [[outbound]]).map(flights =>
    assembleSlice(
      flights.map(flight => {
        n++
        return makeSegment(`seg_${n}`, flight, spec, types)
      }),
    ),
  )
}

function makeSegment(id: SegmentId, flight: FlightSpec, spec: OfferSpec, types: readonly PassengerType[]): Segment {
  const operating = flight.operating === undefined ? flight.flight : flight.operating
  return {
    id,
    marketing: { carrier: flight.flight.slice(0, 2), number: flight.flight.slice(2) },
    operating: {
      carrier: operating === null ? null : operating.slice(0, 2),
      number: operating === null ? null : operating.slice(2) || null,
      name: null,
    },
    origin: flight.from,
    originTerminal: null,
    destination: flight.to,
    destinationTerminal: null,
    departure: flight.departure,
    departureZone: null,
    arrival: flight.arrival,
    arrivalZone: null,
    durationMinutes: null,
    aircraft: '77W',
    stops: [],
    marriageGroup: null,
    fares: types.map(passengerType => ({
      passengerType,
      fareBasis: 'OLX6GB',
      bookingClass: spec.bookingClass ?? 'O',
      cabin: spec.cabin === undefined ? 'economy' : spec.cabin,
      brand: spec.brand === null ? null : { code: null, name: spec.brand ?? 'Economy Light' },
      baggage: { checked: spec.checked === undefined ? onePiece : spec.checked, cabin: null },
    })),
    status: null,
  }
}
