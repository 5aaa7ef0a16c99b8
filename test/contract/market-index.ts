import { afterEach, describe, expect, it } from 'vitest'
import type { MarketIndex } from '../../src/market/market-index.ts'
import type { ShoppedSearch } from '../../src/shopping/shopped.ts'
import { makeOffer, outbound } from '../shopping/support/offers.ts'
import { now } from '../shopping/support/shopping.ts'

export type StoredDocument = Readonly<Record<string, unknown>>
export type IndexUnderTest = {
  readonly index: MarketIndex
  /** Everything that is in the index of that day, by the index's own search. */
  read(day: string): Promise<readonly StoredDocument[]>
  readonly close: () => Promise<void>
}

const day = '2027.01.05'

export function shoppedSearch(prices: readonly number[], shoppedAt = now, tenant = 'default'): ShoppedSearch {
  return {
    shoppedAt,
    tenant,
    query: {
      slices: [{ origin: 'LHR', destination: 'JFK', departureDate: '2027-03-10', departureTime: null }],
      passengers: [{ id: 'pax_1', type: 'ADT', age: null }],
      cabin: null,
      currency: 'EUR',
      pointOfSale: 'GB',
      maxConnections: null,
      carriers: { include: [], exclude: [] },
      accountCodes: [],
      offersMax: 250,
    },
    offers: prices.map((price, i) => {
      const net = makeOffer({ price, slices: [[{ ...outbound, flight: `BA${100 + i}` }]] })
      return { net, passengers: makeOffer({ price: price + 400 }).passengers }
    }),
  }
}

/** What every memory of the market keeps to. */
export function marketIndexContract(name: string, open: () => Promise<IndexUnderTest>): void {
  describe(name, () => {
    let subject: IndexUnderTest | undefined
    afterEach(async () => {
      await subject?.close()
      subject = undefined
    })
    const start = async (): Promise<IndexUnderTest> => {
      subject = await open()
      return subject
    }

    it('keeps one document per itinerary and day, with all that the market is asked for', async () => {
      const { index, read } = await start()
      index.record(shoppedSearch([51_234]))
      await index.flush()
      const documents = await read(day)
      expect(documents).toHaveLength(1)
      expect(documents[0]).toMatchObject({
        flightId: 'BA100@2027-03-10',
        trip: 'one-way',
        carriers: ['BA'],
        validatingCarrier: 'BA',
        supplier: 'alpha',
        origin: 'LHR',
        destination: 'JFK',
        originCity: 'LON',
        destinationCity: 'NYC',
        route: 'LHR-JFK',
        departure: '2027-03-10T08:20:00Z',
        arrival: '2027-03-10T16:15:00Z',
        departureDate: '2027-03-10',
        returnDate: null,
        durationMinutes: 475,
        stops: 0,
        cabins: ['economy'],
        aircraft: ['77W'],
        amenities: [],
        tenant: 'default',
        nights: null,
        lowestPriceMinor: 51_634,
        currency: 'EUR',
        shownPriceMinor: 51_634,
        shownCurrency: 'EUR',
        supplierPriceMinor: 51_234,
        supplierCurrency: 'EUR',
        pointOfSale: 'GB',
        shoppedAt: '2027-01-05T10:00:00Z',
        shoppedDay: '2027-01-05',
      })
      expect(documents[0]!.originLocation).toEqual({ lat: expect.closeTo(51.47, 1), lon: expect.closeTo(-0.46, 1) })
    })

    it('keeps the lowest price of a day, whatever order prices come in', async () => {
      const { index, read } = await start()
      for (const price of [50_000, 48_000, 52_000, 48_000]) {
        index.record(shoppedSearch([price]))
        await index.flush()
      }
      expect((await read(day)).map(document => document.lowestPriceMinor)).toEqual([48_400])
      expect(index.stats()).toMatchObject({ written: 3, kept: 1, dropped: 0, refused: 0, queued: 0 })
    })

    it('keeps each day of shopping apart', async () => {
      const { index, read } = await start()
      index.record(shoppedSearch([50_000]))
      index.record(shoppedSearch([60_000], now + 86_400_000))
      await index.flush()
      expect((await read(day)).map(document => document.lowestPriceMinor)).toEqual([50_400])
      expect((await read('2027.01.06')).map(document => document.lowestPriceMinor)).toEqual([60_400])
    })

    it("keeps each tenant's prices apart", async () => {
      const { index, read } = await start()
      index.record(shoppedSearch([50_000], now, 'acme'))
      index.record(shoppedSearch([48_000], now, 'other'))
      await index.flush()
      const kept = (await read(day)).map(({ tenant, lowestPriceMinor }) => `${tenant} ${lowestPriceMinor}`)
      expect(kept.sort()).toEqual(['acme 50400', 'other 48400'])
    })

    it('takes at most 50 rows of a search', async () => {
      const { index, read } = await start()
      index.record(shoppedSearch(Array.from({ length: 80 }, (_, i) => 40_000 + i)))
      await index.flush()
      expect(await read(day)).toHaveLength(50)
    })
  })
}
