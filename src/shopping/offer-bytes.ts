import type { SupplierOffer } from '../core/offer.ts'
import { checkVersion, FormatError, formatVersion } from './codec.ts'
import type { ViewOffer } from './view.ts'

/** One offer of a view as it is stored: the version, then msgpack `[[net, context], shown]`, each a text of JSON.
 *  Texts and not msgpack to the bottom: for 750 offers of four suppliers msgpackr took 72 ms (17 µs an offer, 195 where the
 *  context is a supplier's own offer with shapes of its own), JSON.stringify takes 11, and a page needs no context read. */
export function packViewOffer({ net, shown }: ViewOffer): Buffer {
  const { offer, context } = textsOf(net)
  const text = JSON.stringify(shown)
  const bytes = Buffer.allocUnsafe(3 + textLength(offer) + textLength(context) + textLength(text))
  bytes[0] = formatVersion
  bytes[1] = arrayOfTwo
  bytes[2] = arrayOfTwo
  writeText(bytes, writeText(bytes, writeText(bytes, 3, offer), context), text)
  return bytes
}

/** msgpack `[net, context]`. */
export function packOffer(net: SupplierOffer): Buffer {
  const { offer, context } = textsOf(net)
  const bytes = Buffer.allocUnsafe(1 + textLength(offer) + textLength(context))
  bytes[0] = arrayOfTwo
  writeText(bytes, writeText(bytes, 1, offer), context)
  return bytes
}

type Texts = { readonly offer: string; readonly context: string }

/** A supplier's offer is written once for the view and for the net result set, and its texts forgotten with the second: for as
 *  long as the offer lives in memory they would double what the heap holds. */
const knownTexts = new WeakMap<SupplierOffer, Texts>()

function textsOf(net: SupplierOffer): Texts {
  const known = knownTexts.get(net)
  if (known) {
    knownTexts.delete(net)
    return known
  }
  const texts = { offer: JSON.stringify(withoutContext(net)), context: JSON.stringify(net.supplierContext) }
  knownTexts.set(net, texts)
  return texts
}

/** One literal: a rest property makes a slow object. */
function withoutContext(offer: SupplierOffer): Omit<SupplierOffer, 'supplierContext'> {
  return {
    provider: offer.provider,
    validatingCarrier: offer.validatingCarrier,
    total: offer.total,
    base: offer.base,
    taxes: offer.taxes,
    fees: offer.fees,
    passengers: offer.passengers,
    slices: offer.slices,
    conditions: offer.conditions,
    requirements: offer.requirements,
    seatsLeft: offer.seatsLeft,
    ticketBy: offer.ticketBy,
    expiresAt: offer.expiresAt,
  }
}

export function unpackOffer(bytes: Buffer): SupplierOffer {
  const { value, end } = readOffer(bytes, 0, true)
  if (end !== bytes.length) throw new FormatError('a stored offer is longer than it says')
  return value
}

/** `context` false: left empty, for whoever only shows the offer. */
export function unpackViewOffer(bytes: Buffer, context: boolean): ViewOffer {
  checkVersion(bytes)
  expectByte(bytes, 1, arrayOfTwo)
  const { value: net, end } = readOffer(bytes, 2, context)
  return { net, shown: JSON.parse(readText(bytes, end).text) }
}

const noContext: SupplierOffer['supplierContext'] = {}

function readOffer(bytes: Buffer, at: number, context: boolean): { value: SupplierOffer; end: number } {
  expectByte(bytes, at, arrayOfTwo)
  const net = readText(bytes, at + 1)
  const own = context ? readText(bytes, net.end) : undefined
  const supplierContext: SupplierOffer['supplierContext'] = own ? JSON.parse(own.text) : noContext
  return { value: { ...JSON.parse(net.text), supplierContext }, end: own?.end ?? textEnd(bytes, net.end) }
}

/** msgpack: fixarray of two, str 32. */
const arrayOfTwo = 0x92
const str32 = 0xdb
const textHead = 5

function textLength(text: string): number {
  return textHead + Buffer.byteLength(text)
}

/** Returns where it ends. */
function writeText(bytes: Buffer, at: number, text: string): number {
  const length = bytes.write(text, at + textHead)
  bytes[at] = str32
  bytes.writeUInt32BE(length, at + 1)
  return at + textHead + length
}

function readText(bytes: Buffer, at: number): { readonly text: string; readonly end: number } {
  const end = textEnd(bytes, at)
  return { text: bytes.toString('utf8', at + textHead, end), end }
}

function textEnd(bytes: Buffer, at: number): number {
  expectByte(bytes, at, str32)
  return at + textHead + bytes.readUInt32BE(at + 1)
}

function expectByte(bytes: Buffer, at: number, byte: number): void {
  if (bytes[at] !== byte) throw new FormatError(`a stored offer has ${bytes[at]} at ${at} instead of ${byte}`)
}
