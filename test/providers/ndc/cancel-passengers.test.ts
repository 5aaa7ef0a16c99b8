import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SupplierOffer } from '../../../src/core/offer.ts'
import type { OrderKey, SupplierCancellationQuote } from '../../../src/providers/port.ts'
import { call, confirmed, family, made, openStage, orderKey, people, query, type Stage, shopped } from './journey.ts'

/** Two adults, the child and the infant of the first. */
describe('some passengers of an order', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage()
  })
  afterAll(() => stage.close())

  type PaxId = `pax_${string}`

  async function sellable(refundable = false): Promise<SupplierOffer> {
    const offers = await shopped(stage, query('LHR', 'JFK', { passengers: family }))
    const fits = ({ requirements, conditions }: SupplierOffer): boolean =>
      requirements.holdAllowed === true && (!refundable || conditions.refund.allowed === true)
    return confirmed(stage, offers.find(fits)!, family)
  }
  async function order(offer: SupplierOffer, hold = false): Promise<OrderKey> {
    return orderKey(await made(stage, offer, { travellers: people, hold }), [...people])
  }
  async function quoted(key: OrderKey, ids?: readonly PaxId[]): Promise<SupplierCancellationQuote> {
    const outcome = await stage.provider.quoteCancellation(key, call(), ids)
    if (outcome.kind !== 'quoted') throw new Error(JSON.stringify(outcome))
    return outcome.quote
  }
  const cancel = (key: OrderKey, quote: SupplierCancellationQuote, passengerIds?: readonly PaxId[]) =>
    stage.provider.cancelOrder({ order: key, quote, ...(passengerIds ? { passengerIds } : {}) }, call())
  const priceOf = (offer: SupplierOffer, id: PaxId): number =>
    offer.passengers.find(({ ids }) => ids.includes(id))!.each.total.amountMinor
  async function found(key: OrderKey) {
    const outcome = await stage.provider.retrieveOrder(key, call())
    if (outcome.kind !== 'found') throw new Error(JSON.stringify(outcome))
    return outcome.order
  }

  test('only their items are deleted; one after the other brings what all together do', async () => {
    const offer = await sellable(true)
    const key = await order(offer)
    stage.clock.advance(86_400_000)
    const whole = await quoted(key)
    expect(whole.kind).toBe('refund')
    const parts: readonly (readonly PaxId[] | undefined)[] = [['pax_2'], ['pax_1', 'pax_4'], undefined]
    let back = 0
    for (const ids of parts) {
      const quote = await quoted(key, ids)
      if (ids)
        expect(quote.refund.amountMinor + quote.penalty.amountMinor).toBe(
          ids.reduce((sum, id) => sum + priceOf(offer, id), 0),
        )
      back += quote.refund.amountMinor
      expect(await cancel(key, quote, ids)).toMatchObject({ kind: 'cancelled' })
    }
    expect(back).toBe(whole.refund.amountMinor)
    const after = await found(key)
    expect(after.status).toBe('cancelled')
    expect(after.documents.map(({ status }) => status)).toEqual(['refunded', 'refunded', 'refunded', 'refunded'])
  })

  test('a held order without them costs less, and is paid and ticketed for those who stay', async () => {
    const offer = await sellable()
    const key = await order(offer, true)
    const ids = ['pax_2', 'pax_3'] as const
    const outcome = await cancel(key, await quoted(key, ids), ids)
    const left = offer.total.amountMinor - priceOf(offer, 'pax_2') - priceOf(offer, 'pax_3')
    expect(outcome).toMatchObject({ kind: 'cancelled', documents: [], total: { amountMinor: left } })
    expect(await stage.provider.issueTickets(key, call())).toMatchObject({ kind: 'ticketed' })
    const after = await found(key)
    expect(after).toMatchObject({ status: 'ticketed', total: { amountMinor: left } })
    expect(after.documents.map(({ passengerId }) => passengerId)).toEqual(['pax_1', 'pax_4'])
  })

  test('an infant does not stay behind without its adult', async () => {
    const key = await order(await sellable())
    const outcome = await stage.provider.quoteCancellation(key, call(), ['pax_1'])
    expect(outcome).toMatchObject({ kind: 'refused', fault: { kind: 'not-cancellable' } })
  })

  test('a quote for the whole from before somebody was taken out is no longer good', async () => {
    const key = await order(await sellable())
    const whole = await quoted(key)
    expect(await cancel(key, await quoted(key, ['pax_3']), ['pax_3'])).toMatchObject({ kind: 'cancelled' })
    expect(await cancel(key, whole)).toMatchObject({ kind: 'refused', fault: { kind: 'offer-gone' } })
    expect(await found(key)).toMatchObject({ status: 'ticketed' })
  })

  test('an airline that takes somebody else out as well has not done what was asked', async () => {
    const key = await order(await sellable(), true)
    const quote = await quoted(key, ['pax_3'])
    const { cancel: cancelPnr } = stage.view
    const pnr = stage.view.findPnr(key.locator)!
    const other = pnr.travellers.find(({ givenNames }) => givenNames === 'BEN')!
    Object.assign(stage.view, {
      cancel: (locator: string, keys: readonly string[] = []) => cancelPnr(locator, [...keys, other.key]),
    })
    const outcome = await cancel(key, quote, ['pax_3'])
    Object.assign(stage.view, { cancel: cancelPnr })
    expect((await found(key)).passengers.filter(one => one.cancelled)).toHaveLength(2)
    expect(outcome).toMatchObject({ kind: 'unknown', fault: { kind: 'not-cancellable' } })
  })

  test('nor one that voids the ticket of somebody who stays', async () => {
    const key = await order(await sellable())
    const quote = await quoted(key, ['pax_3'])
    const { voidTickets } = stage.view
    Object.assign(stage.view, { voidTickets: (locator: string) => voidTickets(locator) })
    const outcome = await cancel(key, quote, ['pax_3'])
    Object.assign(stage.view, { voidTickets })
    expect((await found(key)).passengers.filter(one => one.cancelled)).toHaveLength(1)
    expect(outcome).toMatchObject({ kind: 'unknown', fault: { kind: 'not-cancellable' } })
  })

  test('somebody of an order that the airline cancelled as a whole is not answered as done', async () => {
    const key = await order(await sellable())
    const quote = await quoted(key, ['pax_3'])
    expect(await cancel(key, await quoted(key))).toMatchObject({ kind: 'cancelled' })
    expect(await cancel(key, quote, ['pax_3'])).toMatchObject({ kind: 'unknown' })
  })
})
