import type { Baggage, Brand, SegmentFare } from '../../../core/itinerary.ts'
import type { Flight } from './flights.ts'
import type { Message } from './message.ts'
import { warn } from './values.ts'
import type { KnownPassenger } from './passengers.ts'
import type { FareComponent, FareDetail } from './read-fare.ts'
import type { WireItem } from './read-item.ts'
import type { WireBagRule, WireJourneyClass } from './read-offer.ts'
import { cabinOf, classInCabin } from './vocabulary.ts'

/** Where the fares of an offer or an order stand. */
export type FareSource = {
  readonly message: Message
  readonly at: string
  readonly items: readonly WireItem[]
  readonly journeys: readonly WireJourneyClass[]
  readonly bags: readonly WireBagRule[]
}

/** What a passenger bought on a segment. `journeyRef` empty: the message has none. */
export function fareOf(
  source: FareSource,
  passenger: KnownPassenger,
  place: { readonly segmentRef: string; readonly journeyRef: string; readonly flight: Flight },
): SegmentFare {
  const { message } = source
  const found = componentOf(source, passenger.ref, place.segmentRef)
  const component = found?.component
  const index = found?.index ?? 0
  const priceClass = priceClassOf(source, component, place.journeyRef)
  const listed = component?.fareBasisRef ? message.lists.fareBases.get(component.fareBasisRef) : undefined
  const { flight } = place
  const classes = component?.bookingClasses ?? []
  return {
    passengerType: passenger.type,
    fareBasis: component?.fareBasis ?? listed ?? priceClass?.fareBasis ?? null,
    bookingClass:
      classes[index] ?? classes[0] ?? flight.bookingClass ?? (component ? classInCabin(component.cabin) : null),
    cabin:
      (component && cabinOf(component.cabin, index)) ??
      cabinOf(flight.cabin) ??
      (priceClass && cabinOf(priceClass.cabin)) ??
      null,
    brand: priceClass ? brandOf(priceClass) : null,
    baggage: {
      checked: bagOf(source, passenger.ref, place, 'checked'),
      cabin: bagOf(source, passenger.ref, place, 'cabin'),
    },
  }
}

function brandOf(priceClass: { readonly code: string | null; readonly name: string | null }): Brand | null {
  const { code, name } = priceClass
  return code === null && name === null ? null : { code, name }
}

/** That of the passenger and the segment; one that names neither is for all. */
export function componentOf(
  { items }: Pick<FareSource, 'items'>,
  passengerRef: string,
  segmentRef: string,
): { readonly component: FareComponent; readonly index: number } | undefined {
  for (const item of items) {
    for (const detail of item.fares) {
      if (!coversPassenger(item, detail, passengerRef)) continue
      for (const component of detail.components) {
        const index = component.segmentRefs.indexOf(segmentRef)
        if (index >= 0 || component.segmentRefs.length === 0) return { component, index: Math.max(0, index) }
      }
    }
  }
  return undefined
}

function coversPassenger(item: WireItem, detail: FareDetail, ref: string): boolean {
  if (detail.passengerRefs.length > 0) return detail.passengerRefs.includes(ref)
  const named = item.services.filter(service => service.passengerRefs.length > 0)
  return named.length === 0 || named.some(service => service.passengerRefs.includes(ref))
}

function priceClassOf(source: FareSource, component: FareComponent | undefined, journeyRef: string) {
  const journey = source.journeys.find(one => one.journeyRef === journeyRef)
  const ref = component?.priceClassRef ?? journey?.priceClassRef ?? null
  if (ref === null) return undefined
  const known = source.message.lists.priceClasses.get(ref)
  if (!known) warn(source.message, 'reference', source.at, `there is no PriceClass ${ref}`)
  return known
}

/** By the rules of the offer, else by the services of the items that stand for a bag allowance (orders). */
function bagOf(
  source: FareSource,
  passengerRef: string,
  place: { readonly segmentRef: string; readonly journeyRef: string },
  kind: 'checked' | 'cabin',
): Baggage | null {
  const { lists } = source.message
  for (const rule of source.bags) {
    if (!applies(rule, passengerRef, place)) continue
    for (const ref of rule.allowanceRefs) {
      const allowance = lists.allowances.get(ref)
      if (!allowance) warn(source.message, 'reference', source.at, `there is no BaggageAllowance ${ref}`)
      if (allowance?.kind === kind && allowance.baggage) return allowance.baggage
    }
  }
  return null
}

function applies(
  rule: WireBagRule,
  passengerRef: string,
  place: { readonly segmentRef: string; readonly journeyRef: string },
): boolean {
  if (rule.passengerRefs.length > 0 && !rule.passengerRefs.includes(passengerRef)) return false
  if (rule.journeyRefs.length === 0 && rule.segmentRefs.length === 0) return true
  return rule.journeyRefs.includes(place.journeyRef) || rule.segmentRefs.includes(place.segmentRef)
}

/** The free bags of an order are services that point to an allowance through their definition. */
export function bagRulesOf(message: Message, items: readonly WireItem[]): readonly WireBagRule[] {
  const rules: WireBagRule[] = []
  for (const item of items) {
    for (const service of item.services) {
      const definition = service.definitionRef === null ? undefined : message.lists.services.get(service.definitionRef)
      if (!definition || definition.allowanceRefs.length === 0) continue
      const { passengerRefs, journeyRefs, segmentRefs } = service
      rules.push({ allowanceRefs: definition.allowanceRefs, passengerRefs, journeyRefs, segmentRefs })
    }
  }
  return rules
}
