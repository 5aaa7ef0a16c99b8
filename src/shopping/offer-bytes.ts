import type { SupplierContext, SupplierOffer } from '../core/offer.ts'
import { checkVersion, FormatError, formatVersion } from './codec.ts'
import type { ViewOffer } from './view.ts'

/** One offer of a view as it is stored: the version, then msgpack `[[net, context, long], shown]`, of texts of JSON but for
 *  `long`: names and texts of the context, as they are. Texts and not msgpack to the bottom: for 750 offers of four suppliers
 *  msgpackr took 72 ms (17 µs an offer, 195 where the context is a supplier's own offer with shapes of its own), JSON.stringify
 *  takes 11, and a page needs no context read. `long`: a context that is a text of JSON cost 13 to 25 µs an offer for the
 *  quotes that had to be escaped, everything else 6. */
export function packViewOffer({ net, shown }: ViewOffer): Buffer {
  const texts = textsOf(net)
  const text = JSON.stringify(shown)
  const bytes = Buffer.allocUnsafe(2 + textsLength(texts) + textLength(text))
  bytes[0] = formatVersion
  bytes[1] = arrayOf + 2
  writeText(bytes, writeTexts(bytes, 2, texts), text)
  return bytes
}

/** msgpack `[net, context, long]`. */
export function packOffer(net: SupplierOffer): Buffer {
  const texts = textsOf(net)
  const bytes = Buffer.allocUnsafe(textsLength(texts))
  writeTexts(bytes, 0, texts)
  return bytes
}

type Texts = {
  readonly offer: string
  readonly context: string
  /** Name, text, name, text. */
  readonly long: readonly string[]
}

/** A supplier's offer is written once for the view and for the net result set, and its texts forgotten with that second use:
 *  for as long as the offer lives in memory they would double what the heap holds. Where there is no second use they stay as
 *  long as it, and a third writes it out anew. */
const knownTexts = new WeakMap<SupplierOffer, Texts>()

function textsOf(net: SupplierOffer): Texts {
  const known = knownTexts.get(net)
  if (known) {
    knownTexts.delete(net)
    return known
  }
  const { context, long } = contextTexts(net.supplierContext)
  const texts: Texts = { offer: JSON.stringify(withoutContext(net)), context, long }
  knownTexts.set(net, texts)
  return texts
}

const longLengthMin = 500
/** In pairs; what a short array of msgpack holds. */
const longMax = 14

function contextTexts(context: SupplierContext): Pick<Texts, 'context' | 'long'> {
  const long: string[] = []
  const rest: [string, unknown][] = []
  for (const entry of Object.entries(context)) {
    const [name, value] = entry
    const isLong = typeof value === 'string' && value.length >= longLengthMin && value.isWellFormed()
    if (isLong && long.length < longMax) long.push(name, value)
    else rest.push(entry)
  }
  return { context: JSON.stringify(long.length === 0 ? context : Object.fromEntries(rest)), long }
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
  expectByte(bytes, 1, arrayOf + 2)
  const { value: net, end } = readOffer(bytes, 2, context)
  return { net, shown: JSON.parse(readText(bytes, end).text) }
}

const noContext: SupplierContext = {}

function readOffer(bytes: Buffer, at: number, context: boolean): { value: SupplierOffer; end: number } {
  expectByte(bytes, at, arrayOf + 3)
  const net = readText(bytes, at + 1)
  const own = context ? readContext(bytes, net.end) : { supplierContext: noContext, end: contextEnd(bytes, net.end) }
  return { value: { ...JSON.parse(net.text), supplierContext: own.supplierContext }, end: own.end }
}

function readContext(bytes: Buffer, at: number): { readonly supplierContext: SupplierContext; readonly end: number } {
  const { text, end: longAt } = readText(bytes, at)
  const long: [string, string][] = []
  let end = longAt + 1
  for (let left = longCount(bytes, longAt); left > 0; left -= 2) {
    const name = readText(bytes, end)
    const value = readText(bytes, name.end)
    long.push([name.text, value.text])
    end = value.end
  }
  const supplierContext: SupplierContext = JSON.parse(text)
  return {
    supplierContext: long.length === 0 ? supplierContext : { ...supplierContext, ...Object.fromEntries(long) },
    end,
  }
}

function contextEnd(bytes: Buffer, at: number): number {
  const longAt = textEnd(bytes, at)
  let end = longAt + 1
  for (let left = longCount(bytes, longAt); left > 0; left--) end = textEnd(bytes, end)
  return end
}

function longCount(bytes: Buffer, at: number): number {
  const count = (bytes[at] ?? 0) - arrayOf
  if (count < 0 || count > longMax || count % 2 !== 0) throw new FormatError(`a stored offer has ${bytes[at]} at ${at}`)
  return count
}

/** msgpack: fixarray, its length added; str 32. */
const arrayOf = 0x90
const str32 = 0xdb
const textHead = 5

function textsLength({ offer, context, long }: Texts): number {
  let length = 2 + textLength(offer) + textLength(context)
  for (const text of long) length += textLength(text)
  return length
}

function textLength(text: string): number {
  return textHead + Buffer.byteLength(text)
}

/** As the next: where it ends. */
function writeTexts(bytes: Buffer, at: number, { offer, context, long }: Texts): number {
  bytes[at] = arrayOf + 3
  let end = writeText(bytes, writeText(bytes, at + 1, offer), context)
  bytes[end++] = arrayOf + long.length
  for (const text of long) end = writeText(bytes, end, text)
  return end
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
