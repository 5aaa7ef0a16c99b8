import type { ShopOutcome, ShopQuery, Call } from '../port.ts'
import { ask, type Desk, headOf } from './desk.ts'
import { pricedPassengers } from './passengers.ts'
import { emptyContent, readAirContent } from './wire/air-content.ts'
import { encodeLowFareSearch } from './wire/low-fare-search.ts'
import { offersOf } from './wire/offers.ts'

export async function shop(desk: Desk, query: ShopQuery, call: Call): Promise<ShopOutcome> {
  const content = emptyContent()
  const told = await ask(
    desk,
    {
      service: 'AirService',
      body: encodeLowFareSearch(query, headOf(desk, call)),
      expects: 'LowFareSearchRsp',
      changes: false,
      read(reply) {
        readAirContent(reply, reply.scanner.depth, content)
        return offersOf(reply, content, {
          names: () => pricedPassengers(query.passengers),
          accountCodes: query.accountCodes,
        })
      },
    },
    call,
  )
  if (told.kind === 'fault') {
    if (told.fault.kind === 'no-offers') return { kind: 'offers', offers: [], partial: false, warnings: [] }
    return { kind: 'failed', fault: told.fault }
  }
  const whole = told.value.filter(offer => offer.slices.length === query.slices.length)
  if (whole.length < told.value.length)
    told.reply.warn('incomplete', 'AirPricePoint', 'prices for a part of the journey were left out')
  return {
    kind: 'offers',
    offers: whole.slice(0, query.offersMax),
    partial: content.more,
    warnings: told.reply.warnings,
  }
}
