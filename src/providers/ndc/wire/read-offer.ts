import { joined, withOne } from '../../../core/xml/lists.ts'
import type { XmlScanner } from '../../../core/xml/scanner.ts'
import { readItem, type WireItem } from './read-item.ts'
import { readPrice, type WirePrice } from './prices.ts'
import { addRefs, eachChild, textOf, wordOf } from './xml.ts'

/** `Offer`, `PricedOffer`: as it stands there, references not followed. */
export type WireOffer = {
  readonly id: string
  readonly owner: string | null
  readonly validatingCarrier: string | null
  readonly expires: string | null
  readonly payBy: readonly string[]
  /** In the order of the message; not yet in that of travel. */
  readonly journeys: readonly WireJourneyClass[]
  readonly bags: readonly WireBagRule[]
  readonly items: readonly WireItem[]
  readonly total: WirePrice | null
  readonly penaltyRefs: readonly string[]
}

export type WireJourneyClass = { readonly journeyRef: string; readonly priceClassRef: string | null }

/** Allowances of passengers on journeys and segments; an empty list is all of them. */
export type WireBagRule = {
  readonly allowanceRefs: readonly string[]
  readonly passengerRefs: readonly string[]
  readonly journeyRefs: readonly string[]
  readonly segmentRefs: readonly string[]
}

const none: readonly never[] = []

/** `wrapped` gets the offers inside one. */
export function readOffer(x: XmlScanner, wrapped: WireOffer[]): WireOffer {
  let id = x.attribute('OfferID') ?? ''
  let owner: string | null = x.attribute('Owner') ?? null
  let validatingCarrier: string | null = null
  let expires: string | null = null
  let total: WirePrice | null = null
  const payBy: string[] = []
  const journeys: WireJourneyClass[] = []
  let bags: readonly WireBagRule[] = none
  let items: readonly WireItem[] = none
  let penaltyRefs: readonly string[] = none
  const { depth } = x
  while (x.child(depth)) {
    switch (x.name) {
      case 'OfferID':
        id = textOf(x)
        break
      case 'OwnerCode':
        owner = wordOf(x)
        break
      case 'ValidatingCarrierCode':
      case 'ValidatingCarrier':
        validatingCarrier = wordOf(x)
        break
      case 'OfferExpirationTimeLimitDateTime':
      case 'OfferExpirationDateTime':
        expires = wordOf(x)
        break
      case 'PaymentTimeLimitDateTime':
        addRefs(x, payBy)
        break
      case 'TimeLimits':
        expires = readTimeLimits(x, payBy) ?? expires
        break
      case 'JourneyOverview':
      case 'FlightsOverview':
        readJourneys(x, journeys)
        break
      case 'BaggageAssociations':
      case 'BaggageAllowance':
        bags = withOne(bags, readBagRule(x))
        break
      case 'Offer':
        wrapped.push(readOffer(x, []))
        break
      case 'OfferItem':
        items = withOne(items, readItem(x))
        break
      case 'TotalPrice':
      case 'TotalOfferPrice':
        total = x.once(readTotal)
        break
      case 'PenaltyRefID':
        penaltyRefs = x.words(penaltyRefs)
        break
      default:
    }
  }
  return { id, owner, validatingCarrier, expires, payBy, journeys, bags, items, total, penaltyRefs }
}

/** Before 18.1. */
function readTimeLimits(x: XmlScanner, payBy: string[]): string | null {
  let expires: string | null = null
  eachChild(x, name => {
    const at = x.attribute('DateTime') ?? x.attribute('Timestamp')
    if (name === 'OfferExpiration') expires = at ?? null
    else if ((name === 'Payment' || name === 'TicketByTimeLimit') && at) payBy.push(at)
  })
  return expires
}

/** Apart from the prices of items, which go by another name. */
function readTotal(x: XmlScanner): WirePrice {
  return readPrice(x)
}

/** `JourneyPriceClass{PaxJourneyRefID, PriceClassRefID}`, or `FlightRef` and `ItineraryPriceClassRef` (before 18.1). */
function readJourneys(x: XmlScanner, journeys: WireJourneyClass[]): void {
  let itineraryClass: string | null = null
  const bare: { readonly ref: string; readonly priceClassRef: string | null }[] = []
  const { depth } = x
  while (x.child(depth)) {
    const { name } = x
    if (name === 'JourneyPriceClass') for (const one of x.once(readJourneyClasses)) journeys.push(one)
    else if (name === 'FlightRef') {
      const priceClassRef = x.attribute('PriceClassRef') ?? null
      const refs: string[] = []
      addRefs(x, refs)
      for (const ref of refs) bare.push({ ref, priceClassRef })
    } else if (name === 'ItineraryPriceClassRef' || name === 'PriceClassRefID') itineraryClass = wordOf(x)
  }
  for (const { ref, priceClassRef } of bare)
    journeys.push({ journeyRef: ref, priceClassRef: priceClassRef ?? itineraryClass })
}

function readJourneyClasses(x: XmlScanner): readonly WireJourneyClass[] {
  const refs: string[] = []
  let priceClassRef: string | null = null
  const { depth } = x
  while (x.child(depth)) {
    if (x.name === 'PaxJourneyRefID') addRefs(x, refs)
    else if (x.name === 'PriceClassRefID') priceClassRef = wordOf(x)
  }
  return refs.map(journeyRef => ({ journeyRef, priceClassRef }))
}

/** Those inside of it, whatever they stand in, are the same for many rules. */
function readBagRule(x: XmlScanner): WireBagRule {
  let allowanceRefs: readonly string[] = none
  let passengerRefs: readonly string[] = none
  let journeyRefs: readonly string[] = none
  let segmentRefs: readonly string[] = none
  let below: WireBagRule | undefined
  const { depth } = x
  while (x.child(depth)) {
    switch (x.name) {
      case 'BaggageAllowanceRefID':
      case 'BaggageAllowanceRef':
        allowanceRefs = x.words(allowanceRefs)
        break
      case 'PaxRefID':
      case 'PassengerRefs':
        passengerRefs = x.words(passengerRefs)
        break
      case 'PaxJourneyRefID':
      case 'FlightRefs':
        journeyRefs = x.words(journeyRefs)
        break
      case 'PaxSegmentRefID':
      case 'SegmentRefs':
        segmentRefs = x.words(segmentRefs)
        break
      default: {
        const part = x.once(readBelow)
        if (below) {
          for (const ref of part.allowanceRefs) allowanceRefs = withOne(allowanceRefs, ref)
          for (const ref of part.passengerRefs) passengerRefs = withOne(passengerRefs, ref)
          for (const ref of part.journeyRefs) journeyRefs = withOne(journeyRefs, ref)
          for (const ref of part.segmentRefs) segmentRefs = withOne(segmentRefs, ref)
        } else below = part
      }
    }
  }
  const own = { allowanceRefs, passengerRefs, journeyRefs, segmentRefs }
  return below ? bothRules(own, below) : own
}

function bothRules(some: WireBagRule, more: WireBagRule): WireBagRule {
  return {
    allowanceRefs: joined(some.allowanceRefs, more.allowanceRefs),
    passengerRefs: joined(some.passengerRefs, more.passengerRefs),
    journeyRefs: joined(some.journeyRefs, more.journeyRefs),
    segmentRefs: joined(some.segmentRefs, more.segmentRefs),
  }
}

function readBelow(x: XmlScanner): WireBagRule {
  return readBagRule(x)
}
