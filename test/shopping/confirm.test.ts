import { describe, expect, it } from 'vitest'
import { fault } from '../../src/core/fault.ts'
import type { OfferId } from '../../src/core/ids.ts'
import type { SupplierOffer } from '../../src/core/offer.ts'
import type { PriceConfirmation } from '../../src/shopping/port.ts'
import { makeOffer, type OfferSpec } from './support/offers.ts'
import { contextOf, euro, jsonOf, now, openShopping, request } from './support/shopping.ts'
import { fakeSupplier } from './support/suppliers.ts'

const context = contextOf()
const family: OfferSpec = {
  passengers: [
    ['ADT', ['pax_1']],
    ['CHD', ['pax_2', 'pax_3']],
  ],
}
const familyRequest = { ...request, passengers: [{ type: 'ADT' }, { type: 'CHD' }, { type: 'CHD' }] } as const

async function shopOne(spec: OfferSpec = {}, asked: Parameters<typeof search>[1] = request) {
  const supplier = fakeSupplier('alpha', [makeOffer({ price: 50_000, ...spec })])
  const suppliers = [supplier]
  const open = openShopping(suppliers)
  const found = await search(open.shopping, asked)
  const id: OfferId = found.offers[0].id
  return { ...open, supplier, suppliers, id, search: found }
}

async function search(shopping: ReturnType<typeof openShopping>['shopping'], asked: typeof request) {
  return jsonOf(await shopping.search(asked, context))
}

const confirmed = (spec: OfferSpec) => async () => ({ kind: 'confirmed' as const, offer: makeOffer(spec) })

describe('confirming a price', () => {
  it('asks with the offer as the supplier gave it', async () => {
    const { shopping, supplier, id } = await shopOne({ context: { token: 'abc' } })
    let asked: SupplierOffer | undefined
    supplier.confirm = async offer => {
      asked = offer
      return { kind: 'confirmed', offer }
    }
    await shopping.confirmPrice(id, context)
    expect(asked!.supplierContext).toEqual({ token: 'abc' })
  })

  it('at the same price is unchanged: the same offer, with what the supplier wants back now', async () => {
    const { shopping, supplier, id } = await shopOne({ context: { token: 'old' } })
    const before = await shopping.getStoredOffer(id, context)
    supplier.confirm = confirmed({ price: 50_000, context: { token: 'new' } })
    const confirmation = await shopping.confirmPrice(id, context)
    expect(confirmation.kind).toBe('unchanged')
    const { stored } = confirmation as Extract<PriceConfirmation, { kind: 'unchanged' }>
    expect(stored.offer).toEqual(before.offer)
    expect(stored.net.supplierContext).toEqual({ token: 'new' })
    expect(await shopping.getStoredOffer(id, context)).toEqual(before)
  })

  it.each([
    [52_345, 2_345],
    [49_000, -1_000],
  ])('at another price makes a new offer that replaces the old one: 50000 -> %i', async (price, difference) => {
    const { shopping, supplier, id, search } = await shopOne()
    supplier.confirm = confirmed({ price, context: { token: 'new' } })
    const confirmation = await shopping.confirmPrice(id, context)
    expect(confirmation).toMatchObject({
      kind: 'changed',
      old: euro(50_000),
      new: euro(price),
      difference: euro(difference),
      stored: { tenant: 'default', currency: 'EUR', offer: { replaces: id, searchId: search.id, total: euro(price) } },
    })
    const { stored } = confirmation as Extract<PriceConfirmation, { kind: 'changed' }>
    expect(stored.offer.id).not.toBe(id)
    expect(await shopping.getStoredOffer(stored.offer.id, context)).toEqual(stored)
    expect(jsonOf(await shopping.getOffer(stored.offer.id, context))).toMatchObject({ replaces: id, alternatives: [] })
    expect(jsonOf(await shopping.getOffer(id, context)).total.amount).toBe('500.00')
    await expect(shopping.getOffer(stored.offer.id, contextOf('other'))).rejects.toMatchObject({ type: 'not-found' })
    supplier.confirm = confirmed({ price })
    expect(await shopping.confirmPrice(stored.offer.id, context)).toMatchObject({ kind: 'unchanged' })
  })

  it('sees a change between passengers that leaves the sum as it was', async () => {
    const { shopping, supplier, id } = await shopOne(family, familyRequest)
    const offer = makeOffer({ ...family, price: 50_000 })
    const [adult, child] = offer.passengers
    const move = (entry: typeof adult, by: number) => ({
      ...entry!,
      each: {
        ...entry!.each,
        base: euro(entry!.each.base.amountMinor + by),
        total: euro(entry!.each.total.amountMinor + by),
      },
    })
    supplier.confirm = async () => ({
      kind: 'confirmed',
      offer: { ...offer, passengers: [move(adult, 200), move(child, -100)] },
    })
    expect(await shopping.confirmPrice(id, context)).toMatchObject({ kind: 'changed', difference: euro(0) })
  })

  it('does not mind the order or grouping in which a supplier names passengers', async () => {
    const { shopping, supplier, id } = await shopOne(family, familyRequest)
    supplier.confirm = confirmed({
      passengers: [
        ['CHD', ['pax_3']],
        ['ADT', ['pax_1']],
        ['CHD', ['pax_2']],
      ],
      price: 50_000,
    })
    expect(await shopping.confirmPrice(id, context)).toMatchObject({ kind: 'unchanged' })
  })

  it('of an offer that is no longer sold tells that it is gone, and why', async () => {
    const { shopping, supplier, id } = await shopOne()
    supplier.confirm = async () => ({ kind: 'gone', fault: fault('sold-out', 'no seats left in O') })
    expect(await shopping.confirmPrice(id, context)).toMatchObject({ kind: 'gone', reason: 'no seats left in O' })
    supplier.confirm = confirmed({ price: 50_000, expiresAt: new Date(now - 1).toISOString() })
    expect(await shopping.confirmPrice(id, context)).toMatchObject({ kind: 'gone' })
  })

  it.each<[string, OfferSpec]>([
    ['the wrong passengers', { passengers: [['ADT', ['pax_2']]] }],
    [
      'other flights than the ones asked for',
      {
        slices: [
          [{ flight: 'BA1', from: 'LHR', to: 'BOS', departure: '2027-03-10T10:00:00', arrival: '2027-03-10T13:00:00' }],
        ],
      },
    ],
    ['an unknown currency', { currency: 'XTS' }],
  ])('that comes back with %s is no confirmation', async (_, spec) => {
    const { shopping, supplier, id } = await shopOne()
    supplier.confirm = confirmed(spec)
    await expect(shopping.confirmPrice(id, context)).rejects.toMatchObject({
      type: 'suppliers-unavailable',
      extensions: { providers: [{ code: 'alpha', status: 'error' }] },
    })
  })

  it('of a supplier that does not answer is a 503 that says so', async () => {
    const { shopping, supplier, suppliers, id } = await shopOne()
    supplier.confirm = async () => ({ kind: 'failed', fault: fault('timeout', 'no answer within 15000 ms') })
    await expect(shopping.confirmPrice(id, context)).rejects.toMatchObject({
      type: 'suppliers-unavailable',
      status: 503,
      extensions: { providers: [{ code: 'alpha', status: 'timeout', fault: { kind: 'timeout' } }] },
    })
    suppliers.length = 0
    await expect(shopping.confirmPrice(id, context)).rejects.toMatchObject({ type: 'suppliers-unavailable' })
  })
})
