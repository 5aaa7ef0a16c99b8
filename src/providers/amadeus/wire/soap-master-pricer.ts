import { type EpochMs, toInstant } from '../../../core/clock.ts'
import type { PassengerId } from '../../../core/ids.ts'
import type { Segment, SegmentFare, Slice } from '../../../core/itinerary.ts'
import { type Money, parseMoney, subtract, zero } from '../../../core/money.ts'
import type { Charge, PassengerFare, PassengerPrice, SupplierOffer } from '../../../core/offer.ts'
import type { XmlScanner } from '../../../core/xml/scanner.ts'
import { readElement, type XmlElement } from '../../../core/xml/tree.ts'
import { assembleSlice } from '../../../reference/assemble.ts'
import { findInstant } from '../../../reference/zones.ts'
import { type Place, Unreadable, type Warnings, warn } from './read.ts'
import { type BaggageTable, findBaggage, openBaggage, readServiceFees } from './soap-baggage.ts'
import { readFlightGroup, readLeaves, type SoapFlight, soapSegment } from './soap-flight.ts'
import { type OfferParts, offerFrom, type PricedTraveller, passengersFrom } from './soap-offer.ts'
import {
  type Combination,
  type FareProduct,
  type Recommendation,
  readRecommendation,
  type SoapFare,
} from './soap-recommendation.ts'
import { cabinOfLetter, typeOfPtc, wordDateOf } from './soap-words.ts'
import { settleOffer } from './traveller-price.ts'

/** `Fare_MasterPricer…Reply` (travel board, calendar, expert), from bytes to offers without a tree between. One offer is
 *  one recommendation with one combination of flight groups. */

type Tables = {
  /** By direction, then by number. */
  readonly groups: Map<string, Map<string, readonly SoapFlight[] | null>>
  readonly directions: string[]
  readonly families: Map<string, string>
  readonly baggage: BaggageTable
}

/** From the start of the reply to its end. */
export function readMasterPricer(
  scanner: XmlScanner,
  warnings: Warnings,
  onError: (element: XmlElement) => void,
): readonly SupplierOffer[] {
  const tables: Tables = { groups: new Map(), directions: [], families: new Map(), baggage: openBaggage() }
  const recommendations: Recommendation[] = []
  const depth = scanner.depth
  let currency = ''
  while (scanner.child(depth)) {
    switch (scanner.name) {
      case 'conversionRate':
        currency = readCurrency(scanner) || currency
        break
      case 'flightIndex':
        readIndex(scanner, tables)
        break
      case 'familyInformation':
        readFamily(scanner, tables)
        break
      case 'recommendation':
        recommendations.push(readRecommendation(scanner))
        break
      case 'serviceFeesGrp':
        readServiceFees(scanner, tables.baggage)
        break
      case 'errorMessage':
        onError(readElement(scanner))
        break
    }
  }
  if (currency === '' && recommendations.length > 0) scanner.fail('prices without a currency')
  return recommendations.flatMap((recommendation, i) =>
    offersOf(recommendation, tables, currency, `/recommendation[${i + 1}]`, warnings),
  )
}

function readCurrency(scanner: XmlScanner): string {
  const depth = scanner.depth
  let found = ''
  while (scanner.child(depth)) {
    readLeaves(scanner, (name, text) => {
      if (name === 'currency' && found === '') found = text
    })
  }
  return found
}

function readIndex(scanner: XmlScanner, tables: Tables): void {
  const depth = scanner.depth
  let direction = ''
  const groups = new Map<string, readonly SoapFlight[] | null>()
  while (scanner.child(depth)) {
    if (scanner.name === 'requestedSegmentRef') {
      readLeaves(scanner, (name, text) => {
        if (name === 'segRef') direction = text
      })
    } else if (scanner.name === 'groupOfFlights') {
      const { ref, flights } = readFlightGroup(scanner)
      groups.set(ref, flights)
    }
  }
  tables.directions.push(direction)
  tables.groups.set(direction, groups)
}

function readFamily(scanner: XmlScanner, tables: Tables): void {
  let ref = ''
  let family = ''
  readLeaves(scanner, (name, text) => {
    if (name === 'refNumber') ref = text
    else if (name === 'fareFamilyname') family = text
  })
  if (family !== '') tables.families.set(ref, family)
}

function offersOf(
  recommendation: Recommendation,
  tables: Tables,
  currency: string,
  at: string,
  warnings: Warnings,
): readonly SupplierOffer[] {
  try {
    const sale = saleOf(recommendation, passengersFrom(priceOf(recommendation, currency, at, warnings)), currency)
    return recommendation.combinations.flatMap((combination, i) => {
      const place = (): string => `${at}/segmentFlightRef[${i + 1}]`
      const slices = slicesOf(sale, combination, tables, place, warnings)
      return slices === null ? [] : [toOffer(sale, slices)]
    })
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    warn(warnings, error.code, error.at, `the recommendation is left out: ${error.message}`)
    return []
  }
}

/** What the combinations of a recommendation share. */
type Sale = Omit<OfferParts, 'slices' | 'ticketBy'> & {
  readonly products: readonly FareProduct[]
  /** The last second of the last ticketing day; told without a zone, taken as UTC. */
  readonly limit: EpochMs | undefined
  /** By direction, flight and baggage coverage. */
  readonly fares: Map<string, readonly SegmentFare[]>
}

function saleOf({ products }: Recommendation, passengers: readonly PassengerFare[], currency: string): Sale {
  const notes = products.flatMap(product => product.notes)
  const lines = notes.filter(note => note.subject === 'LTD').flatMap(note => note.lines)
  const date = lines.map(line => wordDateOf(line.trim())).find(day => day !== null)
  const nonRefundable = notes.some(
    note => note.subject === 'PEN' && note.lines.some(line => /^TICKETS ARE NON-? ?REFUNDABLE$/.test(line.trim())),
  )
  return {
    products,
    passengers,
    currency,
    validatingCarrier: products.find(product => product.validatingCarrier !== null)?.validatingCarrier ?? null,
    refundAllowed: nonRefundable ? false : null,
    seatsLeft: fewest(products.flatMap(product => [...product.fares.values()].flat().map(fare => fare.seats))),
    limit: date ? findInstant(`${date}T23:59:59`, 'UTC') : undefined,
    fares: new Map(),
  }
}

/** Each traveller's price, brought to the recommendation's own total. */
function priceOf(
  { products, amounts }: Recommendation,
  currency: string,
  at: string,
  warnings: Warnings,
): readonly PricedTraveller[] {
  const travellers = products.flatMap(product => travellersOf(product, currency, at, warnings))
  if (travellers.length === 0) throw new Unreadable('traveller-missing', at, 'it is priced for nobody')
  const prices = travellers.map(traveller => traveller.price)
  const [told] = amounts
  if (told === undefined) return travellers
  const total = amountOf(told, currency, `${at}/recPriceInfo`)
  const settled = settleOffer(prices, { total, fees: [], services: [] }, () => `${at}/recPriceInfo`, warnings)
  return travellers.map((traveller, i) => ({ ...traveller, price: settled[i]! }))
}

function travellersOf(
  product: FareProduct,
  currency: string,
  at: string,
  warnings: Warnings,
): readonly PricedTraveller[] {
  const ptc = product.ptcs[0] ?? 'ADT'
  const known = typeOfPtc(ptc)
  if (known === null) warn(warnings, 'passenger-type-unknown', at, `passenger type ${ptc} is taken as an adult`)
  const price = productPrice(product, currency, at)
  return product.travellers.map(({ ref, infant }) => {
    const id: PassengerId = infant ? `pax_${ref}_inf` : `pax_${ref}`
    return { id, type: infant && known === 'ADT' ? 'INF' : (known ?? 'ADT'), price }
  })
}

function productPrice(product: FareProduct, currency: string, at: string): PassengerPrice {
  const place = `${at}/paxFareProduct`
  const total = amountOf(product.total, currency, place)
  const tax = product.tax === '' ? zero(currency) : amountOf(product.tax, currency, place)
  const itemised = product.taxes.map(
    ({ code, amount }): Charge => ({ code: code || 'XT', amount: amountOf(amount, currency, place) }),
  )
  const rest = itemised.reduce((left, charge) => subtract(left, charge.amount), tax)
  const taxes = rest.amountMinor === 0 ? itemised : [...itemised, { code: 'XT', amount: rest }]
  return {
    base: subtract(total, tax),
    taxes: rest.amountMinor < 0 ? [{ code: 'XT', amount: tax }] : taxes,
    fees: [],
    total,
  }
}

function amountOf(text: string, currency: string, at: string): Money {
  const amount = parseMoney(text, currency)
  if (amount === undefined) throw new Unreadable('amount-unreadable', at, 'an amount is missing or no decimal number')
  return amount
}

/** Null, with a warning, where a group is not there or cannot be read. */
function slicesOf(
  sale: Sale,
  combination: Combination,
  tables: Tables,
  at: Place,
  warnings: Warnings,
): readonly Slice[] | null {
  const slices: Slice[] = []
  let place = 0
  for (const [i, ref] of combination.groups.entries()) {
    const direction = tables.directions[i] ?? ''
    const flights = tables.groups.get(direction)?.get(ref)
    if (!flights) {
      const text = `flight group ${ref} of direction ${direction || i + 1}`
      warn(warnings, 'dangling-reference', at(), `the combination is left out: no ${text} that can be read`)
      return null
    }
    const segments: Segment[] = []
    for (const [leg, flight] of flights.entries()) {
      segments.push(
        soapSegment(flight, place++, faresOf(sale, tables, { direction, leg, coverage: combination.baggage })),
      )
    }
    slices.push(assembleSlice(segments))
  }
  if (slices.length > 0) return slices
  warn(warnings, 'dangling-reference', at(), 'the combination is left out: it names no flights')
  return null
}

type Flown = { readonly direction: string; readonly leg: number; readonly coverage: string | null }

function faresOf({ products, fares }: Sale, tables: Tables, flown: Flown): readonly SegmentFare[] {
  const key = `${flown.direction}/${flown.leg}/${flown.coverage ?? ''}`
  const known = fares.get(key)
  if (known) return known
  const made = fareListOf(products, tables, flown)
  fares.set(key, made)
  return made
}

function fareListOf(products: readonly FareProduct[], tables: Tables, flown: Flown): readonly SegmentFare[] {
  const seen = new Set<string>()
  return products.flatMap(product => {
    const type = typeOfPtc(product.ptcs[0] ?? 'ADT') ?? 'ADT'
    const list = product.fares.get(flown.direction)
    // one fare for the direction counts for all its flights
    const fare = list?.[flown.leg] ?? list?.at(-1)
    const passengerType = product.travellers[0]?.infant && type === 'ADT' ? 'INF' : type
    const key = `${passengerType} ${fare?.fareBasis} ${fare?.bookingClass}`
    if (seen.has(key)) return []
    seen.add(key)
    return [toFare(passengerType, fare, product, tables, flown)]
  })
}

function toFare(
  passengerType: SegmentFare['passengerType'],
  fare: SoapFare | undefined,
  product: FareProduct,
  tables: Tables,
  { direction, leg, coverage }: Flown,
): SegmentFare {
  const family = fare ? (tables.families.get(fare.family) ?? null) : null
  const traveller = product.travellers[0]?.ref ?? ''
  return {
    passengerType,
    fareBasis: fare ? [fare.fareBasis, fare.designator].filter(Boolean).join('/') || null : null,
    bookingClass: fare?.bookingClass || null,
    cabin: cabinOfLetter(fare?.cabin ?? ''),
    brand: family === null ? null : { code: family, name: null },
    baggage: { checked: findBaggage(tables.baggage, coverage, { direction, leg: leg + 1, traveller }), cabin: null },
  }
}

function toOffer(
  { limit, passengers, currency, validatingCarrier, refundAllowed, seatsLeft }: Sale,
  slices: readonly Slice[],
): SupplierOffer {
  const ticketBy = limit === undefined ? null : beforeDeparture(limit, slices[0]!.segments[0]!)
  return offerFrom({ passengers, slices, currency, validatingCarrier, refundAllowed, seatsLeft, ticketBy })
}

function beforeDeparture(limit: EpochMs, first: Segment): string {
  const departs = first.departureZone ? findInstant(first.departure, first.departureZone) : undefined
  return toInstant(departs === undefined ? limit : Math.min(limit, departs))
}

function fewest(seats: readonly string[]): number | null {
  const counts = seats.filter(text => /^\d$/.test(text)).map(Number)
  return counts.length === 0 ? null : Math.min(...counts)
}
