import type { SimulatorReply } from '../../sandbox/serve.ts'
import { encodeErrors, type Issue } from './wire/errors.ts'
import type { Raw } from './wire/read.ts'

/** What the simulator says when it does not do what was asked, in the vendor's words. */

export function unsold({ segmentIndexes }: { readonly segmentIndexes: readonly number[] }): Issue {
  const detail = `Could not sell segment ${(segmentIndexes[0] ?? 0) + 1}`
  return { status: 400, code: 34651, title: 'SEGMENT SELL FAILURE', detail }
}

export function json(status: number, body: Raw): SimulatorReply {
  return { status, headers: { 'content-type': 'application/vnd.amadeus+json' }, body: JSON.stringify(body) }
}

export function fail(issue: Issue): SimulatorReply {
  return json(issue.status, encodeErrors([issue]))
}

export const badClient = {
  error: 'invalid_client',
  error_description: 'Client credentials are invalid',
  code: 38187,
  title: 'Invalid parameters',
}
export const noHeader: Issue = {
  status: 401,
  code: 38191,
  title: 'Invalid HTTP header',
  detail: 'Missing or invalid format for mandatory Authorization header',
}
export const badToken: Issue = {
  status: 401,
  code: 38190,
  title: 'Invalid access token',
  detail: 'The access token provided in the Authorization header is invalid',
}
export const oldToken: Issue = {
  status: 401,
  code: 38192,
  title: 'Access token expired',
  detail: 'The access token is expired',
}
export const tooMany: Issue = {
  status: 429,
  code: 38194,
  title: 'Too many requests',
  detail: 'The network rate limit is exceeded, please try again later',
}
export const noResource: Issue = {
  status: 404,
  code: 38196,
  title: 'Resource not found',
  detail: 'The targeted resource does not exist',
}
export const noOrder: Issue = { status: 404, code: 1797, title: 'NOT FOUND', detail: 'no flight order of that id' }
export const noOffer: Issue = {
  status: 400,
  code: 32171,
  title: 'MANDATORY DATA MISSING',
  detail: 'flightOffers with itineraries, price and travelerPricings, and a traveler for each of these',
  source: { pointer: '/data/flightOffers' },
}
export const noFare: Issue = { status: 400, code: 4926, title: 'INVALID DATA RECEIVED', detail: 'No fare applicable' }
export const noBooking: Issue = { status: 400, code: 34107, title: 'NOT APPLICABLE FARE' }
export const noDelay: Issue = {
  status: 400,
  code: 2668,
  title: 'PARAMETER COMBINATION INVALID/RESTRICTED',
  detail: 'this fare must be paid at once',
  source: { pointer: '/data/ticketingAgreement/option' },
}
export const ticketedAlready: Issue = {
  status: 400,
  code: 4926,
  title: 'INVALID DATA RECEIVED',
  detail: 'The order is ticketed and cannot be cancelled',
}
