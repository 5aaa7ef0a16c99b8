import { book } from './booking.ts'
import { hasDeparted, quoteOf, ticketsOf, voidLimit } from './cancellation.ts'
import { effectOn } from './magic-routes.ts'
import type { PnrRecord, PnrStore } from './pnr-store.ts'
import { priceSelection } from './selection.ts'
import { type Ground, shop } from './shop.ts'
import type { Supplier } from './suppliers.ts'
import { giveBack, issue } from './tickets.ts'
import type { Effect, WorldSelection, WorldView } from './world.ts'

/** One supplier's window on the world. */
export function createView(ground: Ground, supplier: Supplier, store: PnrStore): WorldView {
  const { clock } = ground
  const provider = supplier.code

  function effectOf(selection: WorldSelection): Effect | null {
    const segments = selection.slices[0]?.segments ?? []
    const first = segments[0]
    const last = segments.at(-1)
    return first && last ? effectOn(provider, first.origin, last.destination, first.departureDate) : null
  }

  function find(locator: string): PnrRecord | undefined {
    store.expire()
    return store.find(provider, locator)
  }

  return {
    provider,
    effect: (origin, destination, date) => effectOn(provider, origin, destination, date),
    shop(request) {
      store.expire()
      const first = request.slices[0]
      const effect = first ? effectOn(provider, first.origin, first.destination, first.departureDate) : null
      return shop(ground, supplier, request, effect)
    },
    price(selection) {
      store.expire()
      return priceSelection(ground, supplier, selection, effectOf(selection))
    },
    book(request) {
      store.expire()
      return book(ground, supplier, store, request, effectOf(request.selection))
    },
    findPnr: locator => find(locator)?.pnr,
    findByReference(reference) {
      store.expire()
      return store.findByReference(provider, reference)
    },
    listPnrs() {
      store.expire()
      return store.list(provider)
    },
    async issueTickets(locator) {
      const record = find(locator)
      return record ? issue(ground, store, record) : { kind: 'refused', text: `no PNR ${locator}` }
    },
    quoteCancellation(locator, keys) {
      const record = find(locator)
      return record && quoteOf(record.pnr, supplier.officeZone, clock.now(), keys)
    },
    async voidTickets(locator, keys) {
      const record = find(locator)
      if (!record) return { kind: 'refused', text: `no PNR ${locator}` }
      const limit = voidLimit(record.pnr, supplier.officeZone)
      if (limit !== null && clock.now() >= limit)
        return { kind: 'refused', text: 'tickets can be voided on the day of issue only' }
      return giveBack(store, record, 'void', keys)
    },
    async refundTickets(locator, keys) {
      const record = find(locator)
      if (!record) return { kind: 'refused', text: `no PNR ${locator}` }
      const quote = quoteOf(record.pnr, supplier.officeZone, clock.now(), keys)
      const issued = ticketsOf(record.pnr, keys).some(ticket => ticket.status === 'issued')
      if (issued && quote.kind === 'none') return { kind: 'refused', text: quote.text ?? 'nothing is given back' }
      return giveBack(store, record, 'refunded', keys)
    },
    async cancel(locator, keys) {
      const record = find(locator)
      if (!record) return { kind: 'refused', text: `no PNR ${locator}` }
      if (record.pnr.status === 'cancelled') await record.settled
      else if (hasDeparted(record.pnr, clock.now())) return { kind: 'refused', text: 'the journey has begun' }
      else await store.cancel(record, keys)
      return { kind: 'cancelled', pnr: record.pnr }
    },
  }
}
