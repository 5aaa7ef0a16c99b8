import type { SimulatorReply } from '../../sandbox/serve.ts'
import type { WorldView } from '../../sandbox/world.ts'
import { office, type Records } from './simulator-records.ts'
import type { ReplyHead } from './wire/envelope.ts'
import { encodeFault } from './wire/write-documents.ts'

/** What every message is answered with. */
export type Counter = {
  readonly view: WorldView
  readonly records: Records
  readonly nowMs: number
  readonly head: ReplyHead
}

export function xml(body: string, status = 200): SimulatorReply {
  return { status, headers: { 'content-type': 'text/xml; charset=UTF-8' }, body }
}

export type SimulatedFault = Parameters<typeof encodeFault>[0]

export function refuse(head: ReplyHead, fault: SimulatedFault): SimulatorReply {
  return xml(encodeFault(fault, head), 500)
}

function business(code: string, service: string, text: string, description = text): SimulatedFault {
  return { faultCode: 'Server.Business', text, code, service, description }
}

export const faults = {
  noSolutions: business('2602', 'LFSSVC', 'No Solutions in the response.'),
  noFare: business('3000', 'AIRSVC', 'NO VALID FARE FOR INPUT CRITERIA', 'General air service Error.'),
  noAvailability: business('3037', 'AIRSVC', 'UNABLE TO FARE QUOTE', 'No availability on chosen flights.'),
  immediateTicketing: business(
    '3000',
    'AIRSVC',
    'IMMEDIATE TICKETING REQUIRED FOR THIS FARE',
    'General air service Error.',
  ),
  notFound: business('3100', 'URSVC', 'UNABLE TO RETRIEVE - RECORD LOCATOR NOT FOUND'),
  versionMismatch: business('3102', 'URSVC', 'The record was changed since that version.'),
  noAgreement: {
    ...business('345', 'SYSTEM', `NO AGREEMENT EXISTS FOR AGENCY - ${office.code}`, 'No Agreement Exists'),
    faultCode: 'Server.Security',
  },
  systemError: { ...business('5000', 'SYSTEM', 'System error'), faultCode: 'Server.System' },
  refused: (text: string): SimulatedFault =>
    business('3000', 'AIRSVC', text.toUpperCase(), 'General air service Error.'),
  invalid: (text: string): SimulatedFault => ({
    ...business('3003', 'AIRSVC', text),
    faultCode: 'Server.ValidationException',
  }),
  unknownMessage: (name: string): SimulatedFault => ({
    ...business('3003', 'SYSTEM', `${name} is not known to this service`),
    faultCode: 'Server.ValidationException',
  }),
} as const
