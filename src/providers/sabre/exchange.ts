import { type Fault, fault } from '../../core/fault.ts'
import { WireError } from '../../core/wire-error.ts'
import type { Call } from '../port.ts'
import { faultOf, type SabreClient } from './client.ts'
import { bookingErrors } from './wire/errors.ts'
import { isObject, type JsonObject, parseJson } from './wire/json.ts'

/** One question to Booking Management. `body`: understood, errors and all; HTTP 200 says nothing about success there.
 *  `failed`: no body that can be believed. */
export type BookingReply =
  | { readonly kind: 'body'; readonly body: JsonObject; readonly faults: readonly Fault[] }
  | { readonly kind: 'failed'; readonly fault: Fault }

export async function askBooking(
  method: string,
  request: JsonObject,
  call: Call,
  client: SabreClient,
): Promise<BookingReply> {
  const reply = await client.post(`/v1/trip/orders/${method}`, request, call)
  if (reply.kind === 'failed') return reply
  try {
    const body = parseJson(reply.bytes)
    if (!isObject(body)) throw new WireError('no JSON object', 'byte 0')
    const faults = bookingErrors(body)
    if (reply.status === 200 || faults.length > 0) return { kind: 'body', body, faults }
    return { kind: 'failed', fault: faultOf(reply) }
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    if (reply.status !== 200) return { kind: 'failed', fault: faultOf(reply) }
    const text = `Sabre's reply cannot be read: ${error.message}`
    return { kind: 'failed', fault: fault('malformed-reply', text, { mayHaveBooked: true }) }
  }
}
