import { type EpochMs, toInstant } from '../core/clock.ts'

/** What others are told. `sequence` is the booking's version, one for what was done at once: a receiver knows by it a status that
 *  comes late. Ids, statuses and times only: who wants more asks for the booking. */
export type Message = {
  /** In the order of writing; the public id is `msg_` and this. */
  readonly id: string
  readonly tenant: string
  readonly bookingId: string
  readonly sequence: number
  readonly type: string
  readonly payload: Readonly<Record<string, unknown>>
  readonly createdAt: EpochMs
}

/** The public form, version 1 (Standard Webhooks: type, timestamp, data). The same bytes at every try. */
export function messageBody({ id, type, createdAt, sequence, payload }: Message): string {
  const { version: _, ...data } = payload
  return JSON.stringify({ id: messageId(id), type, timestamp: toInstant(createdAt), version: 1, sequence, data })
}

export function messageId(id: string): string {
  return `msg_${id}`
}
