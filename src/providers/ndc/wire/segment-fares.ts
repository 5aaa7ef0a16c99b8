import type { Baggage, Brand, PassengerType, SegmentFare } from '../../../core/itinerary.ts'
import { joined, withOne } from '../../../core/xml/lists.ts'
import type { FarePlace, Flight } from './flights.ts'
import type { PriceClass } from './lists.ts'
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

/** What of them is for one passenger. */
export type Holding = {
  readonly passenger: KnownPassenger
  readonly components: readonly FareComponent[]
  readonly bags: readonly WireBagRule[]
}

export function holdingOf({ items, bags }: FareSource, passenger: KnownPassenger): Holding {
  const { ref } = passenger
  let own: readonly WireBagRule[] = none
  for (let index = 0; index < bags.length; index++) {
    const rule = bags[index]!
    if (rule.passengerRefs.length === 0 || rule.passengerRefs.includes(ref)) own = withOne(own, rule)
  }
  return { passenger, components: componentsOf(items, ref), bags: own }
}

const none: readonly never[] = []

/** The fares of one message: what is the same on many flights and in many offers is one object. */
export class FareBook {
  readonly #known = new Map<FareComponent | undefined, KnownFare[]>()

  /** What a passenger bought on a segment. */
  fareOf(source: FareSource, { passenger, components, bags }: Holding, place: FarePlace): SegmentFare {
    const { message } = source
    const component = componentOn(components, place.segmentRef)
    const index = component ? Math.max(0, component.segmentRefs.indexOf(place.segmentRef)) : 0
    const priceClass = priceClassOf(source, component, place.journeyRef)
    const checked = bagOf(source, bags, place, 'checked')
    const cabin = bagOf(source, bags, place, 'cabin')
    const { type } = passenger
    const { flight } = place
    let fares = this.#known.get(component)
    if (!fares) {
      fares = []
      this.#known.set(component, fares)
    }
    for (let variant = 0; variant < fares.length; variant++) {
      const known = fares[variant]!
      if (
        known.type === type &&
        known.flight === flight &&
        known.index === index &&
        known.priceClass === priceClass &&
        known.checked === checked &&
        known.cabin === cabin
      )
        return known.fare
    }
    const listed = component?.fareBasisRef ? message.lists.fareBases.get(component.fareBasisRef) : undefined
    const fare = toFare({ type, component, index, priceClass, listed, flight, checked, cabin })
    if (fares.length < variantsMax) fares.push({ type, flight, index, priceClass, checked, cabin, fare })
    return fare
  }
}

/** Of one component; beyond these, looking costs more than making. */
const variantsMax = 64

type KnownFare = {
  readonly type: PassengerType
  readonly flight: Flight
  readonly index: number
  readonly priceClass: PriceClass | undefined
  readonly checked: Baggage | null
  readonly cabin: Baggage | null
  readonly fare: SegmentFare
}

type FareParts = Omit<KnownFare, 'fare'> & {
  readonly component: FareComponent | undefined
  /** Fare basis of the lists. */
  readonly listed: string | undefined
}

function toFare({ type, component, index, priceClass, listed, flight, checked, cabin }: FareParts): SegmentFare {
  const classes = component?.bookingClasses ?? []
  return {
    passengerType: type,
    fareBasis: component?.fareBasis ?? listed ?? priceClass?.fareBasis ?? null,
    bookingClass:
      classes[index] ?? classes[0] ?? flight.bookingClass ?? (component ? classInCabin(component.cabin) : null),
    cabin:
      (component && cabinOf(component.cabin, index)) ??
      cabinOf(flight.cabin) ??
      (priceClass && cabinOf(priceClass.cabin)) ??
      null,
    brand: priceClass ? brandOf(priceClass) : null,
    baggage: { checked, cabin },
  }
}

function brandOf(priceClass: { readonly code: string | null; readonly name: string | null }): Brand | null {
  const { code, name } = priceClass
  return code === null && name === null ? null : { code, name }
}

/** Of one passenger, in the order of the message: the very same list for passengers of one fare detail. One that names
 *  nobody is for all. */
export function componentsOf(items: readonly WireItem[], passengerRef: string): readonly FareComponent[] {
  let own: readonly FareComponent[] = none
  for (let index = 0; index < items.length; index++) {
    const item = items[index]!
    for (let nth = 0; nth < item.fares.length; nth++) {
      const detail = item.fares[nth]!
      if (coversPassenger(item, detail, passengerRef)) own = joined(own, detail.components)
    }
  }
  return own
}

/** One that names no segment is for all. */
export function componentOn(components: readonly FareComponent[], segmentRef: string): FareComponent | undefined {
  for (let index = 0; index < components.length; index++) {
    const component = components[index]!
    if (component.segmentRefs.length === 0 || component.segmentRefs.includes(segmentRef)) return component
  }
  return undefined
}

function coversPassenger({ services }: WireItem, { passengerRefs }: FareDetail, ref: string): boolean {
  if (passengerRefs.length > 0) return passengerRefs.includes(ref)
  let named = false
  for (const service of services) {
    if (service.passengerRefs.includes(ref)) return true
    if (service.passengerRefs.length > 0) named = true
  }
  return !named
}

function priceClassOf(
  source: FareSource,
  component: FareComponent | undefined,
  journeyRef: string,
): PriceClass | undefined {
  const ref = component?.priceClassRef ?? classOfJourney(source.journeys, journeyRef)
  if (ref === null) return undefined
  const known = source.message.lists.priceClasses.get(ref)
  if (!known) warn(source.message, 'reference', source.at, `there is no PriceClass ${ref}`)
  return known
}

function classOfJourney(journeys: readonly WireJourneyClass[], ref: string): string | null {
  for (const journey of journeys) if (journey.journeyRef === ref) return journey.priceClassRef
  return null
}

/** By the rules of the offer, else by the services of the items that stand for a bag allowance (orders). */
function bagOf(
  source: FareSource,
  bags: readonly WireBagRule[],
  place: FarePlace,
  kind: 'checked' | 'cabin',
): Baggage | null {
  const { lists } = source.message
  for (let index = 0; index < bags.length; index++) {
    const rule = bags[index]!
    if (!applies(rule, place)) continue
    for (let nth = 0; nth < rule.allowanceRefs.length; nth++) {
      const ref = rule.allowanceRefs[nth]!
      const allowance = lists.allowances.get(ref)
      if (!allowance) warn(source.message, 'reference', source.at, `there is no BaggageAllowance ${ref}`)
      if (allowance?.kind === kind && allowance.baggage) return allowance.baggage
    }
  }
  return null
}

function applies(rule: WireBagRule, place: FarePlace): boolean {
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
