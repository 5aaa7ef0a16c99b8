import { randomText } from '../../core/ids.ts'
import type { SimulatorReply, SimulatorRequest } from '../../sandbox/serve.ts'
import { encodeErrors, type WireError } from './wire/errors.ts'
import { encodeData, encodePage } from './wire/envelope.ts'
import { BadField } from './wire/search.ts'
import type { JsonObject } from './wire/read.ts'

/** Bodies, headers and errors that every call of the simulator shares. */

const requestIdCharacters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

export function ok(status: 200 | 201, data: unknown, effect?: SimulatorReply['effect']): SimulatorReply {
  return reply(status, encodeData(data), newRequestId(), effect)
}

function reply(status: number, body: JsonObject, requestId: string, effect?: SimulatorReply['effect']): SimulatorReply {
  const headers = { 'content-type': 'application/json; charset=utf-8', 'x-request-id': requestId }
  const plain = { status, headers, body: JSON.stringify(body) }
  return effect === undefined ? plain : { ...plain, effect }
}

function newRequestId(): string {
  return randomText(20, requestIdCharacters)
}

export type Complaint = WireError & { readonly status: number }

export function fail(complaint: Complaint): SimulatorReply {
  const { status, ...error } = complaint
  const requestId = newRequestId()
  return reply(status, encodeErrors([error], { status, requestId }), requestId)
}

function complaint(status: number, type: string, code: string, title: string, message: string): Complaint {
  return { status, type, code, title, message }
}

export const invalidRequest = (status: number, code: string, title: string, message: string): Complaint =>
  complaint(status, 'invalid_request_error', code, title, message)
export const invalidState = (code: string, title: string, message: string): Complaint =>
  complaint(422, 'invalid_state_error', code, title, message)
export const airlineError = (status: number, code: string, title: string, message: string): Complaint =>
  complaint(status, 'airline_error', code, title, message)
export const apiError = (status: number, code: string, title: string, message: string): Complaint =>
  complaint(status, 'api_error', code, title, message)

export const notFound = invalidRequest(
  404,
  'not_found',
  'Not found',
  'The resource you are trying to access is not there',
)

export const soldOut = airlineError(
  422,
  'offer_no_longer_available',
  'Requested offer is no longer available',
  'The airline has no seats left in this fare, please select another offer',
)

export const offerGone = airlineError(
  422,
  'offer_no_longer_available',
  'Requested offer is no longer available',
  'The provided offer is no longer available, please select another offer or create a new offer request',
)

export function badField(error: BadField): Complaint {
  const field = error.pointer.split('/').at(-1) ?? ''
  const type = error.code === 'missing_data_param' ? 'invalid_request_error' : 'validation_error'
  return {
    status: type === 'validation_error' ? 422 : 400,
    type,
    code: error.code,
    title: error.code === 'validation_required' ? 'Required field' : 'Invalid field',
    message: error.message,
    ...(type === 'validation_error' ? { source: { pointer: error.pointer, field } } : {}),
  }
}

export function authenticationError(code: string, message: string): Complaint {
  return complaint(401, 'authentication_error', code, 'Access token refused', message)
}

/** The date on which one may ask again, in HTTP's form. */
export function tooMany(resetMs: number): SimulatorReply {
  const asked = fail(
    complaint(
      429,
      'rate_limit_error',
      'rate_limit_exceeded',
      'Rate limit exceeded',
      'Too many requests hit the API too quickly. Please retry after the time in the `ratelimit-reset` header.',
    ),
  )
  const limits = { 'ratelimit-limit': '60', 'ratelimit-remaining': '0' }
  return { ...asked, headers: { ...asked.headers, ...limits, 'ratelimit-reset': new Date(resetMs).toUTCString() } }
}

export function bodyOf(request: SimulatorRequest): unknown {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? ''))
    throw new BadField('/data', 'missing_data_param', 'The Content-Type header needs to be set to application/json')
  try {
    return JSON.parse(request.body.toString('utf8')) as unknown
  } catch {
    throw new BadField('/data', 'missing_data_param', 'The request body is no JSON')
  }
}

const pageDefault = 50
const pageMax = 200

/** One page of a list; the cursor names the last entry shown. */
export function pageReply<T>(
  entries: readonly T[],
  query: URLSearchParams,
  entry: { readonly key: (item: T) => string; readonly encode: (item: T) => JsonObject },
): SimulatorReply {
  const limit = Number(query.get('limit') ?? pageDefault)
  if (!Number.isInteger(limit) || limit < 1 || limit > pageMax)
    throw new BadField('/limit', 'validation_inclusion', `Field 'limit' must be between 1 and ${pageMax}`)
  const after = query.get('after')
  const start = after === null ? 0 : entries.findIndex(item => cursorOf(entry.key(item)) === after) + 1
  const shown = entries.slice(start, start + limit)
  const more = start + limit < entries.length
  const data = shown.map(entry.encode)
  const page = {
    limit,
    before: start > 0 && shown[0] !== undefined ? cursorOf(entry.key(shown[0])) : null,
    after: more ? cursorOf(entry.key(shown.at(-1)!)) : null,
  }
  return reply(200, encodePage(data, page), newRequestId())
}

function cursorOf(key: string): string {
  return Buffer.from(key).toString('base64url')
}
