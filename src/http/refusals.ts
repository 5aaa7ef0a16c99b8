import { problems, problemType } from '../core/problem.ts'
import { overloadedDetail, retryAfterSeconds } from './admission.ts'
import type { RateVerdict } from './rate-limits.ts'
import { reply } from './reply.ts'

/** Refusals that must cost next to nothing: no error object with its stack, and a body of which only address and request id are
 *  still to be written. */
export function refuseOverload(path: string, requestId: string): Response {
  const headers = { 'content-type': problemType, 'retry-after': String(retryAfterSeconds) }
  return reply({ requestId }, problems.overloaded.status, overloaded(path, requestId), headers)
}

export function refuseRate(path: string, requestId: string, rate: RateVerdict): Response {
  const headers = { 'content-type': problemType, 'retry-after': String(rate.retryAfterSeconds) }
  return reply({ requestId, rate }, problems['rate-limited'].status, rateLimited(path, requestId), headers)
}

const overloaded = bodyOf('overloaded', overloadedDetail)
const rateLimited = bodyOf(
  'rate-limited',
  'this key or address has asked as often as it may for now; ratelimit-policy says how often',
)

function bodyOf(type: 'overloaded' | 'rate-limited', detail: string): (path: string, requestId: string) => string {
  const { title, status, retry } = problems[type]
  const start = JSON.stringify({ type: `/problems/${type}`, title, status, detail, retry }).slice(0, -1)
  // a request id needs no escaping (app.ts); a path may
  return (path, requestId) => `${start},"instance":${JSON.stringify(path)},"requestId":"${requestId}"}`
}
