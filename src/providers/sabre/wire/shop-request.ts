import type { AirlineCode, AirportCode, LocalDate } from '../../../core/itinerary.ts'
import type { CurrencyCode } from '../../../core/money.ts'
import { WireError } from '../../../core/wire-error.ts'
import {
  airlineOf,
  airportOf,
  booleanOf,
  currencyOf,
  dateOf,
  isObject,
  type JsonObject,
  objectOf,
  objectsOf,
  textOf,
  timeOf,
  wholeOf,
} from './json.ts'

/** OTA_AirLowFareSearchRQ of POST /v5/offers/shop. Only fields, places and words that Sabre's own examples have: there
 *  is none for carriers to leave out, times of day or account codes, so the adapter filters the reply itself. */
export type ShopRequest = {
  readonly pseudoCityCode: string
  readonly slices: readonly ShopRequestSlice[]
  readonly passengers: readonly { readonly code: string; readonly count: number }[]
  readonly cabinCode: string | null
  /** A further fare for each itinerary in this cabin. */
  readonly otherCabinCode: string | null
  readonly connectionsMax: number | null
  readonly carriers: readonly AirlineCode[]
  readonly currency: CurrencyCode | null
  readonly itinerariesMax: number
  /** A second fare for each itinerary, without the restricted ones. */
  readonly unrestrictedToo: boolean
}

export type ShopRequestSlice = {
  readonly origin: AirportCode
  readonly destination: AirportCode
  readonly date: LocalDate
  /** `HH:MM:SS`; null: at any time of that day. */
  readonly time: string | null
}

const midnight = '00:00:00'

export function encodeShopRequest(request: ShopRequest): JsonObject {
  const { cabinCode, connectionsMax, carriers, currency, itinerariesMax } = request
  const seats = request.passengers.reduce((sum, { code, count }) => sum + (code === 'INF' ? 0 : count), 0)
  return {
    OTA_AirLowFareSearchRQ: {
      Version: '5',
      POS: {
        Source: [
          {
            PseudoCityCode: request.pseudoCityCode,
            RequestorID: { Type: '1', ID: '1', CompanyName: { Code: 'TN' } },
          },
        ],
      },
      OriginDestinationInformation: request.slices.map((slice, i) => ({
        RPH: String(i + 1),
        DepartureDateTime: `${slice.date}T${slice.time ?? midnight}`,
        OriginLocation: { LocationCode: slice.origin },
        DestinationLocation: { LocationCode: slice.destination },
      })),
      TravelPreferences: {
        ...(connectionsMax === null ? {} : { MaxStopsQuantity: connectionsMax }),
        ...(cabinCode === null ? {} : { CabinPref: [{ Cabin: cabinCode, PreferLevel: 'Preferred' }] }),
        ...(carriers.length === 0
          ? {}
          : { VendorPref: carriers.map(carrier => ({ Code: carrier, PreferLevel: 'Preferred' })) }),
        // without it no allowances come back
        Baggage: { RequestType: 'A' },
        TPA_Extensions: {
          ...flexibleFares(request),
          NumTrips: { Number: itinerariesMax },
          DataSources: { NDC: 'Disable', ATPCO: 'Enable', LCC: 'Disable' },
        },
      },
      TravelerInfoSummary: {
        SeatsRequested: [seats],
        AirTravelerAvail: [
          { PassengerTypeQuantity: request.passengers.map(({ code, count }) => ({ Code: code, Quantity: count })) },
        ],
        PriceRequestInformation: {
          ...(currency === null ? {} : { CurrencyCode: currency }),
          TPA_Extensions: { BrandedFareIndicators: { SingleBrandedFare: true } },
        },
      },
      TPA_Extensions: { IntelliSellTransaction: { RequestType: { Name: transactionFor(itinerariesMax) } } },
    },
  }
}

function flexibleFares({ otherCabinCode, unrestrictedToo }: ShopRequest): JsonObject {
  const cabin = otherCabinCode === null ? {} : { Cabin: { Type: otherCabinCode } }
  const parameters = [
    ...(otherCabinCode === null ? [] : [cabin]),
    ...(unrestrictedToo ? [{ ...cabin, ExcludeRestricted: { Ind: true } }] : []),
  ]
  return parameters.length === 0 ? {} : { FlexibleFares: { FareParameters: parameters } }
}

function transactionFor(itinerariesMax: number): string {
  if (itinerariesMax <= 50) return '50ITINS'
  return itinerariesMax <= 100 ? '100ITINS' : '200ITINS'
}

/** What a simulator makes of it. Throws a WireError with the place of what is missing or senseless. */
export function decodeShopRequest(body: unknown): ShopRequest {
  const request = objectOf(body).OTA_AirLowFareSearchRQ
  if (!isObject(request)) throw new WireError('OTA_AirLowFareSearchRQ is missing', '/')
  const preferences = objectOf(request.TravelPreferences)
  const extensions = objectOf(preferences.TPA_Extensions)
  const travelers = objectOf(request.TravelerInfoSummary)
  const transaction = objectOf(objectOf(objectOf(request.TPA_Extensions).IntelliSellTransaction).RequestType)
  const named = Number(/^(\d+)ITINS$/.exec(textOf(transaction.Name) ?? '')?.[1] ?? 50)
  const parameters = objectsOf(objectOf(extensions.FlexibleFares).FareParameters)
  const vendors = objectsOf(preferences.VendorPref).map(vendor => airlineOf(vendor.Code))
  return {
    pseudoCityCode: textOf(objectsOf(objectOf(request.POS).Source)[0]?.PseudoCityCode) ?? '',
    slices: objectsOf(request.OriginDestinationInformation).map(readSlice),
    passengers: readPassengers(objectsOf(travelers.AirTravelerAvail)),
    cabinCode: textOf(objectsOf(preferences.CabinPref)[0]?.Cabin),
    otherCabinCode: parameters.map(entry => textOf(objectOf(entry.Cabin).Type)).find(code => code !== null) ?? null,
    connectionsMax: wholeOf(preferences.MaxStopsQuantity),
    carriers: vendors.filter(carrier => carrier !== null),
    currency: currencyOf(objectOf(travelers.PriceRequestInformation).CurrencyCode),
    itinerariesMax: Math.max(1, Math.min(wholeOf(objectOf(extensions.NumTrips).Number) ?? named, named)),
    unrestrictedToo: parameters.some(entry => booleanOf(objectOf(entry.ExcludeRestricted).Ind) === true),
  }
}

function readSlice(information: JsonObject, index: number): ShopRequestSlice {
  const at = `/OTA_AirLowFareSearchRQ/OriginDestinationInformation/${index}`
  const origin = airportOf(objectOf(information.OriginLocation).LocationCode)
  const destination = airportOf(objectOf(information.DestinationLocation).LocationCode)
  const [day, clock] = (textOf(information.DepartureDateTime) ?? '').split('T')
  const date = dateOf(day)
  const time = timeOf(clock ?? midnight)
  if (!origin || !destination) throw new WireError('a location is missing', at)
  if (!date || !time) throw new WireError('DepartureDateTime is invalid', at)
  return { origin, destination, date, time: time === midnight ? null : time }
}

function readPassengers(available: readonly JsonObject[]): ShopRequest['passengers'] {
  const quantities = available.flatMap(entry => objectsOf(entry.PassengerTypeQuantity))
  if (quantities.length === 0) throw new WireError('no passengers', '/OTA_AirLowFareSearchRQ/TravelerInfoSummary')
  return quantities.map(quantity => ({ code: textOf(quantity.Code) ?? 'ADT', count: wholeOf(quantity.Quantity) ?? 1 }))
}
