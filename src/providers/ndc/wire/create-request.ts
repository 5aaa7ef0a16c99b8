import { formatAmount, type Money } from '../../../core/money.ts'
import type { Contact, IdentityDocument, Traveller } from '../../../core/order.ts'
import { element } from '../../../core/xml/write.ts'
import type { XmlElement } from '../../../core/xml/tree.ts'
import type { PassengerType } from '../../../core/itinerary.ts'
import type { OfferContext } from './context.ts'
import { leaf, part, type RequestHead, requestMessage, type Seller, tag } from './envelope.ts'
import { readSelected, type SelectedOffer, selectedOffer } from './price-request.ts'
import { all, at, needed, word } from './requests.ts'
import { codeOf, passengerTypeOf } from './vocabulary.ts'

export type OrderToCreate = {
  readonly context: OfferContext
  readonly total: Money
  readonly travellers: readonly Traveller[]
  readonly contact: Contact
  readonly reference: string
  /** None: the order is held. */
  readonly payment: PaymentMeans | null
}

/** How the seller pays the airline: through its settlement plan. `CA` cash, `AGT` … (IATA code set PAYT). */
export type PaymentMeans = { readonly type: string; readonly iataNumber: string | null }

/** `OrderCreateRQ`. Our own reference is a booking reference of the seller. */
export function encodeOrderCreate(order: OrderToCreate, head: RequestHead): string {
  const offer = tag('SelectedPricedOffer', selectedOffer(order.context) + amount('TotalOfferPriceAmount', order.total))
  const content =
    part('BookingRef', sellerReference(head.seller, order.reference)) +
    part('CreateOrder', tag('AcceptSelectedQuotedOfferList', offer)) +
    part('DataLists', contactList(order.contact) + tag('PaxList', ...order.travellers.map(one => pax(order, one)))) +
    (order.payment === null ? '' : part('PaymentFunctions', paymentOf(order.payment, order.total)))
  return requestMessage('OrderCreateRQ', head, content)
}

export function sellerReference(seller: Seller, reference: string): string {
  return (
    tag('BookingEntity', tag('Org', leaf('Name', seller.name), leaf('OrgID', seller.id))) + leaf('BookingID', reference)
  )
}

export function amount(name: string, value: Money): string {
  return element(name, { CurCode: value.currency }, formatAmount(value))
}

export function paymentOf(means: PaymentMeans, total: Money): string {
  const plan = tag('SettlementPlan', leaf('IATA_Number', means.iataNumber), leaf('PaymentTypeCode', means.type))
  return (
    tag('PaymentMethodCriteria', leaf('PaymentTypeCode', means.type)) +
    tag('PaymentProcessingDetails', amount('Amount', total), tag('PaymentMethod', plan))
  )
}

const contactId = 'CI1'

function contactList({ email, phone }: Contact): string {
  const number = phone.replace(/[^\d]/g, '')
  return tag(
    'ContactInfoList',
    tag(
      'ContactInfo',
      leaf('ContactInfoID', contactId),
      tag('EmailAddress', leaf('EmailAddressText', email)),
      tag('Phone', leaf('ContactTypeText', 'Mobile'), leaf('PhoneNumber', number)),
    ),
  )
}

function pax({ context, travellers }: OrderToCreate, traveller: Traveller): string {
  const refOf = (id: string): string => context.passengers.find(known => known.id === id)?.ref ?? id
  const infant = travellers.find(one => one.type === 'INF' && one.adultId === traveller.id)
  return tag(
    'Pax',
    leaf('ContactInfoRefID', contactId),
    traveller.document === null ? '' : identityDocument(traveller, traveller.document),
    tag('Individual', individual(traveller)),
    traveller.loyalty === null ? '' : loyaltyOf(traveller.loyalty),
    leaf('PaxID', refOf(traveller.id)),
    leaf('PaxRefID', infant && refOf(infant.id)),
    leaf('PTC', codeOf(traveller.type)),
  )
}

function individual(traveller: Traveller): string {
  return (
    leaf('Birthdate', traveller.birthDate) +
    leaf('GenderCode', traveller.gender) +
    leaf('GivenName', traveller.givenNames) +
    leaf('Surname', traveller.surname) +
    leaf('TitleName', traveller.title)
  )
}

/** IATA code set: PT passport, ID identity card. */
function identityDocument(traveller: Traveller, document: IdentityDocument): string {
  return tag(
    'IdentityDoc',
    leaf('Birthdate', traveller.birthDate),
    leaf('CitizenshipCountryCode', document.nationality),
    leaf('ExpiryDate', document.expiryDate),
    leaf('GenderCode', traveller.gender),
    leaf('GivenName', traveller.givenNames),
    leaf('IdentityDocID', document.number),
    leaf('IdentityDocTypeCode', document.type === 'passport' ? 'PT' : 'ID'),
    leaf('IssuingCountryCode', document.issuingCountry),
    leaf('Surname', traveller.surname),
  )
}

function loyaltyOf({ carrier, number }: { readonly carrier: string; readonly number: string }): string {
  const program = tag('LoyaltyProgram', tag('Carrier', leaf('AirlineDesigCode', carrier)))
  return tag('LoyaltyProgramAccount', leaf('AccountNumber', number), program)
}

export type OrderCreateRequest = {
  readonly selected: SelectedOffer
  readonly total: string | null
  readonly reference: string | null
  readonly travellers: readonly RequestTraveller[]
  readonly email: string | null
  readonly phone: string | null
  readonly paid: boolean
}

export type RequestTraveller = {
  readonly ref: string
  readonly type: PassengerType
  readonly surname: string
  readonly givenNames: string
  readonly birthDate: string | null
  readonly gender: string | null
  readonly infantRef: string | null
}

export function decodeOrderCreate(request: XmlElement): OrderCreateRequest {
  const offer = at(request, 'CreateOrder', 'AcceptSelectedQuotedOfferList', 'SelectedPricedOffer')
  const contact = at(request, 'DataLists', 'ContactInfoList', 'ContactInfo')
  return {
    selected: readSelected(offer),
    total: word(offer, 'TotalOfferPriceAmount'),
    reference: word(request, 'BookingRef', 'BookingID'),
    travellers: all(at(request, 'DataLists', 'PaxList'), 'Pax').map(readTraveller),
    email: word(contact, 'EmailAddress', 'EmailAddressText'),
    phone: word(contact, 'Phone', 'PhoneNumber'),
    paid: at(request, 'PaymentFunctions') !== undefined,
  }
}

function readTraveller(element: XmlElement): RequestTraveller {
  const person = at(element, 'Individual')
  return {
    ref: needed(element, 'PaxID'),
    type: passengerTypeOf(word(element, 'PTC') ?? 'ADT') ?? 'ADT',
    surname: needed(person, 'Surname'),
    givenNames: word(person, 'GivenName') ?? '',
    birthDate: word(person, 'Birthdate'),
    gender: word(person, 'GenderCode'),
    infantRef: word(element, 'PaxRefID'),
  }
}
