import type { EpochMs } from '../core/clock.ts'
import { bytesOf, checkVersion, int32s, pack, unpack } from './codec.ts'
import { type FlightNumbers, flightsOf } from './flight-changes.ts'
import type { ChangeMark, NetSet } from './net-set.ts'
import { askedAt } from './search-ids.ts'
import type { View, ViewHead } from './view.ts'

/** What a tenant's next search of the same question is answered with, in one read: the first page of a view that is there
 *  already, and how long it may be used. */
export type ReadyAnswer = {
  readonly head: ViewHead
  readonly page: Buffer
  /** Until when it is a hit; from then on the question is asked anew behind it. */
  readonly freshUntil: EpochMs
  readonly usableUntil: EpochMs
  readonly mark: ChangeMark
  /** Of all its offers: when one of them changes it is out of use. */
  readonly flights: FlightNumbers
}

/** In use for at most half the view's life, so that whoever is answered with it has the other half to book. */
export function readyAnswerOf({ head, firstPage }: View, net: NetSet): ReadyAnswer {
  return {
    head,
    page: firstPage,
    freshUntil: net.freshUntil,
    usableUntil: Math.min(net.reusableUntil, (askedAt(head.base) + head.expiresAt) / 2),
    mark: net.mark,
    flights: flightsOf(net.offers),
  }
}

/** The version, the length of the head, the head as msgpack, the page: which so is neither copied nor looked through. */
export function packAnswer({ page, flights, ...rest }: ReadyAnswer): Buffer {
  const packed = pack({ ...rest, flights: bytesOf(flights) } satisfies PackedAnswer)
  const length = Buffer.allocUnsafe(4)
  length.writeUInt32BE(packed.length)
  return Buffer.concat([packed.subarray(0, 1), length, packed, page])
}

export function unpackAnswer(bytes: Buffer): ReadyAnswer {
  checkVersion(bytes)
  const end = 5 + bytes.readUInt32BE(1)
  const { head, freshUntil, usableUntil, mark, flights } = unpack<PackedAnswer>(bytes.subarray(5, end))
  return { head, page: bytes.subarray(end), freshUntil, usableUntil, mark, flights: int32s(flights) }
}

type PackedAnswer = Omit<ReadyAnswer, 'page' | 'flights'> & { readonly flights: Uint8Array }
