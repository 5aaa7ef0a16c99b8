import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatAmount } from '../../../src/core/money.ts'
import { WireError } from '../../../src/core/wire-error.ts'
import { decode } from '../../../src/providers/amadeus/wire/decode.ts'
import type { DecodedMessage } from '../../../src/providers/port.ts'
import { describeFixtures, readFixture } from '../../support/fixtures.ts'
import { expectSums } from '../../support/sound-offer.ts'

function read(xml: string): DecodedMessage {
  const message = decode(Buffer.from(xml))
  for (const offer of message.offers) expectSums(offer)
  return message
}

const leg = (day: string, from: string, to: string, number: string, more = ''): string => `
  <flightDetails><flightInformation>
    <productDateTime><dateOfDeparture>${day}</dateOfDeparture><timeOfDeparture>0820</timeOfDeparture>
      <dateOfArrival>${day}</dateOfArrival><timeOfArrival>1115</timeOfArrival></productDateTime>
    <location><locationId>${from}</locationId><terminal>5</terminal></location>
    <location><locationId>${to}</locationId></location>
    <companyId><marketingCarrier>BA</marketingCarrier><operatingCarrier>AA</operatingCarrier></companyId>
    <flightOrtrainNumber>${number}</flightOrtrainNumber>
    <productDetail><equipmentType>77W</equipmentType></productDetail>${more}
  </flightInformation></flightDetails>`
const group = (ref: string, legs: string): string => `<groupOfFlights><propFlightGrDetail>
  <flightProposal><ref>0155</ref><unitQualifier>EFT</unitQualifier></flightProposal>
  <flightProposal><ref>${ref}</ref></flightProposal></propFlightGrDetail>${legs}</groupOfFlights>`
const index = (direction: string, groups: string): string =>
  `<flightIndex><requestedSegmentRef><segRef>${direction}</segRef></requestedSegmentRef>${groups}</flightIndex>`
const refs = (...list: readonly string[]): string =>
  `<segmentFlightRef>${list
    .map(
      ref =>
        `<referencingDetail><refQualifier>${ref[0]}</refQualifier><refNumber>${ref.slice(1)}</refNumber></referencingDetail>`,
    )
    .join('')}</segmentFlightRef>`

type ProductParts = {
  readonly ptc: string
  readonly travellers: string
  readonly total: string
  readonly tax: string
  readonly basis: string
}
const product = ({ ptc, travellers, total, tax, basis }: ProductParts): string => `<paxFareProduct>
  <paxFareDetail><paxFareNum>1</paxFareNum><totalFareAmount>${total}</totalFareAmount><totalTaxAmount>${tax}</totalTaxAmount>
    <codeShareDetails><company>AA</company></codeShareDetails>
    <codeShareDetails><transportStageQualifier>V</transportStageQualifier><company>BA</company></codeShareDetails></paxFareDetail>
  <paxReference><ptc>${ptc}</ptc>${travellers}</paxReference>
  <fare><pricingMessage><freeTextQualification><textSubjectQualifier>LTD</textSubjectQualifier></freeTextQualification>
    <description>LAST TKT DTE</description><description>05JAN27</description></pricingMessage></fare>
  ${['1', '2']
    .map(
      direction => `<fareDetails><segmentRef><segRef>${direction}</segRef></segmentRef><groupOfFares>
    <productInformation><cabinProduct><rbd>O</rbd><cabin>W</cabin><avlStatus>4</avlStatus></cabinProduct>
      <fareProductDetail><fareBasis>${basis}</fareBasis></fareProductDetail></productInformation>
    <ticketInfos><additionalFareDetails><ticketDesignator>CH25</ticketDesignator></additionalFareDetails></ticketInfos>
    <fareFamiliesRef><referencingDetail><refQualifier>F</refQualifier><refNumber>7</refNumber></referencingDetail></fareFamiliesRef>
  </groupOfFares></fareDetails>`,
    )
    .join('')}</paxFareProduct>`
const adults = product({
  ptc: 'ADT',
  travellers: '<traveller><ref>1</ref></traveller><traveller><ref>2</ref></traveller>',
  total: '120.50',
  tax: '20.50',
  basis: 'OLX6GB',
})
const infant = product({
  ptc: 'INF',
  travellers: '<traveller><ref>1</ref><infantIndicator>1</infantIndicator></traveller>',
  total: '12.00',
  tax: '0.00',
  basis: 'OLX6GB',
})
const bags = `<serviceFeesGrp><serviceTypeInfo><carrierFeeDetails><type>FBA</type></carrierFeeDetails></serviceTypeInfo>
  <serviceCoverageInfoGrp><itemNumberInfo><itemNumber><number>9</number></itemNumber></itemNumberInfo>
    <serviceCovInfoGrp><paxRefInfo><travellerDetails><referenceNumber>1</referenceNumber></travellerDetails></paxRefInfo>
      <coveragePerFlightsInfo><numberOfItemsDetails><referenceQualifier>RS</referenceQualifier><refNum>1</refNum></numberOfItemsDetails></coveragePerFlightsInfo>
      <refInfo><referencingDetail><refQualifier>F</refQualifier><refNumber>2</refNumber></referencingDetail></refInfo></serviceCovInfoGrp>
  </serviceCoverageInfoGrp>
  <freeBagAllowanceGrp><freeBagAllownceInfo><baggageDetails><freeAllowance>2</freeAllowance><quantityCode>N</quantityCode></baggageDetails></freeBagAllownceInfo>
    <itemNumberInfo><itemNumberDetails><number>2</number></itemNumberDetails></itemNumberInfo></freeBagAllowanceGrp></serviceFeesGrp>`

const reply = (total: string, combinations: string, products: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><any>thing</any></s:Header><s:Body>
<Fare_MasterPricerTravelBoardSearchReply xmlns="http://xml.amadeus.com/FMPTBR_16_3_1A">
  <conversionRate><conversionRateDetail><currency>EUR</currency></conversionRateDetail></conversionRate>
  <familyInformation><refNumber>7</refNumber><fareFamilyname>ECOLIGHT</fareFamilyname></familyInformation>
  ${index('1', group('1', leg('100327', 'LHR', 'JFK', '0117')) + group('2', leg('100327', 'LHR', 'JFK', '175')))}
  ${index('2', group('1', leg('170327', 'JFK', 'LHR', '112')))}
  <recommendation><recPriceInfo><monetaryDetail><amount>${total}</amount></monetaryDetail>
    <monetaryDetail><amount>41.00</amount></monetaryDetail></recPriceInfo>${combinations}${products}</recommendation>
  ${bags}
</Fare_MasterPricerTravelBoardSearchReply></s:Body></s:Envelope>`

describe('a MasterPricer reply', () => {
  test('each combination of flight groups is an offer, at the price of its recommendation', () => {
    const message = read(reply('253.00', refs('S1', 'S1', 'B9') + refs('S2', 'S1'), adults + infant))
    expect(message).toMatchObject({ message: 'Fare_MasterPricerTravelBoardSearch', version: '16.3', warnings: [] })
    const flights = message.offers.map(offer =>
      offer.slices.map(slice => slice.segments.map(({ marketing }) => marketing.number)),
    )
    expect(flights).toEqual([
      [['117'], ['112']],
      [['175'], ['112']],
    ])
    const [offer] = message.offers
    expect(formatAmount(offer!.total)).toBe('253.00')
    expect(offer!.passengers.map(({ type, count, ids }) => [type, count, ids])).toEqual([
      ['ADT', 2, ['pax_1', 'pax_2']],
      ['INF', 1, ['pax_1_inf']],
    ])
    expect(offer).toMatchObject({ validatingCarrier: 'BA', seatsLeft: 4, ticketBy: '2027-01-05T23:59:59Z' })
  })

  test('flights have zones, durations, terminals, operator; fares their class, cabin, family, bags', () => {
    const { offers } = read(reply('253.00', refs('S1', 'S1', 'B9'), adults + infant))
    const [out, back] = offers[0]!.slices.map(slice => slice.segments[0]!)
    expect(out).toMatchObject({
      id: 'seg_1',
      operating: { carrier: 'AA', number: null },
      originTerminal: '5',
      departure: '2027-03-10T08:20:00',
      departureZone: 'Europe/London',
      arrivalZone: 'America/New_York',
      durationMinutes: 475,
      fares: [
        {
          passengerType: 'ADT',
          fareBasis: 'OLX6GB/CH25',
          bookingClass: 'O',
          cabin: 'premium-economy',
          brand: { code: 'ECOLIGHT' },
          baggage: { checked: { pieces: 2 }, cabin: null },
        },
        { passengerType: 'INF' },
      ],
    })
    expect(back!.fares[0]!.baggage.checked).toBeNull()
  })

  test('its total wins over the passengers', () => {
    const { offers, warnings } = read(reply('253.01', refs('S1', 'S1'), adults + infant))
    expect(formatAmount(offers[0]!.total)).toBe('253.01')
    expect(formatAmount(offers[0]!.fees)).toBe('0.01')
    expect(warnings.map(warning => warning.code)).toEqual(['rounding'])
  })

  test('a combination that points to nothing costs itself alone', () => {
    const { offers, warnings } = read(reply('253.00', refs('S1', 'S9') + refs('S2', 'S1'), adults + infant))
    expect(offers).toHaveLength(1)
    expect(warnings).toMatchObject([{ code: 'dangling-reference', at: '/recommendation[1]/segmentFlightRef[1]' }])
  })

  test('a price that cannot be read costs the recommendation, and the reply when it is the only one', () => {
    expect(() => read(reply('soon', refs('S1', 'S1'), adults))).toThrow(WireError)
    expect(() => read(reply('253.00', refs('S1', 'S1'), ''))).toThrow(WireError)
  })
})

describe('faults', () => {
  test.each([
    ['<faultstring>1929|Application|INVALID RECORD LOCATOR</faultstring>', '1929', 'not-found'],
    ['<faultcode>soap:Client</faultcode><faultstring>11|Session|</faultstring>', '11', 'refused'],
    ['<faultcode>soap:Server</faultcode><faultstring>out of order</faultstring>', 'soap:Server', 'supplier-error'],
  ])('%s', (body, code, kind) => {
    const inside = `<soap:Fault xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">${body}</soap:Fault>`
    const enveloped = `<e:Envelope xmlns:e="x"><e:Body>${inside}</e:Body></e:Envelope>`
    for (const xml of [inside, enveloped]) expect(read(xml).faults).toMatchObject([{ code, kind }])
  })

  test.each([
    ['an unknown reply', '<Hotel_SearchReply xmlns="http://xml.amadeus.com/H_1_1_1A"/>', /known/],
    ['an empty envelope', '<Envelope><Body/></Envelope>', /without a message/],
    ['an entity bomb', '<!DOCTYPE a [<!ENTITY b "c">]><Fare_MasterPricerTravelBoardSearchReply/>', /document type/],
    ['two roots', '<MiniRule_GetFromRecReply/><more/>', /second root/],
  ])('%s is refused', (_, xml, reason) => {
    expect(() => read(xml)).toThrow(reason)
  })
})

describeFixtures('recorded SOAP replies, damaged', () => {
  const files = [
    'mp-calendar-14.3-lhr-rt.xml',
    'informative-pricing-15.1.xml',
    'price-pnr-lowest-fare-14.xml',
    'error-mptb-15.3.xml',
  ]
  test.each(files)('%s cut off or with a byte changed is refused or read with sound offers', file => {
    const bytes = readFixture('amadeus-soap', file)
    const whole = bytes.toString().trimEnd().length
    fc.assert(
      fc.property(fc.nat(whole - 1), length => {
        expect(() => decode(bytes.subarray(0, length))).toThrow(WireError)
      }),
      { numRuns: 40 },
    )
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, byte) => {
        const damaged = Buffer.from(bytes)
        damaged[at] = byte
        try {
          for (const one of decode(damaged).offers) expectSums(one)
        } catch (error) {
          if (!(error instanceof WireError)) throw error
        }
      }),
      { numRuns: 200 },
    )
  })
})

describe('stored fares', () => {
  const segment = (kind: string): string =>
    `<segmentInformation><segDetails><segmentDetail><identification>${kind}</identification><classOfService>Q</classOfService></segmentDetail></segDetails>
    <fareQualifier><fareBasisDetails><primaryCode>QSR</primaryCode><discTktDesignator>ADT</discTktDesignator></fareBasisDetails></fareQualifier></segmentInformation>`
  const total = `<fareDataInformation><fareDataSupInformation><fareDataQualifier>712</fareDataQualifier><fareAmount>99.00</fareAmount><fareCurrency>EUR</fareCurrency></fareDataSupInformation></fareDataInformation>`

  test('a surface sector is left out and told, and so is that no flights are named', () => {
    const list = `<fareList>${total}${segment('AIR')}${segment('ARNK')}${segment('AIR')}</fareList>`
    const { offers, warnings } = read(`<Fare_PricePNRWithLowestFareReply>${list}</Fare_PricePNRWithLowestFareReply>`)
    expect(offers[0]!.slices[0]!.segments.map(({ fares }) => fares[0]!.fareBasis)).toEqual(['QSR', 'QSR'])
    expect(warnings.map(({ code, at }) => `${code} ${at}`)).toEqual([
      'no-flight /fareList[1]/segmentInformation[2]',
      'flights-not-told /fareList[1]/segmentInformation',
    ])
  })
})
