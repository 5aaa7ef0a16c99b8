import { expect, test } from 'vitest'
import { offersReadMax } from '../../src/core/offer.ts'
import { decode as decodeAmadeus } from '../../src/providers/amadeus/wire/decode.ts'
import { decode as decodeDuffel } from '../../src/providers/duffel/wire/decode.ts'
import { decode as decodeSabre } from '../../src/providers/sabre/wire/decode.ts'

/** Each offer that cannot be read costs an error of some microseconds, and 16 MB hold five million of them: without a bound the
 *  event loop stood still for half a minute. */
const entries = 400 * offersReadMax
const allowedMs = 10_000

const many = (entry: string): string => Array(entries).fill(entry).join()

test.each([
  ['amadeus', decodeAmadeus, `{"data":[${many('{}')}]}`],
  ['duffel', decodeDuffel, `{"data":{"id":"orq_1","offers":[${many('{}')}]}}`],
  ['sabre, itineraries', decodeSabre, sabre(`{"itineraries":[${many('{}')}]}`)],
])('%s: a reply of millions of broken offers is not read to its end', (_, decode, text) => {
  const bytes = Buffer.from(text)
  const start = performance.now()
  try {
    expect(decode(bytes).warnings.length).toBeLessThanOrEqual(100)
  } catch (error) {
    expect(error).toMatchObject({ name: 'WireError' })
  }
  expect(performance.now() - start).toBeLessThan(allowedMs)
})

function sabre(groups: string): string {
  return `{"groupedItineraryResponse":{"version":"5","statistics":{"itineraryCount":1},"itineraryGroups":[${groups}]}}`
}
