import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'
import { silentLog } from '../../../src/core/log.ts'
import type { SupplierOffer } from '../../../src/core/offer.ts'
import type { CreateOrderRequest, OrderKey } from '../../../src/providers/port.ts'
import { create } from '../../../src/providers/travelport/index.ts'
import { callWithin } from '../../support/fake-provider.ts'
import { arbitraryOffer } from './arbitrary-offer.ts'
import { type Heard, type Said, soap, soapFault, startHost } from './fake-host.ts'
import { contact, people } from './journey.ts'

const namespaces =
  'xmlns:u="http://www.travelport.com/schema/universal_v52_0" xmlns:c="http://www.travelport.com/schema/common_v52_0" ' +
  'xmlns:a="http://www.travelport.com/schema/air_v52_0"'

type Parts = { readonly status?: string; readonly after?: string; readonly tickets?: string; readonly name?: string }

/** A record as the host keeps it: with keys of its own, titles glued to names. */
function record(parts: Parts = {}): Said {
  const { status = 'HK', after = '', tickets = '', name = 'AirCreateReservationRsp' } = parts
  const traveller = (key: string, first: string, last: string, type: string): string =>
    `<c:BookingTraveler Key="${key}" TravelerType="${type}"><c:BookingTravelerName First="${first}" Last="${last}"/></c:BookingTraveler>`
  const segment = (key: string, number: string): string =>
    `<a:AirSegment Key="${key}" Group="0" Carrier="BA" FlightNumber="${number}" Origin="LHR" Destination="JFK" Status="${status}" ` +
    'DepartureTime="2027-03-10T08:20:00.000+00:00" ArrivalTime="2027-03-10T11:15:00.000-05:00" ClassOfService="Y"/>'
  const body =
    `<u:${name} ${namespaces}><u:UniversalRecord LocatorCode="UREC01" Version="3" Status="Active">` +
    traveller('k2==', 'BENMR', 'OEXAMPLE SON', 'ADT') +
    traveller('k1==', 'ADAMS', 'EXAMPLE', 'ADT') +
    '<u:ProviderReservationInfo Key="p" ProviderCode="1G" LocatorCode="HOST01"/>' +
    `<a:AirReservation LocatorCode="AIRR01"><c:SupplierLocator SupplierCode="BA" SupplierLocatorCode="BALOC1"/>` +
    `<a:DocumentInfo>${tickets}</a:DocumentInfo>${segment('s1', '117')}` +
    '<a:AirPricingInfo Key="stored1" TotalPrice="EUR300.00"><a:PassengerType Code="ADT" BookingTravelerRef="k1=="/>' +
    '<a:PassengerType Code="ADT" BookingTravelerRef="k2=="/></a:AirPricingInfo></a:AirReservation>' +
    '<c:GeneralRemark><c:RemarkData>FARELOOM REF K7M2QX</c:RemarkData></c:GeneralRemark>' +
    `</u:UniversalRecord>${after}</u:${name}>`
  return { body: soap(body) }
}

const ticket = (key: string, number: string, status = 'N', issued = '2026-11-21T09:00:00.000+01:00'): string =>
  `<a:TicketInfo Number="${number}" Status="${status}" BookingTravelerRef="${key}" TicketIssueDate="${issued}"><c:Name First="A" Last="B"/></a:TicketInfo>`

const retrieved = (parts: Parts = {}): Said => record({ ...parts, name: 'UniversalRecordRetrieveRsp' })
const cancelled: Said = {
  body: soap(
    `<u:UniversalRecordCancelRsp ${namespaces}><u:ProviderReservationStatus Cancelled="true" LocatorCode="HOST01"/></u:UniversalRecordCancelRsp>`,
  ),
}
const unsold =
  '<a:AirSegmentSellFailureInfo><a:AirSegmentError><a:AirSegment Key="s2" Group="0"/><a:ErrorMessage>*0 AVAIL/WL CLOSED*</a:ErrorMessage></a:AirSegmentError></a:AirSegmentSellFailureInfo>'

const systemError = soapFault('Server.System', '5000', 'System error')

function offer(): SupplierOffer {
  const [made] = fc.sample(arbitraryOffer('price'), { numRuns: 1, seed: 11 })
  const solution = '<air:AirPricingSolution Key="1"/>'
  return { ...made!, supplierContext: { kind: 'offer', legs: [], accountCodes: [], solution } }
}

const request = (): CreateOrderRequest => ({
  offer: offer(),
  travellers: people.slice(0, 2).map(one => ({ ...one, surname: one.surname.replace(/[^A-Z ]/g, '') })),
  contact,
  reference: 'K7M2QX',
  hold: false,
})

const key = (): OrderKey => ({ locator: 'UREC01', supplierContext: {}, travellers: request().travellers })

let close: (() => Promise<void>) | undefined
afterEach(async () => {
  await close?.()
  close = undefined
})

async function host(...answers: readonly Said[]): Promise<Awaited<ReturnType<typeof startHost>>> {
  const started = await startHost(answers)
  close = started.close
  return started
}

const names = (heard: readonly Heard[]): readonly string[] =>
  heard.map(one => /<soap:Body><\w+:(\w+)/.exec(one.body)?.[1] ?? '')

describe('creating an order', () => {
  test('a record whose names have titles glued on and keys of its own still tells who is who', async () => {
    const { provider } = await host(record())
    const outcome = await provider.createOrder(request(), callWithin(5000))
    expect(outcome).toMatchObject({
      kind: 'created',
      order: {
        reference: 'K7M2QX',
        status: 'held',
        passengers: [{ id: 'pax_2' }, { id: 'pax_1' }],
        locators: [{ locator: 'UREC01' }, { owner: '1G', locator: 'HOST01' }, { owner: 'BA', locator: 'BALOC1' }],
        total: { amountMinor: 60_000, currency: 'EUR' },
      },
    })
  })

  test('a record that could not be sold whole is cancelled, and the order refused as sold out', async () => {
    const { provider, heard } = await host(record({ after: unsold }), cancelled)
    const outcome = await provider.createOrder(request(), callWithin(5000))
    expect(outcome).toMatchObject({ kind: 'refused', fault: { kind: 'sold-out', code: '3029', mayHaveBooked: false } })
    expect(names(heard)).toEqual(['AirCreateReservationReq', 'UniversalRecordCancelReq'])
    expect(heard[1]!.body).toContain('UniversalRecordLocatorCode="UREC01" Version="3"')
  })

  test('a flight that was not confirmed counts as not sold', async () => {
    const { provider, heard } = await host(record({ status: 'UC' }), cancelled)
    const outcome = await provider.createOrder(request(), callWithin(5000))
    expect(outcome).toMatchObject({ kind: 'refused', fault: { kind: 'sold-out', code: 'UC' } })
    expect(heard).toHaveLength(2)
  })

  test('where the half-sold record cannot be cancelled the outcome is unknown', async () => {
    for (const answer of [systemError, { breakAfter: '<' }, { type: 'text/html', body: 'x' }] as const) {
      const { provider } = await host(record({ after: unsold }), answer)
      const outcome = await provider.createOrder(request(), callWithin(5000))
      expect(outcome).toMatchObject({ kind: 'unknown', fault: { kind: 'sold-out', mayHaveBooked: true } })
      await close?.()
    }
  })

  test('a changed price without a record is refused as such', async () => {
    const body = `<u:AirCreateReservationRsp ${namespaces}><a:AirSolutionChangedInfo ReasonCode="Price"/></u:AirCreateReservationRsp>`
    const { provider } = await host({ body: soap(body) })
    expect(await provider.createOrder(request(), callWithin(5000))).toMatchObject({
      kind: 'refused',
      fault: { kind: 'price-changed', mayHaveBooked: false },
    })
  })

  test('what leaves it open whether a record was made is unknown, a clear no is refused', async () => {
    const cases: readonly (readonly [Said, 'unknown' | 'refused', string])[] = [
      [{ breakAfter: '<a' }, 'unknown', 'connection'],
      ['silence', 'unknown', 'timeout'],
      [{ type: 'text/html', body: '<html/>' }, 'unknown', 'malformed-reply'],
      [{ body: '<a>' }, 'unknown', 'malformed-reply'],
      [{ body: soap(`<u:AirCreateReservationRsp ${namespaces}/>`) }, 'unknown', 'malformed-reply'],
      [{ status: 502, type: 'text/html', body: '' }, 'unknown', 'supplier-error'],
      [systemError, 'unknown', 'supplier-error'],
      [soapFault('Server.Business', '3000', '*0 AVAIL/WL OPEN*'), 'refused', 'sold-out'],
      [soapFault('Server.Security', '345', 'No Agreement Exists'), 'refused', 'authentication'],
      [{ status: 401, type: 'text/plain', body: '' }, 'refused', 'authentication'],
      [{ status: 429, type: 'text/plain', body: '' }, 'refused', 'rate-limited'],
    ]
    for (const [answer, kind, faultKind] of cases) {
      const { provider } = await host(answer)
      const outcome = await provider.createOrder(request(), callWithin(answer === 'silence' ? 50 : 5000))
      expect(outcome, JSON.stringify(answer)).toMatchObject({
        kind,
        fault: { kind: faultKind, mayHaveBooked: kind === 'unknown' },
      })
      await close?.()
    }
  })

  test('a host that was never reached booked nothing', async () => {
    const settings = { baseUrl: 'http://127.0.0.1:1/uAPI', username: 'u', password: 'p', targetBranch: 'P1' }
    const provider = create(settings, { clock: systemClock, log: silentLog })
    const outcome = await provider.createOrder(request(), callWithin(5000))
    expect(outcome).toMatchObject({ kind: 'refused', fault: { kind: 'connection', mayHaveBooked: false } })
    await provider.close()
  })

  test('a fare that is bought at once is not held', async () => {
    const { provider, heard } = await host(record())
    const asked = request()
    const requirements = { ...asked.offer.requirements, holdAllowed: false }
    const outcome = await provider.createOrder(
      { ...asked, hold: true, offer: { ...asked.offer, requirements } },
      callWithin(5000),
    )
    expect(outcome).toMatchObject({ kind: 'refused', fault: { kind: 'not-supported' } })
    expect(heard).toEqual([])
  })
})

describe('tickets', () => {
  const failure = (code: number, message: string): string =>
    `<a:TicketFailureInfo Code="${code}" Message="${message}" BookingTravelerRef="k1=="><a:AirPricingInfoRef Key="stored1"/><c:Name First="A" Last="B"/></a:TicketFailureInfo>`
  const etr = '<a:ETR IssuedDate="x"><a:Ticket TicketNumber="1252400000001" TicketStatus="N"/></a:ETR>'
  const ticketing = (content: string): Said => ({
    body: soap(`<a:AirTicketingRsp ${namespaces}>${content}</a:AirTicketingRsp>`),
  })

  test('a record changed outside may be tried again, a refusal of the host not', async () => {
    for (const [code, message, retryable] of [
      [3979, 'PNR modified externally', true],
      [12_008, 'REFUSE CREDIT', false],
      [12_008, 'HOST BUSY - TRY AGAIN', true],
    ] as const) {
      const { provider } = await host(retrieved(), ticketing(failure(code, message)))
      const outcome = await provider.issueTickets(key(), callWithin(5000))
      expect(outcome).toMatchObject({
        kind: 'refused',
        retryable,
        fault: { kind: 'ticketing-failed', code: String(code) },
      })
      await close?.()
    }
  })

  test('some tickets and some failures is not known', async () => {
    const { provider } = await host(retrieved(), ticketing(etr + failure(12_008, 'REFUSE CREDIT')))
    expect(await provider.issueTickets(key(), callWithin(5000))).toMatchObject({ kind: 'unknown' })
  })

  test('a lost answer is not known; tickets issued but not seen neither', async () => {
    const lost = await host(retrieved(), { breakAfter: '<' })
    expect(await lost.provider.issueTickets(key(), callWithin(5000))).toMatchObject({ kind: 'unknown' })
    await close?.()
    const unseen = await host(retrieved(), ticketing(etr), systemError)
    expect(await unseen.provider.issueTickets(key(), callWithin(5000))).toMatchObject({ kind: 'unknown' })
  })
})

describe('giving back', () => {
  const quote = {
    kind: 'void',
    refund: { amountMinor: 1, currency: 'EUR' },
    penalty: { amountMinor: 0, currency: 'EUR' },
  } as const
  const voiding = (...results: readonly string[]): Said => ({
    body: soap(
      `<a:AirVoidDocumentRsp ${namespaces}>${results
        .map((result, index) => `<a:VoidResultInfo DocumentNumber="125240000000${index + 1}" ResultType="${result}"/>`)
        .join('')}</a:AirVoidDocumentRsp>`,
    ),
  })
  const tickets = ticket('k1==', '1252400000001') + ticket('k2==', '1252400000002')
  const voided = ticket('k1==', '1252400000001', 'V') + ticket('k2==', '1252400000002', 'V')
  const cancel = () => ({ order: key(), quote: { ...quote, expiresAt: null, supplierContext: { kind: 'void' } } })

  test('tickets first, then the seats, with the version of after', async () => {
    const { provider, heard } = await host(
      retrieved({ tickets }),
      voiding('Success', 'Success'),
      retrieved({ tickets: voided }),
      cancelled,
    )
    expect(await provider.cancelOrder(cancel(), callWithin(5000))).toMatchObject({
      kind: 'cancelled',
      documents: [{ status: 'void' }, { status: 'void' }],
    })
    expect(names(heard)).toEqual([
      'UniversalRecordRetrieveReq',
      'AirVoidDocumentReq',
      'UniversalRecordRetrieveReq',
      'UniversalRecordCancelReq',
    ])
  })

  test('asked again after a lost answer it does only what is left, and a cancelled record answers cancelled', async () => {
    const half = await host(retrieved({ tickets: voided }), cancelled)
    expect(await half.provider.cancelOrder(cancel(), callWithin(5000))).toMatchObject({ kind: 'cancelled' })
    expect(names(half.heard)).toEqual(['UniversalRecordRetrieveReq', 'UniversalRecordCancelReq'])
    await close?.()
    const done = await host(retrieved({ tickets: voided, status: 'XX' }))
    expect(await done.provider.cancelOrder(cancel(), callWithin(5000))).toMatchObject({ kind: 'cancelled' })
    expect(done.heard).toHaveLength(1)
  })

  test('no ticket void is refused, one of two is unknown, and no seat is released', async () => {
    for (const [results, kind] of [
      [['Failed', 'Failed'], 'refused'],
      [['Success', 'Failed'], 'unknown'],
    ] as const) {
      const { provider, heard } = await host(retrieved({ tickets }), voiding(...results))
      expect(await provider.cancelOrder(cancel(), callWithin(5000))).toMatchObject({
        kind,
        fault: { kind: 'not-cancellable' },
      })
      expect(names(heard)).not.toContain('UniversalRecordCancelReq')
      await close?.()
    }
  })

  test('what cannot be read is not decided', async () => {
    const { provider } = await host(systemError)
    expect(await provider.cancelOrder(cancel(), callWithin(5000))).toMatchObject({ kind: 'unknown' })
  })

  test('a release does not touch tickets that were issued since', async () => {
    const { provider, heard } = await host(retrieved({ tickets }))
    const release = { ...cancel(), quote: { ...cancel().quote, kind: 'release' as const } }
    expect(await provider.cancelOrder(release, callWithin(5000))).toMatchObject({ kind: 'refused' })
    expect(heard).toHaveLength(1)
  })
})

describe('reading', () => {
  const result = (locator: string, created: string): string =>
    `<u:UniversalRecordSearchResult UniversalRecordLocatorCode="${locator}" CreatedDate="${created}"/>`
  const found = (content: string): Said => ({
    body: soap(`<u:UniversalRecordSearchRsp ${namespaces} MoreResults="false">${content}</u:UniversalRecordSearchRsp>`),
  })

  test('a record that is not there is absent, one that cannot be read is a failure', async () => {
    const absent = await host(soapFault('Server.Business', '3100', 'UNABLE TO RETRIEVE - RECORD LOCATOR NOT FOUND'))
    expect(await absent.provider.retrieveOrder(key(), callWithin(5000))).toEqual({ kind: 'absent' })
    await close?.()
    const failed = await host(systemError)
    expect(await failed.provider.retrieveOrder(key(), callWithin(5000))).toMatchObject({ kind: 'failed' })
  })

  test('records under the name are opened until the reference fits; older ones are not', async () => {
    const { provider, heard } = await host(
      found(result('OLD001', '2026-10-01') + result('UREC01', '2026-11-21')),
      retrieved(),
    )
    const criteria = { createdAfter: '2026-11-21T08:00:00Z', travellers: key().travellers, segments: [] }
    expect(await provider.findOrders({ ...criteria, reference: 'K7M2QX' }, callWithin(5000))).toMatchObject({
      kind: 'found',
      orders: [{ locators: [{ locator: 'UREC01' }, {}, {}] }],
    })
    expect(heard).toHaveLength(2)
  })

  test('a crowd of one name is looked through', async () => {
    const many = 60
    const all = Array.from({ length: many }, () => result('UREC01', '2026-11-21')).join('')
    const { provider, heard } = await host(found(all), ...Array<Said>(many).fill(retrieved()))
    const criteria = { createdAfter: '2026-11-21T08:00:00Z', travellers: key().travellers, segments: [] }
    const outcome = await provider.findOrders({ ...criteria, reference: 'K7M2QX' }, callWithin(5000))
    expect(outcome).toMatchObject({ kind: 'found', orders: { length: many } })
    expect(heard).toHaveLength(many + 1)
  })
})
