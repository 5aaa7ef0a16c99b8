import type { Cabin, PassengerType } from '../../../core/itinerary.ts'
import type { XmlElement } from '../../../core/xml/tree.ts'
import type { ShopPassenger, ShopQuery, ShopSlice } from '../../port.ts'
import { leaf, part, type RequestHead, requestMessage, tag } from './envelope.ts'
import { all, at, needed, word } from './requests.ts'
import { cabinCode, cabinOf, codeOf, passengerTypeOf } from './vocabulary.ts'

const connectionsId = 'CONN1'

export function encodeAirShopping(query: ShopQuery, head: RequestHead): string {
  const pos = `<POS>${part('Country', leaf('CountryCode', query.pointOfSale))}</POS>`
  const content =
    flightCriteria(query) +
    part(
      'FlightRequest',
      tag('FlightRequestOriginDestinationsCriteria', ...query.slices.map(slice => direction(query, slice))),
    ) +
    programs(query) +
    part('PaxList', paxList(query.passengers)) +
    part('PayloadRestrictions', leaf('Limit', query.offersMax)) +
    part('ResponseParameters', tag('CurParameter', leaf('CurCode', query.currency)))
  return requestMessage('AirShoppingRQ', head, content, pos)
}

function flightCriteria({ carriers, maxConnections }: ShopQuery): string {
  const carrier = (code: string, level: string): string =>
    tag('CarrierCriteria', tag('Carrier', leaf('AirlineDesigCode', code)), preference(level))
  const content =
    carriers.include.map(code => carrier(code, 'Required')).join('') +
    carriers.exclude.map(code => carrier(code, 'Exclude')).join('') +
    (maxConnections === null
      ? ''
      : tag(
          'ConnectionCriteria',
          leaf('ConnectionCriteriaID', connectionsId),
          leaf('MaximumConnectionQty', maxConnections),
        ))
  return content === '' ? '' : part('FlightRelatedCriteria', content)
}

function preference(level: string): string {
  return tag('PrefLevel', leaf('PrefLevelCode', level))
}

function direction({ cabin, maxConnections }: ShopQuery, slice: ShopSlice): string {
  return tag(
    'OriginDestCriteria',
    cabin === null ? '' : tag('CabinType', leaf('CabinTypeCode', cabinCode(cabin)), preference('Required')),
    maxConnections === null ? '' : leaf('ConnectionCriteriaRefID', connectionsId),
    tag('DestArrivalCriteria', leaf('IATA_LocationCode', slice.destination)),
    tag(
      'OriginDepCriteria',
      leaf('Date', slice.departureDate),
      leaf('IATA_LocationCode', slice.origin),
      departureWindow(slice),
    ),
  )
}

/** From a time, for so long. */
function departureWindow({ departureTime }: ShopSlice): string {
  if (!departureTime) return ''
  const minutes = Math.max(0, minutesIn(departureTime.to) - minutesIn(departureTime.from))
  return leaf('Time', `${departureTime.from}:00`) + leaf('TimeAfterDuration', `PT${minutes}M`)
}

function minutesIn(time: string): number {
  const [hours, minutes] = time.split(':')
  return Number(hours) * 60 + Number(minutes)
}

/** Contracts of a customer with an airline. */
function programs({ accountCodes }: ShopQuery): string {
  if (accountCodes.length === 0) return ''
  const criteria = accountCodes.map(({ carrier, code }) =>
    tag(
      'ProgramCriteria',
      tag('ProgamContract', leaf('ContractID', code)),
      tag('ProgramOwner', tag('Carrier', leaf('AirlineDesigCode', carrier))),
    ),
  )
  return part('OfferCriteria', criteria.join(''))
}

/** An adult names the infant on its lap. */
export function paxList(passengers: readonly ShopPassenger[]): string {
  const infants = passengers.filter(one => one.type === 'INF')
  return passengers
    .map(one => {
      const infant = one.type === 'ADT' || one.type === 'SRC' ? infants.shift() : undefined
      const age = one.age === null && one.type === 'CHD' ? childAge : one.age
      return tag(
        'Pax',
        leaf('AgeMeasure', one.type === 'ADT' ? null : age),
        leaf('PaxID', one.id),
        leaf('PaxRefID', infant?.id),
        leaf('PTC', codeOf(one.type)),
      )
    })
    .join('')
}

/** port.ts: a child of unknown age. */
const childAge = 10

export type AirShoppingRequest = {
  readonly slices: readonly {
    readonly origin: string
    readonly destination: string
    readonly date: string
    readonly from: string | null
    readonly minutes: number | null
    readonly cabin: Cabin | null
  }[]
  readonly passengers: readonly RequestPassenger[]
  readonly currency: string | null
  readonly pointOfSale: string | null
  readonly maxConnections: number | null
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  readonly limit: number | null
}

export type RequestPassenger = { readonly ref: string; readonly type: PassengerType; readonly age: number | null }

export function decodeAirShopping(request: XmlElement, root: { readonly country: string | null }): AirShoppingRequest {
  const criteria = at(request, 'FlightRelatedCriteria')
  const carriers = (level: string): readonly string[] =>
    all(criteria, 'CarrierCriteria')
      .filter(one => (word(one, 'PrefLevel', 'PrefLevelCode') === 'Exclude') === (level === 'Exclude'))
      .flatMap(one => word(one, 'Carrier', 'AirlineDesigCode') ?? [])
  const direct = all(at(criteria, 'FlightCriteria'), 'FlightCharacteristicsCriteria').some(
    one => word(one, 'CharacteristicCode') === 'Direct' && word(one, 'PrefLevel', 'PrefLevelCode') === 'Required',
  )
  const connections = word(criteria, 'ConnectionCriteria', 'MaximumConnectionQty')
  return {
    slices: all(at(request, 'FlightRequest', 'FlightRequestOriginDestinationsCriteria'), 'OriginDestCriteria').map(
      readDirection,
    ),
    passengers: readPassengers(at(request, 'PaxList')),
    currency: word(request, 'ResponseParameters', 'CurParameter', 'CurCode'),
    pointOfSale: root.country,
    maxConnections: direct ? 0 : connections === null ? null : Number(connections),
    include: carriers('Required'),
    exclude: carriers('Exclude'),
    limit: Number(word(request, 'PayloadRestrictions', 'Limit')) || null,
  }
}

function readDirection(criteria: XmlElement): AirShoppingRequest['slices'][number] {
  const code = word(criteria, 'CabinType', 'CabinTypeCode')
  const duration = /^PT(\d+)M$/.exec(word(criteria, 'OriginDepCriteria', 'TimeAfterDuration') ?? '')
  return {
    origin: needed(criteria, 'OriginDepCriteria', 'IATA_LocationCode'),
    destination: needed(criteria, 'DestArrivalCriteria', 'IATA_LocationCode'),
    date: needed(criteria, 'OriginDepCriteria', 'Date'),
    from: word(criteria, 'OriginDepCriteria', 'Time')?.slice(0, 5) ?? null,
    minutes: duration ? Number(duration[1]) : null,
    cabin: cabinOf({ code, name: null }),
  }
}

export function readPassengers(list: XmlElement | undefined): readonly RequestPassenger[] {
  return all(list, 'Pax').map(pax => ({
    ref: needed(pax, 'PaxID'),
    type: passengerTypeOf(word(pax, 'PTC') ?? 'ADT') ?? 'ADT',
    age: Number(word(pax, 'AgeMeasure')) || null,
  }))
}
