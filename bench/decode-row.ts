import type { SupplierOffer } from '../src/core/offer.ts'
import { inQuick } from './effort.ts'
import type { Row } from './row.ts'
import { type SearchReply, searchReply } from './search-reply.ts'

type Decode = (bytes: Uint8Array) => readonly SupplierOffer[]
/** How many of the row's unit these are. */
type Units = (found: readonly SupplierOffer[]) => number

const decodeNote =
  'The reader builds whole offers where the floor drops what it parsed; it has read 150 replies (in a quick run 80) before it is ' +
  'measured. Two things that pay in a cold search cost here, where one reply is read again and again in an empty heap: what offers ' +
  'have alike is looked up and kept once (an offer of NDC leaves 14 objects for 36, 1.0 kB for 2.4; NDC 10 to 20 percent, JSON 0 to 3), and ' +
  'the heap of decision 0008 (NDC, 55 µs an offer for 35 to 50). Before both: NDC 1.16, Sabre 1.41, Duffel 1.47, Amadeus 1.50. ' +
  'Amadeus: to keep of each offer its part of the text costs 1.0 of 7.6 ms a MB and saves 5 of 54 ms of a cold search. Noise of ' +
  'this run: single readings lie 1.4 apart.'

/** A JSON search reply from its bytes to offers, beside JSON.parse of these very bytes. */
export function jsonDecodeRow(code: string, load: () => Promise<Decode>): Row {
  return {
    name: `${code}: search reply to offers`,
    unit: 'MB',
    floorIs: 'JSON.parse of the same bytes',
    aim: { ratioMax: 1.5 },
    note: decodeNote,
    async floor() {
      const reply = await searchReply(code)
      return parsing(reply, reply.bytes.length / 1e6)
    },
    async value() {
      const reply = await searchReply(code)
      return warm(await load(), reply, () => reply.bytes.length / 1e6)
    },
  }
}

/** A service that is up has compiled its reader; JSON.parse comes compiled. */
const repliesBefore = inQuick(80, 150)

/** An XML search reply, beside JSON.parse of the same offers as Amadeus' JSON: its simulator over what this supplier sells. */
export function xmlDecodeRow(code: string, load: () => Promise<Decode>): Row {
  return {
    name: `${code}: search reply to offers`,
    unit: 'offer',
    floorIs: 'JSON.parse of the same offers in Amadeus’ JSON',
    aim: { ratioMax: 1.2 },
    note: decodeNote,
    async floor() {
      const reply = await searchReply('amadeus', code)
      return parsing(reply, reply.offers)
    },
    async value() {
      const reply = await searchReply(code)
      return warm(await load(), reply)
    },
  }
}

/** Decoding, after as many replies as it takes to compile the reader. */
export function warm(decode: Decode, reply: SearchReply, units: Units = found => found.length) {
  for (let turn = 0; turn < repliesBefore; turn++) decode(reply.bytes)
  return decoding(decode, reply, units)
}

export function parsing({ bytes }: SearchReply, units: number) {
  let tree: unknown
  return {
    run() {
      tree = JSON.parse(bytes.toString('utf8'))
      return units
    },
    check() {
      if (JSON.stringify(tree ?? JSON.parse(bytes.toString('utf8'))).length < 20_000)
        throw new Error('nothing was parsed')
    },
  }
}

function decoding(decode: Decode, { bytes }: SearchReply, units: Units) {
  let found: readonly SupplierOffer[] | undefined
  return {
    run() {
      found = decode(bytes)
      return units(found)
    },
    check() {
      found ??= decode(bytes)
      if (found.length < 10) throw new Error(`${found.length} offers are too few to measure`)
      for (const offer of found) checkSum(offer)
    },
  }
}

function checkSum({ total, passengers }: SupplierOffer): void {
  const sum = passengers.reduce((all, { count, each }) => all + count * each.total.amountMinor, 0)
  if (sum !== total.amountMinor) throw new Error(`passengers pay ${sum} of ${total.amountMinor}`)
}
