import { type Fault, fault } from '../../core/fault.ts'
import type { Condition, SupplierOffer } from '../../core/offer.ts'
import { supplierContextMaxBytes } from '../../core/offer.ts'
import { readTree } from '../../core/xml/tree.ts'
import type { Call, ConfirmOutcome, ConfirmRequest } from '../port.ts'
import { ask, type Desk, headOf } from './desk.ts'
import { pricedPassengers } from './passengers.ts'
import { emptyContent, readAirContent } from './wire/air-content.ts'
import { encodeAirPrice } from './wire/air-price.ts'
import { isOfferContext, type OfferContext } from './wire/context.ts'
import { offersByUnit } from './wire/offers.ts'
import { solutionForBooking } from './wire/solution.ts'

export async function confirmPrice(desk: Desk, request: ConfirmRequest, call: Call): Promise<ConfirmOutcome> {
  const { offer, passengers } = request
  const context = offer.supplierContext
  if (!isOfferContext(context)) return { kind: 'failed', fault: fault('invalid-request', 'no offer of this supplier') }
  const names = () => pricedPassengers(passengers)
  const told = await ask(
    desk,
    {
      service: 'AirService',
      body: encodeAirPrice(offer, context, passengers, headOf(desk, call)),
      expects: 'AirPriceRsp',
      changes: false,
      read(reply, bytes) {
        const content = emptyContent()
        readAirContent(reply, reply.scanner.depth, content)
        const asked = { names, accountCodes: context.accountCodes }
        const chosen = choose(offersByUnit(reply, content, asked), offer)
        return chosen && { ...chosen, solution: solutionForBooking(readTree(bytes), chosen.key, names()) }
      },
    },
    call,
  )
  if (told.kind === 'fault') return refused(told.fault)
  const chosen = told.value
  if (!chosen) {
    const why = told.reply.warnings.at(-1)?.text ?? 'these flights have no price any more'
    return { kind: 'gone', fault: fault('offer-gone', why.slice(0, 240)) }
  }
  if (chosen.solution === undefined || chosen.solution.length > supplierContextMaxBytes - 4096)
    return { kind: 'failed', fault: fault('malformed-reply', 'the price cannot be given back to the supplier') }
  return { kind: 'confirmed', offer: withSolution(chosen.offer, offer, chosen.solution) }
}

type Priced = { readonly key: string; readonly offer: SupplierOffer }

/** A reply may hold several brands: the fares asked for, else the cheapest. Undefined where other flights came. */
function choose(priced: readonly Priced[], wanted: SupplierOffer): Priced | undefined {
  const same = priced.filter(one => flightsOf(one.offer) === flightsOf(wanted))
  const cheapest = same.toSorted((a, b) => a.offer.total.amountMinor - b.offer.total.amountMinor)
  return cheapest.find(one => faresOf(one.offer) === faresOf(wanted)) ?? cheapest[0]
}

function flightsOf(offer: SupplierOffer): string {
  const segments = offer.slices.flatMap(slice => slice.segments)
  return segments
    .map(s => `${s.marketing.carrier}${s.marketing.number} ${s.origin} ${s.destination} ${s.departure.slice(0, 10)}`)
    .join('; ')
}

function faresOf(offer: SupplierOffer): string {
  const segments = offer.slices.flatMap(slice => slice.segments)
  return segments.map(s => `${s.fares[0]?.fareBasis} ${s.fares[0]?.bookingClass}`).join('; ')
}

/** What a price reply leaves unsaid stays as the search said it. */
function withSolution(confirmed: SupplierOffer, before: SupplierOffer, solution: string): SupplierOffer {
  const context: OfferContext = { ...(confirmed.supplierContext as OfferContext), solution }
  const said = confirmed.requirements
  const known = before.requirements
  return {
    ...confirmed,
    conditions: {
      change: condition(confirmed.conditions.change, before.conditions.change),
      refund: condition(confirmed.conditions.refund, before.conditions.refund),
    },
    requirements: {
      documents: said.documents ?? known.documents,
      gender: said.gender ?? known.gender,
      birthDate: said.birthDate ?? known.birthDate,
      instantPayment: said.instantPayment ?? known.instantPayment,
      holdAllowed: said.holdAllowed ?? known.holdAllowed,
    },
    seatsLeft: confirmed.seatsLeft ?? before.seatsLeft,
    ticketBy: confirmed.ticketBy ?? before.ticketBy,
    supplierContext: context,
  }
}

function condition(said: Condition, known: Condition): Condition {
  return said.allowed === null ? known : said
}

function refused(reason: Fault): ConfirmOutcome {
  switch (reason.kind) {
    case 'sold-out':
    case 'offer-gone':
    case 'price-changed':
    case 'not-found':
    case 'refused':
      return { kind: 'gone', fault: reason }
    case 'no-offers':
      return { kind: 'gone', fault: { ...reason, kind: 'offer-gone' } }
    default:
      return { kind: 'failed', fault: reason }
  }
}
