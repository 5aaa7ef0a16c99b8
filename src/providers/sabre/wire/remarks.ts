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
