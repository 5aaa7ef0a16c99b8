import { toInstant } from 'fareloom/core/clock.ts'
import { type Id, isId } from 'fareloom/core/ids.ts'
import type { SupplierOrder, SupplierOrderStatus } from 'fareloom/core/order.ts'
import type { SupplierCancellationQuote } from 'fareloom/providers/port.ts'
import { toSlices } from 'fareloom/sandbox/to-offer.ts'
import type { WorldCancellationQuote, WorldPnr } from 'fareloom/sandbox/world.ts'

/** A PNR of the world as the order that Acme would show. */
export function toOrder(pnr: WorldPnr): SupplierOrder {
  return {
    provider: 'acme',
    status: statusOf(pnr),
    locators: [
      { owner: 'acme', locator: pnr.locator },
      ...pnr.airlineLocators.map(({ carrier, locator }) => ({ owner: carrier, locator })),
    ],
    reference: pnr.reference,
    ticketBy: pnr.tickets.length === 0 ? toInstant(pnr.ticketBy) : null,
    total: pnr.offer.total,
    passengers: pnr.travellers.map(({ key, type, surname, givenNames }) => ({
      id: passengerId(key),
      type,
      surname,
      givenNames,
    })),
    slices: toSlices(pnr.offer, pnr.status === 'live' ? 'HK' : 'HX'),
    documents: pnr.tickets.map(({ number, travellerKey, status }) => ({
      kind: 'ticket',
      number,
      passengerId: passengerId(travellerKey),
      status,
    })),
    supplierContext: {},
  }
}

function passengerId(key: string): Id<'pax'> | null {
  return isId('pax', key) ? key : null
}

function statusOf({ status, tickets, travellers }: WorldPnr): SupplierOrderStatus {
  if (status === 'cancelled') return 'cancelled'
  const holders = new Set(tickets.filter(ticket => ticket.status === 'issued').map(ticket => ticket.travellerKey))
  if (holders.size === 0) return 'held'
  return holders.size === travellers.length ? 'ticketed' : 'partly-ticketed'
}

type Quote =
  | { readonly kind: 'none'; readonly text: string }
  | { readonly kind: 'quoted'; readonly quote: Omit<SupplierCancellationQuote, 'supplierContext'> }

export function quoteOf(quote: WorldCancellationQuote | undefined): Quote {
  if (!quote || quote.kind === 'none') return { kind: 'none', text: quote?.text ?? 'nothing can be given back' }
  const { kind, refund, penalty, voidUntil } = quote
  const expiresAt = voidUntil === null ? null : toInstant(voidUntil)
  return { kind: 'quoted', quote: { kind, refund, penalty, expiresAt } }
}
