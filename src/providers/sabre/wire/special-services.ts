import type { LocalDate } from '../../../core/itinerary.ts'
import type { Contact, Traveller } from '../../../core/order.ts'
import { givenNameWithTitle, surnameInField } from './codes.ts'
import type { JsonObject } from './json.ts'

/** SSR texts as airlines read them (domain.md 4.7). */

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']

/** `20FEB26` */
export function ssrDate(date: LocalDate): string {
  return `${date.slice(8, 10)}${months[Number(date.slice(5, 7)) - 1]}${date.slice(2, 4)}`
}

/** `SURNAME/GIVEN/20FEB26`, on the adult. */
export function infantService(infant: Traveller): JsonObject {
  const name = `${surnameInField(infant.surname)}/${givenNameWithTitle(infant.givenNames, null)}`
  return { code: 'INFT', message: `${name}/${ssrDate(infant.birthDate)}` }
}

export function childService(child: Traveller): JsonObject {
  return { code: 'CHLD', message: ssrDate(child.birthDate) }
}

/** E-mail and telephone for the airline's operations: one of them is expected on every booking. */
export function contactServices(contact: Contact): readonly JsonObject[] {
  const email = contact.email.toUpperCase().replaceAll('_', '..').replaceAll('-', './').replaceAll('@', '//')
  const digits = contact.phone.replace(/\D/g, '')
  return [{ code: 'CTCE', message: email }, ...(digits === '' ? [] : [{ code: 'CTCM', message: digits }])]
}
