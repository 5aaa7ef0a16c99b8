import type { EpochMs } from '../core/clock.ts'
import type { TenantId } from '../core/tenant.ts'
import type { SearchFrame } from './answers.ts'
import { bytesOf, checkVersion, int32s, pack, unpack } from './codec.ts'
import type { Cursors } from './cursor.ts'
import { type FlightNumbers, flightsOf } from './flight-changes.ts'
import type { ChangeMark, NetSet } from './net-set.ts'
import type { SearchStatus } from './port.ts'
import { ReadyBody, readyBodyOf } from './ready-body.ts'
import { askedAt, type ViewId } from './search-ids.ts'
import type { View } from './view.ts'

/** What a tenant's next search of the same question is answered with, in one read: the encoded body of a view that is there
 *  already, and how long it may be used. */
export type ReadyAnswer = {
  readonly id: ViewId
  readonly tenant: TenantId
  readonly status: SearchStatus
  /** When the suppliers had answered. */
  readonly netAt: EpochMs
  /** Until when it is a hit; from then on the question is asked anew behind it. */
  readonly freshUntil: EpochMs
  readonly usableUntil: EpochMs
  readonly mark: ChangeMark
  /** Of all its offers: when one of them changes it is out of use. */
  readonly flights: FlightNumbers
  readonly body: ReadyBody
}

/** One name for a question and a tenant, made once: looked for with each search. */
export type AnswerKey = `${string} ${TenantId}`

export function answerKey(question: string, tenant: TenantId): AnswerKey {
  return `${question} ${tenant}`
}

/** In use for at most half the view's life, so that whoever is answered with it has the other half to book. */
export function readyAnswerOf(view: View, net: NetSet, cursors: Cursors): ReadyAnswer {
  const { id, tenant, status, netAt, base, expiresAt } = view.head
  return {
    ...{ id, tenant, status, netAt },
    freshUntil: net.freshUntil,
    usableUntil: Math.min(net.reusableUntil, (askedAt(base) + expiresAt) / 2),
    mark: net.mark,
    flights: flightsOf(net.offers),
    body: readyBodyOf(view, cursors),
  }
}

/** The version, the length of the head, the head as msgpack, the body: which so is neither copied nor looked through. */
export function packAnswer({ body, flights, ...rest }: ReadyAnswer): Buffer {
  const { frame, places, bytes } = body
  const head: PackedAnswer = { ...rest, frame, flights: bytesOf(flights), places }
  const packed = pack(head)
  const length = Buffer.allocUnsafe(4)
  length.writeUInt32BE(packed.length)
  return Buffer.concat([packed.subarray(0, 1), length, packed, bytes])
}

export function unpackAnswer(bytes: Buffer<ArrayBuffer>): ReadyAnswer {
  checkVersion(bytes)
  const end = 5 + bytes.readUInt32BE(1)
  const { id, tenant, status, netAt, freshUntil, usableUntil, mark, flights, frame, places } = unpack<PackedAnswer>(
    bytes.subarray(5, end),
  )
  const body = new ReadyBody({ frame, bytes: bytes.subarray(end), places })
  return { id, tenant, status, netAt, freshUntil, usableUntil, mark, flights: int32s(flights), body }
}

type PackedAnswer = Omit<ReadyAnswer, 'body' | 'flights'> & {
  readonly frame: SearchFrame
  readonly flights: Uint8Array
  readonly places: readonly number[]
}
