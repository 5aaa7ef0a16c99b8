import type { AirlineRemark } from '../../../core/order.ts'
import { airlineOf } from './json.ts'
import { type JsonObject, objectsOf, textOf } from './json.ts'

/** Our booking reference travels as a general remark: the one documented place that getBooking gives back. There is no
 *  documented search by it. */
const prefix = 'BOOKING REFERENCE '

/** From the remarks of a request or of a booking. */
export function referenceOf(body: JsonObject): string | null {
  for (const remark of objectsOf(body.remarks)) {
    const text = textOf(remark.text)
    if (text?.startsWith(prefix)) return text.slice(prefix.length).trim()
  }
  return null
}

export function remarksWith(reference: string | null): readonly JsonObject[] {
  return reference === null ? [] : [{ type: 'GENERAL', text: `${prefix}${reference}` }]
}

/** In which airlines say by when they want a ticket. */
const remarkCodes: ReadonlySet<string> = new Set(['ADTK', 'ADMD', 'ADPI', 'OTHS'])

/** Special services of a booking that are an airline's words to us; the airline is that of the service, else of the first
 *  flight. */
export function airlineRemarksOf(body: JsonObject): readonly AirlineRemark[] {
  const first = airlineOf(objectsOf(body.flights)[0]?.airlineCode)
  return objectsOf(body.specialServices).flatMap((service): readonly AirlineRemark[] => {
    const text = textOf(service.message)
    const carrier = airlineOf(service.airlineCode) ?? first
    if (text === null || !carrier || !remarkCodes.has(textOf(service.code) ?? '')) return []
    return [{ carrier, text, at: null }]
  })
}
