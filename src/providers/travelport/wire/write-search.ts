import type { Segment, SegmentFare, Slice } from '../../../core/itinerary.ts'
import type { Requirements, SupplierOffer } from '../../../core/offer.ts'
import { element, escapeText } from '../../../core/xml/write.ts'
import { isOfferContext, type OfferContext } from './context.ts'
import { message, type ReplyHead, replyValues } from './envelope.ts'
import {
  amountValues,
  bookingInfo,
  conditionValues,
  eachValues,
  fareInfo,
  feeInfos,
  passengerTypes,
  penalties,
  taxInfos,
} from './write-pricing.ts'
import { codeshare, equipmentOf, flightDetails, wireTimes } from './write-segments.ts'

/** `LowFareSearchRsp`: what offers share stands once and is referred to by key; offers of one price whose directions
 *  combine freely are one price point with options. */
export function encodeLowFareSearchReply(
  offers: readonly SupplierOffer[],
  head: ReplyHead,
  facts: { readonly currency: string; readonly effectiveDate: string },
): string {
  const lists = new Lists(facts.effectiveDate)
  const points = pricePoints(offers)
    .map(point => lists.pricePoint(point))
    .join('')
  return message(
    'air:LowFareSearchRsp',
    { ...replyValues(head), DistanceUnits: 'MI', CurrencyType: facts.currency },
    lists.before() + element('air:AirPricePointList', {}, points) + lists.after(),
  )
}

/** Directions that were combined in every way under one price. */
type PricePoint = { readonly offer: SupplierOffer; readonly legs: readonly (readonly Choice[])[] }
type Choice = { readonly slice: Slice; readonly context: OfferContext['legs'][number] | undefined }

/** Offers alike but for their flights, where each direction comes with each other one. */
function pricePoints(offers: readonly SupplierOffer[]): readonly PricePoint[] {
  const alike = new Map<string, SupplierOffer[]>()
  for (const offer of offers) {
    const key = likeness(offer)
    const list = alike.get(key)
    if (list) list.push(offer)
    else alike.set(key, [offer])
  }
  return [...alike.values()].flatMap(group => {
    const legs = group[0]!.slices.map((_, leg) => distinct(group.map(offer => choiceOf(offer, leg))))
    const product = legs.reduce((count, options) => count * options.length, 1)
    return product === group.length
      ? [{ offer: group[0]!, legs }]
      : group.map(offer => ({ offer, legs: offer.slices.map((_, leg) => [choiceOf(offer, leg)]) }))
  })
}

/** Everything but the flights. Seats belong to flights, but stand on a booking: they are part of it here. */
function likeness(offer: SupplierOffer): string {
  const { passengers, conditions, requirements, ticketBy, validatingCarrier, seatsLeft } = offer
  return JSON.stringify([passengers, conditions, requirements, ticketBy, validatingCarrier, seatsLeft])
}

function choiceOf(offer: SupplierOffer, leg: number): Choice {
  const context = offer.supplierContext
  return { slice: offer.slices[leg]!, context: isOfferContext(context) ? context.legs[leg] : undefined }
}

function distinct(choices: readonly Choice[]): readonly Choice[] {
  const found = new Map<string, Choice>()
  for (const choice of choices) {
    const key = choice.slice.segments.map(segment => `${flightKey(segment)}${JSON.stringify(segment.fares)}`).join()
    if (!found.has(key)) found.set(key, choice)
  }
  return [...found.values()]
}

function flightKey({ marketing, origin, destination, departure, marriageGroup, stops }: Segment): string {
  const way = `${origin}${destination}${departure}${marriageGroup ?? ''}${stops.map(stop => stop.airport).join('')}`
  return `${marketing.carrier}${marketing.number}${way}`
}

class Lists {
  readonly #effectiveDate: string
  readonly #details: string[] = []
  readonly #segments = new Map<string, { readonly key: string; readonly write: () => string }>()
  readonly #counts = new Map<string, Map<string, number>>()
  readonly #fares = new Map<string, { readonly key: string; readonly xml: string }>()
  /** The same objects come by for each passenger type and again for the references. */
  readonly #fareKeys = new Map<SegmentFare, string>()
  readonly #flightKeys = new Map<Segment, string>()
  readonly #brands = new Map<string, string | null>()
  readonly #legs = new Map<string, string>()
  readonly #apis = new Map<string, { readonly key: string; readonly xml: string }>()
  #points = 0

  constructor(effectiveDate: string) {
    this.#effectiveDate = effectiveDate
  }

  pricePoint({ offer, legs }: PricePoint): string {
    const key = `point${++this.#points}`
    const infos = offer.passengers.map((fare, index) => {
      const infoKey = `${key}_${index}`
      const options = legs.map((choices, leg) => this.#flightOption(offer, choices, leg, index, infoKey))
      return element(
        'air:AirPricingInfo',
        { Key: infoKey, ...eachValues(fare), ...conditionValues(offer) },
        this.#fareRefs(legs, index) +
          taxInfos(fare) +
          passengerTypes(fare) +
          penalties(offer, fare) +
          feeInfos(fare, at => `${infoKey}f${at}`) +
          element('air:FlightOptionsList', {}, options.join('')),
      )
    })
    const note = offer.requirements.instantPayment === true ? this.#instantNote(key) : ''
    return element(
      'air:AirPricePoint',
      { Key: key, ...amountValues(offer), CompleteItinerary: true },
      infos.join('') + note,
    )
  }

  /** The lists that stand in front of the prices. */
  before(): string {
    const segments = [...this.#segments.values()].map(segment => segment.write())
    const list = (name: string, items: readonly string[]): string =>
      items.length === 0 ? '' : element(name, {}, items.join(''))
    const legs = [...this.#legs.values()]
    return (
      list('air:FlightDetailsList', this.#details) +
      list('air:AirSegmentList', segments) +
      list(
        'air:FareInfoList',
        [...this.#fares.values()].map(fare => fare.xml),
      ) +
      list(
        'air:APISRequirementsList',
        [...this.#apis.values()].map(apis => apis.xml),
      ) +
      (legs.length === 0 ? '' : element('air:RouteList', {}, element('air:Route', { Key: 'route1' }, legs.join(''))))
    )
  }

  after(): string {
    const brands = [...this.#brands].map(([code, name]) =>
      element('air:Brand', { Key: `b${code}`, BrandID: code, Name: name }),
    )
    return brands.length === 0 ? '' : element('air:BrandList', {}, brands.slice(0, 99).join(''))
  }

  #flightOption(offer: SupplierOffer, choices: readonly Choice[], leg: number, index: number, infoKey: string): string {
    const { origin, destination } = choices[0]!.slice
    const options = choices.map((choice, at) => {
      const bookings = choice.slice.segments.map((segment, place) => {
        const fare = segment.fares[index]!
        return bookingInfo(fare, {
          fare: this.#fareKey(fare, choice.slice),
          segment: this.#segmentKey(segment, choice.context?.[place], leg, offer, fare),
          seats: offer.seatsLeft,
        })
      })
      const connections = choice.slice.segments
        .slice(1)
        .map((_, place) => element('air:Connection', { SegmentIndex: place }))
      const values = { Key: `${infoKey}l${leg}o${at}`, TravelTime: travelTime(choice.slice.durationMinutes) }
      return element('air:Option', values, bookings.join('') + connections.join(''))
    })
    const values = { LegRef: this.#legKey(leg, origin, destination), Origin: origin, Destination: destination }
    return element('air:FlightOption', values, options.join(''))
  }

  #fareRefs(legs: PricePoint['legs'], index: number): string {
    const keys = new Set<string>()
    for (const { slice } of legs.flat())
      for (const segment of slice.segments) keys.add(this.#fareKey(segment.fares[index]!, slice))
    return [...keys].map(key => element('air:FareInfoRef', { Key: key })).join('')
  }

  #legKey(leg: number, origin: string, destination: string): string {
    const key = `leg${leg}`
    if (!this.#legs.has(key)) {
      this.#legs.set(key, element('air:Leg', { Key: key, Group: leg, Origin: origin, Destination: destination }))
    }
    return key
  }

  #fareKey(fare: SegmentFare, slice: Slice): string {
    const seen = this.#fareKeys.get(fare)
    if (seen !== undefined) return seen
    const key = this.#newFareKey(fare, slice)
    this.#fareKeys.set(fare, key)
    return key
  }

  #newFareKey(fare: SegmentFare, slice: Slice): string {
    const { passengerType, fareBasis, brand, baggage } = fare
    const date = slice.segments[0]!.departure.slice(0, 10)
    const id = JSON.stringify([passengerType, fareBasis, brand, baggage, slice.origin, slice.destination, date])
    const known = this.#fares.get(id)
    if (known) return known.key
    const key = `fare${this.#fares.size + 1}`
    const values = { key, effectiveDate: this.#effectiveDate, brandName: this.#brandName(fare) }
    this.#fares.set(id, { key, xml: fareInfo(fare, slice, values) })
    return key
  }

  /** Names stand in the list of brands, beside their id; here only where that list says something else. */
  #brandName({ brand }: SegmentFare): string | null {
    if (brand === null || brand.code === null) return brand?.name ?? null
    if (!this.#brands.has(brand.code)) this.#brands.set(brand.code, brand.name)
    return this.#brands.get(brand.code) === brand.name ? null : brand.name
  }

  #segmentKey(
    segment: Segment,
    context: OfferContext['legs'][number][number] | undefined,
    leg: number,
    offer: SupplierOffer,
    fare: SegmentFare,
  ): string {
    const apis = this.#apisKey(offer.requirements)
    const id = `${this.#flightKey(segment)} ${apis}`
    const known = this.#segments.get(id)
    if (known) {
      this.#count(known.key, fare, offer)
      return known.key
    }
    const key = `seg${this.#segments.size + 1}`
    const detailKeys = segment.stops.length + 1
    this.#details.push(...flightDetails(segment, context, at => `${key}d${at}`))
    const refs = Array.from({ length: detailKeys }, (_, at) => element('air:FlightDetailsRef', { Key: `${key}d${at}` }))
    const times = wireTimes(segment, context)
    const values = {
      Key: key,
      Group: leg,
      Carrier: segment.marketing.carrier,
      FlightNumber: segment.marketing.number,
      Origin: segment.origin,
      Destination: segment.destination,
      DepartureTime: times.departure,
      ArrivalTime: times.arrival,
      FlightTime: segment.durationMinutes,
      ETicketability: 'Yes',
      Equipment: equipmentOf(segment),
      MarriageGroup: segment.marriageGroup,
      ChangeOfPlane: false,
      OptionalServicesIndicator: false,
      AvailabilitySource: 'P',
      APISRequirementsRef: apis || undefined,
    }
    const write = (): string =>
      element('air:AirSegment', values, codeshare(segment) + this.#availability(key) + refs.join(''))
    this.#segments.set(id, { key, write })
    this.#count(key, fare, offer)
    return key
  }

  #flightKey(segment: Segment): string {
    const seen = this.#flightKeys.get(segment)
    if (seen !== undefined) return seen
    const key = flightKey(segment)
    this.#flightKeys.set(segment, key)
    return key
  }

  #count(key: string, fare: SegmentFare, offer: SupplierOffer): void {
    if (fare.bookingClass?.length !== 1 || offer.seatsLeft === null) return
    const counts = this.#counts.get(key) ?? new Map<string, number>()
    counts.set(fare.bookingClass, Math.max(counts.get(fare.bookingClass) ?? 0, offer.seatsLeft))
    this.#counts.set(key, counts)
  }

  #availability(key: string): string {
    const counts = [...(this.#counts.get(key) ?? [])].map(([letter, seats]) => `${letter}${seats}`)
    const info = counts.length === 0 ? '' : element('air:BookingCodeInfo', { BookingCounts: counts.join('|') })
    return element('air:AirAvailInfo', { ProviderCode: '1G' }, info)
  }

  #apisKey(requirements: Requirements): string {
    const { documents, gender, birthDate } = requirements
    if (documents === null && gender === null && birthDate === null) return ''
    const level = documents === 'required' ? 'Required' : documents === 'optional' ? 'Supported' : 'Unknown'
    const id = `${level} ${gender} ${birthDate}`
    const known = this.#apis.get(id)
    if (known) return known.key
    const key = `apis${this.#apis.size + 1}`
    const values = { Key: key, Level: level, GenderRequired: gender, DateOfBirthRequired: birthDate }
    this.#apis.set(id, { key, xml: element('air:APISRequirements', values) })
    return key
  }

  #instantNote(key: string): string {
    return `<air:FareNote Key="${key}n">${escapeText(instantNote)}</air:FareNote>`
  }
}

export const instantNote = 'INSTANT PURCHASE FARE - TICKET WHEN BOOKING'

/** `P0DT17H35M0S` */
function travelTime(minutes: number | null): string | undefined {
  if (minutes === null) return undefined
  return `P${Math.floor(minutes / 1440)}DT${Math.floor((minutes % 1440) / 60)}H${minutes % 60}M0S`
}
