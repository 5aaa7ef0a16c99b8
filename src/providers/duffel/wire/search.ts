import type { Instant } from '../../../core/clock.ts'
import type { Cabin, LocalDate, LocalTime, PassengerType } from '../../../core/itinerary.ts'
import type { ShopPassenger, ShopQuery } from '../../port.ts'
import { encodePlace } from './place.ts'
import { countOf, isObject, type JsonObject, listOf, localDateOf, objectOf, textOf } from './read.ts'
import { cabinOf, cabinWord, passengerTypeOf, passengerTypeWord } from './vocabulary.ts'

/** The request of a search, the same for an offer request and a batch offer request, and the reply of the first. */

/** Where no age is told, a child is ten and an infant one (port.ts). */
const childAge = 10
const infantAge = 1
/** What the format allows. */
const connectionsMax = 2

export function encodeSearch(query: ShopQuery): JsonObject {
  return {
    data: {
      slices: query.slices.map(({ origin, destination, departureDate, departureTime }) => ({
        origin,
        destination,
        departure_date: departureDate,
        ...(departureTime === null ? {} : { departure_time: { from: departureTime.from, to: departureTime.to } }),
      })),
      passengers: query.passengers.map(encodeAsked),
      ...(query.cabin === null ? {} : { cabin_class: cabinWord(query.cabin) }),
      ...(query.maxConnections === null ? {} : { max_connections: Math.min(query.maxConnections, connectionsMax) }),
      ...encodePrivateFares(query.accountCodes),
    },
  }
}

/** A type or an age, never both. */
function encodeAsked({ type, age }: ShopPassenger): JsonObject {
  if (type === 'CHD') return { age: age ?? childAge }
  if (type === 'INF') return { age: age ?? infantAge }
  return { type: 'adult' }
}

function encodePrivateFares(accountCodes: ShopQuery['accountCodes']): JsonObject {
  if (accountCodes.length === 0) return {}
  const fares: Record<string, JsonObject[]> = {}
  for (const { carrier, code } of accountCodes) {
    fares[carrier] ??= []
    fares[carrier].push({ corporate_code: code })
  }
  return { private_fares: fares }
}

/** A search as the simulator takes it. */
export type Search = {
  readonly slices: readonly {
    readonly origin: string
    readonly destination: string
    readonly departureDate: LocalDate
    readonly departureTime: { readonly from: LocalTime; readonly to: LocalTime } | null
  }[]
  readonly passengers: readonly { readonly type: PassengerType; readonly age: number | null }[]
  readonly cabin: Cabin | null
  readonly maxConnections: number | null
}

/** What is wrong with a request: the field and why, in Duffel's terms. */
export class BadField extends Error {
  override readonly name = 'BadField'
  readonly pointer: string
  readonly code: string

  constructor(pointer: string, code: string, message: string) {
    super(message)
    this.pointer = pointer
    this.code = code
  }
}

export function decodeSearch(root: unknown): Search {
  const data = dataObject(root)
  const slices = listOf(data.slices)
  const passengers = listOf(data.passengers)
  if (slices.length === 0) throw new BadField('/slices', 'validation_required', "Field 'slices' can't be blank")
  if (passengers.length === 0)
    throw new BadField('/passengers', 'validation_required', "Field 'passengers' can't be blank")
  const connections = data.max_connections
  if (connections !== undefined && (countOf(connections) ?? 3) > connectionsMax)
    throw new BadField('/max_connections', 'validation_inclusion', "Field 'max_connections' must be 0, 1 or 2")
  if (data.cabin_class !== undefined && data.cabin_class !== null && cabinOf(data.cabin_class) === null)
    throw new BadField('/cabin_class', 'validation_inclusion', "Field 'cabin_class' is no cabin class")
  return {
    slices: slices.map(decodeAskedSlice),
    passengers: passengers.map(decodeAsked),
    cabin: cabinOf(data.cabin_class),
    maxConnections: countOf(connections),
  }
}

export function dataObject(root: unknown): JsonObject {
  if (!isObject(root) || !isObject(root.data))
    throw new BadField(
      '/data',
      'missing_data_param',
      'The data in the request body should be nested under the data key',
    )
  return root.data
}

function decodeAskedSlice(value: unknown, i: number): Search['slices'][number] {
  const raw = objectOf(value)
  const departureDate = localDateOf(raw.departure_date)
  if (departureDate === null)
    throw new BadField(`/slices/${i}/departure_date`, 'validation_format', "Field 'departure_date' is no date")
  const place = (name: 'origin' | 'destination'): string => {
    const code = textOf(raw[name])
    if (code !== null && /^[A-Z]{3}$/.test(code)) return code
    throw new BadField(`/slices/${i}/${name}`, 'validation_format', `Field '${name}' is no IATA code`)
  }
  const time = isObject(raw.departure_time) ? raw.departure_time : null
  return {
    origin: place('origin'),
    destination: place('destination'),
    departureDate,
    departureTime: time === null ? null : { from: textOf(time.from) ?? '00:00', to: textOf(time.to) ?? '23:59' },
  }
}

function decodeAsked(value: unknown, i: number): Search['passengers'][number] {
  const raw = objectOf(value)
  const both = raw.type !== undefined && raw.type !== null && raw.age !== undefined && raw.age !== null
  const type = passengerTypeOf(raw.type, raw.age, raw.fare_type)
  if (both || type === null)
    throw new BadField(`/passengers/${i}`, 'validation_required', 'A passenger has a type or an age, not both')
  return { type, age: countOf(raw.age) }
}

/** What a stored search is shown with. */
export type OfferRequestDetails = {
  readonly id: string
  readonly createdAt: Instant
  /** In the order of the search. */
  readonly passengerIds: readonly string[]
}

/** `offers` undefined where they were not asked for. */
export function encodeOfferRequest(
  search: Search,
  details: OfferRequestDetails,
  offers: readonly JsonObject[] | undefined,
): JsonObject {
  return {
    slices: search.slices.map(slice => encodeAskedSlice(slice, details.createdAt)),
    passengers: search.passengers.map(({ type, age }, i) => ({
      type: passengerTypeWord(type),
      loyalty_programme_accounts: [],
      id: details.passengerIds[i],
      given_name: null,
      fare_type: null,
      family_name: null,
      age,
    })),
    ...(offers === undefined ? {} : { offers }),
    live_mode: false,
    id: details.id,
    created_at: details.createdAt,
    client_key: clientKey(details.id),
    cabin_class: search.cabin === null ? null : cabinWord(search.cabin),
  }
}

function encodeAskedSlice(slice: Search['slices'][number], createdAt: Instant): JsonObject {
  const origin = encodePlace(slice.origin)
  const destination = encodePlace(slice.destination)
  return {
    origin_type: origin.type,
    origin: origin.place,
    destination_type: destination.type,
    destination: destination.place,
    departure_date: slice.departureDate,
    created_at: createdAt,
  }
}

/** Opaque to everybody. */
export function clientKey(id: string): string {
  return `SFMyNTY.${Buffer.from(id).toString('base64url')}`
}
