import type { Chance } from './chance.ts'
import type { Mutation } from './mutations.ts'

type Holder = Record<string, unknown> | unknown[]
type Place = { readonly holder: Holder; readonly key: string }

/** What stands where something else should. */
const oddities: readonly unknown[] = [
  null,
  true,
  '',
  ' ',
  0,
  -1,
  1e308,
  1.005,
  Number.MAX_SAFE_INTEGER,
  '99999999999999999999',
  '-5.00',
  '1e3',
  'NaN',
  '12.345678',
  '2027-02-30T25:61:00',
  'PT-5H',
  '__proto__',
  'é\u0000\ud800',
  [],
  {},
  [[]],
  [null],
  { '': {} },
]

/** Any place in a tree, the deeper ones as often as there are more of them. */
function placeIn(tree: unknown, chance: Chance): Place | undefined {
  const places: Place[] = []
  const visit = (holder: unknown): void => {
    if (typeof holder !== 'object' || holder === null) return
    for (const key of Object.keys(holder)) {
      places.push({ holder: holder as Holder, key })
      visit((holder as Record<string, unknown>)[key])
    }
  }
  visit(tree)
  return places.length === 0 ? undefined : chance.pick(places)
}

function set({ holder, key }: Place, value: unknown): void {
  ;(holder as Record<string, unknown>)[key] = value
}

function isTree(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined
  } catch {
    return false
  }
}

function inTree(name: string, change: (place: Place, chance: Chance, tree: unknown) => void): Mutation {
  return {
    name,
    of(message, chance) {
      const tree: unknown = JSON.parse(message.toString())
      for (let n = chance.int(3); n >= 0; n--) {
        const place = placeIn(tree, chance)
        if (!place) return undefined
        // a part moved below itself has no end: no message
        const before = JSON.stringify(tree)
        change(place, chance, tree)
        if (!isTree(tree)) return { bytes: Buffer.from(before), must: 'any' }
      }
      return { bytes: Buffer.from(JSON.stringify(tree)), must: 'any' }
    },
  }
}

export const jsonMutations: readonly Mutation[] = [
  inTree('a value of another sort', (place, chance) => set(place, chance.pick(oddities))),
  inTree('a part taken out', ({ holder, key }) => {
    if (Array.isArray(holder)) holder.splice(Number(key), 1)
    else delete holder[key]
  }),
  inTree('an entry twice', ({ holder, key }) => {
    if (Array.isArray(holder)) holder.push(holder[Number(key)])
  }),
  inTree('a part from elsewhere', (place, chance, tree) => {
    const other = placeIn(tree, chance)
    if (other) set(place, structuredClone((other.holder as Record<string, unknown>)[other.key]))
  }),
  inTree('a list where one stood', place => set(place, [(place.holder as Record<string, unknown>)[place.key]])),
  {
    name: 'a name twice',
    of(message, chance) {
      const text = message.toString()
      const members = [...text.matchAll(/([{,]\s*)("[\w@-]+"\s*:\s*(?:"[^"\\]*"|\d+|true|false|null))(?=\s*[,}])/g)]
      if (members.length === 0) return undefined
      const { index, 0: whole, 2: member } = chance.pick(members)
      const end = index + whole.length
      return { bytes: Buffer.from(`${text.slice(0, end)},${member}${text.slice(end)}`), must: 'refused' }
    },
  },
  {
    name: 'nested too deeply',
    of(message, chance) {
      const depth = 100 + chance.int(20_000)
      const text = message.toString().trimEnd()
      const nested = `${'[{"a":'.repeat(depth)}1${'}]'.repeat(depth)}`
      const bytes = text.startsWith('{') ? `{"deep":${nested},${text.slice(text.indexOf('{') + 1)}` : nested
      return { bytes: Buffer.from(bytes), must: 'refused' }
    },
  },
  {
    name: 'a byte order mark',
    of: message => ({ bytes: Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), message]), must: 'refused' }),
  },
  { name: 'UTF-16', of: message => ({ bytes: Buffer.from(`\ufeff${message}`, 'utf16le'), must: 'refused' }) },
]
