import type { Contact, Traveller } from '../../../core/order.ts'
import { fold } from '../../../reference/spelling.ts'
import { splitPhone } from './phone.ts'
import { idOf, listOf, localDateOf, type Raw, rawOf, textOf } from './read.ts'

/** `POST /v1/booking/flight-orders`. */

export type OrderRequestParts = {
  /** The supplier's own, as priced. */
  readonly offer: Raw
  /** With the traveller ids of the offer. */
  readonly travellers: readonly { readonly wireId: string; readonly traveller: Traveller }[]
  readonly contact: Contact
  readonly reference: string
  /** Days after which an unticketed order cancels itself; null: ticket at once. */
  readonly cancelAfterDays: number | null
}

export function encodeOrderRequest(parts: OrderRequestParts): Raw {
  const contact = encodeContact(parts.contact)
  const first = parts.travellers[0]?.traveller
  return {
    data: {
      type: 'flight-order',
      flightOffers: [parts.offer],
      travelers: parts.travellers.map(({ wireId, traveller }) => encodeTraveller(wireId, traveller, contact)),
      remarks: { general: [{ subType: 'GENERAL_MISCELLANEOUS', text: referenceRemark(parts.reference) }] },
      ticketingAgreement:
        parts.cancelAfterDays === null
          ? { option: 'CONFIRM' }
          : { option: 'DELAY_TO_CANCEL', delay: `${parts.cancelAfterDays}D` },
      contacts: [
        {
          addresseeName: first && { firstName: ticketName(first.givenNames), lastName: ticketName(first.surname) },
          purpose: 'STANDARD',
          ...contact,
        },
      ],
    },
  }
}

function encodeTraveller(wireId: string, traveller: Traveller, contact: Raw): Raw {
  const { document, loyalty } = traveller
  return {
    id: wireId,
    dateOfBirth: traveller.birthDate,
    gender: traveller.gender === null ? undefined : genders[traveller.gender],
    name: { firstName: ticketName(traveller.givenNames), lastName: ticketName(traveller.surname) },
    documents: document === null ? undefined : [encodeDocument(document)],
    loyaltyPrograms: loyalty === null ? undefined : [{ programOwner: loyalty.carrier, id: loyalty.number }],
    contact: traveller.type === 'INF' ? undefined : contact,
  }
}

const genders = { F: 'FEMALE', M: 'MALE', X: 'UNSPECIFIED' } as const

function encodeDocument(document: NonNullable<Traveller['document']>): Raw {
  return {
    documentType: document.type === 'passport' ? 'PASSPORT' : 'IDENTITY_CARD',
    number: document.number,
    expiryDate: document.expiryDate,
    issuanceCountry: document.issuingCountry,
    validityCountry: document.issuingCountry,
    nationality: document.nationality,
    holder: true,
  }
}

function encodeContact({ email, phone }: Contact): Raw {
  const { countryCallingCode, number } = splitPhone(phone)
  return { emailAddress: email, phones: [{ deviceType: 'MOBILE', countryCallingCode, number }] }
}

/** Capitals without accents; what is no letter is a space, an apostrophe nothing. */
function ticketName(name: string): string {
  return fold(name).toUpperCase()
}

const remarkWord = 'FARELOOM'

export function referenceRemark(reference: string): string {
  return `${remarkWord} ${reference}`
}

/** The reference that we wrote into an order. */
export function readReference(order: Raw): string | null {
  for (const item of listOf(rawOf(order.remarks)?.general)) {
    const match = new RegExp(`^${remarkWord} ([A-Z0-9]{1,32})$`).exec(textOf(rawOf(item)?.text) ?? '')
    if (match) return match[1]!
  }
  return null
}

/** An order as it arrives. */
export type OrderQuery = {
  readonly offer: Raw
  readonly travellers: readonly OrderTraveller[]
  readonly reference: string | null
  readonly hold: boolean
  readonly contact: { readonly email: string | null; readonly phone: string | null }
}

export type OrderTraveller = {
  readonly id: string
  readonly givenNames: string
  readonly surname: string
  readonly birthDate: string | null
  readonly gender: string | null
}

export type OrderProblem = {
  readonly code: number
  readonly title: string
  readonly detail: string
  readonly at: string
}
export type OrderReading =
  | { readonly kind: 'order'; readonly order: OrderQuery }
  | { readonly kind: 'problem'; readonly problem: OrderProblem }

const missing = (at: string, detail: string): OrderReading => ({
  kind: 'problem',
  problem: { code: 32171, title: 'MANDATORY DATA MISSING', detail, at },
})

export function decodeOrderRequest(raw: Raw): OrderReading {
  const data = rawOf(raw.data)
  const offer = rawOf(listOf(data?.flightOffers)[0])
  if (data === null || data.type !== 'flight-order') return missing('/data/type', 'type must be flight-order')
  if (offer === null) return missing('/data/flightOffers', 'flightOffers is missing')
  const travellers: OrderTraveller[] = []
  for (const [i, item] of listOf(data.travelers).entries()) {
    const traveller = decodeTraveller(rawOf(item))
    if (traveller === null) return missing(`/data/travelers[${i}]`, 'id, name and dateOfBirth of the traveler')
    travellers.push(traveller)
  }
  if (travellers.length === 0) return missing('/data/travelers', 'travelers is missing')
  const agreement = rawOf(data.ticketingAgreement)
  return {
    kind: 'order',
    order: {
      offer,
      travellers,
      reference: readReference(data),
      hold: agreement !== null && agreement.option !== 'CONFIRM',
      contact: decodeContact(data),
    },
  }
}

function decodeTraveller(raw: Raw | null): OrderTraveller | null {
  const name = rawOf(raw?.name)
  const id = idOf(raw?.id)
  const surname = textOf(name?.lastName)
  const givenNames = textOf(name?.firstName)
  if (id === null || surname === null || givenNames === null) return null
  return { id, surname, givenNames, birthDate: localDateOf(raw?.dateOfBirth), gender: textOf(raw?.gender) }
}

function decodeContact(data: Raw): OrderQuery['contact'] {
  const first = rawOf(listOf(data.contacts)[0]) ?? rawOf(rawOf(listOf(data.travelers)[0])?.contact)
  const phone = rawOf(listOf(first?.phones)[0])
  const digits = `${textOf(phone?.countryCallingCode)?.replace('+', '') ?? ''}${textOf(phone?.number) ?? ''}`
  return { email: textOf(first?.emailAddress), phone: digits === '' ? null : `+${digits}` }
}
