import type { SupplierOffer } from '../../../core/offer.ts'
import type { DocumentStatus } from '../../../core/order.ts'
import { attributes, element, escapeText, textElement } from '../../../core/xml/write.ts'
import { message, type ReplyHead, type ResponseMessage, replyValues } from './envelope.ts'
import { referenceRemark } from './universal-record.ts'
import {
  airSegment,
  type PlacedSegment,
  type PriceFacts,
  pricingInfos,
  responseMessages,
  segmentsOf,
  solutionChanged,
} from './write-price.ts'
import { wireInstant } from './write-pricing.ts'

/** A universal record as it is kept: what AirCreateReservation and its relatives answer. */
export type RecordToWrite = {
  readonly universalLocator: string
  readonly version: number
  readonly cancelled: boolean
  readonly providerLocator: string
  readonly airLocator: string
  /** Z */
  readonly createdAt: string
  readonly officeCode: string
  readonly reference: string | null
  /** As booked. */
  readonly offer: SupplierOffer
  readonly travellers: readonly RecordTraveller[]
  readonly suppliers: readonly { readonly carrier: string; readonly locator: string }[]
  /** Of the office, with its offset. */
  readonly ticketDate: string
  readonly hold: boolean
  readonly tickets: readonly RecordTicket[]
  /** Segments of the offer that were not sold, by id: they are not in the record. */
  readonly unsold: ReadonlySet<string>
}

export type RecordTraveller = {
  readonly key: string
  readonly code: string
  readonly first: string
  readonly last: string
  readonly birthDate: string | null
  readonly gender: string | null
  readonly age: number | null
}

export type RecordTicket = {
  readonly number: string
  readonly travellerKey: string
  readonly status: DocumentStatus
  /** Of the office, with its offset. */
  readonly issuedAt: string
}

export function encodeChangedReply(offer: SupplierOffer, facts: PriceFacts, head: ReplyHead): string {
  return message('univ:AirCreateReservationRsp', replyValues(head), solutionChanged(offer, facts))
}

export type RecordMessage = 'AirCreateReservationRsp' | 'UniversalRecordRetrieveRsp' | 'UniversalRecordImportRsp'

export function encodeRecordReply(
  name: RecordMessage,
  record: RecordToWrite,
  head: ReplyHead,
  more: { readonly messages?: readonly ResponseMessage[]; readonly after?: string } = {},
): string {
  const content = responseMessages(more.messages ?? []) + universalRecord(record) + (more.after ?? '')
  return message(`univ:${name}`, replyValues(head), content)
}

/** Beside a record: which flights the host did not sell. */
export function sellFailure(segments: readonly PlacedSegment[]): string {
  const errors = segments.map(one =>
    element(
      'air:AirSegmentError',
      {},
      airSegment(one, { Key: one.segment.id, Status: 'UC' }) + textElement('air:ErrorMessage', '*0 AVAIL/WL CLOSED*'),
    ),
  )
  return element('air:AirSegmentSellFailureInfo', {}, errors.join(''))
}

function universalRecord(record: RecordToWrite): string {
  const status = record.cancelled ? 'Canceled' : 'Active'
  const values = { LocatorCode: record.universalLocator, Version: record.version, Status: status }
  const content =
    record.travellers.map(traveller).join('') +
    actionStatus(record) +
    providerInfo(record) +
    airReservation(record) +
    remark(record) +
    element(
      'com:AgencyInfo',
      {},
      element('com:AgentAction', {
        ActionType: 'Created',
        AgentCode: 'UAPI',
        BranchCode: record.officeCode,
        AgencyCode: 'S0000001',
        EventTime: record.createdAt,
      }),
    )
  return `<univ:UniversalRecord${attributes(values)}>${content}</univ:UniversalRecord>`
}

function traveller(one: RecordTraveller): string {
  return element(
    'com:BookingTraveler',
    { Key: one.key, TravelerType: one.code, Age: one.age, DOB: one.birthDate, Gender: one.gender },
    element('com:BookingTravelerName', { First: one.first, Last: one.last }),
  )
}

function actionStatus(record: RecordToWrite): string {
  const held = record.hold && record.tickets.length === 0
  return element('com:ActionStatus', {
    Type: held ? 'TAU' : 'ACTIVE',
    TicketDate: held ? record.ticketDate : undefined,
    Key: 'action1',
    ProviderReservationInfoRef: 'host1',
    ProviderCode: '1G',
    PseudoCityCode: record.officeCode,
  })
}

function providerInfo(record: RecordToWrite): string {
  return element('univ:ProviderReservationInfo', {
    Key: 'host1',
    ProviderCode: '1G',
    LocatorCode: record.providerLocator,
    CreateDate: wireInstant(record.createdAt),
    ModifiedDate: wireInstant(record.createdAt),
    HostCreateDate: record.createdAt.slice(0, 10),
    OwningPCC: record.officeCode,
  })
}

function airReservation(record: RecordToWrite): string {
  const suppliers = record.suppliers.map(({ carrier, locator }) =>
    element('com:SupplierLocator', {
      SupplierCode: carrier,
      SupplierLocatorCode: locator,
      ProviderReservationInfoRef: 'host1',
      CreateDateTime: wireInstant(record.createdAt),
    }),
  )
  const names = record.travellers.map(one => element('com:BookingTravelerRef', { Key: one.key }))
  const kept = segmentsOf(record.offer).filter(one => !record.unsold.has(one.segment.id))
  const segments = kept.map((one, index) =>
    airSegment(one, {
      Key: one.segment.id,
      Status: record.cancelled ? 'XX' : 'HK',
      ProviderReservationInfoRef: 'host1',
      TravelOrder: index + 1,
      ProviderSegmentOrder: index + 1,
    }),
  )
  const values = { LocatorCode: record.airLocator, CreateDate: record.createdAt, ModifiedDate: record.createdAt }
  return element(
    'air:AirReservation',
    values,
    suppliers.join('') +
      documentInfo(record) +
      names.join('') +
      element('com:ProviderReservationInfoRef', { Key: 'host1' }) +
      segments.join('') +
      storedFares(record) +
      element(
        'air:TicketingModifiers',
        { PlatingCarrier: record.offer.validatingCarrier, Key: 'modifiers1' },
        element('air:DocumentSelect', { IssueElectronicTicket: true }),
      ),
  )
}

/** A fare that lacks flights is not stored. */
function storedFares(record: RecordToWrite): string {
  if (record.unsold.size > 0) return ''
  const ages = new Map(record.travellers.map(one => [one.key, one.age]))
  const ticketed = record.tickets.some(ticket => ticket.status === 'issued')
  return pricingInfos(
    record.offer,
    { effectiveDate: wireInstant(record.createdAt), ages, hostToken: null },
    {
      prefix: 'stored',
      values: {
        ProviderReservationInfoRef: 'host1',
        AirPricingInfoGroup: 1,
        Ticketed: ticketed,
        PricingType: 'StoredFare',
      },
      after: element('air:TicketingModifiersRef', { Key: 'modifiers1' }),
    },
  ).join('')
}

function documentInfo(record: RecordToWrite): string {
  if (record.tickets.length === 0) return ''
  const infos = record.travellers.flatMap(one => {
    const own = record.tickets.filter(ticket => ticket.travellerKey === one.key)
    return own.length === 0 ? [] : [ticketInfo(record, one, own)]
  })
  return element('air:DocumentInfo', {}, infos.join(''))
}

/** More than four coupons go on: conjunction tickets stand inside the first. */
function ticketInfo(record: RecordToWrite, one: RecordTraveller, tickets: readonly RecordTicket[]): string {
  const [first, ...others] = tickets as readonly [RecordTicket, ...RecordTicket[]]
  const conjunctions = others.map(ticket =>
    element('air:ConjunctedTicketInfo', {
      Number: ticket.number,
      TicketIssueDate: ticket.issuedAt,
      Status: ticketStatus(ticket.status),
    }),
  )
  const index = record.offer.passengers.findIndex(passengers => passengers.ids.some(id => id === one.key))
  return element(
    'air:TicketInfo',
    {
      Number: first.number,
      TicketIssueDate: first.issuedAt,
      Status: ticketStatus(first.status),
      BookingTravelerRef: one.key,
      AirPricingInfoRef: index < 0 ? undefined : `storedinfo${index + 1}`,
    },
    element('com:Name', { First: one.first, Last: one.last }) + conjunctions.join(''),
  )
}

export function ticketStatus(status: DocumentStatus): string {
  switch (status) {
    case 'issued':
      return 'N'
    case 'void':
      return 'V'
    case 'refunded':
      return 'R'
    case 'exchanged':
      return 'X'
  }
}

function remark({ reference }: RecordToWrite): string {
  if (reference === null) return ''
  return element(
    'com:GeneralRemark',
    { Key: 'remark1', TypeInGds: 'Basic', ProviderReservationInfoRef: 'host1' },
    `<com:RemarkData>${escapeText(referenceRemark(reference))}</com:RemarkData>`,
  )
}
