/** What an answer means for the run: served, refused for a reason of the trade, shed, or an error. */
import type { Reply } from './client.ts'

export const operations = ['search', 'page', 'price', 'book'] as const
export type Operation = (typeof operations)[number]

export const outcomeKinds = ['served', 'refused', 'shed', 'error'] as const
export type Outcome = {
  readonly kind: (typeof outcomeKinds)[number]
  /** `201`, `409 sold-out`, `503 overloaded`, `timeout`, `ECONNRESET`. */
  readonly label: string
}

const served: Readonly<Record<Operation, readonly number[]>> = {
  search: [200, 201],
  page: [200],
  price: [200],
  book: [201, 202],
}
/** Answers that an agency must expect: the seat is gone, the offer ended, the card was declined. */
const refusals = [402, 409, 410]
/** A 503 with one of these says that suppliers or a store are away, not that there is too much to do. */
const notShed = ['suppliers-unavailable', 'unavailable']

export function outcomeOf(operation: Operation, reply: Reply): Outcome {
  if (reply.kind === 'none') return { kind: 'error', label: reply.why }
  const { status, text } = reply
  if (served[operation].includes(status)) return checked(operation, status, text)
  const problem = /"type":"\/problems\/([a-z-]+)"/.exec(text.slice(0, headLength))?.[1]
  const label = problem === undefined ? `${status}` : `${status} ${problem}`
  if (status === 429 || (status === 503 && !notShed.includes(problem ?? ''))) return { kind: 'shed', label }
  if (operation !== 'search' && refusals.includes(status)) return { kind: 'refused', label }
  return { kind: 'error', label }
}

/** All that is read of an answer that nobody follows up lies here: parsing 70 kB each would be the generator's whole work. */
const headLength = 4096

function checked(operation: Operation, status: number, text: string): Outcome {
  if (operation === 'search' && searchIdOf(text) === null)
    return { kind: 'error', label: `${status} that is not a search` }
  if (!/\}\s*$/.test(text.slice(-8))) return { kind: 'error', label: `${status} cut off` }
  return { kind: 'served', label: `${status}` }
}

export function searchIdOf(text: string): string | null {
  return /^\s*\{"id":"(src_[a-z0-9]+)"/.exec(text.slice(0, 80))?.[1] ?? null
}

export function cacheStatusOf(text: string): string | null {
  return /"cache":\{"status":"([a-z]+)"/.exec(text.slice(0, headLength))?.[1] ?? null
}

/** `[code, status]` of each supplier that the answer names. */
export function supplierStatusesOf(text: string): readonly (readonly [string, string])[] {
  const start = text.slice(0, headLength).indexOf('"providers":[')
  if (start < 0) return []
  const list = text.slice(start, text.indexOf(']', start))
  return [...list.matchAll(/\{"code":"([^"]+)","status":"([^"]+)"/g)].map(match => [match[1]!, match[2]!] as const)
}
