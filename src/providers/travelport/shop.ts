import type { Call, ShopOutcome, ShopQuery } from '../port.ts'
import { ask, type Desk, headOf } from './desk.ts'
import { pricedPassengers } from './passengers.ts'
import { emptyContent, readAirContent } from './wire/air-content.ts'
import { encodeLowFareSearch } from './wire/low-fare-search.ts'
import { offersOf } from './wire/offers.ts'

/** A reply of three megabytes is read in some 15 ms and becomes offers in some 8: from this size on the two are not done
 *  in one turn of the event loop. */
const turnBytes = 1_000_000

export async function shop(desk: Desk, query: ShopQuery, call: Call): Promise<ShopOutcome> {
  const content = emptyContent()
  const told = await ask(
    desk,
    {
      service: 'AirService',
      body: encodeLowFareSearch(query, headOf(desk, call)),
      expects: 'LowFareSearchRsp',
      changes: false,
      read(reply, bytes) {
        readAirContent(reply, reply.scanner.depth, content)
        return bytes.length
      },
    },
    call,
  )
  if (told.kind === 'fault') {
    if (told.fault.kind === 'no-offers') return { kind: 'offers', offers: [], partial: false, warnings: [] }
    return { kind: 'failed', fault: told.fault }
  }
  if (told.value > turnBytes) await desk.clock.sleep(0)
  const { reply } = told
  const offers = offersOf(reply, content, {
    names: () => pricedPassengers(query.passengers),
    accountCodes: query.accountCodes,
  })
  const whole = offers.filter(offer => offer.slices.length === query.slices.length)
  if (whole.length < offers.length)
    reply.warn('incomplete', 'AirPricePoint', 'prices for a part of the journey were left out')
  return { kind: 'offers', offers: whole.slice(0, query.offersMax), partial: content.more, warnings: reply.warnings }
}
