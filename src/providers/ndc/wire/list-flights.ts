import type { AirportCode, LocalDateTime } from '../../../core/itinerary.ts'
import type { XmlScanner } from '../../../core/xml/scanner.ts'
import { noCabin, readCabin, type WireCabin } from './cabin.ts'
import { addRefs, eachChild, textOf, wordOf } from './xml.ts'

export type WireStop = { readonly airport: AirportCode; readonly at: LocalDateTime; readonly terminal: string | null }
export type WireCarrier = { readonly code: string; readonly number: string; readonly name: string | null }

export type WireLeg = {
  readonly departure: WireStop
  readonly arrival: WireStop
  readonly aircraft: string | null
  /** Before it leaves. */
  readonly groundMinutes: number | null
}

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

const nowhere: WireStop = { airport: '', at: '', terminal: null }
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

export function readOperatingLeg(x: XmlScanner): readonly [string, WireLeg] {
  let id = ''
  let departure = nowhere
  let arrival = nowhere
  let iata: string | null = null
  let own: string | null = null
  let groundMinutes: number | null = null
  eachChild(x, name => {
    if (name === 'DatedOperatingLegID') id = textOf(x)
    else if (name === 'Dep') departure = readStop(x)
    else if (name === 'Arrival') arrival = readStop(x)
    else if (name === 'IATA_AircraftType') iata = readAircraft(x)
    else if (name === 'CarrierAircraftType') own = readAircraft(x)
    else if (name === 'OnGroundDuration') groundMinutes = minutesOf(textOf(x))
  })
  return [id, { departure, arrival, aircraft: iata ?? own, groundMinutes }]
}

/** `IATA_LocationCode` and one time, or `AirportCode`, `Date` and `Time` (before 18.1). */
function readStop(x: XmlScanner): WireStop {
  let airport = ''
  let at = ''
  let date = ''
  let time = ''
  let terminal: string | null = null
  eachChild(x, name => {
    switch (name) {
      case 'IATA_LocationCode':
      case 'AirportCode':
        airport = textOf(x)
        break
      case 'AircraftScheduledDateTime':
        at = textOf(x)
        break
      case 'Date':
        date = textOf(x)
        break
      case 'Time':
        time = textOf(x)
        break
      case 'TerminalName':
        terminal = wordOf(x)
        break
      case 'Terminal':
        eachChild(x, child => {
          if (child === 'Name') terminal = wordOf(x)
        })
        break
      default:
    }
  })
  if (at === '' && date !== '') at = time === '' ? date : `${date.slice(0, 10)}T${time}`
  return { airport, at: localTime(at), terminal }
}

/** To the second, without fraction and offset; a date alone is midnight. Empty where it is no time. */
function localTime(text: string): string {
  const match = /^(\d{4}-\d\d-\d\d)(?:T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?.*)?$/.exec(text)
  if (!match || !isDay(match[1]!)) return ''
  return `${match[1]}T${match[2] ?? '00'}:${match[3] ?? '00'}:${match[4] ?? '00'}`
}

/** The engine takes 31 February for a day in March. */
function isDay(date: string): boolean {
  const ms = Date.parse(`${date}T00:00:00Z`)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(date)
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

function readAircraft(x: XmlScanner): string | null {
  let code: string | null = null
  eachChild(x, name => {
    if (/Code$/.test(name)) code ??= wordOf(x)
  })
  return code
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

/** `PT8H50M0S`, `P0DT16H50M0S`, `P0Y0M0DT1H15M0S`. Nothing for zero: it means "not known". */
export function minutesOf(text: string): number | null {
  const match = /^P(?:0+Y)?(?:0+M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:[\d.]+S)?)?$/.exec(text)
  if (!match) return null
  const minutes = Number(match[1] ?? 0) * 1440 + Number(match[2] ?? 0) * 60 + Number(match[3] ?? 0)
  return minutes === 0 ? null : minutes
}
