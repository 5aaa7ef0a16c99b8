import { type CurrencyCode, formatAmount, type Money, money } from '../../../core/money.ts'
import type { DocumentStatus } from '../../../core/order.ts'
import { ticketNumbers } from './booking.ts'
import { booleanOf, currencyOf, type JsonObject, listOf, moneyOf, objectOf, objectsOf, textOf } from './json.ts'

/** getBooking, fulfillFlightTickets, checkFlightTickets, voidFlightTickets, refundFlightTickets, cancelBooking: all under
 *  /v1/trip/orders/. */

export function encodeGetBookingRequest(confirmationId: string): JsonObject {
  return { confirmationId }
}

/** Where tickets are printed, as far as the office needs it to issue any. */
export type Printers = {
  readonly profileNumber: number | null
  readonly hardcopy: string | null
  readonly ticketCountry: string | null
}

/** The prices stored with the booking are ticketed, no others: a stored price that has lapsed is refused. */
export function encodeFulfillRequest(
  confirmationId: string,
  priceQuotes: readonly string[],
  printers: Printers,
): JsonObject {
  const designated = designatePrinters(printers)
  return {
    confirmationId,
    fulfillments: [
      {
        ...(priceQuotes.length === 0 ? {} : { ticketingQualifiers: { priceQuoteRecordIds: priceQuotes } }),
        payment: { primaryFormOfPayment: 1 },
      },
    ],
    ...(designated.length === 0 ? {} : { designatePrinters: designated }),
    formsOfPayment: [{ type: 'CASH' }],
  }
}

function designatePrinters(printers: Printers): readonly JsonObject[] {
  if (printers.profileNumber !== null) return [{ profileNumber: printers.profileNumber }]
  return [
    ...(printers.hardcopy === null ? [] : [{ hardcopy: { address: printers.hardcopy } }]),
    ...(printers.ticketCountry === null ? [] : [{ ticket: { countryCode: printers.ticketCountry } }]),
  ]
}

/** Numbers of what was issued, in the order of the reply. */
export function readFulfilled(body: JsonObject): readonly string[] {
  return objectsOf(body.tickets).flatMap(ticket => ticketNumbers(textOf(ticket.number)))
}

export function encodeCheckRequest(confirmationId: string): JsonObject {
  return { confirmationId }
}

export type TicketCheck = {
  readonly number: string
  readonly voidable: boolean
  readonly refundable: boolean
  readonly refund: Money | null
  readonly penalty: Money | null
}

export function readTicketChecks(body: JsonObject): readonly TicketCheck[] {
  return objectsOf(body.tickets).flatMap(ticket => {
    const number = ticketNumbers(textOf(ticket.number))[0]
    if (number === undefined) return []
    const totals = objectOf(ticket.refundTotals)
    const currency = currencyOf(totals.currencyCode)
    return [
      {
        number,
        voidable: booleanOf(ticket.isVoidable) === true,
        // without automated refunds the airline has to be asked by other means
        refundable: booleanOf(ticket.isRefundable) === true && booleanOf(ticket.isAutomatedRefundsEligible) !== false,
        refund: currency === null ? null : moneyOf(totals.total, currency),
        penalty: currency === null ? null : penaltyOf(objectsOf(ticket.refundPenalties), currency),
      },
    ]
  })
}

function penaltyOf(penalties: readonly JsonObject[], currency: CurrencyCode): Money | null {
  let minor = 0
  for (const entry of penalties) {
    if (textOf(entry.applicability) === 'AFTER_DEPARTURE') continue
    const said = objectOf(entry.penalty)
    const amount = currencyOf(said.currencyCode) === currency ? moneyOf(said.amount, currency) : null
    if (!amount) return null
    minor += amount.amountMinor
  }
  return money(minor, currency)
}

export function encodeTicketChecks(checks: readonly TicketCheck[], timestamp: string): JsonObject {
  return {
    timestamp,
    tickets: checks.map(({ number, voidable, refundable, refund, penalty }) => ({
      number,
      isVoidable: voidable,
      isRefundable: refundable,
      isAutomatedRefundsEligible: refundable,
      ...(penalty === null ? {} : { refundPenalties: [encodePenalty(penalty)] }),
      ...(refund === null ? {} : { refundTotals: { total: formatAmount(refund), currencyCode: refund.currency } }),
    })),
  }
}

function encodePenalty(penalty: Money): JsonObject {
  return {
    applicability: 'BEFORE_DEPARTURE',
    conditionsApply: false,
    penalty: { amount: formatAmount(penalty), currencyCode: penalty.currency },
  }
}

export function encodeVoidRequest(tickets: readonly string[]): JsonObject {
  return { tickets, errorHandlingPolicy: 'HALT_ON_ERROR' }
}

export function encodeRefundRequest(tickets: readonly string[]): JsonObject {
  return { tickets: tickets.map(number => ({ number })) }
}

/** Numbers of what was voided or refunded. */
export function readGivenBack(body: JsonObject, status: 'void' | 'refunded'): readonly string[] {
  const list = status === 'void' ? body.voidedTickets : body.refundedTickets
  return listOf(list).flatMap(entry => ticketNumbers(textOf(entry) ?? textOf(objectOf(entry).number)))
}

export function encodeGivenBack(
  numbers: readonly string[],
  status: 'void' | 'refunded',
  timestamp: string,
): JsonObject {
  return status === 'void' ? { timestamp, voidedTickets: numbers } : { timestamp, refundedTickets: numbers }
}

export function encodeCancelRequest(confirmationId: string): JsonObject {
  return { confirmationId, cancelAll: true, retrieveBooking: true, errorHandlingPolicy: 'HALT_ON_ERROR' }
}

/** Confirmation, tickets and policy as any of these requests names them. */
export type TicketRequest = {
  readonly confirmationId: string | null
  readonly tickets: readonly string[]
  readonly cancelAll: boolean
  readonly flightTicketOperation: string | null
}

export function decodeTicketRequest(body: JsonObject): TicketRequest {
  return {
    confirmationId: textOf(body.confirmationId),
    tickets: listOf(body.tickets).flatMap(entry => ticketNumbers(textOf(entry) ?? textOf(objectOf(entry).number))),
    cancelAll: booleanOf(body.cancelAll) === true,
    flightTicketOperation: textOf(body.flightTicketOperation),
  }
}

export function encodeErrors(
  errors: readonly { readonly category: string; readonly type: string; readonly description: string }[],
  timestamp: string,
): JsonObject {
  return { timestamp, errors }
}

export type GivenBack = Extract<DocumentStatus, 'void' | 'refunded'>
