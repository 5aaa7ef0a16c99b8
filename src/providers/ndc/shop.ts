import { inTurns } from '../../core/turns.ts'
import type { Call, ShopOutcome, ShopQuery } from '../port.ts'
import { ask, type Desk, headOf } from './desk.ts'
import { encodeAirShopping } from './wire/air-shopping.ts'
import { warningsOf } from './wire/decode.ts'
import { offerSteps } from './wire/offers.ts'
import { namedAs } from './wire/passengers.ts'

export async function shop(desk: Desk, query: ShopQuery, call: Call): Promise<ShopOutcome> {
  const told = await ask(
    desk,
    {
      message: 'AirShopping',
      body: encodeAirShopping(query, headOf(desk, call)),
      expects: 'AirShoppingRS',
      changes: false,
      read: message => offerSteps(message, namedAs(query.passengers)),
    },
    call,
  )
  if (told.kind === 'fault') {
    if (told.fault.kind === 'no-offers') return { kind: 'offers', offers: [], partial: false, warnings: [] }
    return { kind: 'failed', fault: told.fault }
  }
  // Airlines that sell by direction answer with offers for one: they are none of the whole journey.
  const offers = await inTurns(told.value)
  const whole = offers.filter(offer => offer.slices.length === query.slices.length)
  const wireOffers = told.message.offers.length
  return {
    kind: 'offers',
    offers: whole.slice(0, query.offersMax),
    partial: whole.length < wireOffers,
    warnings: warningsOf(told.message),
  }
}
