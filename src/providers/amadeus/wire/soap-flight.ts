import type { OperatingFlight, Segment, SegmentFare, TechnicalStop } from '../../../core/itinerary.ts'
import type { XmlScanner } from '../../../core/xml/scanner.ts'
import { minutesBetween, zoneOf } from '../../../reference/assemble.ts'
import { timeOf } from './soap-words.ts'

/** `groupOfFlights` of a MasterPricer reply: the flights of one direction. */

export type SoapFlight = Omit<Segment, 'id' | 'fares'>

export type FlightGroup = {
  readonly ref: string
  /** Null where one of them cannot be read. */
  readonly flights: readonly SoapFlight[] | null
}

/** From the start of `groupOfFlights` to its end. */
export function readFlightGroup(scanner: XmlScanner): FlightGroup {
  const depth = scanner.depth
  const flights: SoapFlight[] = []
  let ref = ''
  let whole = true
  while (scanner.child(depth)) {
    if (scanner.name === 'propFlightGrDetail') ref = readRef(scanner)
    else if (scanner.name === 'flightDetails') {
      const flight = readFlight(scanner)
      if (flight) flights.push(flight)
      else whole = false
    }
  }
  return { ref, flights: whole && flights.length > 0 ? flights : null }
}

/** The proposal without a qualifier is the group's number; the others are elapsed time and main carrier. */
function readRef(scanner: XmlScanner): string {
  const depth = scanner.depth
  let found = ''
  while (scanner.child(depth)) {
    const inner = scanner.depth
    let ref = ''
    let qualified = false
    while (scanner.child(inner)) {
      if (scanner.name === 'ref') ref = scanner.word()
      else if (scanner.name === 'unitQualifier') qualified = true
    }
    if (!qualified && found === '') found = ref
  }
  return found
}

type Draft = {
  dateOfDeparture: string
  timeOfDeparture: string
  dateOfArrival: string
  timeOfArrival: string
  marketing: string
  operating: string
  number: string
  operatingNumber: string
  aircraft: string
  stopCount: number
  readonly locations: { id: string; terminal: string | null }[]
  readonly stops: { airport: string; arrival: string; departure: string }[]
}

function readFlight(scanner: XmlScanner): SoapFlight | null {
  const draft: Draft = {
    dateOfDeparture: '',
    timeOfDeparture: '',
    dateOfArrival: '',
    timeOfArrival: '',
    marketing: '',
    operating: '',
    number: '',
    operatingNumber: '',
    aircraft: '',
    stopCount: 0,
    locations: [],
    stops: [],
  }
  const depth = scanner.depth
  while (scanner.child(depth)) {
    if (scanner.name === 'flightInformation') readInformation(scanner, draft)
    else if (scanner.name === 'technicalStop') readStop(scanner, draft)
    else if (scanner.name === 'commercialAgreement') readAgreement(scanner, draft)
  }
  return flightOf(draft)
}

function readInformation(scanner: XmlScanner, draft: Draft): void {
  const depth = scanner.depth
  while (scanner.child(depth)) {
    switch (scanner.name) {
      case 'productDateTime':
        readLeaves(scanner, (name, text) => {
          if (name === 'dateOfDeparture') draft.dateOfDeparture = text
          else if (name === 'timeOfDeparture') draft.timeOfDeparture = text
          else if (name === 'dateOfArrival') draft.dateOfArrival = text
          else if (name === 'timeOfArrival') draft.timeOfArrival = text
        })
        break
      case 'location': {
        const location: Draft['locations'][number] = { id: '', terminal: null }
        readLeaves(scanner, (name, text) => {
          if (name === 'locationId') location.id = text
          else if (name === 'terminal') location.terminal = text || null
        })
        draft.locations.push(location)
        break
      }
      case 'companyId':
        readLeaves(scanner, (name, text) => {
          if (name === 'marketingCarrier') draft.marketing = text
          else if (name === 'operatingCarrier') draft.operating = text
        })
        break
      case 'flightOrtrainNumber':
      case 'flightNumber':
        draft.number = scanner.word()
        break
      case 'productDetail':
        readLeaves(scanner, (name, text) => {
          if (name === 'equipmentType') draft.aircraft = text
          else if (name === 'techStopNumber') draft.stopCount = Number(text) || 0
        })
        break
    }
  }
}

/** Of the codeshare agreement in newer versions: the operating flight's number. */
function readAgreement(scanner: XmlScanner, draft: Draft): void {
  const depth = scanner.depth
  while (scanner.child(depth)) {
    if (scanner.name !== 'codeshareDetails') continue
    readLeaves(scanner, (name, text) => {
      if (name === 'airlineDesignator' && draft.operating === '') draft.operating = text
      else if (name === 'flightNumber') draft.operatingNumber = text
    })
  }
}

/** Arrival `AA` with the place, departure `AD`. */
function readStop(scanner: XmlScanner, draft: Draft): void {
  const depth = scanner.depth
  const stop = { airport: '', arrival: '', departure: '' }
  while (scanner.child(depth)) {
    let qualifier = ''
    let date = ''
    let time = ''
    readLeaves(scanner, (name, text) => {
      if (name === 'dateQualifier') qualifier = text
      else if (name === 'date') date = text
      else if (name === 'firstTime') time = text
      else if (name === 'locationId') stop.airport = text
    })
    if (qualifier === 'AA') stop.arrival = timeOf(date, time) ?? ''
    else if (qualifier === 'AD') stop.departure = timeOf(date, time) ?? ''
  }
  if (stop.airport !== '') draft.stops.push(stop)
}

/** Calls back for each child that has text and no children. */
export function readLeaves(scanner: XmlScanner, take: (name: string, text: string) => void): void {
  const depth = scanner.depth
  while (scanner.child(depth)) {
    const name = scanner.name
    take(name, scanner.word())
  }
}

function flightOf(draft: Draft): SoapFlight | null {
  const [from, to] = draft.locations
  const departure = timeOf(draft.dateOfDeparture, draft.timeOfDeparture)
  const arrival = timeOf(draft.dateOfArrival, draft.timeOfArrival)
  const number = draft.number.replace(/^0+(?=.)/, '')
  if (!from || !to || !isAirport(from.id) || !isAirport(to.id)) return null
  if (departure === null || arrival === null || !draft.marketing || !number) return null
  const departureZone = zoneOf(from.id)
  const arrivalZone = zoneOf(to.id)
  return {
    marketing: { carrier: draft.marketing, number },
    operating: operatingOf(draft, number),
    origin: from.id,
    originTerminal: from.terminal,
    destination: to.id,
    destinationTerminal: to.terminal,
    departure,
    departureZone,
    arrival,
    arrivalZone,
    durationMinutes: minutesBetween(departure, departureZone, arrival, arrivalZone),
    aircraft: draft.aircraft || null,
    stops: stopsOf(draft),
    marriageGroup: null,
    status: null,
  }
}

function isAirport(code: string): boolean {
  return /^[A-Z]{3}$/.test(code)
}

function operatingOf(draft: Draft, number: string): OperatingFlight {
  const carrier = draft.operating || draft.marketing
  const own = carrier === draft.marketing
  return { carrier, number: draft.operatingNumber || (own ? number : null), name: null }
}

function stopsOf({ stops, stopCount }: Draft): readonly TechnicalStop[] {
  const told: TechnicalStop[] = stops.map(({ airport, arrival, departure }) => {
    const zone = zoneOf(airport) ?? 'UTC'
    return { airport, minutes: minutesBetween(arrival, zone, departure, zone) }
  })
  // as in flight.ts: somewhere
  while (told.length < Math.min(stopCount, 4)) told.push({ airport: 'ZZZ', minutes: null })
  return told
}

export function soapSegment(flight: SoapFlight, place: number, fares: readonly SegmentFare[]): Segment {
  return {
    id: `seg_${place + 1}`,
    marketing: flight.marketing,
    operating: flight.operating,
    origin: flight.origin,
    originTerminal: flight.originTerminal,
    destination: flight.destination,
    destinationTerminal: flight.destinationTerminal,
    departure: flight.departure,
    departureZone: flight.departureZone,
    arrival: flight.arrival,
    arrivalZone: flight.arrivalZone,
    durationMinutes: flight.durationMinutes,
    aircraft: flight.aircraft,
    stops: flight.stops,
    marriageGroup: flight.marriageGroup,
    fares,
    status: flight.status,
  }
}
