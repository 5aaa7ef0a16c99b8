import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { moneyJson, parseMoney } from '../../../src/core/money.ts'
import type { SupplierOffer } from '../../../src/core/offer.ts'
import { WireError } from '../../../src/core/wire-error.ts'
import { decode } from '../../../src/providers/ndc/wire/decode.ts'
import { encodeAirShoppingReply } from '../../../src/providers/ndc/wire/write-offers.ts'
import { describeFixtures, readFixture } from '../../support/fixtures.ts'
import { expectSums } from '../../support/sound-offer.ts'

type Offers = { readonly count: number; readonly priced?: readonly string[] }
type Order = { readonly surnames?: readonly string[]; readonly tickets?: readonly string[]; readonly total?: string }
type Expected = {
  readonly file: string
  readonly faults: readonly string[] | null
  readonly offers: Offers | readonly Offers[] | null
  readonly order: Order | readonly Order[] | null
  readonly seatMaps: readonly number[] | null
  readonly ifGiven: readonly string[]
}

/** The facts that were computed from each recording by other programs. */
describeFixtures('recorded replies and notices of NDC', dir => {
  const { messages } = JSON.parse(readFixture('expected.json').toString()) as { messages: readonly Expected[] }
  const folders = readdirSync(dir).filter(name => name.startsWith('ndc-'))
  const all = folders.flatMap(folder => readdirSync(join(dir, folder)).map(name => `${folder}/${name}`))
  const files = all.filter(file => messages.some(message => message.file === file))
  const shops = files.filter(file => /airshopping|offerprice/.test(file))

  test('are there, of every release', () => {
    expect(folders).toHaveLength(4)
    expect(files.length).toBeGreaterThan(50)
  })

  test.each(files)('%s', file => {
    const expected = messages.find(message => message.file === file)!
    const { offers, order, faults, seatMaps, warnings } = decode(readFixture(file))
    expect(faults.map(fault => fault.code)).toEqual(expected.faults ?? [])
    const wanted = [expected.offers ?? []].flat()[0]
    if (wanted) expect(offers).toHaveLength(wanted.count)
    if (wanted?.priced) expect(new Set(offers.map(pricedText))).toEqual(new Set(wanted.priced.map(tidy)))
    for (const offer of offers) expectSums(offer)
    const known = [expected.order ?? []].flat()[0]
    if (known?.surnames && order)
      expect(order.passengers.map(one => one.surname.toUpperCase()).toSorted()).toEqual(known.surnames.toSorted())
    if (known?.tickets && order)
      expect(order.documents.map(one => one.number)).toEqual(expect.arrayContaining([...known.tickets]))
    if (known?.total && order) expect(amountText(moneyJson(order.total!))).toBe(amountText(split(known.total)))
    if (expected.seatMaps) expect(seatMaps).toHaveLength(expected.seatMaps[0]!)
    expect(warnings.map(warning => warning.code)).not.toContain('reference')
  })

  test.each(shops)('%s: written again as 21.3 and read again it is the same', file => {
    const { offers } = decode(readFixture(file))
    const written = offers.filter(offer => offer.validatingCarrier !== null)
    if (written.length === 0) return
    const asked = written[0]!.passengers.flatMap(({ ids, type }) => ids.map(ref => ({ ref, type, infantRef: null })))
    const reply = encodeAirShoppingReply(
      written.map((offer, index) => ({ id: `O${index}`, offer })),
      asked.toSorted((a, b) => (a.ref < b.ref ? -1 : 1)),
      { correlationId: null, timestamp: '2026-11-21T10:00:00Z' },
    )
    const again = decode(Buffer.from(reply))
    expect(again.warnings).toEqual([])
    expect(again.offers.map(bare)).toEqual(written.map(bare))
  })

  test.each(files)('%s: spoilt anywhere it gives offers that add up, or a reason and a place', file => {
    const bytes = readFixture(file)
    const numRuns = Math.max(10, Math.min(200, Math.floor(4_000_000 / bytes.length)))
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 32, max: 126 }), fc.nat(40), (at, byte, gap) => {
        const spoilt = Buffer.concat([bytes.subarray(0, at), Buffer.from([byte]), bytes.subarray(at + gap)])
        for (const offer of readOrRefuse(spoilt)) expectSums(offer)
      }),
      { numRuns, seed: 42 },
    )
  })
})

/** What 21.3 has a place for: an operator named beside the carrier's own code is kept, a payment in no time is not a
 *  choice, fees are per passenger. Ids are the writer's own. */
function bare(offer: SupplierOffer) {
  const { supplierContext: _, ...rest } = offer
  return rest
}

function readOrRefuse(bytes: Buffer): readonly SupplierOffer[] {
  try {
    return decode(bytes).offers
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    expect(error.at).not.toBe('')
    return []
  }
}

function pricedText({ total, slices }: SupplierOffer): string {
  const flights = slices
    .flatMap(slice => slice.segments)
    .map(
      one =>
        `${one.marketing.carrier}${one.marketing.number} ${one.origin}-${one.destination} ${one.departure.slice(0, 16)}`,
    )
  return `${amountText(moneyJson(total))} = ${flights.toSorted().join('; ')}`
}

/** `44.0 EUR = A; B` with the amount in the currency's own digits and the flights in order. */
function tidy(priced: string): string {
  const [total, flights] = priced.split(' = ') as [string, string]
  return `${amountText(split(total))} = ${flights.split('; ').toSorted().join('; ')}`
}

function split(text: string): { readonly amount: string; readonly currency: string } {
  const [amount, currency] = text.split(' ') as [string, string]
  return moneyJson(parseMoney(amount, currency)!)
}

function amountText({ amount, currency }: { readonly amount: string; readonly currency: string }): string {
  return `${amount} ${currency}`
}
