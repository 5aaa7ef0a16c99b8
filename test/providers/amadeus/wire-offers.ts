/** Small flight offers as Amadeus writes them, to be changed by a test. */

type Json = Record<string, unknown>

export function segment(id: string, more: Json = {}): Json {
  return {
    departure: { iataCode: 'LHR', terminal: '5', at: '2027-03-10T08:20:00' },
    arrival: { iataCode: 'JFK', terminal: '8', at: '2027-03-10T11:15:00' },
    carrierCode: 'BA',
    number: '117',
    aircraft: { code: '77W' },
    operating: { carrierCode: 'BA' },
    duration: 'PT7H55M',
    id,
    numberOfStops: 0,
    blacklistedInEU: false,
    ...more,
  }
}

export function traveller(id: string, more: Json = {}): Json {
  return {
    travelerId: id,
    fareOption: 'STANDARD',
    travelerType: 'ADULT',
    price: { currency: 'EUR', total: '120.50', base: '100.00' },
    fareDetailsBySegment: [{ segmentId: '1', cabin: 'ECONOMY', fareBasis: 'OLX6GB', class: 'O' }],
    ...more,
  }
}

export function offer(more: Json = {}): Json {
  return {
    type: 'flight-offer',
    id: '1',
    source: 'GDS',
    instantTicketingRequired: false,
    lastTicketingDate: '2027-01-05',
    numberOfBookableSeats: 9,
    itineraries: [{ duration: 'PT7H55M', segments: [segment('1')] }],
    price: { currency: 'EUR', total: '120.50', base: '100.00', grandTotal: '120.50' },
    validatingAirlineCodes: ['BA'],
    travelerPricings: [traveller('1')],
    ...more,
  }
}

export function reply(...offers: readonly unknown[]): Json {
  return { meta: { count: offers.length }, data: offers }
}

export function bytesOf(tree: unknown): Buffer {
  return Buffer.from(JSON.stringify(tree))
}
