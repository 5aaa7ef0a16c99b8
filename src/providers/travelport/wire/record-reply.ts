import type { Fault } from '../../../core/fault.ts'
import { fault } from '../../../core/fault.ts'
import { readMessage } from './air-content.ts'
import type { Reply } from './reply.ts'
import { readSegmentError } from './soap.ts'
import { readUniversalRecord, type UniversalRecord } from './universal-record.ts'

/** AirCreateReservationRsp and every reply with a universal record. */
export type RecordReply = {
  readonly record: UniversalRecord | null
  /** Flights that could not be sold, in words: the record beside them exists and holds the others. */
  readonly sellFailures: readonly string[]
  /** Flights or price are not those of the request. */
  readonly changed: boolean
}

export function readRecordReply(reply: Reply): RecordReply {
  const { scanner } = reply
  const depth = scanner.depth
  let record: UniversalRecord | null = null
  let changed = false
  const sellFailures: string[] = []
  while (scanner.child(depth)) {
    switch (scanner.name) {
      case 'ResponseMessage':
        readMessage(reply)
        break
      case 'UniversalRecord':
        record = readUniversalRecord(reply)
        break
      case 'AirSolutionChangedInfo':
        changed = true
        break
      case 'AirSegmentSellFailureInfo':
        sellFailures.push(...readSellFailures(reply))
        break
      case 'UniversalModifyFailureInfo':
        while (scanner.child(depth + 1)) {
          if (scanner.name === sellFailure) sellFailures.push(...readSellFailures(reply))
        }
        break
    }
  }
  return { record, sellFailures, changed }
}

const sellFailure: string = 'AirSegmentSellFailureInfo'

function readSellFailures(reply: Reply): readonly string[] {
  const { scanner } = reply
  const depth = scanner.depth
  const failures: string[] = []
  while (scanner.child(depth)) if (scanner.name === 'AirSegmentError') failures.push(readSegmentError(reply))
  return failures.length > 0 ? failures : ['a flight could not be sold']
}

/** What a reply without a SOAP fault may refuse all the same; the record, if there is one, stands. */
export function faultsIn(found: RecordReply): readonly Fault[] {
  const mayHaveBooked = found.record !== null
  const faults: Fault[] = []
  if (found.sellFailures.length > 0) {
    const text = `the seats are gone: ${[...new Set(found.sellFailures)].join(', ')}`
    faults.push(fault('sold-out', text.slice(0, 240), { code: '3029', mayHaveBooked }))
  }
  if (found.changed) faults.push(fault('price-changed', 'flights or price changed since the offer', { mayHaveBooked }))
  return faults
}
