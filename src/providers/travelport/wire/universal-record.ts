import { type PricingInfo, readPricingInfo } from './pricing.ts'
import { given, type Reply } from './reply.ts'
import { readAirSegment, type WireSegment } from './segments.ts'

/** `universal:UniversalRecord` as it stands. */
export type UniversalRecord = {
  readonly locator: string
  readonly version: string
  readonly status: string
  readonly travellers: readonly WireTraveller[]
  readonly providers: readonly { readonly code: string; readonly locator: string }[]
  readonly suppliers: readonly { readonly code: string; readonly locator: string }[]
  readonly airLocators: readonly string[]
  readonly segments: readonly WireSegment[]
  readonly infos: readonly PricingInfo[]
  readonly tickets: readonly WireTicket[]
  readonly ticketDates: readonly string[]
  readonly remarks: readonly string[]
  readonly airlineRemarks: readonly WireAirlineRemark[]
  readonly platingCarrier: string | null
}

/** `createdAt`: with its offset. */
export type WireAirlineRemark = { readonly carrier: string; readonly text: string; readonly createdAt: string | null }

export type WireTraveller = {
  readonly key: string
  readonly code: string | null
  readonly first: string
  readonly last: string
  /** `0749902930648C1`: tickets as the airline knows them. */
  readonly ticketTexts: readonly string[]
}

export type WireTicket = {
  readonly number: string
  readonly status: string
  readonly travellerRef: string | null
  /** With the offset of the office that issued it, whose day it is that a void must fall in. */
  readonly issuedAt: string | null
  readonly surname: string
  readonly givenNames: string
}

/** How our booking reference is written into a record, and found again. */
export function referenceRemark(reference: string): string {
  return `FARELOOM REF ${reference}`
}

export function referenceIn(remarks: readonly string[]): string | null {
  for (const remark of remarks) {
    const match = /^FARELOOM REF ([A-Z0-9-]{1,40})$/.exec(remark.trim())
    if (match) return match[1]!
  }
  return null
}

type Draft = {
  readonly travellers: WireTraveller[]
  readonly providers: { readonly code: string; readonly locator: string }[]
  readonly suppliers: { readonly code: string; readonly locator: string }[]
  readonly airLocators: string[]
  readonly segments: WireSegment[]
  readonly infos: PricingInfo[]
  readonly tickets: WireTicket[]
  readonly ticketDates: string[]
  readonly remarks: string[]
  readonly airlineRemarks: WireAirlineRemark[]
  platingCarrier: string | null
}

export function readUniversalRecord(reply: Reply): UniversalRecord {
  const { scanner } = reply
  const depth = scanner.depth
  const locator = scanner.attribute('LocatorCode') ?? ''
  const version = scanner.attribute('Version') ?? '0'
  const status = scanner.attribute('Status') ?? ''
  const draft: Draft = {
    travellers: [],
    providers: [],
    suppliers: [],
    airLocators: [],
    segments: [],
    infos: [],
    tickets: [],
    ticketDates: [],
    remarks: [],
    airlineRemarks: [],
    platingCarrier: null,
  }
  while (scanner.child(depth)) readRecordPart(reply, draft)
  return {
    locator,
    version,
    status,
    travellers: draft.travellers,
    providers: draft.providers,
    suppliers: draft.suppliers,
    airLocators: draft.airLocators,
    segments: draft.segments,
    infos: draft.infos,
    tickets: draft.tickets,
    ticketDates: draft.ticketDates,
    remarks: draft.remarks,
    airlineRemarks: draft.airlineRemarks,
    platingCarrier: draft.platingCarrier,
  }
}

function readRecordPart(reply: Reply, draft: Draft): void {
  const { scanner } = reply
  switch (scanner.name) {
    case 'BookingTraveler':
      draft.travellers.push(readTraveller(reply))
      break
    case 'ProviderReservationInfo': {
      const locator = given(scanner.attribute('LocatorCode'))
      if (locator !== null) draft.providers.push({ code: scanner.attribute('ProviderCode') ?? '', locator })
      break
    }
    case 'ActionStatus': {
      const date = scanner.attribute('TicketDate')
      if (date && /^(TAW|TAU|TTL|TAX)/.test(scanner.attribute('Type') ?? '')) draft.ticketDates.push(date)
      break
    }
    case 'GeneralRemark':
      readRemark(reply, draft)
      break
    case 'SSR':
      readSsr(reply, draft)
      break
    case 'AirReservation':
      readAirReservation(reply, draft)
      break
    case 'HotelReservation':
    case 'VehicleReservation':
    case 'RailReservation':
    case 'CruiseReservation':
      leaveOut(reply, scanner.attribute('LocatorCode'))
      break
    case 'PassiveReservation':
      readPassive(reply)
      break
  }
}

/** An order holds flights: what else was booked with them is told, not dropped in silence. */
function leaveOut(reply: Reply, key: string | undefined): void {
  const at = `UniversalRecord/${reply.scanner.name} ${key ?? ''}`
  reply.warn('no-flight', at.trim(), 'left out of the order: it is no flight')
}

function readPassive(reply: Reply): void {
  const { scanner } = reply
  const depth = scanner.depth
  while (scanner.child(depth)) if (scanner.name === 'PassiveSegment') leaveOut(reply, scanner.attribute('Key'))
}

function readRemark(reply: Reply, draft: Draft): void {
  const { scanner } = reply
  const depth = scanner.depth
  const carrier = scanner.attribute('Direction') === 'Incoming' ? given(scanner.attribute('SupplierCode')) : null
  const createdAt = given(scanner.attribute('CreateDate'))
  while (scanner.child(depth)) {
    if (scanner.name !== 'RemarkData') continue
    const text = scanner.elementText().trim()
    if (carrier === null) draft.remarks.push(text)
    else draft.airlineRemarks.push({ carrier, text, createdAt })
  }
}

/** In which airlines say by when they want a ticket. */
const remarkTypes: ReadonlySet<string> = new Set(['ADTK', 'ADMD', 'ADPI', 'OTHS'])

function readSsr({ scanner }: Reply, draft: Pick<Draft, 'airlineRemarks'>): void {
  const carrier = given(scanner.attribute('Carrier'))
  const text = given(scanner.attribute('FreeText'))
  if (carrier === null || text === null || !remarkTypes.has(scanner.attribute('Type') ?? '')) return
  draft.airlineRemarks.push({ carrier, text, createdAt: null })
}

export function readTraveller(reply: Reply): WireTraveller {
  const { scanner } = reply
  const depth = scanner.depth
  const key = scanner.attribute('Key') ?? ''
  const code = given(scanner.attribute('TravelerType'))
  let first = ''
  let last = ''
  const ticketTexts: string[] = []
  while (scanner.child(depth)) {
    if (scanner.name === 'BookingTravelerName') {
      const middle = scanner.attribute('Middle')
      first = [scanner.attribute('First') ?? '', middle ?? ''].join(' ').trim()
      last = scanner.attribute('Last') ?? ''
    } else if (scanner.name === 'SSR' && scanner.attribute('Type') === 'TKNE') {
      ticketTexts.push(scanner.attribute('FreeText') ?? '')
    }
  }
  return { key, code, first, last, ticketTexts }
}

function readAirReservation(reply: Reply, draft: Draft): void {
  const { scanner } = reply
  const depth = scanner.depth
  const locator = given(scanner.attribute('LocatorCode'))
  if (locator !== null) draft.airLocators.push(locator)
  while (scanner.child(depth)) {
    switch (scanner.name) {
      case 'SupplierLocator':
        draft.suppliers.push({
          code: scanner.attribute('SupplierCode') ?? '',
          locator: scanner.attribute('SupplierLocatorCode') ?? '',
        })
        break
      case 'DocumentInfo':
        readDocuments(reply, draft)
        break
      case 'AirSegment':
        draft.segments.push(readAirSegment(reply))
        break
      case 'AirPricingInfo':
        draft.infos.push(readPricingInfo(reply))
        break
      case 'TicketingModifiers':
        draft.platingCarrier ??= given(scanner.attribute('PlatingCarrier'))
        break
      case 'GeneralRemark':
        readRemark(reply, draft)
        break
      case 'SSR':
        readSsr(reply, draft)
        break
    }
  }
}

function readDocuments(reply: Reply, draft: Draft): void {
  const { scanner } = reply
  const depth = scanner.depth
  while (scanner.child(depth)) {
    if (scanner.name === 'TicketInfo') readTicketInfo(reply, draft)
  }
}

function readTicketInfo(reply: Reply, draft: Draft): void {
  const { scanner } = reply
  const depth = scanner.depth
  const number = scanner.attribute('Number') ?? ''
  const status = scanner.attribute('Status') ?? ''
  const travellerRef = given(scanner.attribute('BookingTravelerRef'))
  const issuedAt = given(scanner.attribute('TicketIssueDate'))
  const conjunctions: { readonly number: string; readonly status: string }[] = []
  let surname = ''
  let givenNames = ''
  while (scanner.child(depth)) {
    if (scanner.name === 'Name') {
      surname = scanner.attribute('Last') ?? ''
      givenNames = scanner.attribute('First') ?? ''
    } else if (scanner.name === 'ConjunctedTicketInfo') {
      conjunctions.push({
        number: scanner.attribute('Number') ?? '',
        status: given(scanner.attribute('Status')) ?? status,
      })
    }
  }
  for (const one of [{ number, status }, ...conjunctions]) {
    draft.tickets.push({ number: one.number, status: one.status, travellerRef, issuedAt, surname, givenNames })
  }
}
