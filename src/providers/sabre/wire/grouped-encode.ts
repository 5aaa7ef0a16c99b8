import { parseInstant } from '../../../core/clock.ts'
import type { Baggage, Segment, SegmentFare, Slice, ZoneName } from '../../../core/itinerary.ts'
import { allocate, type Money } from '../../../core/money.ts'
import type { Condition, PassengerFare, SupplierOffer } from '../../../core/offer.ts'
import { findAirline } from '../../../reference/airlines.ts'
import { toLocal } from '../../../reference/zones.ts'
import { cabinCode, passengerCode } from './codes.ts'
import { amountNumber, Collected, scheduleDescription } from './grouped-descriptions.ts'
import { daysBetween } from './dates.ts'
import type { JsonObject } from './json.ts'

export type GroupedOptions = {
  readonly officeZone: ZoneName
  /** Sabre's code of an entry of an offer's passengers; CNN for children where it is not given. */
  readonly passengerCode?: (passenger: PassengerFare) => string
  readonly messages?: readonly JsonObject[]
}

/** The reply of POST /v5/offers/shop. Offers with the same flights are one itinerary with several prices; descriptions
 *  that are alike are one, and stand in another order than they are used in, as in real replies. */
export function encodeGrouped(offers: readonly SupplierOffer[], options: GroupedOptions): JsonObject {
  const collected = new Collected()
  const groups = new Map<string, Group>()
  for (const offer of offers) addOffer(offer, groups, collected)
  let id = 0
  const itineraryGroups = [...groups.values()].map(group => ({
    groupDescription: { legDescriptions: group.legs },
    itineraries: [...group.itineraries.values()].map(itinerary => ({
      id: ++id,
      pricingSource: 'ADVJR1',
      legs: itinerary.legRefs.map(ref => ({ ref })),
      pricingInformation: itinerary.offers.map(offer => pricingInformation(offer, collected, options)),
    })),
  }))
  return {
    groupedItineraryResponse: {
      version: '5',
      messages: [...infoMessages, ...(options.messages ?? [])],
      statistics: { itineraryCount: id },
      ...collected.descriptions(),
      itineraryGroups,
    },
  }
}

const infoMessages: readonly JsonObject[] = [
  { severity: 'Info', type: 'WORKERTHREAD', code: 'TRANSACTIONID', text: '7346539295149655838' },
  { severity: 'Info', type: 'DRE', code: 'RULEID', text: '18411' },
]

/** HTTP 200 with a message and no itineraries (domain.md 3.3). */
export function noAvailability(): JsonObject {
  const message = { severity: 'Error', type: 'MIP', code: 'NAV', text: 'NO AVAILABILITY FOR THE REQUESTED ITINERARY' }
  return {
    groupedItineraryResponse: {
      version: '5',
      messages: [...infoMessages, message],
      statistics: { itineraryCount: 0 },
    },
  }
}

type Group = { readonly legs: readonly JsonObject[]; readonly itineraries: Map<string, Itinerary> }
type Itinerary = { readonly legRefs: readonly number[]; readonly offers: SupplierOffer[] }

function addOffer(offer: SupplierOffer, groups: Map<string, Group>, collected: Collected): void {
  const legs = offer.slices.map(slice => ({
    departureDate: slice.segments[0]!.departure.slice(0, 10),
    departureLocation: slice.origin,
    arrivalLocation: slice.destination,
  }))
  const groupKey = legs.map(leg => `${leg.departureDate}${leg.departureLocation}${leg.arrivalLocation}`).join()
  let group = groups.get(groupKey)
  if (!group) {
    group = { legs, itineraries: new Map() }
    groups.set(groupKey, group)
  }
  const legRefs = offer.slices.map(slice => legRef(slice, collected))
  const key = legRefs.join()
  const itinerary = group.itineraries.get(key)
  if (itinerary) itinerary.offers.push(offer)
  else group.itineraries.set(key, { legRefs, offers: [offer] })
}

function legRef(slice: Slice, collected: Collected): number {
  const start = slice.segments[0]!.departure.slice(0, 10)
  const schedules = slice.segments.map(segment => {
    const ref = collected.schedules.ref(scheduleKey(segment), () => scheduleDescription(segment))
    const days = daysBetween(start, segment.departure.slice(0, 10))
    return days === 0 ? { ref } : { ref, departureDateAdjustment: days }
  })
  const key = schedules.map(({ ref, departureDateAdjustment }) => `${ref}+${departureDateAdjustment ?? 0}`).join()
  return collected.legs.ref(key, () => ({ elapsedTime: slice.durationMinutes ?? 0, schedules }))
}

/** Times of day only: the same flight on two dates is one schedule. */
function scheduleKey(segment: Segment): string {
  const { marketing, operating, departure, arrival } = segment
  const days = daysBetween(departure.slice(0, 10), arrival.slice(0, 10))
  const offsets = segment.departureZone === null ? '' : departure.slice(0, 10)
  return `${marketing.carrier}${marketing.number} ${operating.carrier}${operating.number}${operating.name} ${segment.origin}${departure.slice(11)} ${segment.destination}${arrival.slice(11)}+${days} ${segment.durationMinutes} ${segment.aircraft} ${segment.originTerminal} ${segment.destinationTerminal} ${offsets} ${segment.stops.map(stop => stop.airport + stop.minutes).join()}`
}

function pricingInformation(offer: SupplierOffer, collected: Collected, options: GroupedOptions): JsonObject {
  const { offerId, offerItemId } = offer.supplierContext
  const carrier = offer.validatingCarrier
  const limit = ticketLimit(offer, options.officeZone)
  const fares = offer.passengers.map((passenger, i) => passengerInfo(offer, passenger, i, collected, options))
  return {
    pricingSubsource: 'MIP',
    distributionModel: 'ATPCO',
    ...(offerId ? { offer: { offerId } } : {}),
    fare: {
      ...(offerItemId ? { offerItemId } : {}),
      ...(carrier === null ? {} : { validatingCarrierCode: carrier }),
      vita: true,
      eTicketable: true,
      ...limit,
      governingCarriers: offer.slices.map(slice => slice.segments[0]!.marketing.carrier).join(' '),
      passengerInfoList: fares.map(info => ({ passengerInfo: info })),
      totalFare: { totalPrice: amountNumber(offer.total), ...sums(offer) },
      ...(carrier === null
        ? {}
        : { validatingCarriers: [{ ref: collected.carriers.ref(carrier, () => carrierDescription(carrier)) }] }),
    },
  }
}

function carrierDescription(carrier: string): JsonObject {
  const carrierName = findAirline(carrier)?.name ?? carrier
  return { settlementMethod: 'BSP', newVcxProcess: true, default: { code: carrier }, carrierName, carrier }
}

function ticketLimit(offer: SupplierOffer, zone: ZoneName): JsonObject {
  const ms = offer.ticketBy === null ? undefined : parseInstant(offer.ticketBy)
  if (ms === undefined) return {}
  const local = toLocal(ms, zone)
  return { lastTicketDate: local.slice(0, 10), lastTicketTime: local.slice(11, 16) }
}

/** Base fares are in the currency of the total here; the filed currency is told apart on the wire. */
function sums(of: Pick<SupplierOffer, 'base' | 'taxes'>): JsonObject {
  const currency = of.base.currency
  const base = amountNumber(of.base)
  return {
    totalTaxAmount: amountNumber(of.taxes),
    currency,
    baseFareAmount: base,
    baseFareCurrency: currency,
    constructionAmount: base,
    constructionCurrency: 'NUC',
    equivalentAmount: base,
    equivalentCurrency: currency,
  }
}

function passengerInfo(
  offer: SupplierOffer,
  passenger: PassengerFare,
  index: number,
  collected: Collected,
  options: GroupedOptions,
): JsonObject {
  const { each } = passenger
  const code = options.passengerCode?.(passenger) ?? passengerCode(passenger.type, null)
  const taxTotal = each.taxes.reduce((sum, tax) => sum + tax.amount.amountMinor, 0)
  const taxes = { amountMinor: taxTotal, currency: each.total.currency }
  const { allowed } = offer.conditions.refund
  return {
    passengerType: code,
    passengerNumber: passenger.count,
    ...(allowed === null ? {} : { nonRefundable: !allowed }),
    fareComponents: components(offer, index, code, collected),
    taxes: each.taxes.map(tax => ({ ref: collected.tax(tax, offer.slices[0]!.origin) })),
    taxSummaries: each.taxes.map(tax => ({ ref: collected.taxSummary(tax) })),
    obFees: [{ ref: collected.noFee(each.total.currency) }],
    currencyConversion: { from: each.base.currency, to: each.total.currency, exchangeRateUsed: 1 },
    passengerTotalFare: {
      totalFare: amountNumber(each.total),
      ...sums({ base: each.base, taxes }),
      exchangeRateOne: 1,
    },
    baggageInformation: [...baggage(offer, index, 'checked', collected), ...baggage(offer, index, 'cabin', collected)],
    ...penalties(offer, index),
  }
}

/** A component is what one fare covers: flights in a row of a slice that share it. */
function components(offer: SupplierOffer, index: number, code: string, collected: Collected): readonly JsonObject[] {
  const runs: { readonly fare: SegmentFare; readonly segments: Segment[]; readonly outward: boolean }[] = []
  offer.slices.forEach((slice, s) => {
    slice.segments.forEach((segment, i) => {
      const fare = segment.fares[index]!
      const last = i === 0 ? undefined : runs.at(-1)
      if (last && sameFare(last.fare, fare)) last.segments.push(segment)
      else runs.push({ fare, segments: [segment], outward: s === 0 })
    })
  })
  const parts = allocate(offer.passengers[index]!.each.base, runs.length)
  const goesOn = marriedToNext(offer)
  return runs.map(({ fare, segments, outward }, i) => ({
    ref: collected.component(fare, code, segments, outward, parts[i]!),
    beginAirport: segments[0]!.origin,
    endAirport: segments.at(-1)!.destination,
    segments: segments.map(segment => ({ segment: fareSegment(offer, segment, index, goesOn.has(segment)) })),
  }))
}

/** Flights that are sold together with the next. */
function marriedToNext(offer: SupplierOffer): ReadonlySet<Segment> {
  const found = new Set<Segment>()
  const all = offer.slices.flatMap(slice => slice.segments)
  all.forEach((segment, i) => {
    if (segment.marriageGroup !== null && all[i + 1]?.marriageGroup === segment.marriageGroup) found.add(segment)
  })
  return found
}

function sameFare(a: SegmentFare, b: SegmentFare): boolean {
  return (
    a.fareBasis === b.fareBasis &&
    a.cabin === b.cabin &&
    a.brand?.code === b.brand?.code &&
    a.brand?.name === b.brand?.name
  )
}

function fareSegment(offer: SupplierOffer, segment: Segment, index: number, goesOn: boolean): JsonObject {
  const fare = segment.fares[index]!
  return {
    ...(fare.bookingClass === null ? {} : { bookingCode: fare.bookingClass }),
    ...(fare.cabin === null ? {} : { cabinCode: cabinCode(fare.cabin) }),
    mealCode: 'M',
    ...(offer.seatsLeft === null ? {} : { seatsAvailable: offer.seatsLeft }),
    availabilityBreak: !goesOn,
  }
}

/** Flights with one allowance share an entry. */
function baggage(
  offer: SupplierOffer,
  index: number,
  which: 'checked' | 'cabin',
  collected: Collected,
): readonly JsonObject[] {
  const entries = new Map<number, { airlineCode: string; ids: number[] }>()
  offer.slices
    .flatMap(slice => slice.segments)
    .forEach((segment, id) => {
      const allowance: Baggage | null = segment.fares[index]!.baggage[which]
      if (allowance === null) return
      const ref = collected.allowance(allowance)
      const entry = entries.get(ref)
      if (entry) entry.ids.push(id)
      else entries.set(ref, { airlineCode: segment.marketing.carrier, ids: [id] })
    })
  return [...entries].map(([ref, { airlineCode, ids }]) => ({
    provisionType: which === 'checked' ? 'A' : 'B',
    airlineCode,
    segments: ids.map(id => ({ id })),
    allowance: { ref },
  }))
}

/** The conditions are for all passengers; here each kind has its share. */
function penalties(offer: SupplierOffer, index: number): JsonObject {
  const { change, refund } = offer.conditions
  if (change.allowed === null && refund.allowed === null) return {}
  return {
    penaltiesInfo: {
      penalties: [
        ...penalty('Exchange', 'changeable', change, shareOf(offer, change.fee, index)),
        ...penalty('Refund', 'refundable', refund, shareOf(offer, refund.fee, index)),
      ],
    },
  }
}

function penalty(type: string, word: string, condition: Condition, fee: Money | null): readonly JsonObject[] {
  if (condition.allowed === null) return []
  const money = condition.allowed && fee ? { amount: amountNumber(fee), currency: fee.currency } : {}
  return ['Before', 'After'].map(applicability => ({ type, applicability, [word]: condition.allowed, ...money }))
}

/** For one passenger of that entry. Lap infants pay none where it comes out even without them; else what does not divide
 *  by all goes to the first entry that can take it. */
function shareOf(offer: SupplierOffer, fee: Money | null, index: number): Money | null {
  if (fee === null) return null
  const { amountMinor, currency } = fee
  const seats = countOf(offer.passengers.filter(passenger => passenger.type !== 'INF'))
  if (seats > 0 && amountMinor % seats === 0) {
    return { amountMinor: offer.passengers[index]!.type === 'INF' ? 0 : amountMinor / seats, currency }
  }
  const even = Math.floor(amountMinor / countOf(offer.passengers))
  const rest = amountMinor - even * countOf(offer.passengers)
  const taker = offer.passengers.findIndex(passenger => rest % passenger.count === 0)
  if (taker < 0) return null
  return { amountMinor: even + (taker === index ? rest / offer.passengers[index]!.count : 0), currency }
}

function countOf(passengers: readonly PassengerFare[]): number {
  return passengers.reduce((sum, passenger) => sum + passenger.count, 0)
}
