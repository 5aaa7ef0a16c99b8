/** Small grouped itinerary responses as Sabre writes them. */

const segment = (seatsAvailable: number, more = {}) => ({
  segment: { bookingCode: 'Y', cabinCode: 'Y', mealCode: 'M', seatsAvailable, ...more },
})
const passenger = (passengerType: string, passengerNumber: number) => ({
  passengerInfo: {
    passengerType,
    passengerNumber,
    nonRefundable: false,
    fareComponents: [
      {
        ref: 1,
        beginAirport: 'SYD',
        endAirport: 'ADL',
        segments: [segment(9), segment(4, { availabilityBreak: true })],
      },
      { ref: 2, beginAirport: 'ADL', endAirport: 'SYD', segments: [segment(7, { availabilityBreak: true })] },
    ],
    taxes: [{ ref: 1 }, { ref: 2 }],
    baggageInformation: [
      { provisionType: 'A', segments: [{ id: 0 }, { id: 1 }, { id: 2 }], allowance: { ref: 1 } },
      { provisionType: 'B', segments: [{ id: 0 }, { id: 1 }, { id: 2 }], allowance: { ref: 2 } },
    ],
    penaltiesInfo: {
      penalties: [{ type: 'Exchange', applicability: 'Before', changeable: true, amount: 30, currency: 'AUD' }],
    },
    passengerTotalFare: {
      totalFare: 189,
      totalTaxAmount: 29,
      currency: 'AUD',
      baseFareAmount: 160,
      baseFareCurrency: 'AUD',
    },
  },
})
export const itinerary = {
  id: 1,
  pricingSource: 'ADVJR1',
  legs: [{ ref: 1 }, { ref: 2 }],
  pricingInformation: [
    {
      fare: {
        validatingCarrierCode: 'QF',
        lastTicketDate: '2026-11-30',
        lastTicketTime: '23:59',
        passengerInfoList: [passenger('ADT', 2), passenger('C08', 1)],
        totalFare: { totalPrice: 567, currency: 'AUD' },
      },
    },
  ],
}
const flight = (id: number, from: string, to: string, departs: string, arrives: string, elapsedTime: number) => ({
  id,
  elapsedTime,
  stopCount: 0,
  departure: { airport: from, time: departs },
  arrival: { airport: to, time: arrives },
  carrier: { marketing: 'QF', marketingFlightNumber: 400 + id, operating: 'QF', operatingFlightNumber: 400 + id },
})

export function groupedReply(...itineraries: readonly unknown[]): unknown {
  return {
    groupedItineraryResponse: {
      version: '5',
      messages: [],
      scheduleDescs: [
        flight(1, 'SYD', 'MEL', '06:00:00+11:00', '07:35:00+11:00', 95),
        flight(2, 'MEL', 'ADL', '09:00:00+11:00', '09:55:00+10:30', 85),
        flight(3, 'ADL', 'SYD', '18:00:00+10:30', '20:25:00+11:00', 115),
      ],
      legDescs: [
        { id: 1, elapsedTime: 265, schedules: [{ ref: 1 }, { ref: 2 }] },
        { id: 2, elapsedTime: 115, schedules: [{ ref: 3 }] },
      ],
      fareComponentDescs: [
        { id: 1, fareBasisCode: 'YLOW', cabinCode: 'Y', brand: { code: 'SAVER', brandName: 'Red e-Deal' } },
        { id: 2, fareBasisCode: 'YFLEX', cabinCode: 'Y', brand: { code: 'FLEX', brandName: 'Flex' } },
      ],
      baggageAllowanceDescs: [
        { id: 1, pieceCount: 1 },
        { id: 2, weight: 7, unit: 'kg' },
      ],
      taxDescs: [
        { id: 1, code: 'QR', amount: 9, currency: 'AUD' },
        { id: 2, code: 'WG', amount: 20, currency: 'AUD' },
      ],
      itineraryGroups: [
        {
          groupDescription: { legDescriptions: [{ departureDate: '2026-12-21' }, { departureDate: '2026-12-28' }] },
          itineraries,
        },
      ],
    },
  }
}
