import { bookingStatuses } from '../booking/port.ts'

/** Every type that is ever sent, for the checks of a webhook's filter and for AsyncAPI. Types are public: add, never rename. */
const statusText: Readonly<Record<(typeof bookingStatuses)[number], string>> = {
  pending: 'A booking was begun, or is being worked on again.',
  held: 'The seats are held without payment.',
  confirmed: 'Paid for; its tickets are being issued.',
  ticketed: 'Paid and ticketed.',
  'action-required': 'The traveller must do something: poll the booking for `action`.',
  'outcome-unknown': 'A supplier or the gateway has not said what was done; it is being found out.',
  failed: 'Nothing was booked and nothing is charged.',
  cancelled: 'Released or voided; nothing is kept.',
  refunded: 'Tickets were given back; the refund less the penalty is paid.',
}

export type MessageType = { readonly type: string; readonly text: string; readonly extra: readonly MessageField[] }
export type MessageField = { readonly name: string; readonly schema: Readonly<Record<string, unknown>> }

const previous: MessageField = {
  name: 'previousStatus',
  schema: { type: ['string', 'null'], enum: [...bookingStatuses, null] },
}

export const messageTypes: readonly MessageType[] = [
  ...bookingStatuses.map(status => ({ type: `booking.${status}`, text: statusText[status], extra: [previous] })),
  {
    type: 'booking.payment-due',
    text: 'A held booking must be paid by `ticketBy`: a day, four hours and an hour before.',
    extra: [{ name: 'ticketBy', schema: { type: 'string', format: 'date-time' } }],
  },
  {
    type: 'booking.passengers-cancelled',
    text: 'Some passengers were taken out of the booking, `passengerIds`; the others stay, and the money of those goes back as quoted.',
    extra: [{ name: 'passengerIds', schema: { type: 'array', items: { type: 'string' }, minItems: 1 } }],
  },
  {
    type: 'booking.payment-disputed',
    text: "A card's holder claims the money of a payment back, or such a claim has ended: `dispute` is how it stands.",
    extra: [
      { name: 'paymentId', schema: { type: 'string' } },
      { name: 'disputeId', schema: { type: 'string', description: "The payment gateway's." } },
      { name: 'dispute', schema: { type: 'string', enum: ['opened', 'won', 'lost'] } },
    ],
  },
  {
    type: 'booking.work-needed',
    text: 'No machine can finish this booking: see GET /v1/work-items.',
    extra: [],
  },
]

export const isMessageType = (type: string): boolean => messageTypes.some(one => one.type === type)
