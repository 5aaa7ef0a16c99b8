import { isLocalTime } from '../../../core/calendar.ts'
import type { AirportCode, LocalDateTime } from '../../../core/itinerary.ts'
import type { XmlScanner } from '../../../core/xml/scanner.ts'
import { eachChild, textOf, wordOf } from './xml.ts'

export type WireStop = { readonly airport: AirportCode; readonly at: LocalDateTime; readonly terminal: string | null }

export type WireLeg = {
  readonly departure: WireStop
  readonly arrival: WireStop
  readonly aircraft: string | null
  /** Before it leaves. */
  readonly groundMinutes: number | null
}

export const nowhere: WireStop = { airport: '', at: '', terminal: null }

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
export function readStop(x: XmlScanner): WireStop {
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
  if (isLocalTime(text)) return text
  const match = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(:\d\d)?.*)?$/.exec(text)
  if (!match) return ''
  const time = `${match[1]}T${match[2] ?? '00:00'}${match[3] ?? ':00'}`
  return isLocalTime(time) ? time : ''
}

export function readAircraft(x: XmlScanner): string | null {
  let code: string | null = null
  eachChild(x, name => {
    if (/Code$/.test(name)) code ??= wordOf(x)
  })
  return code
}

/** `PT8H50M0S`, `P0DT16H50M0S`, `P0Y0M0DT1H15M0S`. Nothing for zero: it means "not known". */
export function minutesOf(text: string): number | null {
  const match = /^P(?:0+Y)?(?:0+M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:[\d.]+S)?)?$/.exec(text)
  if (!match) return null
  const minutes = Number(match[1] ?? 0) * 1440 + Number(match[2] ?? 0) * 60 + Number(match[3] ?? 0)
  return minutes === 0 ? null : minutes
}
