import { randomText } from '../core/ids.ts'
import type { PnrStore } from './pnr-store.ts'
import { offerOf, seatsOf, seatsToTake, select, soldOutSegments } from './selection.ts'
import type { Ground } from './shop.ts'
import type { Supplier } from './suppliers.ts'
import type { Effect, WorldBookRequest, WorldBookResult, WorldOffer, WorldPnr } from './world.ts'

const seatsMax = 9

export async function book(
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
