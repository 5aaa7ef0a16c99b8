import { createHash, randomBytes, randomFillSync } from 'node:crypto'

/** Branded ids with a run-time prefix, as the public API shows them. */
export type Id<Prefix extends string> = `${Prefix}_${string}`
export type SearchId = Id<'src'>
export type OfferId = Id<'off'>
export type BookingId = Id<'bkg'>
export type PaymentId = Id<'pay'>
export type CancellationQuoteId = Id<'cnq'>
export type PassengerId = Id<'pax'>
export type SegmentId = Id<'seg'>

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** 26 characters of Crockford's base 32 (130 random bits): fit for a URL, no look-alikes. */
export function newId<Prefix extends string>(prefix: Prefix): Id<Prefix> {
  return `${prefix}_${randomText(26, alphabet)}`
}

const referenceAlphabet = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789'

/** Our own booking reference: six characters without O, I, L, 0 and 1 (domain.md 4.6: only when generating). */
export function newReference(): string {
  return randomText(6, referenceAlphabet)
}

export function randomText(length: number, characters: string): string {
  const limit = 256 - (256 % characters.length)
  let text = ''
  while (text.length < length) {
    const byte = nextOctet()
    if (byte < limit) text += characters[byte % characters.length]
  }
  return text
}

/** Drawn ahead: a call of randomBytes for each id was 7 % of a search answered from memory. Never handed out twice. */
const drawn = Buffer.alloc(4096)
let used = drawn.length

function nextOctet(): number {
  if (used === drawn.length) {
    randomFillSync(drawn)
    used = 0
  }
  return drawn[used++]!
}

export function isId<Prefix extends string>(prefix: Prefix, text: string): text is Id<Prefix> {
  return text.startsWith(`${prefix}_`) && /^[a-z]+_[0-9A-Za-z_-]{1,64}$/.test(text)
}

export function sha256Hex(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Keys and nonces. Drawn ahead too (randomBytes for each was 2 % of a booking), and wiped where they lay. */
export function randomOctets(length: number): Uint8Array {
  if (length > drawn.length) return randomBytes(length)
  if (used + length > drawn.length) {
    randomFillSync(drawn)
    used = 0
  }
  const octets = new Uint8Array(drawn.subarray(used, used + length))
  drawn.fill(0, used, used + length)
  used += length
  return octets
}

/** 0 up to but without 1, for a draw: 32 bits of it. */
export function randomFraction(): number {
  return randomBytes(4).readUInt32BE() / 2 ** 32
}
