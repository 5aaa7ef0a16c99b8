import { fault } from '../../core/fault.ts'
import type { SupplierOffer } from '../../core/offer.ts'
import type { Call, ConfirmOutcome, ConfirmRequest } from '../port.ts'
import { ask, type Desk, headOf } from './desk.ts'
import { isOfferContext } from './wire/context.ts'
import { offersOf } from './wire/offers.ts'
import { namedAs } from './wire/passengers.ts'
import { encodeOfferPrice } from './wire/price-request.ts'

export async function confirmPrice(desk: Desk, request: ConfirmRequest, call: Call): Promise<ConfirmOutcome> {
  const { offer, passengers } = request
  const context = offer.supplierContext
  if (!isOfferContext(context))
    return { kind: 'failed', fault: fault('invalid-request', 'the offer is none of this supplier') }
  const told = await ask(
    desk,
    {
      message: 'OfferPrice',
      body: encodeOfferPrice(context, passengers, headOf(desk, call)),
      expects: 'OfferPriceRS',
      changes: false,
      // The offer asked for comes first, what it could be changed for after it.
      read: message => offersOf(message, namedAs(passengers))[0],
    },
    call,
  )
  if (told.kind === 'fault') {
    const gone = ['offer-gone', 'sold-out', 'not-found', 'no-offers'].includes(told.fault.kind)
    return { kind: gone ? 'gone' : 'failed', fault: told.fault }
  }
  const priced = told.value
  if (!priced) return { kind: 'failed', fault: fault('malformed-reply', 'the reply holds no offer that can be read') }
  if (flightsOf(priced) !== flightsOf(offer))
    return { kind: 'gone', fault: fault('offer-gone', 'the supplier now offers other flights') }
  return { kind: 'confirmed', offer: inOrderOf(priced, offer) }
}

function flightsOf({ slices }: SupplierOffer): string {
  return slices
    .flatMap(slice => slice.segments)
    .map(({ marketing, origin, destination, departure }) =>
      [marketing.carrier, marketing.number, origin, destination, departure].join(' '),
    )
    .join()
}

/** An offer that names no holder or limit again has those that it had. */
function inOrderOf(priced: SupplierOffer, shopped: SupplierOffer): SupplierOffer {
  return {
    ...priced,
    validatingCarrier: priced.validatingCarrier ?? shopped.validatingCarrier,
    ticketBy: priced.ticketBy ?? shopped.ticketBy,
  }
}
