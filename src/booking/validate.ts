import type { EpochMs } from '../core/clock.ts'
import type { PassengerType } from '../core/itinerary.ts'
import { escapePointer } from '../core/json-lines.ts'
import { parseMoney } from '../core/money.ts'
import type { Requirements } from '../core/offer.ts'
import { type FieldError, ProblemError } from '../core/problem.ts'
import { localDateNow } from '../reference/zones.ts'
import type { StoredOffer } from '../shopping/port.ts'
import type { BookingPassenger, CreateBookingRequest } from './port.ts'
import type { Party } from './private-data.ts'
import { ageOn, isDate, type Journey } from './travel-dates.ts'
import { checkDocument, checkLoyalty, checkNames, type Report, travellerOf } from './validate-traveller.ts'

/** What a caller can mend, each error with its place; nothing has been asked of a supplier yet. Gives who travels, as a
 *  ticket can hold it. */
export function validateBooking(request: CreateBookingRequest, stored: StoredOffer, now: EpochMs): Party {
  const errors: FieldError[] = []
  const report: Report = (pointer, code, detail) => errors.push({ pointer, code, detail })
  const journey = journeyOf(stored, now)
  checkParty(request.passengers, stored, report)
  for (const [i, passenger] of request.passengers.entries()) checkPassenger(passenger, i, { journey, stored, report })
  checkDuplicates(request.passengers, report)
  checkContact(request, report)
  checkPayment(request, stored, report)
  checkExtras(request, report)
  if (errors.length > 0) throw invalid(errors)
  return {
    travellers: request.passengers.map(travellerOf),
    contact: { email: request.contact.email.trim(), phone: plainPhone(request.contact.phone) },
    metadata: request.metadata ?? {},
  }
}

export function invalid(errors: readonly FieldError[]): ProblemError {
  const first = errors[0]!
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
  return new ProblemError('validation', `${first.pointer}: ${first.detail}${more}`, { errors })
}

function journeyOf({ offer }: StoredOffer, now: EpochMs): Journey {
  const segments = offer.slices.flatMap(slice => slice.segments)
  const first = segments[0]!
  const last = segments.at(-1)!
  return {
    today: localDateNow(first.departureZone ?? 'UTC', now),
    firstDeparture: first.departure.slice(0, 10),
    lastDeparture: last.departure.slice(0, 10),
    lastArrival: last.arrival.slice(0, 10),
  }
}

function checkParty(passengers: readonly BookingPassenger[], stored: StoredOffer, report: Report): void {
  const offered = new Map<string, PassengerType>(stored.passengers.map(({ id, type }) => [id, type]))
  const given = new Set<string>()
  passengers.forEach(({ id, type }, i) => {
    const expected = offered.get(id)
    if (expected === undefined) report(`/passengers/${i}/id`, 'unknown-passenger', 'the offer has no such passenger')
    else if (given.has(id)) report(`/passengers/${i}/id`, 'duplicate-id', 'another passenger has this id too')
    else if (expected !== type)
      report(`/passengers/${i}/type`, 'type-differs', `the offer was made for ${expected}, not ${type}`)
    given.add(id)
  })
  const missing = [...offered.keys()].filter(id => !given.has(id))
  if (missing.length > 0)
    report('/passengers', 'passengers-missing', `the offer is for ${missing.join(', ')} too: all must be given`)
  checkLaps(passengers, report)
}

function checkLaps(passengers: readonly BookingPassenger[], report: Report): void {
  const laps = new Set<string>()
  for (const [i, { type, adultId }] of passengers.entries()) {
    const pointer = `/passengers/${i}/adultId`
    const adult = passengers.find(passenger => passenger.id === adultId)?.type
    if (type !== 'INF') {
      if (adultId !== undefined) report(pointer, 'not-a-lap-infant', 'only a lap infant (INF) names its adult')
    } else if (adultId === undefined) report(pointer, 'required', 'a lap infant names its adult')
    else if (adult !== 'ADT' && adult !== 'SRC') report(pointer, 'not-an-adult', 'this is no adult of this booking')
    else if (laps.has(adultId)) report(pointer, 'lap-taken', 'this adult holds another infant already')
    else laps.add(adultId)
  }
}

/** What the search said, and what the supplier added when it confirmed the price. */
export function requirementsOf({ offer, net }: StoredOffer): Requirements {
  const [shown, now] = [offer.requirements, net.requirements]
  return {
    documents: [shown.documents, now.documents].includes('required') ? 'required' : now.documents,
    gender: shown.gender || now.gender,
    birthDate: shown.birthDate || now.birthDate,
    instantPayment: shown.instantPayment || now.instantPayment,
    holdAllowed: shown.holdAllowed === false ? false : now.holdAllowed,
  }
}

type About = { readonly journey: Journey; readonly stored: StoredOffer; readonly report: Report }

function checkPassenger(passenger: BookingPassenger, i: number, about: About): void {
  const { journey, report } = about
  const { documents, gender } = requirementsOf(about.stored)
  const at = (field: string): string => `/passengers/${i}/${field}`
  checkNames(passenger, at, report)
  if (!isDate(passenger.birthDate)) report(at('birthDate'), 'not-a-date', 'this is no date of the calendar')
  else checkAge(passenger, at('birthDate'), journey, report)
  if (gender === true && passenger.gender === undefined)
    report(at('gender'), 'required', 'the airline asks for the gender as in the passport')
  if (passenger.document) checkDocument(passenger.document, at, journey, report)
  else if (documents === 'required') report(at('document'), 'required', 'a travel document is required on this journey')
  if (passenger.loyalty) checkLoyalty(passenger.loyalty, at, report)
}

/** domain.md 4.1; bounds of youth and seniors differ by carrier, so the widest in use. */
const ages: Readonly<Record<PassengerType, readonly [number, number]>> = {
  ADT: [12, 120],
  CHD: [2, 11],
  INF: [0, 1],
  INS: [0, 1],
  YTH: [12, 25],
  SRC: [55, 120],
  STU: [12, 120],
}

/** Counted on the day of travel: at the first departure, for infants at the last flight too. */
function checkAge({ type, birthDate }: BookingPassenger, pointer: string, journey: Journey, report: Report): void {
  if (birthDate > journey.today) return void report(pointer, 'in-future', 'a birth date is in the past')
  const [youngest, oldest] = ages[type]
  const age = ageOn(birthDate, journey.firstDeparture)
  if (age < youngest || age > oldest) {
    const detail = `${type} is ${youngest} to ${oldest} years old at departure on ${journey.firstDeparture}`
    return void report(pointer, 'age-does-not-fit', detail)
  }
  if (oldest < 2 && ageOn(birthDate, journey.lastDeparture) >= 2)
    report(pointer, 'infant-too-old', `the infant is 2 at the last flight on ${journey.lastDeparture} and needs a seat`)
}

function checkDuplicates(passengers: readonly BookingPassenger[], report: Report): void {
  const names = new Map<string, number>()
  passengers.forEach((passenger, i) => {
    const { surname, givenNames } = travellerOf(passenger)
    const name = `${surname}/${givenNames}`
    const first = names.get(name)
    if (first !== undefined && surname !== '')
      report(`/passengers/${i}/surname`, 'duplicate-name', `passenger ${first} has the same name on the ticket`)
    else names.set(name, i)
  })
}

const emailPattern =
  /^[^\s\p{Cc}\p{Cs}@"<>(),;:\\[\]]{1,64}@[\p{L}\p{N}](?:[\p{L}\p{N}.-]{0,250}[\p{L}\p{N}])?\.\p{L}[\p{L}\p{N}-]{1,62}$/u

function checkContact({ contact }: CreateBookingRequest, report: Report): void {
  const email = contact.email.trim()
  if (email.length > 254 || !emailPattern.test(email) || email.includes('..'))
    report('/contact/email', 'not-an-email', 'this is no e-mail address')
  if (!/^\+[1-9]\d{6,14}$/.test(plainPhone(contact.phone)))
    report('/contact/phone', 'not-e164', 'a phone number with country code, such as +442071838750 (E.164)')
}

function plainPhone(text: string): string {
  return text.replace(/[\s().-]/g, '')
}

function checkPayment(request: CreateBookingRequest, { offer }: StoredOffer, report: Report): void {
  const { payment, priceChange } = request
  if (request.hold === true && payment) report('/payment', 'not-with-hold', 'a held booking is paid later')
  if (request.hold !== true && !payment) report('/payment', 'required', 'say how it is paid, or hold: true')
  if (payment) checkMethodToken(payment.methodToken, '/payment/methodToken', report)
  if (priceChange?.policy !== 'accept') return
  const { currency } = offer.total
  const upTo = parseMoney(priceChange.upTo.amount, currency)
  if (priceChange.upTo.currency !== currency)
    report('/priceChange/upTo/currency', 'other-currency', `the offer is in ${currency}`)
  else if (!upTo || upTo.amountMinor < 0)
    report('/priceChange/upTo/amount', 'not-an-amount', `this is no amount of ${currency} from zero up`)
}

export function checkMethodToken(token: string, pointer: string, report: Report): void {
  if (!/^[\x21-\x7e]{1,255}$/.test(token)) report(pointer, 'not-a-token', 'a token has 1 to 255 visible characters')
}

const metadataMax = 32

function checkExtras({ services, metadata }: CreateBookingRequest, report: Report): void {
  if (services && services.length > 0) report('/services', 'not-supported', 'no services can be booked yet')
  const entries = Object.entries(metadata ?? {})
  if (entries.length > metadataMax) report('/metadata', 'too-many', `at most ${metadataMax} entries`)
  for (const [key, value] of entries.slice(0, metadataMax)) {
    if (key.length > 64 || typeof value !== 'string' || value.length > 512)
      report(`/metadata/${escapePointer(key.slice(0, 64))}`, 'too-long', 'keys to 64 and texts to 512 characters')
  }
}
