import { describe, expect, test } from 'vitest'
import { WireError } from '../../../src/core/wire-error.ts'
import { decode } from '../../../src/providers/ndc/wire/decode.ts'
import { expectSums } from '../../support/sound-offer.ts'
import { item, lists, offer, reply, shop } from './messages.ts'

const good = shop(offer(item({ total: '200.00', base: '150.00' }), '200.00'))
const read = (text: string) => decode(Buffer.from(text))

function refusal(bytes: Uint8Array): WireError {
  try {
    decode(bytes)
  } catch (error) {
    if (error instanceof WireError) return error
    throw error
  }
  throw new Error('was understood')
}

describe('a message that cannot be understood is refused with the reason and the place', () => {
  test.each([
    ['nothing', '', /no element/],
    ['cut off', good.slice(0, good.length / 2), /ends inside/],
    ['text after the end', `${good}<x/>`, /second root/],
    ['a page of HTML', '<!DOCTYPE html><html><body>Maintenance</body></html>', /document type/],
    ['HTML without a document type', '<html><body>Maintenance</body></html>', /html is no reply/],
    [
      'an entity bomb',
      '<!DOCTYPE x [<!ENTITY a "aaaa">]><IATA_AirShoppingRS>&a;</IATA_AirShoppingRS>',
      /document type/,
    ],
    ['an unknown entity', '<IATA_AirShoppingRS>&a;</IATA_AirShoppingRS>', /not a reference/],
    ['JSON', '{"data":[]}', /text outside/],
    ['a request', '<IATA_AirShoppingRQ><Request/></IATA_AirShoppingRQ>', /no reply of NDC/],
    ['a reply with nothing in it', '<IATA_AirShoppingRS/>', /neither a response nor an error/],
    ['elements without end', `<IATA_AirShoppingRS>${'<a>'.repeat(5000)}`, /deeper than/],
    ['an envelope of nothing', '<Envelope><Body/></Envelope>', /without a body/],
  ])('%s', (_, text, reason) => {
    const error = refusal(Buffer.from(text))
    expect(error.reason).toMatch(reason)
    expect(error.at).toMatch(/byte \d+/)
  })

  test('more bytes than any reply has', () => {
    expect(refusal(Buffer.alloc(65 * 1024 * 1024, 0x20)).reason).toMatch(/more than/)
  })
})

describe('what a message may look like', () => {
  const flight = { origin: 'LHR', destination: 'JFK', marketing: { carrier: 'BA', number: '117' } }
  const wanted = { offers: [{ slices: [{ segments: [flight] }], total: { amountMinor: 20_000, currency: 'GBP' } }] }

  test.each([
    ['as it is', Buffer.from(good)],
    ['with a byte order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(good)])],
    ['in UTF-16', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(good, 'utf16le')])],
    ['with any prefix', Buffer.from(good.replaceAll(/<(\/?)(\w)/g, '<$1q:$2').replace('xmlns=', 'xmlns:q='))],
    ['in a SOAP envelope', Buffer.from(`<s:Envelope xmlns:s="s"><s:Header/><s:Body>${good}</s:Body></s:Envelope>`)],
    ['with comments and CDATA', Buffer.from(good.replace('<OfferID>O1', '<!-- id --><OfferID><![CDATA[O1]]>'))],
  ])('%s', (_, bytes) => {
    expect(decode(bytes)).toMatchObject({ ...wanted, message: 'IATA_AirShoppingRS', version: '21.3', warnings: [] })
  })

  test('the operating carrier is another, the class and the brand are those of the segment and the fare', () => {
    const [first] = read(good).offers[0]!.slices[0]!.segments
    expect(first!.operating).toEqual({ carrier: 'AA', number: null, name: null })
    expect(first!.durationMinutes).toBe(8 * 60)
    expect(first!.fares).toMatchObject([
      { passengerType: 'ADT', fareBasis: 'MLIGHT', bookingClass: 'M', brand: { name: 'Light' } },
    ])
  })
})

describe('whose price an item has', () => {
  test('of all its passengers, where the total says so', () => {
    const { offers, warnings } = read(good)
    expect(offers[0]!.passengers).toMatchObject([
      { count: 2, each: { base: { amountMinor: 7_500 }, total: { amountMinor: 10_000 } } },
    ])
    expect(offers[0]!.taxes.amountMinor).toBe(5_000)
    expect(warnings).toEqual([])
  })

  test('of each of them, where the total says so', () => {
    const [one] = read(shop(offer(item({ total: '200.00' }), '400.00'))).offers
    expect(one!.passengers).toMatchObject([{ count: 2, each: { total: { amountMinor: 20_000 } } }])
    expect(one!.total.amountMinor).toBe(40_000)
  })

  test('what does not divide evenly is two prices, and not a penny is lost', () => {
    const [one] = read(shop(offer(item({ total: '100.01', base: '60.01' }), '100.01'))).offers
    expect(one!.passengers.map(({ count }) => count)).toEqual([1, 1])
    expectSums(one!)
  })

  test('the total wins over items that are off, and the gap is a rounding with a warning', () => {
    const { offers, warnings } = read(shop(offer(item({ total: '200.00' }), '199.97')))
    expect(offers[0]!.total.amountMinor).toBe(19_997)
    expect(offers[0]!.fees.amountMinor).toBe(-3)
    expectSums(offers[0]!)
    expect(warnings).toMatchObject([{ code: 'rounding', at: 'Offer O1' }])
  })

  test('two items for the same passengers on the same flights are two offers', () => {
    const items = item({ total: '200.00' }, 0) + item({ total: '260.00' }, 1)
    expect(read(shop(offer(items))).offers.map(one => one.total.amountMinor)).toEqual([20_000, 26_000])
    expect(read(shop(offer(items, '460.00'))).offers.map(one => one.total.amountMinor)).toEqual([46_000])
  })

  test('items for different passengers are one offer', () => {
    const items = item({ total: '200.00', people: ['A1'] }, 0) + item({ total: '150.00', people: ['A2'] }, 1)
    expect(read(shop(offer(items))).offers.map(one => one.total.amountMinor)).toEqual([35_000])
  })

  test('a bag that is sold beside is a fee of its passenger', () => {
    const bag = `<OfferItem><OfferItemID>I9</OfferItemID><Price><TotalAmount CurCode="GBP">50.00</TotalAmount></Price>
      <Service><OfferServiceAssociation><ServiceDefinitionRef><ServiceDefinitionRefID>SD1</ServiceDefinitionRefID>
      </ServiceDefinitionRef></OfferServiceAssociation><PaxRefID>A2</PaxRefID><ServiceID>SV9</ServiceID></Service></OfferItem>`
    const [one] = read(shop(offer(item({ total: '200.00' }) + bag, '250.00'))).offers
    expect(one!.passengers.map(fare => fare.each.fees)).toEqual([
      [],
      [{ code: 'service', amount: { amountMinor: 5_000, currency: 'GBP' } }],
    ])
  })
})

describe('one bad offer costs that offer', () => {
  const other = offer(item({ total: '300.00' }), '300.00').replace('O1', 'O2')

  test.each([
    ['a journey that is not there', (text: string) => text.replace('JourneyRefID>J1', 'JourneyRefID>J9'), 'reference'],
    ['an item without a price', (text: string) => text.replace(/<Price>.*?<\/Price>/s, ''), 'no-price'],
    [
      'an amount that is none',
      (text: string) => text.replace('>200.00<', '>two<').replace('>200.00<', '>two<'),
      'no-price',
    ],
    [
      'a total in another currency',
      (text: string) => text.replace(/(TotalPrice><TotalAmount CurCode=")GBP/, '$1EUR'),
      'currencies',
    ],
    ['a total below zero', (text: string) => text.replaceAll('200.00', '-200.00'), 'no-price'],
  ])('%s', (_, spoil, code) => {
    const bad = spoil(offer(item({ total: '200.00' }), '200.00'))
    const { offers, warnings } = read(shop(bad, other))
    expect(offers.map(one => one.total.amountMinor)).toEqual([30_000])
    expect(warnings).toMatchObject([{ at: 'Offer O1' }])
    if (code !== 'no-price') expect(warnings[0]!.code).toBe(code)
  })

  test('a brand that is not there is a warning only', () => {
    const { offers, warnings } = read(
      shop(offer(item({ total: '200.00' }), '200.00').replace('RefID>PC1', 'RefID>PC9')),
    )
    expect(offers).toHaveLength(1)
    expect(offers[0]!.slices[0]!.segments[0]!.fares[0]!.brand).toBeNull()
    expect(warnings).toMatchObject([{ code: 'reference', text: 'there is no PriceClass PC9' }])
  })

  test('a segment at an hour that is none', () => {
    const { offers, warnings } = read(good.replace('2027-03-10T08:20:00', '2027-02-31T08:20:00'))
    expect(offers).toEqual([])
    expect(warnings.map(warning => warning.code)).toEqual(['segment', 'reference'])
  })
})

describe('releases and dialects', () => {
  const edist = (amount: string, decimals = '<Decimals>2</Decimals>'): string => `<AirShoppingRS Version="17.1"
    xmlns="http://www.iata.org/IATA/EDIST"><Success/><OffersGroup><AirlineOffers><Offer OfferID="O1" Owner="BA">
    <TimeLimits><OfferExpiration DateTime="2027-01-01T10:00:00Z"/><Payment DateTime="2027-01-02T10:00:00Z"/></TimeLimits>
    <FlightsOverview><FlightRef PriceClassRef="PC1">F1</FlightRef></FlightsOverview>
    <OfferItem OfferItemID="I1"><TotalPriceDetail><TotalAmount><DetailCurrencyPrice><Total Code="GBP">${amount}</Total>
    </DetailCurrencyPrice></TotalAmount></TotalPriceDetail><Service ServiceID="S1"><PassengerRefs>P1 P2</PassengerRefs>
    <FlightRefs>F1</FlightRefs></Service></OfferItem></Offer></AirlineOffers></OffersGroup><DataLists>
    <PassengerList><Passenger PassengerID="P1"><PTC>ADT</PTC></Passenger><Passenger PassengerID="P2"><PTC>CNN</PTC></Passenger></PassengerList>
    <FlightSegmentList><FlightSegment SegmentKey="S1"><Departure><AirportCode>LHR</AirportCode><Date>2027-03-10</Date>
    <Time>08:20</Time></Departure><Arrival><AirportCode>JFK</AirportCode><Date>2027-03-10</Date><Time>11:20</Time></Arrival>
    <MarketingCarrier><AirlineID>BA</AirlineID><FlightNumber>117</FlightNumber></MarketingCarrier></FlightSegment></FlightSegmentList>
    <FlightList><Flight FlightKey="F1"><SegmentReferences>S1</SegmentReferences></Flight></FlightList>
    <PriceClassList><PriceClass PriceClassID="PC1"><Name>Basic</Name><FareBasisCode><Code>MBASIC</Code></FareBasisCode></PriceClass></PriceClassList>
    </DataLists><Metadata><Other><OtherMetadata><CurrencyMetadatas><CurrencyMetadata MetadataKey="GBP">${decimals}
    </CurrencyMetadata></CurrencyMetadatas></OtherMetadata></Other></Metadata></AirShoppingRS>`

  test('17.1: offers before their lists, references in one element, limits in attributes', () => {
    const { version, offers } = read(edist('300.00'))
    expect(version).toBe('17.1')
    expect(offers).toMatchObject([
      {
        total: { amountMinor: 30_000 },
        validatingCarrier: 'BA',
        expiresAt: '2027-01-01T10:00:00Z',
        ticketBy: '2027-01-02T10:00:00Z',
        passengers: [
          { type: 'ADT', count: 1 },
          { type: 'CHD', count: 1 },
        ],
        slices: [{ segments: [{ fares: [{ fareBasis: 'MBASIC', brand: { name: 'Basic' } }, {}] }] }],
      },
    ])
  })

  test('minor units where the metadata is there and nothing has a point', () => {
    expect(read(edist('30000')).offers[0]!.total.amountMinor).toBe(30_000)
    expect(read(edist('30000', '')).offers[0]!.total.amountMinor).toBe(3_000_000)
  })

  test('an error in attributes is a fault, and no offers stand beside it', () => {
    const text =
      '<AirShoppingRS Version="17.2"><Errors><Error Code="911" ShortText="System busy">wait</Error></Errors></AirShoppingRS>'
    expect(read(text)).toMatchObject({ version: '17.2', offers: [], faults: [{ code: '911', text: 'System busy' }] })
    const both = good.replace('<Response', '<Error><Code>495</Code><DescText>Price changed</DescText></Error><Response')
    expect(read(both)).toMatchObject({ offers: [], faults: [{ kind: 'price-changed' }] })
  })

  test('a SOAP fault is a fault', () => {
    const text =
      '<e:Envelope xmlns:e="e"><e:Body><e:Fault><faultcode>e:Server</faultcode><faultstring>Internal error</faultstring></e:Fault></e:Body></e:Envelope>'
    expect(read(text)).toMatchObject({ faults: [{ code: 'Server', kind: 'supplier-error' }] })
  })

  test('a limit without a zone is on the clock of the reply', () => {
    const stamped = good
      .replace(
        '<OfferID>O1',
        '<OfferExpirationTimeLimitDateTime>2027-01-28T17:19:05</OfferExpirationTimeLimitDateTime><OfferID>O1',
      )
      .replace(
        '</Response>',
        '</Response><PayloadAttributes><Timestamp>2027-01-28T17:01:05+01:00</Timestamp></PayloadAttributes>',
      )
    expect(read(stamped)).toMatchObject({
      offers: [{ expiresAt: '2027-01-28T16:19:05Z' }],
      warnings: [{ code: 'time-zone' }],
    })
  })

  test('a history is the order as of its highest version, wherever that stands', () => {
    const state = (version: number, status: string): string =>
      `<ChangeOperationGroup><ChangeOperation><New>${lists}<Order><OrderID>BA125ABCDEF27</OrderID><OwnerCode>BA</OwnerCode>
       <StatusCode>${status}</StatusCode></Order></New></ChangeOperation><OrderVersionNumber>${version}</OrderVersionNumber></ChangeOperationGroup>`
    const history = (...states: readonly string[]): string =>
      reply('OrderHistoryRS', `<ChangeGroup>${states.join('')}</ChangeGroup>`)
    for (const states of [
      [state(1, 'OPENED'), state(2, 'CLOSED')],
      [state(2, 'CLOSED'), state(1, 'OPENED')],
    ])
      expect(read(history(...states)).order).toMatchObject({
        status: 'cancelled',
        locators: [{ locator: 'BA125ABCDEF27' }],
      })
  })
})
