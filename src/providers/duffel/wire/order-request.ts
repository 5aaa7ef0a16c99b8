import type { LocalDate } from '../../../core/itinerary.ts'
import type { Money } from '../../../core/money.ts'
import type { Traveller } from '../../../core/order.ts'
import type { CreateOrderRequest } from '../../port.ts'
import { type PassengerName, spellName } from './names.ts'
import type { PassengerIds } from './passengers.ts'
import { decodePaymentPart, encodePaymentPart, type PaymentType } from './payment.ts'
import { isObject, type JsonObject, listOf, localDateOf, objectOf, textOf } from './read.ts'
import { BadField, dataObject } from './search.ts'

/** Creating an order: instant orders carry their payment, held ones neither payment nor services. */

/** A traveller whom the format cannot carry. */
export class UnfitTraveller extends Error {
  override readonly name = 'UnfitTraveller'
}

export type OrderTerms = {
  readonly offerId: string
  readonly passengers: PassengerIds
  readonly paymentType: PaymentType
}

/** Throws UnfitTraveller before anything is sent. */
export function encodeOrderRequest(request: CreateOrderRequest, terms: OrderTerms): JsonObject {
  const wireIds = new Map(Object.entries(terms.passengers).map(([wireId, id]) => [id, wireId]))
  return {
    data: {
      type: request.hold ? 'hold' : 'instant',
      selected_offers: [terms.offerId],
      passengers: request.travellers.map(traveller => encodeTraveller(traveller, request, wireIds)),
      ...(request.hold ? {} : { payments: [encodePaymentPart(request.offer.total, terms.paymentType)] }),
      metadata: { client_ref: request.reference },
    },
  }
}

function encodeTraveller(
  traveller: Traveller,
  { offer, travellers, contact }: CreateOrderRequest,
  wireIds: ReadonlyMap<string, string>,
): JsonObject {
  const id = wireIds.get(traveller.id)
  if (id === undefined) throw new UnfitTraveller(`the offer is not for ${traveller.id}`)
  if (traveller.gender !== 'F' && traveller.gender !== 'M')
    throw new UnfitTraveller('Duffel takes the genders F and M only')
  const name = spellName(traveller)
  if (name === null) throw new UnfitTraveller('a name has letters that Duffel does not take')
  const infant = travellers.find(other => other.type === 'INF' && other.adultId === traveller.id)
  return {
    id,
    title: titleOf(traveller),
    given_name: name.givenName,
    family_name: name.familyName,
    gender: traveller.gender === 'F' ? 'f' : 'm',
    born_on: traveller.birthDate,
    email: contact.email,
    phone_number: contact.phone,
    ...(infant === undefined ? {} : { infant_passenger_id: wireIds.get(infant.id) }),
    ...encodeDocument(traveller, offer.requirements.documents),
    ...encodeLoyalty(traveller),
  }
}

const titles: ReadonlySet<string> = new Set(['mr', 'ms', 'mrs', 'miss', 'dr'])

function titleOf({ title, gender }: Traveller): string {
  const given = title?.toLowerCase().replace(/\.$/, '') ?? ''
  return titles.has(given) ? given : gender === 'F' ? 'ms' : 'mr'
}

/** Documents that an airline does not ask for are left out where it forbids them. */
function encodeDocument({ document }: Traveller, asked: 'required' | 'optional' | null): JsonObject {
  const passport = document?.type === 'passport' ? document : null
  if (passport === null && asked === 'required') throw new UnfitTraveller('the airline asks for a passport')
  if (passport === null || asked === null) return {}
  return {
    identity_documents: [
      {
        type: 'passport',
        unique_identifier: passport.number,
        issuing_country_code: passport.issuingCountry,
        expires_on: passport.expiryDate,
      },
    ],
  }
}

function encodeLoyalty({ loyalty }: Traveller): JsonObject {
  if (loyalty === null) return {}
  return { loyalty_programme_accounts: [{ airline_iata_code: loyalty.carrier, account_number: loyalty.number }] }
}

/** As the simulator takes it. */
export type OrderQuery = {
  readonly hold: boolean
  readonly offerId: string
  readonly passengers: readonly OrderQueryPassenger[]
  readonly payment: { readonly amount: Money; readonly type: PaymentType } | null
  readonly reference: string | null
}

export type OrderQueryPassenger = PassengerName & {
  readonly wireId: string
  readonly title: string | null
  readonly gender: 'f' | 'm'
  readonly bornOn: LocalDate
  readonly email: string | null
  readonly phone: string | null
  readonly infantWireId: string | null
  readonly hasDocument: boolean
}

export function decodeOrderRequest(root: unknown): OrderQuery {
  const data = dataObject(root)
  const [offerId, ...others] = listOf(data.selected_offers)
  if (typeof offerId !== 'string' || others.length > 0)
    throw new BadField('/selected_offers', 'validation_length', "Field 'selected_offers' takes exactly one offer")
  // the vendor's own library says pay_later
  const hold = data.type === 'hold' || data.type === 'pay_later'
  if (!hold && data.type !== 'instant')
    throw new BadField('/type', 'validation_inclusion', "Field 'type' must be instant or hold")
  const payments = listOf(data.payments)
  if (hold && payments.length > 0)
    throw new BadField('/payments', 'payments_not_allowed_for_order_type', 'A hold order takes no payments')
  if (!hold && payments.length !== 1)
    throw new BadField('/payments', 'validation_required', "Field 'payments' can't be blank")
  return {
    hold,
    offerId,
    passengers: listOf(data.passengers).map(decodeTraveller),
    payment: hold ? null : decodePaymentPart(payments[0], '/payments/0'),
    reference: textOf(objectOf(data.metadata).client_ref),
  }
}

function decodeTraveller(value: unknown, i: number): OrderQueryPassenger {
  const raw = objectOf(value)
  const at = `/passengers/${i}`
  const need = <T>(name: string, read: T | null): T => {
    if (read === null) throw new BadField(`${at}/${name}`, 'validation_required', `Field '${name}' can't be blank`)
    return read
  }
  return {
    wireId: need('id', textOf(raw.id)),
    givenName: nameAt(raw, 'given_name', at),
    familyName: nameAt(raw, 'family_name', at),
    title: need('title', titles.has(String(raw.title)) ? textOf(raw.title) : null),
    gender: need('gender', raw.gender === 'f' || raw.gender === 'm' ? raw.gender : null),
    bornOn: need('born_on', localDateOf(raw.born_on)),
    email: need('email', textOf(raw.email)),
    phone: need('phone_number', /^\+[1-9]\d{6,14}$/.test(String(raw.phone_number)) ? textOf(raw.phone_number) : null),
    infantWireId: textOf(raw.infant_passenger_id),
    hasDocument: listOf(raw.identity_documents).some(isObject),
  }
}

function nameAt(raw: JsonObject, name: 'given_name' | 'family_name', at: string): string {
  const text = textOf(raw[name])
  if (text === null) throw new BadField(`${at}/${name}`, 'validation_required', `Field '${name}' can't be blank`)
  const fits = spellName({ givenNames: text, surname: text })
  if (fits?.familyName !== text)
    throw new BadField(
      `${at}/${name}`,
      'invalid_passenger_name',
      `Field '${name}' has characters that are not accepted`,
    )
  return text
}
