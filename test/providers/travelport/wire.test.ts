import { describe, expect, test } from 'vitest'
import { WireError } from '../../../src/core/wire-error.ts'
import type { DecodedMessage } from '../../../src/providers/port.ts'
import { kindOf } from '../../../src/providers/travelport/faults.ts'
import { decode } from '../../../src/providers/travelport/wire/decode.ts'
import { documentText, emailText, ssrDate } from '../../../src/providers/travelport/wire/ssr.ts'
import { expectSums } from '../../support/sound-offer.ts'
import { soap } from './fake-host.ts'
import { people } from './journey.ts'

/** The rules of the format, one by one, on messages made for them. */

const namespaces =
  'xmlns:air="http://www.travelport.com/schema/air_v50_0" xmlns:common_v50_0="http://www.travelport.com/schema/common_v50_0"'

const flight = (key: string, number: string, from: string, to: string, day: string, inner = '', more = ''): string =>
  `<air:AirSegment Key="${key}" Group="0" Carrier="BA" FlightNumber="${number}" Origin="${from}" Destination="${to}" ` +
  `DepartureTime="${day}T08:00:00.000+00:00" ArrivalTime="${day}T10:00:00.000+00:00" ${more}>${inner}</air:AirSegment>`

const lists =
  `<air:AirSegmentList>${flight('a', '0117', 'LHR', 'DUB', '2027-03-10')}${flight('b', '118', 'DUB', 'LHR', '2027-03-17')}</air:AirSegmentList>` +
  '<air:FareInfoList><air:FareInfo Key="f" FareBasis="YOW" PassengerTypeCode="ADT" Origin="LON" Destination="DUB"/></air:FareInfoList>'

const booking = (segment: string, more = ''): string =>
  `<air:BookingInfo BookingCode="Y" CabinClass="Economy" FareInfoRef="f" SegmentRef="${segment}" ${more}/>`

const adult = '<air:PassengerType Code="ADT"/>'

/** One price with one flight. */
function priced(
  attributes: string,
  inner = '',
  more: { readonly unit?: string; readonly after?: string } = {},
): DecodedMessage {
  const { unit = '', after = '' } = more
  const options = `<air:FlightOptionsList><air:FlightOption LegRef="l1"><air:Option Key="o">${booking('a')}</air:Option></air:FlightOption></air:FlightOptionsList>`
  const info = `<air:AirPricingInfo Key="i" ${attributes}>${inner}${adult}${options}</air:AirPricingInfo>`
  const body = `<air:LowFareSearchRsp ${namespaces} CurrencyType="EUR">${lists}<air:AirPricePointList><air:AirPricePoint Key="p" ${unit}>${info}${after}</air:AirPricePoint></air:AirPricePointList></air:LowFareSearchRsp>`
  const decoded = decode(Buffer.from(soap(body)))
  for (const offer of decoded.offers) expectSums(offer)
  return decoded
}

const each = (decoded: DecodedMessage) => decoded.offers[0]!.passengers[0]!.each

describe('amounts', () => {
  test('the base is that in the currency of the total', () => {
    const decoded = priced(
      'TotalPrice="EUR100.00" BasePrice="USD80.00" EquivalentBasePrice="EUR70.00" Taxes="EUR30.00"',
    )
    expect(each(decoded)).toMatchObject({
      base: { amountMinor: 7000 },
      taxes: [{ code: 'XT', amount: { amountMinor: 3000 } }],
    })
  })

  test('without one it is what taxes and fees leave of the total', () => {
    const fee = '<air:FeeInfo Key="1" Amount="EUR5.00" Code="OB"/>'
    const decoded = priced(
      'TotalPrice="EUR100.00" BasePrice="USD80.00"',
      `<air:TaxInfo Category="GB" Amount="EUR20.00"/>${fee}`,
    )
    expect(each(decoded)).toMatchObject({
      base: { amountMinor: 7500 },
      fees: [{ code: 'OB', amount: { amountMinor: 500 } }],
    })
  })

  test('fees that the total does not hold are paid elsewhere', () => {
    const fee = '<air:FeeInfo Key="1" Amount="EUR5.00" Code="OB"/>'
    const decoded = priced('TotalPrice="EUR100.00" BasePrice="EUR100.00" Fees="EUR5.00"', fee)
    expect(each(decoded)).toMatchObject({ fees: [], total: { amountMinor: 10_000 } })
  })

  test('taxes inside the base are not added, what is not itemised is XT', () => {
    const taxes =
      '<air:TaxInfo Category="GB" Amount="EUR10.00"><common_v50_0:IncludedInBase/></air:TaxInfo><air:TaxInfo Category="UB" Amount="EUR12.00"/>'
    const decoded = priced('TotalPrice="EUR100.00" BasePrice="EUR80.00" Taxes="EUR20.00"', taxes)
    expect(each(decoded).taxes).toMatchObject([{ code: 'UB' }, { code: 'XT', amount: { amountMinor: 800 } }])
  })

  test('figures that do not add up: the stated total wins, the gap is a fee with a warning', () => {
    const inside = priced(
      'TotalPrice="EUR100.01" BasePrice="EUR80.00"',
      '<air:TaxInfo Category="GB" Amount="EUR20.00"/>',
    )
    expect(each(inside).fees).toEqual([{ code: 'rounding', amount: { amountMinor: 1, currency: 'EUR' } }])
    expect(inside.warnings).toMatchObject([{ code: 'rounding' }])
    const outside = priced('TotalPrice="EUR100.00" BasePrice="EUR100.00"', '', { unit: 'TotalPrice="EUR99.99"' })
    expect(outside.offers[0]!.total.amountMinor).toBe(9999)
    expect(outside.warnings).toMatchObject([{ code: 'rounding' }])
  })

  test('a gap over several passengers is carried by one of them', () => {
    const decoded = priced('TotalPrice="EUR50.00" BasePrice="EUR50.00"', adult + adult, {
      unit: 'TotalPrice="EUR150.01"',
    })
    const [offer] = decoded.offers
    expect(offer!.total.amountMinor).toBe(15_001)
    expect(offer!.passengers.map(one => one.count)).toEqual([1, 2])
    expect(offer!.slices[0]!.segments[0]!.fares).toHaveLength(2)
  })

  test('whole units, and what is no amount costs its own offer only', () => {
    expect(priced('TotalPrice="KRW169600" BasePrice="KRW169600"').offers[0]!.total).toEqual({
      amountMinor: 169_600,
      currency: 'KRW',
    })
    const broken = priced('TotalPrice="EURmany"')
    expect(broken.offers).toEqual([])
    expect(broken.warnings.map(warning => warning.code)).toContain('no-price')
  })
})

describe('conditions', () => {
  const of = (attributes: string, inner = '') =>
    priced(`TotalPrice="EUR100.00" BasePrice="EUR100.00" ${attributes}`, inner).offers[0]!.conditions
  const penalty = (name: string, content: string, attributes = ''): string =>
    `<air:${name} ${attributes}>${content}</air:${name}>`
  const amount = (value: string): string => `<air:Amount>${value}</air:Amount>`
  const percentage = (value: string): string => `<air:Percentage>${value}</air:Percentage>`

  test('an amount is a fee, nothing said is nothing known', () => {
    expect(of('', penalty('ChangePenalty', amount('EUR50.00')))).toEqual({
      change: { allowed: true, fee: { amountMinor: 5000, currency: 'EUR' } },
      refund: { allowed: null, fee: null },
    })
  })

  test('0 % is free, 100 % is not allowed, the flags alone are believed', () => {
    expect(of('', penalty('CancelPenalty', percentage('0.00'))).refund).toMatchObject({
      allowed: true,
      fee: { amountMinor: 0 },
    })
    expect(of('', penalty('CancelPenalty', percentage('100.00'))).refund).toEqual({ allowed: false, fee: null })
    expect(of('Refundable="true" Exchangeable="false"')).toEqual({
      change: { allowed: false, fee: null },
      refund: { allowed: true, fee: null },
    })
  })

  test('of several penalties the harder one before departure counts', () => {
    const three =
      penalty('ChangePenalty', amount('EUR50.00'), 'PenaltyApplies="Before Departure"') +
      penalty('ChangePenalty', amount('EUR70.00'), 'PenaltyApplies="Anytime"') +
      penalty('ChangePenalty', amount('EUR500.00'), 'PenaltyApplies="After Departure"') +
      penalty('ChangePenalty', amount('EUR900.00'), 'NoShow="true"')
    expect(of('', three).change.fee).toMatchObject({ amountMinor: 7000 })
  })

  test('a fare to be bought at once cannot be held', () => {
    const note = '<air:FareNote Key="n">INSTANT PURCHASE REQUIRED</air:FareNote>'
    const [offer] = priced('TotalPrice="EUR1.00" LatestTicketingTime="2027-01-01T23:59:00.000+01:00"', '', {
      after: note,
    }).offers
    expect(offer).toMatchObject({
      ticketBy: '2027-01-01T22:59:00Z',
      requirements: { instantPayment: true, holdAllowed: false },
    })
  })
})

describe('flights', () => {
  const message = (content: string, name = 'LowFareSearchRsp'): DecodedMessage =>
    decode(Buffer.from(soap(`<air:${name} ${namespaces} CurrencyType="EUR">${content}</air:${name}>`)))

  const solution = (inner: string, bookings: string): string =>
    `<air:AirPricingSolution Key="s" TotalPrice="EUR10.00">${inner}<air:AirPricingInfo Key="i" TotalPrice="EUR10.00" BasePrice="EUR10.00">${bookings}${adult}</air:AirPricingInfo></air:AirPricingSolution>`

  test('a list of solutions with journeys has one offer each', () => {
    const journeys =
      '<air:Journey><air:AirSegmentRef Key="a"/></air:Journey><air:Journey><air:AirSegmentRef Key="b"/></air:Journey>'
    const { offers } = message(
      lists + solution(journeys, booking('a', 'BookingCount="4"') + booking('b', 'BookingCount="9"')),
    )
    expect(offers).toHaveLength(1)
    expect(offers[0]!.slices.map(slice => slice.segments.map(one => one.marketing.number))).toEqual([['117'], ['118']])
    expect(offers[0]!.seatsLeft).toBe(4)
  })

  test('solutions without journeys are split by the group of their segments', () => {
    const segments =
      flight('a', '1', 'LHR', 'DUB', '2027-03-10') +
      flight('b', '2', 'DUB', 'CDG', '2027-03-11') +
      flight('c', '3', 'CDG', 'LHR', '2027-03-17').replace('Group="0"', 'Group="1"')
    const refs = ['a', 'b', 'c'].map(key => `<air:AirSegmentRef Key="${key}"/>`).join('')
    const { offers } = message(
      `<air:AirSegmentList>${segments}</air:AirSegmentList>${solution(refs, ['a', 'b', 'c'].map(key => booking(key)).join(''))}`,
    )
    expect(offers[0]!.slices.map(slice => slice.segments.length)).toEqual([2, 1])
  })

  test('parts of an asynchronous search are read, in any order of their lists', () => {
    const refs = '<air:AirSegmentRef Key="a"/>'
    const more = '<air:AsyncProviderSpecificResponse ProviderCode="1G" MoreResults="true"/>'
    const { offers } = message(`${more}${solution(refs, booking('a'))}${lists}`, 'LowFareSearchAsynchRsp')
    expect(offers).toHaveLength(1)
    expect(offers[0]!.slices[0]!.segments[0]!.fares[0]!.fareBasis).toBe('YOW')
  })

  test('a flight that the lists lack costs the offers that use it, with a reason', () => {
    const decoded = message(lists + solution('<air:AirSegmentRef Key="zz"/>', booking('zz')))
    expect(decoded.offers).toEqual([])
    expect(decoded.warnings.map(warning => warning.code)).toEqual(['no-flight', 'no-flights'])
  })

  test('several flight details are landings on the way under one number', () => {
    const details = (key: string, from: string, to: string, departs: string, arrives: string): string =>
      `<air:FlightDetails Key="${key}" Origin="${from}" Destination="${to}" DepartureTime="2027-03-10T${departs}" ArrivalTime="2027-03-10T${arrives}" OriginTerminal="${key}" DestinationTerminal="9${key}"/>`
    const two =
      details('1', 'LHR', 'KEF', '08:00:00.000+00:00', '10:30:00.000+00:00') +
      details('2', 'KEF', 'JFK', '11:45:00.000+00:00', '13:00:00.000-05:00')
    const segment = flight('a', '1', 'LHR', 'JFK', '2027-03-10', two).replace(
      '10:00:00.000+00:00"',
      '13:00:00.000-05:00"',
    )
    const { offers } = message(solution(segment, booking('a')), 'AirPriceRsp')
    expect(offers[0]!.slices[0]!.segments[0]).toMatchObject({
      stops: [{ airport: 'KEF', minutes: 75 }],
      originTerminal: '1',
      destinationTerminal: '92',
      durationMinutes: 600,
    })
  })

  test('operators by code, by name only, and the marketing carrier itself', () => {
    const operating = (inner: string) => {
      const segment = flight('a', '117', 'LHR', 'JFK', '2027-03-10', inner)
      return message(solution(segment, booking('a')), 'AirPriceRsp').offers[0]!.slices[0]!.segments[0]!.operating
    }
    expect(operating('')).toEqual({ carrier: 'BA', number: '117', name: null })
    expect(
      operating('<air:CodeshareInfo OperatingCarrier="AA" OperatingFlightNumber="0042">AMERICAN</air:CodeshareInfo>'),
    ).toEqual({
      carrier: 'AA',
      number: '42',
      name: 'AMERICAN',
    })
    expect(operating('<air:CodeshareInfo>MESA AIRLINES</air:CodeshareInfo>')).toEqual({
      carrier: null,
      number: null,
      name: 'MESA AIRLINES',
    })
    expect(operating('<air:CodeshareInfo OperatingCarrier="BA"/>')).toEqual({
      carrier: 'BA',
      number: '117',
      name: null,
    })
  })

  test('seats are counted in the class that is booked; letters are no number', () => {
    const seats = (counts: string) => {
      const available = `<air:AirAvailInfo ProviderCode="1G"><air:BookingCodeInfo BookingCounts="${counts}"/></air:AirAvailInfo>`
      return message(solution(flight('a', '1', 'LHR', 'JFK', '2027-03-10', available), booking('a')), 'AirPriceRsp')
        .offers[0]!.seatsLeft
    }
    expect(seats('J9|Y3|B9')).toBe(3)
    expect(seats('YR|B9')).toBeNull()
    expect(seats('C9|B9')).toBeNull()
    expect(seats('Y0')).toBe(0)
  })

  test('documents as the APIS requirements of the flights say', () => {
    const apis =
      '<air:APISRequirementsList><air:APISRequirements Key="r" Level="Required" GenderRequired="true" DateOfBirthRequired="false"/></air:APISRequirementsList>'
    const segment = flight('a', '1', 'LHR', 'JFK', '2027-03-10', '', 'APISRequirementsRef="r"')
    expect(message(apis + solution(segment, booking('a'))).offers[0]!.requirements).toMatchObject({
      documents: 'required',
      gender: true,
      birthDate: false,
    })
  })

  test('more combinations than anybody can look at are cut, with a warning', () => {
    const option = `<air:Option Key="o">${booking('a')}</air:Option>`
    const leg = (ref: string): string => `<air:FlightOption LegRef="${ref}">${option.repeat(200)}</air:FlightOption>`
    const info = `<air:AirPricingInfo Key="i" TotalPrice="EUR1.00" BasePrice="EUR1.00">${adult}<air:FlightOptionsList>${leg('1')}${leg('2')}${leg('3')}</air:FlightOptionsList></air:AirPricingInfo>`
    const decoded = message(
      `${lists}<air:AirPricePointList><air:AirPricePoint Key="p">${info}</air:AirPricePoint></air:AirPricePointList>`,
    )
    expect(decoded.offers).toHaveLength(20_000)
    expect(decoded.warnings).toMatchObject([{ code: 'too-many' }])
  })
})

describe('baggage and brands', () => {
  const fare = (inner: string) => {
    const info = `<air:FareInfo Key="f" FareBasis="YOW" PassengerTypeCode="ADT">${inner}</air:FareInfo>`
    const solution = `<air:AirPricingSolution Key="s">${flight('a', '1', 'LHR', 'JFK', '2027-03-10')}<air:AirPricingInfo Key="i" TotalPrice="EUR1.00">${info}${booking('a')}${adult}</air:AirPricingInfo></air:AirPricingSolution>`
    const body = soap(
      `<air:AirPriceRsp ${namespaces}><air:AirPriceResult>${solution}</air:AirPriceResult></air:AirPriceRsp>`,
    )
    return decode(Buffer.from(body)).offers[0]!.slices[0]!.segments[0]!.fares[0]!
  }
  const bag = (inner: string) => fare(`<air:BaggageAllowance>${inner}</air:BaggageAllowance>`).baggage.checked

  test('pieces, kilograms, pounds, none and not said', () => {
    const pieces = '<air:NumberOfPieces>2</air:NumberOfPieces>'
    expect(bag(`${pieces}<air:MaxWeight/>`)).toEqual({ pieces: 2, weightKg: null, weightLb: null })
    expect(bag(`${pieces}<air:MaxWeight Value="23" Unit="Kilograms"/>`)).toEqual({
      pieces: 2,
      weightKg: 23,
      weightLb: null,
    })
    expect(bag('<air:MaxWeight Value="50" Unit="Pounds"/>')).toEqual({ pieces: null, weightKg: null, weightLb: 50 })
    expect(bag('<air:NumberOfPieces>0</air:NumberOfPieces>')).toMatchObject({ pieces: 0 })
    expect(bag('<air:MaxWeight/>')).toBeNull()
    expect(fare('').baggage.checked).toBeNull()
  })

  test('a brand that was not found is none', () => {
    expect(fare('<air:Brand Key="b" BrandFound="false"/>').brand).toBeNull()
    expect(fare('<air:Brand Key="b" BrandID="1" Name="Light"/>').brand).toEqual({ code: '1', name: 'Light' })
  })
})

describe('faults', () => {
  const faultOf = (fault: string): DecodedMessage => decode(Buffer.from(fault))

  test('the code of the detail, of the text, or of the fault itself', () => {
    const fault = (text: string, detail = '') =>
      faultOf(
        soap(
          `<SOAP:Fault><faultcode>Server.Business</faultcode><faultstring>${text}</faultstring>${detail}</SOAP:Fault>`,
        ),
      ).faults
    expect(
      fault('x', '<detail><e><Code>2602</Code><Description>No Solutions</Description></e></detail>'),
    ).toMatchObject([{ code: '2602', kind: 'no-offers', text: 'x: No Solutions' }])
    expect(fault('1512 UNABLE TO RETRIEVE')).toMatchObject([{ code: '1512', kind: 'not-found' }])
    expect(fault('what')).toMatchObject([{ code: 'Server.Business', kind: 'refused' }])
  })

  test('SOAP 1.2, and a fault that is the root itself', () => {
    const fault =
      '<Fault xmlns="http://www.w3.org/2003/05/soap-envelope"><Code><Value>Receiver</Value></Code><Reason><Text>System error</Text></Reason></Fault>'
    expect(faultOf(fault)).toMatchObject({ message: 'Fault', faults: [{ code: 'Receiver', kind: 'supplier-error' }] })
  })

  test('the text is a sentence without documents inside', () => {
    const description = 'Broken &lt;xml&gt;secret&lt;/xml&gt;'
    const fault = `<Fault><faultcode>Server.System</faultcode><faultstring>${description}</faultstring></Fault>`
    expect(faultOf(fault).faults[0]!.text).toBe('Broken')
  })

  test.each([
    ['Server.Security', '', 'anything', 'authentication'],
    ['Server.Business', '3000', '*0 AVAIL/WL CLOSED*', 'sold-out'],
    ['Server.Business', '3000', 'IMMEDIATE TICKETING REQUIRED', 'not-supported'],
    ['Server.Business', '12009', 'REFUSE CREDIT', 'ticketing-failed'],
    ['Server.Business', '1', 'Transaction rate exceeded', 'rate-limited'],
    ['Server.Business', '1', 'Record was already cancelled', 'not-cancellable'],
    ['Server.Business', '1', 'Invalid date of birth in DOCS', 'passenger-data'],
    ['Server.Business', '1', 'Duplicate booking', 'duplicate'],
    ['Server.Business', '1', 'something else', 'refused'],
    ['Server.System', '1', 'something else', 'supplier-error'],
    ['Server.ValidationException', '1', 'something else', 'invalid-request'],
  ] as const)('%s %s %s is %s', (faultCode, code, text, kind) => {
    expect(kindOf({ faultCode, code, text, service: '' })).toBe(kind)
  })
})

describe('messages', () => {
  test('without an envelope they are read too', () => {
    expect(decode(Buffer.from(`<air:LowFareSearchRsp ${namespaces} CurrencyType="EUR"/>`))).toMatchObject({
      message: 'LowFareSearchRsp',
      version: '50',
      offers: [],
    })
  })

  test.each(['<html><body/></html>', '{"json":1}', '', soap(''), soap('<x:OTA_AirLowFareSearchRS xmlns:x="u"/>')])(
    'what is none of them is refused with a place: %s',
    document => {
      expect(() => decode(Buffer.from(document))).toThrow(WireError)
    },
  )

  test('a message that is cut off is refused, wherever it is cut', () => {
    const whole = Buffer.from(soap(`<air:LowFareSearchRsp ${namespaces}>${lists}</air:LowFareSearchRsp>`))
    for (let length = 0; length < whole.length; length += 7) {
      expect(() => decode(whole.subarray(0, length))).toThrow(WireError)
    }
  })

  test('what an order holds beside flights is left out, with a warning that says where it was', () => {
    const surface = '<air:AirSegment Key="arnk" Group="1" Origin="DUB" Destination="ORK"/>'
    const air = `<air:AirReservation LocatorCode="AIR111">${flight('a', '117', 'LHR', 'DUB', '2027-03-10')}${surface}</air:AirReservation>`
    const hotel = '<h:HotelReservation LocatorCode="HOT111"><h:HotelProperty/></h:HotelReservation>'
    const car = '<v:VehicleReservation LocatorCode="CAR111"/>'
    const passive = '<p:PassiveReservation LocatorCode="PAS111"><p:PassiveSegment Key="p1"/></p:PassiveReservation>'
    const record = `<u:UniversalRecord LocatorCode="UR1111" Version="0" Status="Active" xmlns:h="urn:h" xmlns:v="urn:v" xmlns:p="urn:p">${hotel}${air}${car}${passive}</u:UniversalRecord>`
    const body = `<u:UniversalRecordRetrieveRsp ${namespaces} xmlns:u="urn:u">${record}</u:UniversalRecordRetrieveRsp>`
    const { order, warnings } = decode(Buffer.from(soap(body)))
    expect(order?.slices.flatMap(slice => slice.segments.map(segment => segment.destination))).toEqual(['DUB'])
    expect(warnings.map(warning => `${warning.code} ${warning.at}`)).toEqual([
      'no-flight UniversalRecord/HotelReservation HOT111',
      'no-flight UniversalRecord/VehicleReservation CAR111',
      'no-flight UniversalRecord/PassiveSegment p1',
      'no-flight AirSegment arnk',
    ])
  })

  test('tickets tell of an order: numbers, names, flights, locators', () => {
    const coupon =
      'MarketingCarrier="KL" MarketingFlightNumber="1386" Origin="KBP" Destination="AMS" DepartureTime="2026-11-23T14:00:00.000+02:00" ArrivalTime="2026-11-23T15:55:00.000+01:00" StopoverCode="false" BookingClass="L" FareBasis="V" Status="O"'
    const etr = `<air:ETR TotalPrice="UAH14719" IssuedDate="x" ProviderCode="1G" ProviderLocatorCode="TCDMFA"><common_v50_0:BookingTraveler Key="k" TravelerType="ADT"><common_v50_0:BookingTravelerName First="ANNA" Last="KOT"/></common_v50_0:BookingTraveler><air:Ticket TicketNumber="0745460246213" TicketStatus="N"><air:Coupon ${coupon}/></air:Ticket></air:ETR>`
    const { order, faults } = decode(
      Buffer.from(soap(`<air:AirTicketingRsp ${namespaces}>${etr}</air:AirTicketingRsp>`)),
    )
    expect(faults).toEqual([])
    expect(order).toMatchObject({
      status: 'ticketed',
      locators: [{ owner: '1G', locator: 'TCDMFA' }],
      total: { amountMinor: 1_471_900, currency: 'UAH' },
      passengers: [{ surname: 'KOT', givenNames: 'ANNA', type: 'ADT' }],
      documents: [{ number: '0745460246213', status: 'issued' }],
      slices: [{ segments: [{ marketing: { carrier: 'KL', number: '1386' }, origin: 'KBP' }] }],
    })
  })

  test('tickets that were not issued are faults', () => {
    const failure = '<air:TicketFailureInfo Code="3979" Message="PNR modified" BookingTravelerRef="k"/>'
    const decoded = decode(Buffer.from(soap(`<air:AirTicketingRsp ${namespaces}>${failure}</air:AirTicketingRsp>`)))
    expect(decoded).toMatchObject({ order: null, faults: [{ code: '3979', kind: 'ticketing-failed' }] })
  })
})

describe('special service requests', () => {
  test('documents in the order of the airlines, infants with a gender of their own', () => {
    const [ada, , cleo, dora] = people
    expect(documentText(ada!)).toBe('P/GB/X1234567/GB/10DEC92/F/01JAN35/EXAMPLE/ADA')
    expect(documentText(cleo!)).toBe('////05MAY18/F//EXAMPLE/CLEO')
    expect(documentText(dora!)).toBe('P/GB/X1234567/GB/05NOV25/FI/01JAN35/EXAMPLE/DORA')
  })

  test('dates and addresses as an SSR can hold them', () => {
    expect(ssrDate('2026-02-20')).toBe('20FEB26')
    expect(emailText('ada_b-c@example.com')).toBe('ADA..B./C//EXAMPLE.COM')
  })
})
