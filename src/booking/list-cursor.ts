import type { EpochMs } from '../core/clock.ts'
import { type BookingId, type Id, isId } from '../core/ids.ts'
import { ProblemError } from '../core/problem.ts'
import { type BookingStatus, bookingStatuses } from './port.ts'

/** The place after the last booking of a page. It opens nothing: every question names its tenant. */
export type ListCursor = { readonly createdAt: EpochMs; readonly id: BookingId; readonly status: BookingStatus | null }

export function writeCursor({ createdAt, id, status }: ListCursor): string {
  return Buffer.from(JSON.stringify([1, createdAt, id, status])).toString('base64url')
}

/** The place after the last work item of a page. */
export type WorkCursor = { readonly openedAt: EpochMs; readonly id: Id<'wit'>; readonly open: boolean }

export function writeWorkCursor({ openedAt, id, open }: WorkCursor): string {
  return Buffer.from(JSON.stringify([2, openedAt, id, open])).toString('base64url')
}

export function readWorkCursor(text: string): WorkCursor {
  const parts = parse(text)
  if (Array.isArray(parts) && parts.length === 4 && parts[0] === 2) {
    const [, openedAt, id, open] = parts as unknown[]
    if (isMoment(openedAt) && typeof id === 'string' && isId('wit', id) && typeof open === 'boolean')
      return { openedAt, id, open }
  }
  throw broken()
}

export function readCursor(text: string): ListCursor {
  const parts = parse(text)
  if (Array.isArray(parts) && parts.length === 4 && parts[0] === 1) {
    const [, createdAt, id, status] = parts as unknown[]
    const known = status === null || bookingStatuses.includes(status as BookingStatus)
    if (isMoment(createdAt) && typeof id === 'string' && isId('bkg', id) && known)
      return { createdAt, id, status: status as BookingStatus | null }
  }
  throw broken()
}

/** The place after an entry of a booking's audit log. */
export function writeEventCursor(sequence: number): string {
  return Buffer.from(JSON.stringify([3, sequence])).toString('base64url')
}

export function readEventCursor(text: string): number {
  const parts = parse(text)
  if (Array.isArray(parts) && parts.length === 2 && parts[0] === 3) {
    const [, sequence] = parts as unknown[]
    if (Number.isInteger(sequence) && (sequence as number) > 0 && (sequence as number) <= sequenceMax)
      return sequence as number
  }
  throw broken()
}

/** As PostgreSQL's integer has it. */
const sequenceMax = 2 ** 31 - 1

function broken(): ProblemError {
  const error = { pointer: 'query:cursor', code: 'broken-cursor', detail: 'this is no cursor of ours' }
  return new ProblemError('validation', `${error.pointer}: ${error.detail}`, { errors: [error] })
}

/** From 1970 to the end of the year 9999: others are no instant to the database. */
const lastMs = 253_402_300_799_999

function isMoment(value: unknown): value is EpochMs {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= lastMs
}

function parse(text: string): unknown {
  if (text.length > 512) return undefined
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}
