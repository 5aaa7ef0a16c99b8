import type { IncomingMessage } from 'node:http'
import { jsonType } from './reply.ts'

/** What a search says of itself that asks for nothing but an answer: no preference, no trace, nothing about caches, encodings or
 *  transfer. */
export type PlainSearch = {
  readonly authorization: string | undefined
  readonly requestId: string | undefined
  readonly forwarded: string | undefined
}

/** The headers that matter; any that is `special`, and any that comes twice, makes a request none of ours. */
type Kind = 'ignored' | 'special' | 'type' | 'length' | 'authorization' | 'requestId' | 'forwarded'

const kinds: Readonly<Record<string, Kind>> = {
  'content-type': 'type',
  'content-length': 'length',
  authorization: 'authorization',
  'x-request-id': 'requestId',
  'x-forwarded-for': 'forwarded',
  'transfer-encoding': 'special',
  'content-encoding': 'special',
  'cache-control': 'special',
  prefer: 'special',
  traceparent: 'special',
  expect: 'special',
}

/** Names as they came: clients write the same ones again and again. */
const known = new Map<string, Kind>()
const knownMax = 1_000

const plainTypes = new Set<string | undefined>(['application/json', jsonType])
/** A longer body is read by whoever checks it. */
const lengthMax = 4_096

/** Undefined: not one. Read off the headers as they came: the object that Node makes of them costs 2 to 4 of some 30 µs. */
export function plainSearchOf({ method, url, rawHeaders }: IncomingMessage, path: string): PlainSearch | undefined {
  if (method !== 'POST' || url !== path) return undefined
  let type: string | undefined
  let length: string | undefined
  let authorization: string | undefined
  let requestId: string | undefined
  let forwarded: string | undefined
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const kind = kindOf(rawHeaders[i]!)
    if (kind === 'ignored') continue
    const value = rawHeaders[i + 1]!
    if (kind === 'type' && type === undefined) type = value
    else if (kind === 'length' && length === undefined) length = value
    else if (kind === 'authorization' && authorization === undefined) authorization = value
    else if (kind === 'requestId' && requestId === undefined) requestId = value
    else if (kind === 'forwarded' && forwarded === undefined) forwarded = value
    else return undefined
  }
  const isPlain = plainTypes.has(type) && length !== undefined && Number(length) <= lengthMax
  return isPlain ? { authorization, requestId, forwarded } : undefined
}

function kindOf(name: string): Kind {
  const kind = known.get(name)
  if (kind !== undefined) return kind
  const lower = name.toLowerCase()
  const found = Object.hasOwn(kinds, lower) ? kinds[lower]! : 'ignored'
  if (known.size < knownMax) known.set(name, found)
  return found
}
