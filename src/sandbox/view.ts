import { randomText } from '../core/ids.ts'
import { hasDeparted, quoteOf, voidLimit } from './cancellation.ts'
import { getCarrier } from './carriers.ts'
import { effectOn } from './magic-routes.ts'
import type { PnrRecord, PnrStore } from './pnr-store.ts'
import { offerOf, priceSelection, seatsOf, seatsToTake, select, soldOutSegments } from './selection.ts'
import { type Ground, shop } from './shop.ts'
import type { Supplier } from './suppliers.ts'
import type {
  Effect,
  WorldBookRequest,
  WorldBookResult,
  WorldDocumentResult,
  WorldOffer,
  WorldPnr,
  WorldSelection,
  WorldTicket,
  WorldTicketResult,
  WorldView,
} from './world.ts'

const seatsMax = 9
const couponsMax = 4
/** Attempts that `ticketing-fails-twice` turns down. */
const failuresOnPurpose = 2

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
    quoteCancellation(locator) {
      const record = find(locator)
      return record && quoteOf(record.pnr, supplier.officeZone, clock.now())
    },
    async voidTickets(locator) {
      const record = find(locator)
      if (!record) return { kind: 'refused', text: `no PNR ${locator}` }
      const limit = voidLimit(record.pnr, supplier.officeZone)
      if (limit !== null && clock.now() >= limit)
        return { kind: 'refused', text: 'tickets can be voided on the day of issue only' }
      return giveBack(store, record, 'void')
    },
    async refundTickets(locator) {
      const record = find(locator)
      if (!record) return { kind: 'refused', text: `no PNR ${locator}` }
      const quote = quoteOf(record.pnr, supplier.officeZone, clock.now())
      const issued = record.pnr.tickets.some(ticket => ticket.status === 'issued')
      if (issued && quote.kind === 'none') return { kind: 'refused', text: quote.text ?? 'nothing is given back' }
      return giveBack(store, record, 'refunded')
    },
    async cancel(locator) {
      const record = find(locator)
      if (!record) return { kind: 'refused', text: `no PNR ${locator}` }
      if (record.pnr.status === 'cancelled') await record.settled
      else if (hasDeparted(record.pnr, clock.now())) return { kind: 'refused', text: 'the journey has begun' }
      else await store.cancel(record)
      return { kind: 'cancelled', pnr: record.pnr }
    },
  }
}

async function book(
  ground: Ground,
  supplier: Supplier,
  store: PnrStore,
  request: WorldBookRequest,
  effect: Effect | null,
): Promise<WorldBookResult> {
  const { selection, hold } = request
  const objection = objectionTo(request)
  if (objection) return { kind: 'refused', text: objection }
  const selected = select(ground, supplier, selection, effect)
  if (selected.kind === 'gone') return { kind: 'refused', text: selected.text }
  const { picks, pricing } = selected
  const seats = seatsToTake(picks, seatsOf(selection))
  if (effect === 'sold-out-at-booking') return { kind: 'sold-out', segmentIndexes: seats.map((_, i) => i) }
  const offer = offerOf(ground, picks, selection, pricing, effect)
  if (hold && !offer.holdAllowed) return { kind: 'refused', text: 'this fare must be paid at once' }
  const short = soldOutSegments(ground, picks, seatsOf(selection))
  if (short.length > 0) return { kind: 'sold-out', segmentIndexes: short }
  const missing = ground.inventory.take(seats)
  if (missing >= 0) return { kind: 'sold-out', segmentIndexes: [missing] }
  const pnr = toPnr(request, offer, freeLocator(supplier, store), ground.clock.now())
  await store.add(supplier.code, pnr, seats)
  return { kind: 'booked', pnr }
}

function objectionTo({ selection, travellers }: WorldBookRequest): string | undefined {
  const seated = travellers.filter(traveller => traveller.type !== 'INF')
  if (travellers.length !== selection.passengers.length) return 'as many travellers as passengers are needed'
  if (travellers.some((traveller, i) => traveller.type !== selection.passengers[i]!.type))
    return 'travellers must be of the types that were priced'
  if (seated.length === 0) return 'nobody has a seat'
  if (seated.length > seatsMax) return `at most ${seatsMax} seats in one booking`
  const adults = travellers.filter(traveller => traveller.type === 'ADT' || traveller.type === 'SRC').length
  if (travellers.length - seated.length > adults) return 'more lap infants than adults'
  return undefined
}

function toPnr(request: WorldBookRequest, offer: WorldOffer, locator: string, now: number): WorldPnr {
  const airlines = new Set(offer.slices.flatMap(slice => slice.segments.map(segment => segment.carrier)))
  return {
    locator,
    airlineLocators: [...new Set([offer.validatingCarrier, ...airlines])].map(carrier => ({
      carrier,
      locator: randomText(6, locatorCharacters),
    })),
    reference: request.reference,
    status: 'live',
    createdAt: now,
    ticketBy: offer.lastTicketing,
    hold: request.hold,
    offer,
    travellers: request.travellers,
    contact: request.contact,
    tickets: [],
  }
}

const locatorLetters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const locatorCharacters = `${locatorLetters}0123456789`

/** Sabre's are letters only. */
function freeLocator(supplier: Supplier, store: PnrStore): string {
  for (;;) {
    const locator = randomText(6, supplier.code === 'sabre' ? locatorLetters : locatorCharacters)
    if (!store.find(supplier.code, locator)) return locator
  }
}

async function issue(ground: Ground, store: PnrStore, record: PnrRecord): Promise<WorldTicketResult> {
  const { pnr, provider } = record
  if (pnr.tickets.some(ticket => ticket.status === 'issued')) {
    await record.settled
    return { kind: 'ticketed', pnr: record.pnr }
  }
  if (pnr.status === 'cancelled') return { kind: 'refused', text: 'the PNR is cancelled' }
  if (pnr.tickets.length > 0) return { kind: 'refused', text: 'its tickets were given back' }
  const now = ground.clock.now()
  if (hasDeparted(pnr, now)) return { kind: 'refused', text: 'the journey has begun' }
  const { origin, destination, segments } = pnr.offer.slices[0]!
  const effect = effectOn(provider, origin, destination, segments[0]!.departure.slice(0, 10))
  if (effect === 'ticketing-fails-twice' && record.ticketingFailures < failuresOnPurpose) {
    await store.countFailure(record)
    return { kind: 'host-busy', text: 'the ticketing host does not answer, try again' }
  }
  await store.setTickets(record, ticketsFor(pnr, store, now))
  return { kind: 'ticketed', pnr: record.pnr }
}

/** Four coupons to a ticket; more are conjunction tickets with consecutive numbers. */
function ticketsFor(pnr: WorldPnr, store: PnrStore, issuedAt: number): readonly WorldTicket[] {
  const segments = pnr.offer.slices.reduce((count, slice) => count + slice.segments.length, 0)
  const perTraveller = Math.ceil(segments / couponsMax)
  const prefix = getCarrier(pnr.offer.validatingCarrier).accountingCode
  return pnr.travellers.flatMap(traveller =>
    store.nextSerials(perTraveller).map((serial, i): WorldTicket => {
      const first = i * couponsMax
      return {
        number: `${prefix}${serial}`,
        travellerKey: traveller.key,
        status: 'issued',
        issuedAt,
        segmentIndexes: Array.from({ length: Math.min(couponsMax, segments - first) }, (_, k) => first + k),
      }
    }),
  )
}

/** Asking again for what was done is answered alike. */
async function giveBack(store: PnrStore, record: PnrRecord, as: 'void' | 'refunded'): Promise<WorldDocumentResult> {
  const { tickets } = record.pnr
  if (tickets.length === 0) return { kind: 'refused', text: 'no tickets were issued' }
  if (tickets.some(ticket => ticket.status === 'issued'))
    await store.setTickets(
      record,
      tickets.map(ticket => (ticket.status === 'issued' ? { ...ticket, status: as } : ticket)),
    )
  else if (tickets.every(ticket => ticket.status === as)) await record.settled
  else return { kind: 'refused', text: `the tickets are ${tickets[0]!.status}` }
  return { kind: 'done', pnr: record.pnr }
}
