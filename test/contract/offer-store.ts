import { afterEach, describe, expect, it } from 'vitest'
import type { EpochMs } from '../../src/core/clock.ts'
import type { OfferId } from '../../src/core/ids.ts'
import { money } from '../../src/core/money.ts'
import type { SupplierOffer } from '../../src/core/offer.ts'
import { type OfferStore, offerSorts } from '../../src/shopping/offer-store.ts'
import type { StoredOffer } from '../../src/shopping/port.ts'
import { type ReadyAnswer, readyAnswerOf } from '../../src/shopping/ready-answer.ts'
import { newSingleOfferId, newViewId, offerIdOf } from '../../src/shopping/search-ids.ts'
import type { View } from '../../src/shopping/view.ts'
import { encodeViewOffer, joinOffers, toOffer } from '../../src/shopping/view-offer.ts'
import { makeOffer, outbound } from '../shopping/support/offers.ts'
import { cursors, ids, manyOffers, netSetOf, viewOf } from '../shopping/support/views.ts'

export type StoreUnderTest = {
  readonly store: OfferStore
  now(): EpochMs
  /** Lets time pass for the store: by its clock, or really. */
  pass(ms: number): Promise<void>
  readonly close: () => Promise<void>
}

/** What every place for offers keeps to. */
export function offerStoreContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(name, () => {
    let subject: StoreUnderTest | undefined
    afterEach(async () => {
      await subject?.close()
      subject = undefined
    })
    const start = async () => {
      subject = await open()
      const { store, now } = subject
      const save = async (count: number, ttlMs = 600_000): Promise<View> => {
        const view = viewOf(manyOffers(count), { now: now(), ttlMs })
        await store.saveView(view)
        return view
      }
      return { ...subject, save }
    }

    it('gives back the head and the first page', async () => {
      const { store, save } = await start()
      const view = await save(45)
      const first = await store.findFirstPage(view.head.id)
      expect(first!.head).toEqual(view.head)
      expect(Buffer.from(first!.page).equals(view.firstPage)).toBe(true)
      expect(JSON.parse(`[${first!.page.toString()}]`)).toHaveLength(20)
    })

    it('gives back the table that filters and facets look at, number by number', async () => {
      const { store, save } = await start()
      const view = await save(45)
      const table = await store.findTable(view.head.id)
      expect(table!.columns).toEqual(view.columns)
      expect(table!.places).toEqual(view.places)
      expect(table!.head).toEqual(view.head)
    })

    it('pages through all rows in the order of each sort, up and down, each row once', async () => {
      const { store, save } = await start()
      const view = await save(97)
      for (const sort of offerSorts) {
        const seen: Record<'asc' | 'desc', string[]> = { asc: [], desc: [] }
        for (const order of ['asc', 'desc'] as const) {
          for (let offset = 0; offset < 97; offset += 10) {
            const page = await store.findPage(view.head.id, { sort, order, offset, limit: 10 })
            for (const offer of page!.offers) seen[order].push(JSON.parse(offer.toString()).id)
          }
        }
        expect(seen.asc).toHaveLength(97)
        expect(new Set(seen.asc).size).toBe(97)
        expect(seen.desc.toReversed()).toEqual(seen.asc)
        expect(seen.asc).toEqual(sortedIds(view, sort))
      }
    })

    it('gives back a page beyond the end as empty, and a page of an empty view', async () => {
      const { store, save } = await start()
      const view = await save(3)
      const page = { sort: 'price', order: 'asc', offset: 3, limit: 10 } as const
      expect((await store.findPage(view.head.id, page))!.offers).toEqual([])
      const empty = await save(0)
      expect((await store.findPage(empty.head.id, { ...page, offset: 0 }))!.offers).toEqual([])
      expect((await store.findFirstPage(empty.head.id))!.page).toHaveLength(0)
    })

    it('gives back encoded offers by index, in the order asked', async () => {
      const { store, save } = await start()
      const view = await save(30)
      const indexes = [29, 0, 7]
      const encoded = await store.findEncoded(view.head.id, indexes)
      const expected = indexes.map(index => encodeViewOffer(view.head, index, view.offers.get(index)))
      expect(joinOffers(encoded!).toString()).toBe(joinOffers(expected).toString())
    })

    it('gives back an offer whole: what the supplier gave, its context and all, and what was shown', async () => {
      const { store, now } = await start()
      const context = { raw: { id: '1', n: 1.5, list: [true, null, 'Zürich'] }, token: 'x'.repeat(5_000) }
      const view = viewOf([makeOffer({ context, ticketBy: '2027-01-06T10:00:00Z' })], { now: now() })
      await store.saveView(view)
      expect(await store.findOffer(view.head.id, 0)).toEqual({ head: view.head, offer: view.offers.get(0) })
    })

    it('knows nothing of views, offers and result sets that were never saved', async () => {
      const { store, save } = await start()
      const view = await save(3)
      const other = newViewId()
      expect(await store.findFirstPage(other)).toBeUndefined()
      expect(await store.findTable(other)).toBeUndefined()
      expect(await store.findPage(other, { sort: 'best', order: 'asc', offset: 0, limit: 5 })).toBeUndefined()
      expect(await store.findEncoded(other, [0])).toBeUndefined()
      expect(await store.findOffer(other, 0)).toBeUndefined()
      expect(await store.findOffer(view.head.id, 3)).toBeUndefined()
      expect(await store.findSingle('off_nothing')).toBeUndefined()
      expect(await store.findNet('nothing')).toBeUndefined()
    })

    it('forgets a view when it expires', async () => {
      const { store, save, pass } = await start()
      const view = await save(3, 400)
      expect(await store.findFirstPage(view.head.id)).toBeDefined()
      await pass(450)
      expect(await store.findFirstPage(view.head.id)).toBeUndefined()
      expect(await store.findTable(view.head.id)).toBeUndefined()
      expect(await store.findOffer(view.head.id, 0)).toBeUndefined()
      expect(await store.findPage(view.head.id, { sort: 'best', order: 'asc', offset: 0, limit: 5 })).toBeUndefined()
    })

    it('keeps an offer of its own until it expires', async () => {
      const { store, now, pass } = await start()
      const stored = storedOffer()
      await store.saveSingle(stored, now() + 400)
      expect(await store.findSingle(stored.offer.id)).toEqual(stored)
      await pass(450)
      expect(await store.findSingle(stored.offer.id)).toBeUndefined()
    })

    it('keeps a net result set whole, as long as it may serve again', async () => {
      const { store, now, pass } = await start()
      const net = netSetOf(manyOffers(40), { mark: store.mark(), reusableUntil: now() + 400 })
      await store.saveNet('a question', net)
      expect(await store.findNet('a question')).toEqual(net)
      await pass(450)
      expect(await store.findNet('a question')).toBeUndefined()
    })

    it('keeps an answer whole, for its question and its tenant only, as long as it may be used', async () => {
      const { store, now, pass } = await start()
      const answer = answerOf(manyOffers(40), { mark: store.mark(), usableUntil: now() + 400 })
      await store.saveAnswer('question default', answer)
      expect(await store.findAnswer('question default')).toEqual(answer)
      expect(await store.findAnswer('question another')).toBeUndefined()
      expect(await store.findAnswer('other default')).toBeUndefined()
      await pass(450)
      expect(await store.findAnswer('question default')).toBeUndefined()
    })

    it('uses nothing again that holds a changed flight and was asked before the change', async () => {
      const { store, now } = await start()
      const offers = manyOffers(40)
      const [with7, without7] = [offers, offers.filter((_, i) => i !== 7)]
      const usableUntil = now() + 60_000
      const mark = store.mark()
      await store.saveNet('with', netSetOf(with7, { mark, reusableUntil: usableUntil }))
      await store.saveNet('without', netSetOf(without7, { mark, reusableUntil: usableUntil }))
      await store.saveAnswer('with default', answerOf(with7, { mark, usableUntil }))
      await store.saveAnswer('without default', answerOf(without7, { mark, usableUntil }))

      await store.noteChange([offers[7]!])
      expect(await store.findNet('with')).toBeUndefined()
      expect(await store.findAnswer('with default')).toBeUndefined()
      expect(await store.findNet('without')).toBeDefined()
      expect(await store.findAnswer('without default')).toBeDefined()

      // suppliers were asked before the change, and answered after it
      await store.saveNet('late', netSetOf(with7, { mark, reusableUntil: usableUntil }))
      expect(await store.findNet('late')).toBeUndefined()
      await store.saveNet('anew', netSetOf(with7, { mark: store.mark(), reusableUntil: usableUntil }))
      expect(await store.findNet('anew')).toBeDefined()
    })

    it('knows a flight by every number that it is sold under', async () => {
      const { store, now } = await start()
      const codeShare = { ...outbound, flight: 'AA6135', operating: 'BA117' }
      const mark = store.mark()
      const net = netSetOf([makeOffer({ slices: [[codeShare]] })], { mark, reusableUntil: now() + 60_000 })
      await store.saveNet('code share', net)
      await store.noteChange([makeOffer({ slices: [[{ ...outbound, departure: '2027-03-11T08:20:00' }]] })])
      expect(await store.findNet('code share')).toBeDefined()
      await store.noteChange([makeOffer({ slices: [[outbound]] })])
      expect(await store.findNet('code share')).toBeUndefined()
    })
  })
}

function answerOf(offers: readonly SupplierOffer[], more: Partial<ReadyAnswer>): ReadyAnswer {
  return { ...readyAnswerOf(viewOf(offers), netSetOf(offers), cursors), ...more }
}

function sortedIds(view: View, sort: string): readonly string[] {
  const { columns, places, head } = view
  const keyOf = (row: number): number => {
    switch (sort) {
      case 'best':
        return places[row]!
      case 'price':
        return columns.price[row]!
      case 'duration':
        return columns.durationMinutes[row]!
      case 'departure':
        return columns.departure[row]!
      default:
        return columns.arrival[row]!
    }
  }
  const rows = [...columns.leaders.keys()].sort((x, y) => keyOf(x) - keyOf(y) || x - y)
  return rows.map(row => offerIdOf(head.base, columns.leaders[row]!))
}

function storedOffer(): StoredOffer {
  const view = viewOf([makeOffer()])
  const base = ids.mint(newViewId(), 'default', 0, 'miss')
  const id: OfferId = newSingleOfferId(base, 0)
  return {
    tenant: 'default',
    offer: { ...toOffer(base, 0, view.offers.get(0)), id, total: money(51_000, 'EUR') },
    net: view.offers.get(0).net,
    passengers: view.head.passengers,
    pointOfSale: 'GB',
    currency: 'EUR',
  }
}
