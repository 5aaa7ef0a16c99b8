import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SupplierOffer } from '../../src/core/offer.ts'
import { encodeOffer } from '../../src/providers/amadeus/wire/flight-offer-encode.ts'
import { decodeSoap } from '../../src/providers/amadeus/wire/soap.ts'
import { fixturesDir } from '../../test/support/fixtures-dir.ts'
import { parsing, warm } from '../decode-row.ts'
import type { Row } from '../row.ts'

const dir = fixturesDir()

/** A recorded travel board (0.6 MB, 169 offers, most of it long names and indentation): nothing here speaks the format
 *  but its decoder. The floor is the same offers as the JSON service would send them; the scanner's events alone are 1.8
 *  times that, so there is no aim. */
export const row: Row = {
  name: 'amadeus soap: search reply to offers',
  unit: 'offer',
  floorIs: 'JSON.parse of the same offers in Amadeus’ JSON',
  aim: null,
  ...(dir === undefined ? { unavailable: 'the recorded replies are absent' } : {}),
  floor() {
    const { offers } = decodeSoap(recorded())
    const bytes = Buffer.from(JSON.stringify({ data: offers.map(asJson) }))
    return parsing({ bytes, offers: offers.length }, offers.length)
  },
  value() {
    const bytes = recorded()
    return warm(reply => decodeSoap(reply).offers, { bytes, offers: 0 })
  },
}

function recorded(): Buffer {
  return readFileSync(join(dir!, 'amadeus-soap', 'mptb-12.4-bru-ow-85rec.xml'))
}

function asJson(offer: SupplierOffer, index: number): unknown {
  const segmentIds = offer.slices.flatMap(slice => slice.segments.map(segment => segment.id))
  const ids = offer.passengers.flatMap(passenger => passenger.ids)
  const travellers = ids.map((passengerId, at) => ({ id: String(at + 1), passengerId, adultId: null }))
  return encodeOffer(offer, { id: String(index + 1), segmentIds, travellers, step: 'search' })
}
