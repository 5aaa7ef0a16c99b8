import type { Instant } from '../../../core/clock.ts'
import type { PassengerId } from '../../../core/ids.ts'
import type { DocumentStatus, SupplierOrder } from '../../../core/order.ts'
import { referenceRemark } from './order-request.ts'
import type { Raw } from './read.ts'

/** Reply to a created or retrieved order. */

export type OrderDetails = {
  readonly id: string
  readonly createdAt: Instant
  readonly queuingOfficeId: string
  /** As priced, in the supplier's own form. */
  readonly offer: Raw
  readonly travellers: readonly {
    readonly id: string
    readonly passengerId: PassengerId | null
    readonly birthDate: string | null
    readonly gender: string | null
  }[]
  readonly contact: { readonly emailAddress: string | null; readonly phone: Raw | null }
  readonly hold: boolean
  readonly segmentIds: readonly string[]
  readonly dictionaries: Raw
}

/** The members in the order of the recorded replies. */
export function encodeOrderReply(order: SupplierOrder, details: OrderDetails): Raw {
  return {
    data: {
      type: 'flight-order',
      id: details.id,
      queuingOfficeId: details.queuingOfficeId,
      associatedRecords: order.locators.map(({ owner, locator }) => ({
        reference: locator,
        creationDate: details.createdAt.slice(0, 19).concat('.000'),
        originSystemCode: owner === 'amadeus' ? 'GDS' : owner,
        flightOfferId: details.offer.id,
      })),
      flightOffers: [details.offer],
      travelers: order.passengers.map((passenger, i) => encodeTraveller(passenger, details, i)),
      remarks:
        order.reference === null
          ? undefined
          : { general: [{ subType: 'GENERAL_MISCELLANEOUS', text: referenceRemark(order.reference) }] },
      ticketingAgreement: encodeAgreement(order, details.hold),
      contacts: [{ purpose: 'STANDARD', ...encodeContact(details.contact) }],
      tickets: order.documents.length === 0 ? undefined : encodeTickets(order, details),
    },
    dictionaries: details.dictionaries,
  }
}

function encodeTraveller(passenger: SupplierOrder['passengers'][number], details: OrderDetails, index: number): Raw {
  const traveller = details.travellers[index]
  return {
    id: traveller?.id ?? String(index + 1),
    dateOfBirth: traveller?.birthDate ?? undefined,
    gender: traveller?.gender ?? undefined,
    name: { firstName: passenger.givenNames, lastName: passenger.surname },
    contact: encodeContact(details.contact),
  }
}

function encodeContact({ emailAddress, phone }: OrderDetails['contact']): Raw {
  return { phones: phone === null ? undefined : [phone], emailAddress: emailAddress ?? undefined }
}

function encodeAgreement(order: SupplierOrder, hold: boolean): Raw {
  if (!hold) return { option: 'CONFIRM' }
  return { option: 'DELAY_TO_CANCEL', dateTime: order.ticketBy?.slice(0, 19) }
}

const statusWords: Readonly<Record<DocumentStatus, string>> = {
  issued: 'ISSUED',
  void: 'VOID',
  refunded: 'REFUNDED',
  exchanged: 'EXCHANGED',
}

function encodeTickets(order: SupplierOrder, details: OrderDetails): readonly Raw[] {
  return order.documents.map(document => ({
    documentType: document.kind === 'emd' ? 'EMD' : 'ETICKET',
    documentNumber: `${document.number.slice(0, 3)}-${document.number.slice(3)}`,
    documentStatus: statusWords[document.status],
    travelerId: details.travellers.find(traveller => traveller.passengerId === document.passengerId)?.id,
    segmentIds: details.segmentIds,
  }))
}
