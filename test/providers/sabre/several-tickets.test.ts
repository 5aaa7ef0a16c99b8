import { describe, expect, test } from 'vitest'
import { formatAmount } from '../../../src/core/money.ts'
import type { DecodedMessage } from '../../../src/providers/port.ts'
import { decode } from '../../../src/providers/sabre/wire/decode.ts'
import { groupedReply, itinerary } from './grouped-messages.ts'

/** Searches for several tickets, written by the vendor's description of MultiTicket, OneWayItineraries, TicketsPricingType
 *  and TicketPricingType. */

type Tree = Readonly<Record<string, unknown>>

const amount = (Amount: number) => ({ Amount, CurrencyCode: 'GBP' })
const flight = (from: string, to: string, number: number, departs: string, lands: string): Tree => ({
  FlightNumber: number,
  DepartureDateTime: departs,
  ArrivalDateTime: lands,
  StopQuantity: 0,
  ResBookDesigCode: 'Y',
  MarriageGrp: 'O',
  DepartureAirport: { LocationCode: from },
  ArrivalAirport: { LocationCode: to },
  MarketingAirline: { Code: 'BA' },
  OperatingAirline: { Code: 'BA', FlightNumber: number },
})
const outbound = flight('LHR', 'FRA', 902, '2026-12-21T08:00:00', '2026-12-21T10:40:00')
const inbound = flight('FRA', 'LHR', 903, '2026-12-28T18:00:00', '2026-12-28T18:45:00')
const airItinerary = (...options: readonly Tree[]): Tree => ({
  OriginDestinationOptions: { OriginDestinationOption: options.map(option => ({ FlightSegment: [option] })) },
})
const pricing = (total: number, flights: number, more: Tree = {}): Tree => ({
  ItinTotalFare: { TotalFare: amount(total) },
  PTC_FareBreakdowns: {
    PTC_FareBreakdown: [
      {
        PassengerTypeQuantity: { Code: 'ADT', Quantity: 1 },
        FareBasisCodes: {
          FareBasisCode: Array.from({ length: flights }, () => ({ content: 'YOW', BookingCode: 'Y' })),
        },
        PassengerFare: { TotalFare: amount(total), EquivFare: amount(total - 20), Taxes: { TotalTax: amount(20) } },
      },
    ],
  },
  ...more,
})
const ticket = (place: number, total: number, option: Tree): Tree => ({
  Number: place,
  AirItinerary: airItinerary(option),
  AirItineraryPricingInfo: [pricing(total, 1)],
})
const split = {
  AirItinerary: airItinerary(outbound, inbound),
  AirItineraryPricingInfo: [
    pricing(170, 2, { Tickets: { Ticket: [ticket(1, 90, outbound), ticket(2, 80, inbound)] } }),
    pricing(200, 2),
  ],
}
const oneWay = (total: number, option: Tree): Tree => ({
  AirItinerary: airItinerary(option),
  AirItineraryPricingInfo: [pricing(total, 1)],
})
const reply = {
  PricedItineraries: { PricedItinerary: [split] },
  OneWayItineraries: {
    SimpleOneWayItineraries: [
      { RPH: '1', PricedItinerary: [oneWay(95, outbound)] },
      { RPH: '2', PricedItinerary: [oneWay(85, inbound)] },
    ],
  },
}

const told = ({ offers }: DecodedMessage) =>
  offers.map(({ slices, total }) => [
    slices.map(slice => `${slice.origin}${slice.destination}`).join(' '),
    formatAmount(total),
  ])
const expected = [
  ['LHRFRA', '90.00'],
  ['FRALHR', '80.00'],
  ['LHRFRA FRALHR', '200.00'],
  ['LHRFRA', '95.00'],
  ['FRALHR', '85.00'],
]

describe('an offer is what can be bought as such', () => {
  test('each ticket of a split fare, and each one-way itinerary beside the returns', () => {
    const message = decode(Buffer.from(JSON.stringify({ OTA_AirLowFareSearchRS: reply })))
    expect(message.warnings).toEqual([])
    expect(told(message)).toEqual(expected)
  })

  test('the same in XML', () => {
    const message = decode(Buffer.from(xml('OTA_AirLowFareSearchRS', reply)))
    expect(message.warnings).toEqual([])
    expect(told(message)).toEqual(expected)
  })

  test('a reply of one-way itineraries alone is a reply', () => {
    const { OneWayItineraries } = reply
    expect(decode(Buffer.from(JSON.stringify({ OTA_AirLowFareSearchRS: { OneWayItineraries } }))).offers).toHaveLength(
      2,
    )
    expect(decode(Buffer.from(xml('OTA_AirLowFareSearchRS', { OneWayItineraries }))).offers).toHaveLength(2)
  })

  test('a ticket that cannot be read costs itself', () => {
    const bad = { ...ticket(2, 80, inbound), AirItinerary: {} }
    const fares = [pricing(170, 2, { Tickets: { Ticket: [ticket(1, 90, outbound), bad] } })]
    const PricedItineraries = { PricedItinerary: [{ ...split, AirItineraryPricingInfo: fares }] }
    const { offers, warnings } = decode(Buffer.from(JSON.stringify({ OTA_AirLowFareSearchRS: { PricedItineraries } })))
    expect(offers).toHaveLength(1)
    expect(warnings.map(({ code, at }) => [code, at])).toEqual([
      ['incomplete-itinerary', '/PricedItineraries/PricedItinerary/0/fares/0/Tickets/Ticket/1'],
    ])
  })

  test('several fares of a grouped itinerary are as many offers, a sold-out one none', () => {
    const [{ fare }] = itinerary.pricingInformation as unknown as readonly [{ readonly fare: Tree }]
    const dearer = { fare: { ...fare, totalFare: { totalPrice: 600, currency: 'AUD' } } }
    const more = { ...itinerary, pricingInformation: [{ fare }, dearer, { soldOut: { status: 'O' } }] }
    const { offers, warnings } = decode(Buffer.from(JSON.stringify(groupedReply(more))))
    expect(offers.map(({ total }) => formatAmount(total))).toEqual(['567.00', '600.00'])
    expect(warnings.map(({ code }) => code)).toEqual(['rounding', 'sold-out'])
  })
})

/** Objects are elements, lists repeated ones; plain values are attributes, `content` is text. */
function xml(name: string, value: unknown): string {
  if (Array.isArray(value)) return value.map(item => xml(name, item)).join('')
  const entries = Object.entries(value as Tree)
  const plain = entries.filter(([key, item]) => typeof item !== 'object' && key !== 'content')
  const inside = entries.filter(([, item]) => typeof item === 'object').map(([key, item]) => xml(key, item))
  const attributes = plain.map(([key, item]) => ` ${key}="${String(item)}"`).join('')
  return `<${name}${attributes}>${(value as Tree).content ?? ''}${inside.join('')}</${name}>`
}
