import { inTurns } from '../../core/turns.ts'
import type { SupplierOffer } from '../../core/offer.ts'
import type { Call, ShopOutcome, ShopQuery } from '../port.ts'
import { ask, type Desk, headOf } from './desk.ts'
import { pricedPassengers } from './passengers.ts'
import { emptyContent, readInTurns } from './wire/air-content.ts'
import { encodeLowFareSearch } from './wire/low-fare-search.ts'
import { offersInTurns } from './wire/offers.ts'

export async function shop(desk: Desk, query: ShopQuery, call: Call): Promise<ShopOutcome> {
  const content = emptyContent()
  const told = await ask(
    desk,
    {
      service: 'AirService',
      body: encodeLowFareSearch(query, headOf(desk, call)),
      expects: 'LowFareSearchRsp',
      changes: false,
      read: reply => inTurns(readInTurns(reply, reply.scanner.depth, content)),
    },
    call,
  )
  if (told.kind === 'fault') {
    if (told.fault.kind === 'no-offers') return { kind: 'offers', offers: [], partial: false, warnings: [] }
    return { kind: 'failed', fault: told.fault }
  }
  const { reply } = told
  const offers: SupplierOffer[] = []
  const asked = { names: () => pricedPassengers(query.passengers), accountCodes: query.accountCodes }
  await inTurns(offersInTurns(reply, content, asked, offers))
  const whole = offers.filter(offer => offer.slices.length === query.slices.length)
  if (whole.length < offers.length)
    reply.warn('incomplete', 'AirPricePoint', 'prices for a part of the journey were left out')
  return { kind: 'offers', offers: whole.slice(0, query.offersMax), partial: content.more, warnings: reply.warnings }
}
