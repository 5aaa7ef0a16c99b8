import { formatAmount } from '../../core/money.ts'
import { toLocal } from '../../reference/zones.ts'
import type { WorldPnr, WorldTicket, WorldView } from '../../sandbox/world.ts'
import { bookingReply, type SabreError } from './simulator-orders.ts'
import { office } from './simulator-shop.ts'
import type { JsonObject } from './wire/json.ts'
import {
  encodeErrors,
  encodeGivenBack,
  encodeTicketChecks,
  type GivenBack,
  type TicketRequest,
} from './wire/tickets.ts'

export type SimulatorTickets = {
  fulfill(request: TicketRequest, timestamp: string): Promise<JsonObject>
  check(request: TicketRequest, timestamp: string): JsonObject
  giveBack(request: TicketRequest, as: GivenBack, timestamp: string): Promise<JsonObject>
  cancel(request: TicketRequest, timestamp: string): Promise<JsonObject>
}

/** What happens to tickets and bookings after they are made. */
export function createSimulatorTickets(view: WorldView): SimulatorTickets {
  /** By locator, or by the tickets named. */
  function find(request: TicketRequest): WorldPnr | undefined {
    if (request.confirmationId !== null) return view.findPnr(request.confirmationId)
    const number = request.tickets[0]
    return view.listPnrs().find(pnr => pnr.tickets.some(ticket => ticket.number === number))
  }

  return {
    async fulfill(request, timestamp) {
      const pnr = find(request)
      if (!pnr) return encodeErrors([bookingNotFound], timestamp)
      const result = await view.issueTickets(pnr.locator)
      if (result.kind === 'ticketed')
        return { timestamp, tickets: result.pnr.tickets.map(ticket => issued(ticket, result.pnr)) }
      return encodeErrors([failed('UNABLE_TO_FULFILL_TICKETS', 'APPLICATION_ERROR', result.text)], timestamp)
    },

    check(request, timestamp) {
      const pnr = find(request)
      if (!pnr) return encodeErrors([bookingNotFound], timestamp)
      const quote = view.quoteCancellation(pnr.locator)
      if (pnr.tickets.length === 0 || !quote) {
        const text = 'Unable to check the booking. There are no tickets to be checked.'
        return encodeErrors([failed('BOOKING_NOT_FULFILLED', 'CHECK_ERROR', text)], timestamp)
      }
      const open = pnr.tickets.filter(ticket => ticket.status === 'issued')
      const checks = open.map(({ number }) => {
        const own = quote.perTicket.find(entry => entry.number === number)
        const refundable = quote.kind === 'void' || quote.kind === 'refund'
        return {
          number,
          voidable: quote.kind === 'void',
          refundable,
          refund: refundable ? (own?.refund ?? null) : null,
          penalty: refundable ? (own?.penalty ?? null) : null,
        }
      })
      return encodeTicketChecks(checks, timestamp)
    },

    async giveBack(request, as, timestamp) {
      const pnr = find(request)
      if (!pnr) return encodeErrors([ticketNotFound], timestamp)
      const wanted = request.tickets.length > 0 ? request.tickets : pnr.tickets.map(ticket => ticket.number)
      const missing = pnr.tickets.filter(ticket => ticket.status === 'issued' && !wanted.includes(ticket.number))
      const type = as === 'void' ? 'UNABLE_TO_VOID_TICKET' : 'UNABLE_TO_REFUND_TICKET'
      if (missing.length > 0) {
        return encodeErrors(
          [failed(type, 'CANCELLATION_ERROR', 'The sandbox takes back all tickets of a booking.')],
          timestamp,
        )
      }
      const result = as === 'void' ? await view.voidTickets(pnr.locator) : await view.refundTickets(pnr.locator)
      if (result.kind === 'done') return encodeGivenBack(wanted, as, timestamp)
      return encodeErrors([failed(type, 'CANCELLATION_ERROR', result.text)], timestamp)
    },

    async cancel(request, timestamp) {
      const pnr = find(request)
      if (!pnr) return encodeErrors([bookingNotFound], timestamp)
      if (!request.cancelAll) {
        const text = 'The sandbox cancels whole bookings.'
        return encodeErrors([failed('UNABLE_TO_CANCEL', 'CANCELLATION_ERROR', text)], timestamp)
      }
      const operation = request.flightTicketOperation
      if (operation === 'VOID' || operation === 'REFUND') {
        const as = operation === 'VOID' ? 'void' : 'refunded'
        const given = await this.giveBack({ ...request, tickets: [] }, as, timestamp)
        if (given.errors !== undefined) return given
      }
      const result = await view.cancel(pnr.locator)
      if (result.kind === 'cancelled') return { timestamp, booking: bookingReply(result.pnr, timestamp) }
      return encodeErrors([failed('UNABLE_TO_CANCEL', 'CANCELLATION_ERROR', result.text)], timestamp)
    },
  }
}

function failed(type: string, category: string, description: string): SabreError {
  return { category, type, description }
}

const bookingNotFound = failed('BOOKING_NOT_FOUND', 'RESOURCE_NOT_FOUND', 'Booking cannot be found.')
const ticketNotFound = failed('TICKET_NOT_FOUND', 'RESOURCE_NOT_FOUND', 'Ticket was not found in the reservation.')

function issued(ticket: WorldTicket, pnr: WorldPnr): JsonObject {
  const traveller = pnr.travellers.find(other => other.key === ticket.travellerKey)
  const price = pnr.offer.passengers.find(entry => entry.type === traveller?.type)
  return {
    number: ticket.number,
    date: toLocal(ticket.issuedAt, office.zone).slice(0, 10),
    ...(price ? { payment: { total: formatAmount(price.total), currencyCode: price.total.currency } } : {}),
    ticketStatusName: 'Issued',
    ticketStatusCode: 'TE',
  }
}
