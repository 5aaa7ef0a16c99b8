import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { moneyJson } from '../../../src/core/money.ts'
import type { SupplierOffer } from '../../../src/core/offer.ts'
import { decode } from '../../../src/providers/sabre/wire/decode.ts'
import { encodeGrouped } from '../../../src/providers/sabre/wire/grouped-encode.ts'
import { describeFixtures, readFixture } from '../../support/fixtures.ts'
import { expectSums } from '../../support/sound-offer.ts'

type Expected = {
  readonly file: string
  readonly accepted: boolean | null
  readonly faults: readonly string[] | null
  readonly offers: { readonly count: number; readonly priced: readonly string[] | null } | null
}

/** The facts that were computed from each recording by other programs. */
describeFixtures('recorded replies of Sabre', dir => {
  const { messages } = JSON.parse(readFixture('expected.json').toString()) as { messages: readonly Expected[] }
  const folders = ['sabre-gir-json', 'sabre-bfm-ota-json']
  const files = folders.flatMap(folder => readdirSync(join(dir, folder)).map(name => `${folder}/${name}`))

  test('are there', () => {
    expect(files.length).toBeGreaterThan(3)
  })

  test.each(files)('%s: every offer, priced for its flights, adding up', file => {
    const expected = messages.find(message => message.file === file)!
    const decoded = decode(readFixture(file))
    expect(decoded.faults.map(fault => fault.code)).toEqual(expected.faults ?? [])
    expect(decoded.offers).toHaveLength(expected.offers?.count ?? 0)
    for (const offer of decoded.offers) expectSums(offer)
    const priced = new Set(decoded.offers.map(pricedText))
    if (expected.offers?.priced) expect(priced).toEqual(new Set(expected.offers.priced.map(tidy)))
  })

  test.each(files)('%s: written again and read again it is the same', file => {
    const { offers } = decode(readFixture(file))
    const again = decode(Buffer.from(JSON.stringify(encodeGrouped(offers, { officeZone: 'UTC' })))).offers
    const key = (offer: SupplierOffer): string => JSON.stringify(offer)
    expect(again.map(key).toSorted()).toEqual(offers.map(key).toSorted())
  })
})

function pricedText(offer: SupplierOffer): string {
  const flights = offer.slices.flatMap(slice =>
    slice.segments.map(({ marketing, origin, destination, departure }) => {
      return `${marketing.carrier}${marketing.number} ${origin}-${destination} ${departure.slice(0, 16)}`
    }),
  )
  const { amount, currency } = moneyJson(offer.total)
  return tidy(`${amount} ${currency} = ${flights.join('; ')}`)
}

/** Flights in one order, amounts without trailing zeros. */
function tidy(text: string): string {
  const [price, flights] = text.split(' = ')
  const [amount, currency] = price!.split(' ')
  return `${Number(amount)} ${currency} = ${flights!.split('; ').toSorted().join('; ')}`
}
