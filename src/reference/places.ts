import { PlaceHits } from './place-hits.ts'
import { letterSet, type Place, placeIndex, type Word } from './place-index.ts'
import { fold, startsWithinEdits, withinEdits } from './spelling.ts'
import { lazy } from './tables.ts'

export type { Place } from './place-index.ts'

const queryMaxLength = 64
const queryMaxWords = 6
const limitMax = 100
/** Above every product of a hit and a popularity. */
const codeScore = 1e9

/** Places by code, by the beginnings of words in their names (accents and case aside), else by names a slip or two away,
 *  else by beginnings a slip away; an exact code first, then by popularity. Memory only, under a millisecond. */
export function searchPlaces(query: string, limit = 10): readonly Place[] {
  const words = fold(query.slice(0, queryMaxLength)).split(' ').filter(Boolean).slice(0, queryMaxWords)
  if (words.length === 0 || limit <= 0) return []
  const { entries, popularity, byCode } = placeIndex()
  const codes = words.length === 1 ? (byCode.get(words[0]!.toUpperCase()) ?? []) : []
  const hits = codes.length > 0 ? matchAll(words, addPrefixHits) : bestMatches(words)
  // the last of the list is the city, which goes before the airport of the same code
  for (const [i, entry] of codes.entries()) hits.add(entry, codeScore * (i + 1))
  return hits
    .top(
      Math.min(limit, limitMax),
      entry => popularity[entry]! + 1,
      (a, b) => entries[a]!.code < entries[b]!.code,
    )
    .map(entry => entries[entry]!)
}

/** One for each word of a query, used again by the next. */
const pool = lazy(() => Array.from({ length: queryMaxWords }, () => new PlaceHits(placeIndex().entries.length)))

type AddHits = (word: string, hits: PlaceHits, isLast: boolean) => void

function bestMatches(words: readonly string[]): PlaceHits {
  const narrowed = words.length > 1
  const exact = matchAll(words, narrowed ? addCodeOrPrefixHits : addPrefixHits)
  if (exact.count > 0) return exact
  if (narrowed) {
    // "xi an", "new castle"
    const joined = matchAll([words.join('')], addPrefixHits)
    if (joined.count > 0) return joined
  }
  const similar = matchAll(words, (word, hits) => addSimilarHits(word, hits, narrowed))
  if (similar.count > 0) return similar
  // the last word may be half typed
  return matchAll(words, (word, hits, isLast) => {
    addSimilarHits(word, hits, narrowed)
    if (isLast) addSimilarBeginnings(word, hits)
  })
}

/** Entries that every word of the query hits, with the score of the weakest hit. The first word that leaves nothing ends it:
 *  six long words of nonsense took 1.8 ms when all were looked up. */
function matchAll(words: readonly string[], addHits: AddHits): PlaceHits {
  let found: PlaceHits | undefined
  for (const [i, word] of words.entries()) {
    const hits = pool()[i]!.clear()
    addHits(word, hits, i === words.length - 1)
    found = found === undefined ? hits : inBoth(found, hits)
    if (found.count === 0) break
  }
  return found!
}

function inBoth(a: PlaceHits, b: PlaceHits): PlaceHits {
  const [fewer, more] = a.count <= b.count ? [a, b] : [b, a]
  fewer.narrow(more)
  return fewer
}

/** A whole word says twice as much as its beginning. */
function addPrefixHits(word: string, hits: PlaceHits): void {
  const { words } = placeIndex()
  for (let i = firstNotBefore(words, word); i < words.length && words[i]!.text.startsWith(word); i++) {
    addUses(hits, words[i]!, words[i]!.text === word ? 2 : 1)
  }
}

/** "lhr heathrow" */
function addCodeOrPrefixHits(word: string, hits: PlaceHits): void {
  addPrefixHits(word, hits)
  if (word.length === 3) for (const entry of placeIndex().byCode.get(word.toUpperCase()) ?? []) hits.add(entry, 2)
}

/** Three letters are a slip away from too much, unless other words narrow it down. */
function addSimilarHits(word: string, hits: PlaceHits, narrowed: boolean): void {
  if (narrowed) addCodeOrPrefixHits(word, hits)
  else addPrefixHits(word, hits)
  const edits = word.length >= 8 ? 2 : word.length >= (narrowed ? 3 : 4) ? 1 : 0
  if (edits === 0) return
  const { byLength } = placeIndex()
  const letters = letterSet(word)
  for (let length = word.length - edits; length <= word.length + edits; length++) {
    for (const other of byLength[length] ?? []) {
      if (bits(other.letters ^ letters) > 2 * edits) continue
      if (withinEdits(word, other.text, edits)) addUses(hits, other, 0.5)
    }
  }
}

/** "amsetr": one slip, in six letters at least. */
function addSimilarBeginnings(word: string, hits: PlaceHits): void {
  if (word.length < 6) return
  const { byLength } = placeIndex()
  const letters = letterSet(word)
  for (let length = word.length + 2; length < byLength.length; length++) {
    for (const other of byLength[length] ?? []) {
      // an edit brings one letter that the other has not
      if (bits(letters & ~other.letters) > 1) continue
      if (startsWithinEdits(word, other.text, 1)) addUses(hits, other, 0.25)
    }
  }
}

function addUses(hits: PlaceHits, { uses }: Word, factor: number): void {
  for (let i = 0; i < uses.length; i += 2) hits.add(uses[i]!, uses[i + 1]! * factor)
}

function firstNotBefore(words: readonly Word[], text: string): number {
  let low = 0
  let high = words.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (words[middle]!.text < text) low = middle + 1
    else high = middle
  }
  return low
}

function bits(set: number): number {
  let n = 0
  for (let rest = set; rest !== 0; rest &= rest - 1) n++
  return n
}
