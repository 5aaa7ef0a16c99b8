import { letterSet, type Place, placeIndex, type Word } from './place-index.ts'
import { fold, withinEdits } from './spelling.ts'

export type { Place } from './place-index.ts'

const queryMaxLength = 64
const queryMaxWords = 6
const limitMax = 100

/** Places by code, by the beginnings of words in their names (accents and case aside), else by names a slip away;
 *  an exact code first, then by popularity. Memory only, under a millisecond. */
export function searchPlaces(query: string, limit = 10): readonly Place[] {
  const words = fold(query.slice(0, queryMaxLength)).split(' ').filter(Boolean).slice(0, queryMaxWords)
  if (words.length === 0) return []
  const { entries, byCode } = placeIndex()
  const codes = words.length === 1 ? (byCode.get(words[0]!.toUpperCase()) ?? []) : []
  const scores = codes.length > 0 ? matchAll(words, prefixHits) : bestMatches(words)
  // the last of the list is the city, which goes before the airport of the same code
  for (const [i, entry] of codes.entries()) scores.set(entry, 1e6 * (i + 1))
  return [...scores]
    .sort((a, b) => b[1] - a[1] || (entries[a[0]]!.code < entries[b[0]]!.code ? -1 : 1))
    .slice(0, Math.min(Math.max(limit, 0), limitMax))
    .map(([entry]) => entries[entry]!)
}

/** Entry -> score. */
type Hits = Map<number, number>

function bestMatches(words: readonly string[]): Hits {
  const exact = matchAll(words, prefixHits)
  if (exact.size > 0) return exact
  if (words.length > 1) {
    // "xi an", "new castle"
    const joined = prefixHits(words.join(''))
    if (joined.size > 0) return rated(joined)
  }
  return matchAll(words, word => similarHits(word, words.length > 1))
}

/** Entries that every word of the query hits, with the score of the weakest hit. */
function matchAll(words: readonly string[], hitsOf: (word: string) => Hits): Hits {
  const [first, ...rest] = words.map(hitsOf).sort((a, b) => a.size - b.size)
  if (!first) return new Map()
  if (rest.length === 0) return rated(first)
  const weakest: Hits = new Map()
  for (const [entry, weight] of first) {
    let least = weight
    for (const hits of rest) least = Math.min(least, hits.get(entry) ?? 0)
    if (least > 0) weakest.set(entry, least)
  }
  return rated(weakest)
}

function rated(hits: Hits): Hits {
  const { popularity } = placeIndex()
  for (const [entry, weight] of hits) hits.set(entry, weight * (popularity[entry]! + 1))
  return hits
}

/** A whole word says twice as much as its beginning. */
function prefixHits(word: string): Hits {
  const { words } = placeIndex()
  const hits: Hits = new Map()
  for (let i = firstNotBefore(words, word); i < words.length && words[i]!.text.startsWith(word); i++) {
    addHits(hits, words[i]!, words[i]!.text === word ? 2 : 1)
  }
  return hits
}

/** Three letters are a slip away from too much, unless other words narrow it down. */
function similarHits(word: string, narrowed: boolean): Hits {
  const hits = prefixHits(word)
  const edits = word.length >= 8 ? 2 : word.length >= (narrowed ? 3 : 4) ? 1 : 0
  if (edits === 0) return hits
  const { byLength } = placeIndex()
  const letters = letterSet(word)
  for (let length = word.length - edits; length <= word.length + edits; length++) {
    for (const other of byLength[length] ?? []) {
      if (bits(other.letters ^ letters) > 2 * edits) continue
      if (withinEdits(word, other.text, edits)) addHits(hits, other, 0.5)
    }
  }
  return hits
}

function addHits(hits: Hits, { uses }: Word, factor: number): void {
  for (let i = 0; i < uses.length; i += 2) {
    const score = uses[i + 1]! * factor
    if (score > (hits.get(uses[i]!) ?? 0)) hits.set(uses[i]!, score)
  }
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
