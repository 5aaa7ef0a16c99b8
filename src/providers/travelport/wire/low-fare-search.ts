import type { Cabin } from '../../../core/itinerary.ts'
import { element } from '../../../core/xml/write.ts'
import type { XmlElement } from '../../../core/xml/tree.ts'
import type { ShopPassenger, ShopQuery, ShopSlice } from '../../port.ts'
import { headValues, message, pointOfSale, type RequestHead } from './envelope.ts'
import { codeOf } from './pricing.ts'
import { integer } from './reply.ts'
import { all, at, codes } from './requests.ts'

/** The service takes no more. */
const solutionsMax = 300

export function encodeLowFareSearch(query: ShopQuery, head: RequestHead): string {
  const content =
    pointOfSale +
    query.slices.map(slice => searchLeg(slice, query.cabin)).join('') +
    searchModifiers(query) +
    query.passengers.map(passenger => searchPassenger(passenger)).join('') +
    pricingModifiers(query)
  return message('air:LowFareSearchReq', { ...headValues(head), ReturnBrandedFares: true }, content)
}

function searchLeg(slice: ShopSlice, cabin: Cabin | null): string {
  const place = (code: string): string => element('com:CityOrAirport', { Code: code, PreferCity: true })
  const window = slice.departureTime
  const range = window
    ? element('com:TimeRange', {
        EarliestTime: `${slice.departureDate}T${window.from}:00`,
        LatestTime: `${slice.departureDate}T${window.to}:00`,
      })
    : ''
  return element(
    'air:SearchAirLeg',
    {},
    element('air:SearchOrigin', {}, place(slice.origin)) +
      element('air:SearchDestination', {}, place(slice.destination)) +
      element('air:SearchDepTime', { PreferredTime: window ? undefined : slice.departureDate }, range) +
      (cabin === null ? '' : element('air:AirLegModifiers', {}, cabins('air:PermittedCabins', cabin))),
  )
}

function cabins(name: string, cabin: Cabin): string {
  return element(name, {}, element('com:CabinClass', { Type: cabinClassOf(cabin) }))
}

export function cabinClassOf(cabin: Cabin): string {
  switch (cabin) {
    case 'economy':
      return 'Economy'
    case 'premium-economy':
      return 'PremiumEconomy'
    case 'business':
      return 'Business'
    case 'first':
      return 'First'
  }
}

function searchModifiers(query: ShopQuery): string {
  const carriers = (name: string, list: readonly string[]): string =>
    list.length === 0 ? '' : element(name, {}, list.map(code => element('com:Carrier', { Code: code })).join(''))
  const { maxConnections } = query
  return element(
    'air:AirSearchModifiers',
    { MaxSolutions: Math.min(solutionsMax, query.offersMax) },
    element('air:PreferredProviders', {}, element('com:Provider', { Code: '1G' })) +
      carriers('air:PermittedCarriers', query.carriers.include) +
      carriers('air:ProhibitedCarriers', query.carriers.exclude) +
      // Above three the service knows no number.
      (maxConnections === null || maxConnections > 3
        ? ''
        : element('air:FlightType', { MaxConnections: maxConnections })),
  )
}

/** Children are priced by age; ours comes back as BookingTravelerRef. Where the age is not known: domain.md 4.1. */
export function searchPassenger(passenger: ShopPassenger): string {
  const age = passenger.age ?? defaultAge(passenger.type)
  return element('com:SearchPassenger', {
    Code: codeOf(passenger.type),
    Age: age,
    BookingTravelerRef: passenger.id,
    Key: passenger.id,
  })
}

function defaultAge(type: ShopPassenger['type']): number | undefined {
  if (type === 'CHD') return 10
  return type === 'INF' || type === 'INS' ? 1 : undefined
}

function pricingModifiers(query: ShopQuery): string {
  return element(
    'air:AirPricingModifiers',
    { CurrencyType: query.currency, ETicketability: 'Yes' },
    accountCodes(query.accountCodes),
  )
}

export function accountCodes(list: ShopQuery['accountCodes']): string {
  if (list.length === 0) return ''
  const each = list.map(one => element('com:AccountCode', { Code: one.code, SupplierCode: one.carrier }))
  return element('air:AccountCodes', {}, each.join(''))
}

/** A search as the other side reads it. */
export type LowFareSearchRequest = {
  readonly legs: readonly {
    readonly origin: string
    readonly destination: string
    readonly date: string
    readonly from: string | null
    readonly to: string | null
  }[]
  readonly passengers: readonly RequestPassenger[]
  readonly cabinClass: string | null
  readonly permittedCarriers: readonly string[]
  readonly prohibitedCarriers: readonly string[]
  readonly maxConnections: number | null
  readonly currency: string | null
  readonly maxSolutions: number | null
}

export type RequestPassenger = { readonly code: string; readonly age: number | null; readonly ref: string | null }

export function decodeLowFareSearch(request: XmlElement): LowFareSearchRequest {
  const modifiers = at(request, 'AirSearchModifiers')
  const legs = all(request, 'SearchAirLeg')
  const cabin =
    at(legs[0], 'AirLegModifiers', 'PermittedCabins', 'CabinClass') ??
    at(legs[0], 'AirLegModifiers', 'PreferredCabins', 'CabinClass') ??
    at(modifiers, 'PermittedCabins', 'CabinClass')
  return {
    legs: legs.map(decodeLeg),
    passengers: all(request, 'SearchPassenger').map(decodeSearchPassenger),
    cabinClass: cabin?.attributes.Type ?? null,
    permittedCarriers: codes(at(modifiers, 'PermittedCarriers'), 'Carrier'),
    prohibitedCarriers: codes(at(modifiers, 'ProhibitedCarriers'), 'Carrier'),
    maxConnections: integer(at(modifiers, 'FlightType')?.attributes.MaxConnections),
    currency: at(request, 'AirPricingModifiers')?.attributes.CurrencyType ?? null,
    maxSolutions: integer(modifiers?.attributes.MaxSolutions),
  }
}

function decodeLeg(leg: XmlElement): LowFareSearchRequest['legs'][number] {
  const time = at(leg, 'SearchDepTime')
  const range = at(time, 'TimeRange')?.attributes
  return {
    origin: placeOf(at(leg, 'SearchOrigin')),
    destination: placeOf(at(leg, 'SearchDestination')),
    date: (time?.attributes.PreferredTime ?? range?.EarliestTime ?? '').slice(0, 10),
    from: range?.EarliestTime?.slice(11, 16) ?? null,
    to: range?.LatestTime?.slice(11, 16) ?? null,
  }
}

/** `Airport`, `City` or `CityOrAirport`. */
function placeOf(location: XmlElement | undefined): string {
  return location?.children.find(child => child.attributes.Code !== undefined)?.attributes.Code ?? ''
}

export function decodeSearchPassenger(passenger: XmlElement): RequestPassenger {
  const { Code, Age, BookingTravelerRef, Key } = passenger.attributes
  return { code: Code ?? '', age: integer(Age), ref: BookingTravelerRef ?? Key ?? null }
}
