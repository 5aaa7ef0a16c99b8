import type { LocalDate } from '../../../core/itinerary.ts'
import type { Contact, Traveller } from '../../../core/order.ts'
import { element } from '../../../core/xml/write.ts'

/** Special service requests (domain.md 4.7). Every booking carries a contact for the airline. */

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']

/** `2026-02-20` is 20FEB26. */
export function ssrDate(date: LocalDate): string {
  return `${date.slice(8, 10)}${months[Number(date.slice(5, 7)) - 1] ?? ''}${date.slice(2, 4)}`
}

function ssr(type: string, freeText: string, carrier: string): string {
  return element('com:SSR', { Type: type, FreeText: freeText, Carrier: carrier, Status: 'HK' })
}

/** Type, issuing country, number, nationality, birth, gender, expiry, surname, given names; without a document the first
 *  four stay empty. Infants have genders of their own. */
export function documentText(traveller: Traveller): string {
  const { document } = traveller
  const gender = `${traveller.gender ?? 'X'}${traveller.type === 'INF' && traveller.gender ? 'I' : ''}`
  const papers = document
    ? [document.type === 'passport' ? 'P' : 'I', document.issuingCountry, document.number, document.nationality]
    : ['', '', '', '']
  const expiry = document ? ssrDate(document.expiryDate) : ''
  return [...papers, ssrDate(traveller.birthDate), gender, expiry, traveller.surname, traveller.givenNames].join('/')
}

/** `lap`: the infant on this traveller's lap. */
export function travellerSsrs(traveller: Traveller, lap: Traveller | undefined, carriers: readonly string[]): string {
  return carriers
    .map(carrier => {
      const documents = ssr('DOCS', documentText(traveller), carrier)
      if (!lap) return documents
      return documents + ssr('INFT', `${lap.surname}/${lap.givenNames} ${ssrDate(lap.birthDate)}`, carrier)
    })
    .join('')
}

/** Characters that an SSR cannot hold are escaped as the airlines agreed. */
export function emailText(email: string): string {
  return email.replace('@', '//').replaceAll('_', '..').replaceAll('-', './').toUpperCase()
}

export function contactSsrs(contact: Contact, carriers: readonly string[]): string {
  const digits = contact.phone.replace(/\D/g, '')
  return carriers
    .map(carrier => ssr('CTCE', emailText(contact.email), carrier) + (digits ? ssr('CTCM', digits, carrier) : ''))
    .join('')
}

/** NameRemark of a child or infant: the age type of the fare and the birth date. */
export function nameRemark(traveller: Traveller, age: number): string | null {
  if (traveller.type === 'CHD') return `P-C${String(age).padStart(2, '0')} DOB${ssrDate(traveller.birthDate)}`
  return traveller.type === 'INF' ? ssrDate(traveller.birthDate) : null
}
