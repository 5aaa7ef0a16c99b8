import type { PassengerType, Segment, SegmentFare, Slice } from '../../../core/itinerary.ts'
import { leaf, leaves, tag } from './envelope.ts'
import { writeAllowance } from './write-baggage.ts'
import { cabinCode, cabinName, codeOf } from './vocabulary.ts'

/** The lists of a reply while it is written: what is said again gets the id that it had. */
export type ListWriter = {
  addPassenger(passenger: PassengerToWrite): void
  /** The ids of the segments of a slice in these classes, and of the journey over them. */
  addJourney(slice: Slice, fares: readonly (SegmentFare | undefined)[]): JourneyIds
  addPriceClass(fare: SegmentFare): string | null
  addAllowance(fare: SegmentFare, kind: 'checked' | 'cabin'): string | null
  addPenalty(id: string, xml: string): void
  addContact(xml: string): void
  addService(id: string, xml: string): void
  /** The content of `DataLists`. */
  xml(): string
}

export type PassengerToWrite = {
  readonly ref: string
  readonly type: PassengerType
  readonly infantRef: string | null
  readonly person: {
    readonly surname: string
    readonly givenNames: string
    readonly birthDate: string | null
    readonly gender: string | null
  } | null
}

export type JourneyIds = { readonly journeyId: string; readonly segmentIds: readonly string[] }

export function openLists(): ListWriter {
  const passengers = openList('PAX')
  const marketing = openList('DMS')
  const operating = openList('DOS')
  const legs = openList('DOL')
  const segments = openList('SEG')
  const journeys = openList('JOUR')
  const priceClasses = openList('PC')
  const checked = openList('BAGA')
  const cabin = openList('CAB')
  const penalties = openList('PEN')
  const contacts = openList('CI')
  const services = openList('SRV')
  const origins = new Map<string, string[]>()

  function addFlight(segment: Segment): string {
    const legRefs = legsOf(segment).map(leg =>
      legs.add(leg, id => withId('DatedOperatingLeg', leg, 'DatedOperatingLegID', id)),
    )
    const flight = operatingSegment(segment, legRefs)
    const operatingRef = operating.add(flight, id => flight.replaceAll(idMark, id))
    const sold = marketingSegment(segment, operatingRef)
    return marketing.add(sold, id => sold.replaceAll(idMark, id))
  }

  function addSegment(segment: Segment, fare: SegmentFare | undefined): string {
    const xml = paxSegment(addFlight(segment), fare)
    return segments.add(xml, id => xml.replaceAll(idMark, id))
  }

  return {
    addPassenger(passenger) {
      passengers.add(passenger.ref, () => pax(passenger))
    },
    addJourney(slice, fares) {
      const segmentIds = slice.segments.map((segment, index) => addSegment(segment, fares[index]))
      const journeyId = journeys.add(segmentIds.join(), id => journey(slice, id, segmentIds))
      const route = `${slice.origin} ${slice.destination}`
      const known = origins.get(route)
      if (!known) origins.set(route, [journeyId])
      else if (!known.includes(journeyId)) known.push(journeyId)
      return { journeyId, segmentIds }
    },
    addPriceClass(fare) {
      if (fare.brand === null) return null
      const xml = priceClass(fare)
      return priceClasses.add(xml, id => xml.replaceAll(idMark, id))
    },
    addAllowance(fare, kind) {
      const baggage = fare.baggage[kind]
      if (!baggage) return null
      const list = kind === 'checked' ? checked : cabin
      return list.add(JSON.stringify(baggage), id => writeAllowance(id, kind, baggage))
    },
    addPenalty: (id, xml) => void penalties.add(id, () => xml),
    addContact: xml => void contacts.add(xml, () => xml),
    addService: (id, xml) => void services.add(id, () => xml),
    xml: () =>
      listOf('BaggageAllowanceList', cabin.xml() + checked.xml()) +
      listOf('ContactInfoList', contacts.xml()) +
      listOf('DatedMarketingSegmentList', marketing.xml()) +
      listOf('DatedOperatingLegList', legs.xml()) +
      listOf('DatedOperatingSegmentList', operating.xml()) +
      listOf('OriginDestList', originDests(origins)) +
      listOf('PaxJourneyList', journeys.xml()) +
      listOf('PaxList', passengers.xml()) +
      listOf('PaxSegmentList', segments.xml()) +
      listOf('PenaltyList', penalties.xml()) +
      listOf('PriceClassList', priceClasses.xml()) +
      listOf('ServiceDefinitionList', services.xml()),
  }
}

/** Stands for the id until there is one: equal content is one entry. */
const idMark = '\u0001'

type List = { add(key: string, write: (id: string) => string): string; xml(): string }

function openList(prefix: string): List {
  const ids = new Map<string, string>()
  let all = ''
  return {
    add(key, write) {
      const known = ids.get(key)
      if (known !== undefined) return known
      const id = `${prefix}${ids.size + 1}`
      ids.set(key, id)
      all += write(id)
      return id
    },
    xml: () => all,
  }
}

function listOf(name: string, content: string): string {
  return content === '' ? '' : tag(name, content)
}

function withId(name: string, content: string, idName: string, id: string): string {
  return `<${name}>${content.replace(idMark, `<${idName}>${id}</${idName}>`)}</${name}>`
}

function pax({ ref, type, infantRef, person }: PassengerToWrite): string {
  const individual = person
    ? tag(
        'Individual',
        leaf('Birthdate', person.birthDate),
        leaf('GenderCode', person.gender),
        leaf('GivenName', person.givenNames),
        leaf('Surname', person.surname),
      )
    : ''
  return tag('Pax', individual, leaf('PaxID', ref), leaf('PaxRefID', infantRef), leaf('PTC', codeOf(type)))
}

function point(name: string, airport: string, terminal: string | null, at: string | null): string {
  return tag(
    name,
    leaf('AircraftScheduledDateTime', at),
    leaf('IATA_LocationCode', airport),
    leaf('TerminalName', terminal),
  )
}

/** One a stretch between landings; where one lands on the way no time is known, only how long one stands. */
function legsOf(segment: Segment): readonly string[] {
  const airports = [segment.origin, ...segment.stops.map(stop => stop.airport), segment.destination]
  const last = airports.length - 2
  return airports.slice(0, -1).map((from, index) => {
    const to = airports[index + 1]!
    const minutes = index === 0 ? null : (segment.stops[index - 1]?.minutes ?? null)
    return (
      point('Arrival', to, null, index === last ? segment.arrival : null) +
      idMark +
      point('Dep', from, null, index === 0 ? segment.departure : null) +
      (segment.aircraft === null ? '' : tag('IATA_AircraftType', leaf('IATA_AircraftTypeCode', segment.aircraft))) +
      leaf('OnGroundDuration', minutes === null ? null : durationText(minutes))
    )
  })
}

function operatingSegment({ operating, marketing, durationMinutes }: Segment, legRefs: readonly string[]): string {
  return tag(
    'DatedOperatingSegment',
    leaf('CarrierDesigCode', operating.carrier ?? marketing.carrier),
    leaf('CarrierName', operating.name),
    leaves('DatedOperatingLegRefID', legRefs),
    `<DatedOperatingSegmentId>${idMark}</DatedOperatingSegmentId>`,
    leaf('Duration', durationMinutes === null ? null : durationText(durationMinutes)),
    leaf('OperatingCarrierFlightNumberText', operating.number),
  )
}

function marketingSegment(segment: Segment, operatingRef: string): string {
  return tag(
    'DatedMarketingSegment',
    point('Arrival', segment.destination, segment.destinationTerminal, segment.arrival),
    leaf('CarrierDesigCode', segment.marketing.carrier),
    `<DatedMarketingSegmentId>${idMark}</DatedMarketingSegmentId>`,
    leaf('DatedOperatingSegmentRefId', operatingRef),
    point('Dep', segment.origin, segment.originTerminal, segment.departure),
    leaf('MarketingCarrierFlightNumberText', segment.marketing.number),
  )
}

function paxSegment(marketingRef: string, fare: SegmentFare | undefined): string {
  return tag(
    'PaxSegment',
    fare?.cabin ? tag('CabinTypeAssociationChoice', tag('SegmentCabinType', cabinType(fare.cabin))) : '',
    leaf('DatedMarketingSegmentRefId', marketingRef),
    leaf('MarketingCarrierRBD_Code', fare?.bookingClass),
    `<PaxSegmentID>${idMark}</PaxSegmentID>`,
  )
}

export function cabinType(cabin: NonNullable<SegmentFare['cabin']>): string {
  return leaf('CabinTypeCode', cabinCode(cabin)) + leaf('CabinTypeName', cabinName(cabin))
}

function journey({ durationMinutes }: Slice, id: string, segmentIds: readonly string[]): string {
  return tag(
    'PaxJourney',
    leaf('Duration', durationMinutes === null ? null : durationText(durationMinutes)),
    leaf('PaxJourneyID', id),
    leaves('PaxSegmentRefID', segmentIds),
  )
}

/** A code without a name is its own name. */
function priceClass({ brand }: SegmentFare): string {
  return tag(
    'PriceClass',
    leaf('Code', brand!.code),
    leaf('Name', brand!.name ?? brand!.code),
    `<PriceClassID>${idMark}</PriceClassID>`,
  )
}

function originDests(origins: ReadonlyMap<string, readonly string[]>): string {
  return [...origins]
    .map(([route, journeyIds], index) => {
      const [origin, destination] = route.split(' ')
      return tag(
        'OriginDest',
        leaf('DestCode', destination),
        leaf('OriginCode', origin),
        leaf('OriginDestID', `OD${index + 1}`),
        leaves('PaxJourneyRefID', journeyIds),
      )
    })
    .join('')
}

export function durationText(minutes: number): string {
  return `PT${Math.floor(minutes / 60)}H${minutes % 60}M0S`
}
