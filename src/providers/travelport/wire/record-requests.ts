import type { LocalDate } from '../../../core/itinerary.ts'
import type { XmlElement } from '../../../core/xml/tree.ts'
import { element, textElement } from '../../../core/xml/write.ts'
import { headValues, message, pointOfSale, type RequestHead } from './envelope.ts'
import { integer } from './reply.ts'
import { at } from './requests.ts'

export function encodeRetrieve(universalLocator: string, head: RequestHead): string {
  const content = pointOfSale + textElement('univ:UniversalRecordLocatorCode', universalLocator)
  return message('univ:UniversalRecordRetrieveReq', headValues(head), content)
}

/** By the locator of the host (`1G`), as a PNR made elsewhere is taken over. */
export function encodeImport(providerCode: string, providerLocator: string, head: RequestHead): string {
  const values = { ...headValues(head), ProviderCode: providerCode, ProviderLocatorCode: providerLocator }
  return message('univ:UniversalRecordImportReq', values, pointOfSale)
}

export type RecordSearch = {
  readonly surname: string
  readonly givenNames: string
  readonly departureDate: LocalDate | null
  /** From 1. */
  readonly startFrom: number
}

export const recordsPerPage = 50
/** Of the schema; longer names are searched by their beginning. */
const nameMax = 30

/** Current records of our branch under a name, and a departure. */
export function encodeRecordSearch(search: RecordSearch, head: RequestHead): string {
  const modifiers = element('univ:UniversalRecordSearchModifiers', {
    MaxResults: recordsPerPage,
    StartFromResult: search.startFrom,
    IncludeAllNames: true,
  })
  const name = element('univ:NameCriteria', {
    FirstName: search.givenNames.slice(0, nameMax),
    LastName: search.surname.slice(0, nameMax),
  })
  const date = search.departureDate
  const flight = date === null ? '' : element('univ:DepartureDate', {}, textElement('univ:SpecificDate', date))
  const content =
    pointOfSale +
    modifiers +
    element('univ:TravelerCriteria', {}, name) +
    (flight === '' ? '' : element('univ:AirReservationCriteria', {}, flight))
  return message('univ:UniversalRecordSearchReq', { ...headValues(head), RecordStatus: 'Current' }, content)
}

/** The version is that of the last reply: who changed the record meanwhile is not overwritten. */
export function encodeCancelRecord(universalLocator: string, version: string, head: RequestHead): string {
  const values = { ...headValues(head), UniversalRecordLocatorCode: universalLocator, Version: version }
  return message('univ:UniversalRecordCancelReq', values, pointOfSale)
}

export type RetrieveRequest = { readonly universalLocator: string | null; readonly providerLocator: string | null }

export function decodeRetrieve(request: XmlElement): RetrieveRequest {
  return {
    universalLocator: at(request, 'UniversalRecordLocatorCode')?.text.trim() ?? null,
    providerLocator:
      at(request, 'ProviderReservationInfo')?.attributes.ProviderLocatorCode ??
      request.attributes.ProviderLocatorCode ??
      null,
  }
}

export function decodeRecordSearch(request: XmlElement): RecordSearch & { readonly resultsMax: number } {
  const name = at(request, 'TravelerCriteria', 'NameCriteria')?.attributes
  const modifiers = at(request, 'UniversalRecordSearchModifiers')?.attributes
  return {
    surname: name?.LastName ?? '',
    givenNames: name?.FirstName ?? '',
    departureDate: at(request, 'AirReservationCriteria', 'DepartureDate', 'SpecificDate')?.text.trim() ?? null,
    startFrom: integer(modifiers?.StartFromResult) ?? 1,
    resultsMax: integer(modifiers?.MaxResults) ?? recordsPerPage,
  }
}

export type CancelRecordRequest = { readonly universalLocator: string; readonly version: string }

export function decodeCancelRecord(request: XmlElement): CancelRecordRequest {
  return {
    universalLocator: request.attributes.UniversalRecordLocatorCode ?? '',
    version: request.attributes.Version ?? '',
  }
}
