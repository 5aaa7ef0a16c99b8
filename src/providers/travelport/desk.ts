import type { Clock } from '../../core/clock.ts'
import { type Fault, fault } from '../../core/fault.ts'
import type { Log } from '../../core/log.ts'
import { freeReply } from '../../core/reply-memory.ts'
import { WireError } from '../../core/wire-error.ts'
import type { Call } from '../port.ts'
import type { Client, Service } from './client.ts'
import { toFault } from './faults.ts'
import type { RequestHead } from './wire/envelope.ts'
import { Reply } from './wire/reply.ts'
import { closeMessage, openMessage, readFault } from './wire/soap.ts'

/** What every operation works with. */
export type Desk = {
  readonly client: Client
  readonly targetBranch: string
  readonly clock: Clock
  readonly log: Log
}

export type Question<T> = {
  readonly service: Service
  readonly body: string
  /** Local name of the reply. */
  readonly expects: string
  /** Whether asking may change something there: then a lost answer proves nothing. */
  readonly changes: boolean
  read(reply: Reply, bytes: Uint8Array): T | Promise<T>
}

export type Told<T> =
  | { readonly kind: 'told'; readonly value: T; readonly reply: Reply }
  | { readonly kind: 'fault'; readonly fault: Fault }

export function headOf(desk: Desk, call: Call): RequestHead {
  return { targetBranch: desk.targetBranch, traceId: call.requestId }
}

/** One request and what it came to: the expected reply, or a fault of ours or theirs. */
export async function ask<T>(desk: Desk, question: Question<T>, call: Call): Promise<Told<T>> {
  const answer = await desk.client.send(question.service, question.body, call)
  if (answer.kind === 'failed')
    return { kind: 'fault', fault: { ...answer.fault, mayHaveBooked: question.changes && answer.fault.mayHaveBooked } }
  try {
    return await understand(question, answer.bytes)
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    desk.log.warn({ provider: 'travelport', reason: error.reason, at: error.at }, 'a reply was not understood')
    const text = `the reply cannot be understood: ${error.reason} at ${error.at}`
    return { kind: 'fault', fault: fault('malformed-reply', text, { mayHaveBooked: question.changes }) }
  }
}

async function understand<T>(question: Question<T>, bytes: Uint8Array): Promise<Told<T>> {
  const reply = new Reply(bytes)
  const message = openMessage(reply)
  if (message === 'Fault') {
    const wire = readFault(reply)
    closeMessage(reply)
    return { kind: 'fault', fault: toFault(wire, question.changes) }
  }
  if (message !== question.expects) reply.scanner.fail(`${question.expects} was expected, not ${message}`)
  const value = await question.read(reply, bytes)
  closeMessage(reply)
  freeReply(bytes)
  return { kind: 'told', value, reply }
}
