import type { Money } from '../../../core/money.ts'
import { zero } from '../../../core/money.ts'
import type { WireFault } from '../faults.ts'
import { readMessage } from './air-content.ts'
import type { RefundBundle } from './documents.ts'
import { type ElectronicTicket, readElectronicTicket } from './electronic-ticket.ts'
import { flag, given, type Reply } from './reply.ts'

/** What the document services answer: AirTicketing, AirVoidDocument, AirRefundQuote, AirRefund, and the cancelling and
 *  searching of records. */

export type TicketingReply = {
  readonly tickets: readonly ElectronicTicket[]
  /** HTTP 200 all the same. */
  readonly failures: readonly WireFault[]
  /** The price or the flights are not those that were stored. */
  readonly changed: boolean
}

/** Also AirRetrieveDocument and AirRefund, which list tickets and failures alike. */
export function readTicketingReply(reply: Reply): TicketingReply {
  const { scanner } = reply
  const depth = scanner.depth
  const tickets: ElectronicTicket[] = []
  const failures: WireFault[] = []
  let changed = false
  while (scanner.child(depth)) {
    switch (scanner.name) {
      case 'ResponseMessage':
        readMessage(reply)
        break
      case 'ETR':
        tickets.push(readElectronicTicket(reply))
        break
      case 'TicketFailureInfo':
      case 'RefundFailureInfo':
      case 'DocumentFailureInfo':
        failures.push(readFailure(reply))
        break
      case 'AirSolutionChangedInfo':
        changed = true
        break
    }
  }
  return { tickets, failures, changed }
}

function readFailure(reply: Reply): WireFault {
  const at = reply.scanner.attributes
  return { code: at.find('Code') ?? '', faultCode: '', service: reply.scanner.name, text: at.find('Message') ?? '' }
}

export type VoidResult = { readonly number: string; readonly done: boolean; readonly remark: string }

export function readVoidReply(reply: Reply): readonly VoidResult[] {
  const { scanner } = reply
  const depth = scanner.depth
  const results: VoidResult[] = []
  while (scanner.child(depth)) {
    if (scanner.name === 'ResponseMessage') readMessage(reply)
    else if (scanner.name === 'VoidResultInfo') results.push(readVoidResult(reply))
  }
  return results
}

function readVoidResult(reply: Reply): VoidResult {
  const { scanner } = reply
  const depth = scanner.depth
  const number = scanner.attribute('DocumentNumber') ?? ''
  const done = /^success/i.test(scanner.attribute('ResultType') ?? '')
  let remark = ''
  while (scanner.child(depth)) if (scanner.name === 'FailureRemark') remark = scanner.elementText().trim()
  return { number, done, remark }
}

export function readRefundQuote(reply: Reply): readonly RefundBundle[] {
  const { scanner } = reply
  const depth = scanner.depth
  const bundles: RefundBundle[] = []
  while (scanner.child(depth)) {
    if (scanner.name === 'ResponseMessage') readMessage(reply)
    else if (scanner.name === 'AirRefundBundle') {
      const bundle = readRefundBundle(reply)
      if (bundle) bundles.push(bundle)
    }
  }
  return bundles
}

/** Undefined where it names no ticket or no amount. */
function readRefundBundle(reply: Reply): RefundBundle | undefined {
  const { scanner } = reply
  const depth = scanner.depth
  const ticket = scanner.attribute('TicketNumber') ?? ''
  let refund: Money | undefined
  let penalty: Money | undefined
  let surname = ''
  let givenNames = ''
  const taxes: { readonly code: string; readonly amount: Money }[] = []
  while (scanner.child(depth)) {
    if (scanner.name === 'AirRefundInfo') {
      refund = reply.money(scanner.attribute('RefundAmount'))
      penalty = reply.money(scanner.attribute('RefundFee') ?? scanner.attribute('ForfeitAmount'))
    } else if (scanner.name === 'Name') {
      surname = scanner.attribute('Last') ?? ''
      givenNames = scanner.attribute('First') ?? ''
    } else if (scanner.name === 'TaxInfo') {
      const amount = reply.money(scanner.attribute('Amount'))
      if (amount) taxes.push({ code: scanner.attribute('Category') ?? '', amount })
    }
  }
  if (ticket === '' || !refund) {
    reply.warn('refund', `AirRefundBundle ${ticket}`, 'it names no ticket or no amount')
    return undefined
  }
  return { ticket, refund, penalty: penalty ?? zero(refund.currency), taxes, surname, givenNames }
}

export type CancelResult = { readonly locator: string; readonly cancelled: boolean; readonly text: string }

export function readCancelReply(reply: Reply): readonly CancelResult[] {
  const { scanner } = reply
  const depth = scanner.depth
  const results: CancelResult[] = []
  while (scanner.child(depth)) {
    if (scanner.name === 'ResponseMessage') readMessage(reply)
    else if (scanner.name === 'ProviderReservationStatus') results.push(readCancelResult(reply))
  }
  return results
}

function readCancelResult(reply: Reply): CancelResult {
  const { scanner } = reply
  const depth = scanner.depth
  const locator = scanner.attribute('LocatorCode') ?? ''
  const cancelled = flag(scanner.attribute('Cancelled')) ?? false
  let text = ''
  while (scanner.child(depth)) if (scanner.name === 'CancelInfo') text = scanner.elementText().trim()
  return { locator, cancelled, text }
}

export type FoundRecord = {
  readonly universalLocator: string
  /** As on the wire; dates, with or without time. */
  readonly createdDate: string | null
  readonly travelDate: string | null
}

export type SearchedRecords = { readonly records: readonly FoundRecord[]; readonly more: boolean }

export function readRecordSearch(reply: Reply): SearchedRecords {
  const { scanner } = reply
  const depth = scanner.depth
  const more = flag(scanner.attribute('MoreResults')) ?? false
  const records: FoundRecord[] = []
  while (scanner.child(depth)) {
    if (scanner.name === 'ResponseMessage') readMessage(reply)
    else if (scanner.name === 'UniversalRecordSearchResult') {
      const universalLocator = scanner.attribute('UniversalRecordLocatorCode') ?? ''
      const createdDate = given(scanner.attribute('CreatedDate'))
      const travelDate = given(scanner.attribute('EarliestTravelDate'))
      if (universalLocator !== '') records.push({ universalLocator, createdDate, travelDate })
    }
  }
  return { records, more }
}
