import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { moneyJson } from '../../../src/core/money.ts'
import type { SupplierOffer } from '../../../src/core/offer.ts'
import { WireError } from '../../../src/core/wire-error.ts'
import { decode } from '../../../src/providers/sabre/wire/decode.ts'
import { encodeGrouped } from '../../../src/providers/sabre/wire/grouped-encode.ts'
import { describeFixtures, readFixture } from '../../support/fixtures.ts'
import { expectSums } from '../../support/sound-offer.ts'

type Offers = { readonly count: number; readonly priced: readonly string[] | null }

type Expected = {
  readonly file: string
  readonly accepted: boolean | null
  readonly faults: readonly string[] | null
  readonly offers: Offers | readonly Offers[] | null
}

/** The facts that were computed from each recording by other programs. */
describeFixtures('recorded replies of Sabre', dir => {
  const { messages } = JSON.parse(readFixture('expected.json').toString()) as { messages: readonly Expected[] }
  const folders = ['sabre-gir-json', 'sabre-bfm-ota-json', 'sabre-gir-xml', 'sabre-bfm-ota-xml']
  const files = folders.flatMap(folder => readdirSync(join(dir, folder)).map(name => `${folder}/${name}`))

  test('are there', () => {
    expect(files.length).toBeGreaterThan(3)
  })

  test.each(files)('%s: every offer, priced for its flights, adding up', file => {
    const expected = messages.find(message => message.file === file)!
    const decoded = decode(readFixture(file))
    const alternatives = Array.isArray(expected.offers) ? expected.offers : [expected.offers]
    if (expected.faults) expect(decoded.faults.map(fault => fault.code)).toEqual(expected.faults)
    if (expected.accepted) expect(decoded.faults).toEqual([])
    expect(alternatives.map(offers => offers?.count ?? 0)).toContain(decoded.offers.length)
    if (alternatives.length > 1) expect(decoded.warnings.length).toBeGreaterThan(0)
    for (const offer of decoded.offers) expectSums(offer)
    const priced = new Set(decoded.offers.map(pricedText))
    const wanted = alternatives[0]?.priced
    if (wanted) expect(priced).toEqual(new Set(wanted.map(tidy)))
  })

  test.each(files.filter(file => !file.includes('airprice')))(
    '%s: written again and read again it is the same',
    file => {
      const { offers } = decode(readFixture(file))
      const again = decode(Buffer.from(JSON.stringify(encodeGrouped(offers, { officeZone: 'UTC' })))).offers
      const key = (offer: SupplierOffer): string => JSON.stringify(offer)
      expect(again.map(key).toSorted()).toEqual(offers.map(key).toSorted())
    },
  )

  test.each(files)('%s: spoilt anywhere it gives offers that add up, or a reason and a place', file => {
    const bytes = readFixture(file)
    // the large ones are read fewer times
    const numRuns = Math.max(20, Math.min(200, Math.floor(4_000_000 / bytes.length)))
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }), fc.nat(60), (at, byte, gap) => {
        const spoilt = Buffer.concat([bytes.subarray(0, at), Buffer.from([byte]), bytes.subarray(at + gap)])
        for (const offer of readOrRefuse(spoilt)) expectSums(offer)
      }),
      { numRuns, seed: 42 },
    )
  })
})

function readOrRefuse(bytes: Buffer): readonly SupplierOffer[] {
  try {
    return decode(bytes).offers
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    expect(error.at).not.toBe('')
    return []
  }
}

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
