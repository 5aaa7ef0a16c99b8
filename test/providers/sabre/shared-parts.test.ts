import { expect, test } from 'vitest'
import type { SupplierOffer } from '../../../src/core/offer.ts'
import { decode } from '../../../src/providers/sabre/wire/decode.ts'
import { changedLeaves } from '../../support/changed-leaves.ts'
import { groupedReply, itinerary } from './grouped-messages.ts'

function read(...itineraries: readonly unknown[]): readonly SupplierOffer[] {
  return decode(Buffer.from(JSON.stringify(groupedReply(...itineraries)))).offers
}

test('an offer reads the same beside others as alone, whatever it shares with them', () => {
  expect(read(itinerary)).toHaveLength(1)
  for (const { pointer, tree } of changedLeaves(itinerary)) {
    const alone = read(tree)
    expect(read(itinerary, tree, tree).slice(1), pointer).toEqual([...alone, ...alone])
  }
})

test('slices and taxes that offers have in common are made once', () => {
  const [one, other] = read(itinerary, { ...itinerary, id: 2 })
  expect(other!.slices[0]).toBe(one!.slices[0])
  expect(other!.slices[1]).toBe(one!.slices[1])
  expect(other!.passengers[0]!.each.taxes).toBe(one!.passengers[0]!.each.taxes)
  expect(one!.slices[0]!.segments[0]!.marriageGroup).toBe(one!.slices[0]!.segments[1]!.marriageGroup)
})
