import { isId, type PassengerId } from '../core/ids.ts'
import { findAirline } from '../reference/airlines.ts'
import { findCountry } from '../reference/countries.ts'
import { fitGivenNames, nameLettersMax, ticketName } from './names.ts'
import type { BookingPassenger } from './port.ts'
import type { BookedTraveller } from './private-data.ts'
import { isDate, type Journey } from './travel-dates.ts'

export type Report = (pointer: string, code: string, detail: string) => unknown
type At = (field: string) => string

export function checkNames(passenger: BookingPassenger, at: At, report: Report): void {
  checkName(passenger.surname, at('surname'), report, name => name.length <= nameLettersMax)
  checkName(passenger.givenNames, at('givenNames'), report, name => fitGivenNames(name) !== undefined)
  if (passenger.title !== undefined && !/^\p{L}{1,10}\.?$/u.test(passenger.title))
    report(at('title'), 'not-a-title', 'a title is a word such as MR, MS or DR')
}

/** The value itself is not repeated: problems are logged. */
function checkName(text: string, pointer: string, report: Report, fits: (name: string) => boolean): void {
  const name = ticketName(text)
  if (name === undefined)
    report(pointer, 'not-on-a-ticket', 'a ticket holds letters, hyphens, apostrophes and spaces only')
  else if (name === '') report(pointer, 'required', 'a name has at least one letter')
  else if (!fits(name)) report(pointer, 'name-too-long', `a ticket holds ${nameLettersMax} letters`)
}

type Document = NonNullable<BookingPassenger['document']>

export function checkDocument(document: Document, at: At, journey: Journey, report: Report): void {
  const number = document.number.replace(/[\s-]/g, '')
  if (!/^[0-9A-Za-z]{4,20}$/.test(number))
    report(at('document/number'), 'not-a-document-number', 'a document number has 4 to 20 letters and digits')
  if (!findCountry(document.issuingCountry))
    report(at('document/issuingCountry'), 'unknown-country', 'a country code of two letters, ISO 3166')
  if (!findCountry(document.nationality))
    report(at('document/nationality'), 'unknown-country', 'a country code of two letters, ISO 3166')
  if (!isDate(document.expiryDate)) report(at('document/expiryDate'), 'not-a-date', 'this is no date of the calendar')
  else if (document.expiryDate < journey.lastArrival)
    report(at('document/expiryDate'), 'document-expired', `it must be valid on the last day, ${journey.lastArrival}`)
}

export function checkLoyalty(
  loyalty: { readonly carrier: string; readonly number: string },
  at: At,
  report: Report,
): void {
  if (!findAirline(loyalty.carrier)) report(at('loyalty/carrier'), 'unknown-airline', 'there is no such airline')
  if (!/^[0-9A-Za-z-]{2,30}$/.test(loyalty.number.replaceAll(' ', '')))
    report(at('loyalty/number'), 'not-a-loyalty-number', 'a number has 2 to 30 letters and digits')
}

/** As suppliers get it. For checked passengers; of others the names may be empty. */
export function travellerOf(passenger: BookingPassenger): BookedTraveller {
  const { document, loyalty, adultId } = passenger
  return {
    id: passenger.id as PassengerId,
    type: passenger.type,
    title: passenger.title?.replace('.', '').toUpperCase() ?? null,
    givenNames: fitGivenNames(ticketName(passenger.givenNames) ?? '') ?? '',
    surname: ticketName(passenger.surname) ?? '',
    birthDate: passenger.birthDate,
    gender: passenger.gender ?? null,
    document: document ? { ...document, number: document.number.replace(/[\s-]/g, '').toUpperCase() } : null,
    loyalty: loyalty ? { carrier: loyalty.carrier, number: loyalty.number.replaceAll(' ', '') } : null,
    adultId: adultId !== undefined && isId('pax', adultId) ? adultId : null,
    given: { givenNames: passenger.givenNames, surname: passenger.surname },
  }
}
