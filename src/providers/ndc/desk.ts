import type { Clock } from '../../core/clock.ts'
import { type Fault, fault } from '../../core/fault.ts'
import type { Log } from '../../core/log.ts'
import { freeReply } from '../../core/reply-memory.ts'
import { inTurns } from '../../core/turns.ts'
import { WireError } from '../../core/wire-error.ts'
import type { Call } from '../port.ts'
import type { Client } from './client.ts'
import { isPassing, toFault } from './faults.ts'
import type { NdcSettings } from './settings.ts'
import type { RequestHead } from './wire/envelope.ts'
import { type Message, messageSteps } from './wire/message.ts'

/** What every operation works with. */
export type Desk = {
  readonly client: Client
  readonly settings: NdcSettings
  readonly clock: Clock
  readonly log: Log
}

export type Question<T> = {
  /** `AirShopping`, `OrderCreate` …: where it is sent. */
  readonly message: string
  readonly body: string
  /** Ends the name of the reply: `OrderViewRS`. */
  readonly expects: string
  /** Whether asking may change something there: then a lost answer proves nothing. */
  readonly changes: boolean
  read(message: Message): T
}

export type Told<T> =
  | { readonly kind: 'told'; readonly value: T; readonly message: Message }
  /** `passing`: the supplier says to ask again. */
  | { readonly kind: 'fault'; readonly fault: Fault; readonly passing: boolean }

export function headOf({ settings }: Desk, call: Call): RequestHead {
  return { seller: settings.seller, requestId: call.requestId }
}

/** One request and what it came to: the expected reply, or a fault of ours or theirs. */
export async function ask<T>(desk: Desk, question: Question<T>, call: Call): Promise<Told<T>> {
  const answer = await desk.client.send(question.message, question.body, call)
  if (answer.kind === 'failed')
    return faulty({ ...answer.fault, mayHaveBooked: question.changes && answer.fault.mayHaveBooked }, false)
  try {
    return await understand(question, answer.bytes)
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    desk.log.warn({ provider: 'ndc', reason: error.reason, at: error.at }, 'a reply was not understood')
    const text = `the reply cannot be understood: ${error.reason} at ${error.at}`
    return faulty(fault('malformed-reply', text, { mayHaveBooked: question.changes }), false)
  }
}

async function understand<T>(question: Question<T>, bytes: Uint8Array): Promise<Told<T>> {
  const message = await inTurns(messageSteps(bytes))
  freeReply(bytes)
  const [error] = message.errors
  if (error) return faulty(toFault(error, question.changes), isPassing(error))
  if (!message.name.endsWith(question.expects))
    throw new WireError(`${question.expects} was expected, not ${message.name}`, message.name)
  return { kind: 'told', value: question.read(message), message }
}

function faulty(reason: Fault, passing: boolean): Told<never> {
  return { kind: 'fault', fault: reason, passing }
}
