import type { Steps } from '../../../core/turns.ts'
import type { XmlScanner } from '../../../core/xml/scanner.ts'
import { codeIn, noCabin, readCabin, type WireCabin } from './cabin.ts'
import { readAllowance, type WireAllowance } from './list-baggage.ts'
import {
  readMarketingSegment,
  readOperatingSegment,
  readPaxSegment,
  type WireMarketing,
  type WireOperating,
  type WireSegment,
} from './list-flights.ts'
import { readOperatingLeg, type WireLeg } from './list-stops.ts'
import { readPax, type WirePax } from './list-passengers.ts'
import { addRefs, type Amount, amountOf, eachChild, textOf, wordOf } from './xml.ts'

/** What a message says once and refers to by id, of any release. */
export type Lists = {
  /** In the order of the message. */
  readonly passengers: Map<string, WirePax>
  readonly segments: Map<string, WireSegment>
  readonly marketing: Map<string, WireMarketing>
  readonly operating: Map<string, WireOperating>
  readonly legs: Map<string, WireLeg>
  /** Segment ids by journey. */
  readonly journeys: Map<string, readonly string[]>
  readonly priceClasses: Map<string, PriceClass>
  readonly allowances: Map<string, WireAllowance>
  readonly fareBases: Map<string, string>
  readonly services: Map<string, ServiceDefinition>
  readonly penalties: Map<string, WirePenalty>
}

export type PriceClass = {
  readonly code: string | null
  readonly name: string | null
  readonly fareBasis: string | null
  readonly cabin: WireCabin
}

export type ServiceDefinition = {
  readonly name: string | null
  readonly code: string | null
  readonly allowanceRefs: readonly string[]
}

export type WirePenalty = { readonly type: string | null; readonly amount: Amount | null }

export function emptyLists(): Lists {
  return {
    passengers: new Map(),
    segments: new Map(),
    marketing: new Map(),
    operating: new Map(),
    legs: new Map(),
    journeys: new Map(),
    priceClasses: new Map(),
    allowances: new Map(),
    fareBases: new Map(),
    services: new Map(),
    penalties: new Map(),
  }
}

/** `DataLists`: lists of lists, by the names that any release gives to an entry. */
export function* readLists(x: XmlScanner, lists: Lists): Steps<void> {
  const { depth } = x
  while (x.child(depth)) {
    while (x.child(depth + 1)) {
      readEntry(x, x.name, lists)
      yield
    }
  }
}

function readEntry(x: XmlScanner, name: string, lists: Lists): void {
  switch (name) {
    case 'Pax':
    case 'Passenger':
      keep(lists.passengers, readPax(x))
      break
    case 'PaxSegment':
    case 'FlightSegment':
      keep(lists.segments, readPaxSegment(x))
      break
    case 'DatedMarketingSegment':
      keep(lists.marketing, readMarketingSegment(x))
      break
    case 'DatedOperatingSegment':
      keep(lists.operating, readOperatingSegment(x))
      break
    case 'DatedOperatingLeg':
      keep(lists.legs, readOperatingLeg(x))
      break
    case 'PaxJourney':
    case 'Flight':
      keep(lists.journeys, readJourney(x))
      break
    case 'PriceClass':
      keep(lists.priceClasses, readPriceClass(x))
      break
    case 'BaggageAllowance':
    case 'CheckedBagAllowance':
    case 'CarryOnAllowance':
      keep(lists.allowances, readAllowance(x))
      break
    case 'FareGroup':
      keep(lists.fareBases, readFareGroup(x))
      break
    case 'ServiceDefinition':
      keep(lists.services, readServiceDefinition(x))
      break
    case 'Penalty':
      keep(lists.penalties, readPenalty(x))
      break
    default:
  }
}

/** An id that stands twice is what it was first. */
function keep<T>(map: Map<string, T>, [id, value]: readonly [string, T]): void {
  if (id !== '' && !map.has(id)) map.set(id, value)
}

function readJourney(x: XmlScanner): readonly [string, readonly string[]] {
  let id = x.attribute('FlightKey') ?? ''
  const segments: string[] = []
  eachChild(x, name => {
    if (name === 'PaxJourneyID') id = textOf(x)
    else if (name === 'PaxSegmentRefID' || name === 'SegmentReferences') addRefs(x, segments)
  })
  return [id, segments]
}

function readPriceClass(x: XmlScanner): readonly [string, PriceClass] {
  let id = x.attribute('PriceClassID') ?? ''
  let code: string | null = null
  let name: string | null = null
  let fareBasis: string | null = null
  let cabin: WireCabin = noCabin
  eachChild(x, child => {
    switch (child) {
      case 'PriceClassID':
        id = textOf(x)
        break
      case 'Code':
        code = wordOf(x)
        break
      case 'Name':
        name = wordOf(x)
        break
      case 'FareBasisCode':
        fareBasis = codeIn(x)
        break
      case 'CabinType':
        cabin = readCabin(x)
        break
      default:
    }
  })
  return [id, { code, name, fareBasis, cabin }]
}

function readFareGroup(x: XmlScanner): readonly [string, string] {
  const id = x.attribute('ListKey') ?? ''
  let fareBasis = ''
  eachChild(x, name => {
    if (name === 'FareBasisCode') fareBasis = codeIn(x) ?? ''
  })
  return [fareBasis === '' ? '' : id, fareBasis]
}

function readServiceDefinition(x: XmlScanner): readonly [string, ServiceDefinition] {
  let id = x.attribute('ServiceDefinitionID') ?? ''
  let serviceName: string | null = null
  let code: string | null = null
  const allowanceRefs: string[] = []
  eachChild(x, name => {
    if (name === 'ServiceDefinitionID') id = textOf(x)
    else if (name === 'Name') serviceName = wordOf(x)
    else if (name === 'ServiceCode') code = wordOf(x)
    else if (name === 'ServiceDefinitionAssociation' || name === 'BaggageAllowanceRef')
      refsBelow(x, 'BaggageAllowanceRefID', allowanceRefs)
  })
  return [id, { name: serviceName, code, allowanceRefs }]
}

function refsBelow(x: XmlScanner, wanted: string, to: string[]): void {
  if (x.name === wanted) addRefs(x, to)
  else eachChild(x, () => refsBelow(x, wanted, to))
}

function readPenalty(x: XmlScanner): readonly [string, WirePenalty] {
  let id = x.attribute('ObjectKey') ?? ''
  let type: string | null = null
  let amount: Amount | null = null
  eachChild(x, name => {
    if (name === 'PenaltyID') id = textOf(x)
    else if (name === 'TypeCode') type = wordOf(x)
    else if (name === 'Price')
      eachChild(x, child => {
        if (child === 'TotalAmount') amount = amountOf(x)
      })
  })
  return [id, { type, amount }]
}
