import type { AirportCode } from '../../../core/itinerary.ts'
import type { XmlScanner } from '../../../core/xml/scanner.ts'
import { noCabin, readCabin, type WireCabin } from './cabin.ts'
import {
  minutesOf,
  nowhere,
  readAircraft,
  readOperatingLeg,
  readStop,
  type WireLeg,
  type WireStop,
} from './list-stops.ts'
import { addRefs, eachChild, textOf, wordOf } from './xml.ts'

export type WireCarrier = { readonly code: string; readonly number: string; readonly name: string | null }

export type WireMarketing = {
  readonly carrier: WireCarrier
  readonly departure: WireStop
  readonly arrival: WireStop
  readonly operatingRef: string | null
}

export type WireOperating = {
  readonly carrier: WireCarrier
  readonly durationMinutes: number | null
  readonly legRefs: readonly string[]
}

export type WireSegment = {
  readonly marketingRef: string | null
  readonly carrier: WireCarrier
  readonly operating: WireCarrier | null
  readonly departure: WireStop
  readonly arrival: WireStop
  readonly legs: readonly WireLeg[]
  readonly stops: readonly AirportCode[]
  readonly aircraft: string | null
  readonly durationMinutes: number | null
  readonly bookingClass: string | null
  readonly cabin: WireCabin
}

const nobody: WireCarrier = { code: '', number: '', name: null }

/** 21.3 keeps the flight itself elsewhere; before, all of it is here. */
export function readPaxSegment(x: XmlScanner): readonly [string, WireSegment] {
  let id = x.attribute('SegmentKey') ?? ''
  let marketingRef: string | null = null
  let marketing: Carrying = { carrier: nobody, bookingClass: null }
  let operating: WireCarrier | null = null
  let departure = nowhere
  let arrival = nowhere
  let aircraft: string | null = null
  let durationMinutes: number | null = null
  let bookingClass: string | null = null
  let cabin: WireCabin = noCabin
  const legs: WireLeg[] = []
  const stops: AirportCode[] = []
  eachChild(x, name => {
    switch (name) {
      case 'PaxSegmentID':
        id = textOf(x)
        break
      case 'DatedMarketingSegmentRefId':
        marketingRef = wordOf(x)
        break
      case 'Dep':
      case 'Departure':
        departure = readStop(x)
        break
      case 'Arrival':
        arrival = readStop(x)
        break
      case 'MarketingCarrierInfo':
      case 'MarketingCarrier':
        marketing = readCarrying(x)
        break
      case 'OperatingCarrierInfo':
      case 'OperatingCarrier':
        operating = readCarrying(x).carrier
        break
      case 'DatedOperatingLeg':
        legs.push(readOperatingLeg(x)[1])
        break
      case 'Equipment':
        aircraft = readAircraft(x)
        break
      case 'Duration':
        durationMinutes = minutesOf(textOf(x))
        break
      case 'FlightDetail':
        durationMinutes = readDetail(x, stops) ?? durationMinutes
        break
      case 'MarketingCarrierRBD_Code':
      case 'ClassOfService':
        bookingClass = classOf(x)
        break
      case 'CabinType':
        cabin = readCabin(x)
        break
      case 'CabinTypeAssociationChoice':
        eachChild(x, () => {
          cabin = readCabin(x)
        })
        break
      default:
    }
  })
  const { carrier } = marketing
  bookingClass ??= marketing.bookingClass
  return [
    id,
    {
      marketingRef,
      carrier,
      operating,
      departure,
      arrival,
      legs,
      stops,
      aircraft,
      durationMinutes,
      bookingClass,
      cabin,
    },
  ]
}

export function readMarketingSegment(x: XmlScanner): readonly [string, WireMarketing] {
  let id = ''
  let departure = nowhere
  let arrival = nowhere
  let operatingRef: string | null = null
  let code = ''
  let number = ''
  let carrierName: string | null = null
  eachChild(x, name => {
    if (name === 'DatedMarketingSegmentId') id = textOf(x)
    else if (name === 'Dep') departure = readStop(x)
    else if (name === 'Arrival') arrival = readStop(x)
    else if (name === 'DatedOperatingSegmentRefId') operatingRef = wordOf(x)
    else if (name === 'CarrierDesigCode') code = textOf(x)
    else if (name === 'CarrierName') carrierName = wordOf(x)
    else if (name === 'MarketingCarrierFlightNumberText') number = textOf(x)
  })
  return [id, { carrier: { code, number, name: carrierName }, departure, arrival, operatingRef }]
}

export function readOperatingSegment(x: XmlScanner): readonly [string, WireOperating] {
  let id = ''
  const legRefs: string[] = []
  let durationMinutes: number | null = null
  let code = ''
  let number = ''
  let carrierName: string | null = null
  eachChild(x, name => {
    if (name === 'DatedOperatingSegmentId') id = textOf(x)
    else if (name === 'DatedOperatingLegRefID') addRefs(x, legRefs)
    else if (name === 'Duration') durationMinutes = minutesOf(textOf(x))
    else if (name === 'CarrierDesigCode') code = textOf(x)
    else if (name === 'CarrierName') carrierName = wordOf(x)
    else if (name === 'OperatingCarrierFlightNumberText') number = textOf(x)
  })
  return [id, { carrier: { code, number, name: carrierName }, durationMinutes, legRefs }]
}

type Carrying = { readonly carrier: WireCarrier; readonly bookingClass: string | null }

function readCarrying(x: XmlScanner): Carrying {
  let code = ''
  let number = ''
  let carrierName: string | null = null
  let bookingClass: string | null = null
  eachChild(x, name => {
    switch (name) {
      case 'CarrierDesigCode':
      case 'AirlineID':
        code = textOf(x)
        break
      case 'MarketingCarrierFlightNumberText':
      case 'OperatingCarrierFlightNumberText':
      case 'FlightNumber':
        number = textOf(x)
        break
      case 'CarrierName':
      case 'Name':
      case 'Disclosure':
      case 'Disclosures':
        carrierName ??= name.startsWith('Disclosure') ? disclosed(x) : wordOf(x)
        break
      case 'ResBookDesigCode':
      case 'RBD_Code':
        bookingClass = wordOf(x)
        break
      default:
    }
  })
  return { carrier: { code, number, name: carrierName }, bookingClass }
}

function disclosed(x: XmlScanner): string | null {
  let said: string | null = null
  const visit = (name: string): void => {
    if (name === 'DescText' || name === 'Text') said ??= wordOf(x)
    else eachChild(x, visit)
  }
  eachChild(x, visit)
  return said
}

function classOf(x: XmlScanner): string | null {
  if (x.name !== 'ClassOfService') return wordOf(x)
  let code: string | null = null
  eachChild(x, name => {
    if (name === 'Code') code = wordOf(x)
  })
  return code
}

/** `FlightDuration/Value` and `Stops/StopLocations/StopLocation/AirportCode`. */
function readDetail(x: XmlScanner, stops: AirportCode[]): number | null {
  let minutes: number | null = null
  const visit = (name: string): void => {
    if (name === 'Value') minutes ??= minutesOf(textOf(x))
    else if (name === 'AirportCode') stops.push(textOf(x))
    else if (name !== 'FlightDistance') eachChild(x, visit)
  }
  eachChild(x, visit)
  return minutes
}
