import type { SupplierOffer } from '../core/offer.ts'
import { offersPerTurn, type Steps } from '../core/turns.ts'
import { bytesOf, float64s, int8s, int32s, pack, uint8s, unpack } from './codec.ts'
import type { Columns } from './columns.ts'
import { factsWriter } from './facts.ts'
import type { NetSet } from './net-set.ts'
import { unpackOffer } from './offer-bytes.ts'
import type { ViewTable } from './offer-store.ts'
import type { TextColumn } from './text-column.ts'
import type { ViewHead } from './view.ts'

/** Typed arrays of a view and a net result set as bytes, and back. */

type PackedText = { readonly texts: readonly string[]; readonly starts: Uint8Array; readonly values: Uint8Array }
type PackedTable = {
  readonly head: ViewHead
  readonly places: Uint8Array
  readonly numbers: Readonly<Record<string, Uint8Array>>
  readonly carriers: PackedText
  readonly providers: PackedText
  readonly brands: PackedText
  readonly airports: PackedText
}

export function packTable({ head, columns, places }: ViewTable): Buffer {
  const { carriers, providers, brands, airports, ...numbers } = columns
  return pack({
    head,
    places: bytesOf(places),
    numbers: Object.fromEntries(Object.entries(numbers).map(([name, array]) => [name, bytesOf(array)])),
    carriers: packText(carriers),
    providers: packText(providers),
    brands: packText(brands),
    airports: packText(airports),
  } satisfies PackedTable)
}

export function unpackTable(bytes: Buffer): ViewTable {
  const packed = unpack<PackedTable>(bytes)
  const at = (name: keyof Columns): Uint8Array => packed.numbers[name]!
  const columns: Columns = {
    leaders: int32s(at('leaders')),
    price: float64s(at('price')),
    high: int32s(at('high')),
    low: int32s(at('low')),
    expiry: float64s(at('expiry')),
    durationMinutes: float64s(at('durationMinutes')),
    departure: float64s(at('departure')),
    arrival: float64s(at('arrival')),
    departureMinute: float64s(at('departureMinute')),
    stops: uint8s(at('stops')),
    cabins: uint8s(at('cabins')),
    refundable: uint8s(at('refundable')),
    bags: int8s(at('bags')),
    airportChanges: uint8s(at('airportChanges')),
    nights: uint8s(at('nights')),
    technicalStops: uint8s(at('technicalStops')),
    tightConnections: uint8s(at('tightConnections')),
    flights: int32s(at('flights')),
    carriers: unpackText(packed.carriers),
    providers: unpackText(packed.providers),
    brands: unpackText(packed.brands),
    airports: unpackText(packed.airports),
  }
  return { head: packed.head, columns, places: int32s(packed.places) }
}

function packText({ texts, starts, values }: TextColumn): PackedText {
  return { texts, starts: bytesOf(starts), values: bytesOf(values) }
}

function unpackText({ texts, starts, values }: PackedText): TextColumn {
  return { texts, starts: int32s(starts), values: int32s(values) }
}

/** `packed`: its offers. */
export function packNet({ facts: _, offers: __, ...rest }: NetSet, packed: readonly Buffer[]): Buffer {
  return pack({ ...rest, offers: packed } satisfies PackedNet)
}

/** Facts are read off the offers again: that is faster than reading them. */
export function* unpackNet(bytes: Buffer): Steps<NetSet> {
  const { offers: packed, ...rest } = unpack<PackedNet>(bytes)
  const offers: SupplierOffer[] = []
  const writer = factsWriter()
  for (const one of packed) {
    const offer = unpackOffer(one)
    offers.push(offer)
    writer.add(offer)
    if (offers.length % offersPerTurn === 0) yield
  }
  return { ...rest, offers, facts: writer.facts() }
}

type PackedNet = Omit<NetSet, 'facts' | 'offers'> & { readonly offers: readonly Buffer[] }
