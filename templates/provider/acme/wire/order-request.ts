import { passengerTypes } from 'fareloom/core/itinerary.ts'
import type { Contact, Traveller } from 'fareloom/core/order.ts'
import type { CreateOrderRequest } from 'fareloom/providers/port.ts'
import { flagOf, listOf, rawOf, textOf, wordOf } from './read.ts'

/** `POST /orders`. Our reference goes in where a search and an audit find it. */
export type WireOrderRequest = {
  readonly key: string
  readonly reference: string
  readonly hold: boolean
  readonly contact: Contact
  readonly travellers: readonly Pick<
    Traveller,
    'id' | 'type' | 'surname' | 'givenNames' | 'birthDate' | 'gender' | 'adultId' | 'document' | 'loyalty'
  >[]
}

export function encodeOrderRequest({ offer, travellers, contact, reference, hold }: CreateOrderRequest): WireOrderRequest {
  return {
    key: String(offer.supplierContext.key),
    reference,
    hold,
    contact,
    travellers: travellers.map(
      ({ id, type, surname, givenNames, birthDate, gender, adultId, document, loyalty }) => ({
        id,
        type,
        surname,
        givenNames,
        birthDate,
        gender,
        adultId,
        document,
        loyalty,
      }),
    ),
  }
}

export function decodeOrderRequest(root: unknown): WireOrderRequest {
  const raw = rawOf(root, '')
  textOf(raw.key, '/key')
  textOf(raw.reference, '/reference')
  flagOf(raw.hold, '/hold')
  listOf(raw.travellers, '/travellers').forEach((value, i) => {
    const traveller = rawOf(value, `/travellers/${i}`)
    textOf(traveller.surname, `/travellers/${i}/surname`)
    wordOf(traveller.type, passengerTypes, `/travellers/${i}/type`)
  })
  return raw as WireOrderRequest
}
