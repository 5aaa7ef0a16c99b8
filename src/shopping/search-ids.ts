import type { EpochMs } from '../core/clock.ts'
import { type OfferId, randomText, type SearchId } from '../core/ids.ts'
import type { TenantId } from '../core/tenant.ts'
import { type KeyedDigest, keyedDigest, numberOf, numbersOfADigest } from './keyed-hash.ts'

/** What a search and its offers are called. Everything behind the prefix of a search's id is its base:
 *  13 characters name the stored view, 9 the time it was asked (ms), 4 make it unique (and say where its answer came from),
 *  10 are a keyed checksum over the tenant and all before. So an id that was never given, or given to another tenant, is known without asking any store,
 *  one that was given and is gone has expired, and searches that were answered from one view need no record of their own. */
export type SearchBase = string
export type ViewId = string

/** Crockford's base 32, ascending in ASCII: ids of one view sort like the numbers in them. */
const digits = '0123456789abcdefghjkmnpqrstvwxyz'
export const viewLength = 13
const timeLength = 9
const nonceLength = 4
/** 50 bits: another tenant's id alone must not be guessed into one of one's own while its search lives. Of 30 bits a client that
 *  asks 10,000 times a second for 20 minutes guesses one in ninety; of these one in ninety million. */
const tagLength = 10
export const baseLength = viewLength + timeLength + nonceLength + tagLength
const untaggedLength = baseLength - tagLength
const indexLength = 3
/** The time it was made, and what makes it unique. */
const singleLength = timeLength + nonceLength
/** Offers that one view can name. */
export const viewOffersMax = 32 ** indexLength

export type OfferKey =
  | { readonly kind: 'of-view'; readonly base: SearchBase; readonly index: number }
  /** Made by a price confirmation; stored on its own. */
  | { readonly kind: 'single'; readonly base: SearchBase; readonly madeAt: EpochMs }

/** miss: suppliers were asked for this search; shared: for another one that was under way; hit: before; stale: before, and
 *  they are asked again behind the answer. */
export type CacheStatus = 'miss' | 'hit' | 'stale' | 'shared'
const cacheStatuses: readonly CacheStatus[] = ['miss', 'hit', 'stale', 'shared']

export interface SearchIds {
  mint(view: ViewId, tenant: TenantId, now: EpochMs, cache: CacheStatus): SearchBase
  /** Undefined: no search of this tenant was ever called so. */
  readSearch(id: string, tenant: TenantId): SearchBase | undefined
  readOffer(id: string, tenant: TenantId): OfferKey | undefined
}

/** Searches that one view answers within a millisecond have ids that differ in the last two bits of the nonce, and their
 *  checksums from one digest: alone it is 0.4 µs, and 4 among all else that a search answered from memory does. */
type Four = {
  readonly view: ViewId
  readonly tenant: TenantId
  readonly now: EpochMs
  readonly cache: CacheStatus
  /** Without its last digit, of which the first is `first`. */
  readonly stem: string
  readonly first: number
  readonly digest: KeyedDigest
  used: number
}
const firstDigits = digits.slice(0, digits.length / numbersOfADigest)

/** Processes that share stores share the secret. */
export function makeSearchIds(secret: string): SearchIds {
  const digestOf = (firstOfFour: string, tenant: TenantId): KeyedDigest =>
    keyedDigest(secret, `id ${firstOfFour} ${tenant}`)
  // numbers: how long it takes to compare them says nothing of where they differ
  const isBase = (base: string, tenant: TenantId): boolean => {
    if (!isDigits(base)) return false
    const last = digits.indexOf(base[untaggedLength - 1]!)
    const place = last % numbersOfADigest
    const digest = digestOf(base.slice(0, untaggedLength - 1) + digits[last - place], tenant)
    return fromDigits(base.slice(untaggedLength)) === numberOf(digest, place)
  }
  let four: Four | undefined

  return {
    mint(view, tenant, now, cache) {
      const isNext = four?.view === view && four.now === now && four.cache === cache && four.tenant === tenant
      if (!four || !isNext || four.used === numbersOfADigest) {
        const stem = view + toDigits(now, timeLength) + cacheDigit(cache) + randomText(nonceLength - 2, digits)
        const first = numbersOfADigest * digits.indexOf(randomText(1, firstDigits))
        four = { ...{ view, tenant, now, cache, stem, first }, digest: digestOf(stem + digits[first], tenant), used: 0 }
      }
      const place = four.used++
      return four.stem + digits[four.first + place] + toDigits(numberOf(four.digest, place), tagLength)
    },
    readSearch(id, tenant) {
      if (id.length !== 4 + baseLength || !id.startsWith('src_')) return undefined
      const base = id.slice(4)
      return isBase(base, tenant) ? base : undefined
    },
    readOffer(id, tenant) {
      if (!id.startsWith('off_')) return undefined
      const base = id.slice(4, 4 + baseLength)
      const rest = id.slice(4 + baseLength)
      if (base.length !== baseLength || !isDigits(rest) || !isBase(base, tenant)) return undefined
      if (rest.length === indexLength) return { kind: 'of-view', base, index: fromDigits(rest) }
      if (rest.length !== singleLength) return undefined
      return { kind: 'single', base, madeAt: fromDigits(rest.slice(0, timeLength)) }
    },
  }
}

export function newViewId(): ViewId {
  return randomText(viewLength, digits)
}

export function searchIdOf(base: SearchBase): SearchId {
  return `src_${base}`
}

export function baseOfSearch(id: SearchId): SearchBase {
  return id.slice(4)
}

export function offerIdOf(base: SearchBase, index: number): OfferId {
  return `off_${base}${indexText(index)}`
}

export function newSingleOfferId(base: SearchBase, now: EpochMs): OfferId {
  return `off_${base}${toDigits(now, timeLength)}${randomText(nonceLength, digits)}`
}

export function viewIdOf(base: SearchBase): ViewId {
  return base.slice(0, viewLength)
}

/** One revision of a search that answers before its suppliers have; the last one is stored as the view itself. */
export function revisionId(view: ViewId, revision: number): ViewId {
  return `${view}.${revision}`
}

/** Two bits of the nonce, so that searches of one view differ in it without a record of their own. */
function cacheDigit(cache: CacheStatus): string {
  const any = digits.indexOf(randomText(1, digits))
  return digits[any - (any % cacheStatuses.length) + cacheStatuses.indexOf(cache)]!
}

export function cacheStatusOf(base: SearchBase): CacheStatus {
  return cacheStatuses[digits.indexOf(base[viewLength + timeLength]!) % cacheStatuses.length]!
}

/** When the search was asked. */
export function askedAt(base: SearchBase): EpochMs {
  return fromDigits(base.slice(viewLength, viewLength + timeLength))
}

/** Fixed width, so that the order of texts is the order of numbers. */
export function indexText(index: number): string {
  return toDigits(index, indexLength)
}

export function parseIndex(text: string): number {
  return fromDigits(text)
}

function toDigits(value: number, length: number): string {
  let text = ''
  let rest = value
  for (let i = 0; i < length; i++) {
    const next = Math.floor(rest / 32)
    text = digits[rest - next * 32]! + text
    rest = next
  }
  return text
}

function fromDigits(text: string): number {
  let value = 0
  for (const char of text) value = value * 32 + digits.indexOf(char)
  return value
}

function isDigits(text: string): boolean {
  return /^[0-9a-hjkmnp-tv-z]+$/.test(text)
}
