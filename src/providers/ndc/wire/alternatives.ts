import { isFlightItem } from './offer-price.ts'
import type { WireItem } from './read-item.ts'
import type { WireOffer } from './read-offer.ts'
import type { PriceBook } from './shares.ts'

/** Items for the same passengers on the same flights are one or the other: an offer each. Not where the offer's own total
 *  is what all of them cost together. What may be left out and is not in that total is left out. */
export function alternativesOf(book: PriceBook, offer: WireOffer): readonly WireOffer[] {
  const { items } = offer
  if (items.length < 2) return [offer]
  const stated = book.stated(offer.total)?.amountMinor
  if (stated !== undefined && stated === totalOf(book, items)) return [offer]
  const mandatory = items.filter(item => item.mandatory !== false)
  if (stated !== undefined && mandatory.length > 0 && mandatory.length < items.length)
    if (stated === totalOf(book, mandatory)) return [{ ...offer, items: mandatory }]
  const groups = groupsOf(items)
  const choices = Math.max(...groups.map(group => group.length))
  if (choices < 2) return [offer]
  return Array.from({ length: choices }, (_, index) => {
    const chosen = groups.map(group => group[Math.min(index, group.length - 1)]!)
    const total = stated !== undefined && totalOf(book, chosen) === stated ? offer.total : null
    return { ...offer, items: chosen, total }
  })
}

function totalOf(book: PriceBook, items: readonly WireItem[]): number | undefined {
  let total = 0
  for (const item of items) {
    const amount = book.stated(item.price)
    if (!amount) return undefined
    total += amount.amountMinor
  }
  return total
}

function groupsOf(items: readonly WireItem[]): readonly (readonly WireItem[])[] {
  const groups = new Map<string, WireItem[]>()
  for (const item of items) {
    const key = isFlightItem(item) ? coverOf(item) : ''
    const group = key === '' ? undefined : groups.get(key)
    if (group) group.push(item)
    else groups.set(key === '' ? `item ${item.id} ${groups.size}` : key, [item])
  }
  return [...groups.values()]
}

/** Passengers and flights; empty where the item names neither. */
function coverOf(item: WireItem): string {
  const people = new Set<string>()
  const flights = new Set<string>()
  for (const detail of item.fares) {
    for (const ref of detail.passengerRefs) people.add(ref)
    for (const component of detail.components) for (const ref of component.segmentRefs) flights.add(ref)
  }
  for (const service of item.services) {
    for (const ref of service.passengerRefs) people.add(ref)
    if (service.definitionRef !== null) continue
    for (const ref of [...service.journeyRefs, ...service.segmentRefs]) flights.add(ref)
  }
  if (people.size === 0 || flights.size === 0) return ''
  return `${[...people].sort().join()} on ${[...flights].sort().join()}`
}
