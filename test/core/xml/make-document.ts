import type { Chance } from '../../fuzz/chance.ts'

/** Well-formed documents by chance, with everything that a supplier may write into one, in its encoding. */
export function makeDocument(chance: Chance): Buffer {
  const encoding = chance.pick(encodings)
  const head = chance.int(4) === 0 && !encoding.needsDeclaration ? '' : declaration(chance, encoding.name)
  const body = writeElement(chance, 0, new Set(['']))
  const text = `${head}${around(chance)}${body}${around(chance)}`
  return encode(encoding, chance.int(2) === 0 || encoding.needsMark, text)
}

type Encoding = {
  readonly name: string
  readonly width: 'utf8' | 'utf16le' | 'utf16be' | 'latin1' | 'ascii'
  readonly needsDeclaration: boolean
  readonly needsMark: boolean
}

const utf8: Encoding = { name: 'UTF-8', width: 'utf8', needsDeclaration: false, needsMark: false }
const encodings: readonly Encoding[] = [
  utf8,
  utf8,
  utf8,
  { name: 'utf-8', width: 'utf8', needsDeclaration: false, needsMark: false },
  { name: 'UTF-16', width: 'utf16le', needsDeclaration: false, needsMark: true },
  { name: 'UTF-16', width: 'utf16be', needsDeclaration: false, needsMark: true },
  { name: 'UTF-16', width: 'utf16le', needsDeclaration: true, needsMark: false },
  { name: 'UTF-16', width: 'utf16be', needsDeclaration: true, needsMark: false },
  { name: 'ISO-8859-1', width: 'latin1', needsDeclaration: true, needsMark: false },
  { name: 'iso-8859-1', width: 'latin1', needsDeclaration: true, needsMark: false },
  { name: 'US-ASCII', width: 'ascii', needsDeclaration: true, needsMark: false },
]

/** What the encoding has no character for becomes a reference; names keep to ASCII there. */
function encode({ width }: Encoding, mark: boolean, text: string): Buffer {
  switch (width) {
    case 'utf8':
      return Buffer.from(mark ? `\ufeff${text}` : text)
    case 'utf16le':
      return Buffer.from(mark ? `\ufeff${text}` : text, 'utf16le')
    case 'utf16be':
      return Buffer.from(mark ? `\ufeff${text}` : text, 'utf16le').swap16()
    case 'latin1':
      return Buffer.from(within(text, 0xff), 'latin1')
    case 'ascii':
      return Buffer.from(within(text, 0x7f), 'latin1')
  }
}

function within(text: string, last: number): string {
  return [...text].map(character => (character.codePointAt(0)! > last ? '?' : character)).join('')
}

function declaration(chance: Chance, encoding: string): string {
  const quote = chance.pick(['"', "'"])
  const equals = chance.pick(['=', '=', ' = ', '\n='])
  const said = ` encoding${equals}${quote}${encoding}${quote}`
  const alone = chance.pick(['', '', ` standalone="yes"`, ` standalone='no'`])
  return `<?xml version${equals}${quote}1.0${quote}${said}${alone}${chance.pick(['', ' '])}?>`
}

function around(chance: Chance): string {
  return Array.from({ length: chance.int(3) }, () =>
    chance.pick([' ', '\n', '\r\n', comment(chance), instruction(chance)]),
  ).join('')
}

function comment(chance: Chance): string {
  return `<!--${chance.pick(['', ' c ', '<a>&amp;', ' - ', 'é€', ']]>', '?>'])}-->`
}

function instruction(chance: Chance): string {
  return `<?${chance.pick(['p', 'xml-stylesheet', 'p-1'])}${chance.pick(['', ' ', ' a="1"', " it's", ' <x> & ', '\n?'])}?>`
}

const prefixes: readonly string[] = ['', '', 'air', 'com', 'p']
const names: readonly string[] = ['a', 'b', 'Segment', 'x-1', '_y', 'l.m', 'xmlish', 'AirSegmentRef']
const uris: readonly string[] = ['urn:one', 'urn:two', 'http://www.travelport.com/schema/air_v52_0', 'urn:a&amp;b']

/** `declared`: the prefixes that mean something here. */
function writeElement(chance: Chance, depth: number, declared: ReadonlySet<string>): string {
  const known = new Set(declared)
  const declarations = new Map<string, string>()
  if (depth === 0 || chance.int(4) === 0) {
    for (const prefix of prefixes) {
      if (chance.int(2) === 0) continue
      declarations.set(
        prefix === '' ? 'xmlns' : `xmlns:${prefix}`,
        prefix === '' && chance.int(3) === 0 ? '' : chance.pick(uris),
      )
      known.add(prefix)
    }
  }
  const prefix = chance.pick([...known])
  const name = `${prefix === '' ? '' : `${prefix}:`}${chance.pick(names)}`
  const attributes = shuffled(chance, [
    ...[...declarations].map(([key, uri]) => [key, uri] as const),
    ...plain(chance, known),
  ])
  const tag = `${name}${attributes.map(([key, value]) => attribute(chance, key, value)).join('')}${chance.pick(['', '', ' ', '\n'])}`
  if (chance.int(4) === 0) return `<${tag}/>`
  const inner = Array.from({ length: chance.int(depth > 4 ? 2 : 5) }, () => content(chance, depth, known)).join('')
  return `<${tag}>${inner}</${name}${chance.pick(['', '', ' ', '\t'])}>`
}

/** A prefixed one for each local name at most: two prefixes may mean one namespace. */
function plain(chance: Chance, known: ReadonlySet<string>): readonly (readonly [string, string])[] {
  const attributes = new Map<string, string>()
  const used = new Set<string>()
  for (let left = chance.int(4); left > 0; left--) {
    const local = chance.pick(['Key', 'Code', 'n', 'type'])
    const prefix = chance.pick(['', '', ...known, 'xml'])
    if (prefix !== '' && used.has(local)) continue
    if (prefix !== '') used.add(local)
    attributes.set(prefix === '' ? local : `${prefix}:${local}`, value(chance))
  }
  return [...attributes]
}

function shuffled<T>(chance: Chance, items: readonly T[]): readonly T[] {
  return items
    .map(item => ({ item, at: chance.int(1000) }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}

function attribute(chance: Chance, name: string, text: string): string {
  const quote = text.includes('"') ? "'" : chance.pick(['"', '"', "'"])
  const written = quote === "'" ? text.replaceAll("'", '&apos;') : text
  return `${chance.pick([' ', ' ', '\n ', '\t'])}${name}${chance.pick(['=', '=', ' = '])}${quote}${written}${quote}`
}

const references: readonly string[] = [
  '&amp;',
  '&lt;',
  '&gt;',
  '&quot;',
  '&apos;',
  '&#65;',
  '&#x20AC;',
  '&#xe9;',
  '&#10;',
  '&#13;',
  '&#9;',
  '&#x1F600;',
  '&#0065;',
  '&amp;amp;',
]

function value(chance: Chance): string {
  const parts = [
    '',
    'EUR178.74',
    ' ',
    '2027-03-10T08:00:00',
    '>',
    '"',
    "'",
    '\n',
    '\t',
    '\r\n',
    'é',
    'ж€',
    '😀',
    ...references,
  ]
  return Array.from({ length: chance.int(4) }, () => chance.pick(parts)).join('')
}

function content(chance: Chance, depth: number, known: ReadonlySet<string>): string {
  switch (chance.int(8)) {
    case 0:
      return comment(chance)
    case 1:
      return instruction(chance)
    case 2:
      return `<![CDATA[${chance.pick(['', ' ', '<b> & ', ']]', ']] >', '\r\n', 'é😀', '&amp;'])}]]>`
    case 3:
      return chance.pick([' ', '\n  ', '\r\n', '\r'])
    case 4:
      return words(chance)
    default:
      return depth > 5 ? words(chance) : writeElement(chance, depth + 1, known)
  }
}

function words(chance: Chance): string {
  const parts = [
    'x',
    ' ',
    'AIR FRANCE',
    '>',
    '"',
    "'",
    ']',
    ']]',
    '\n',
    '\r',
    '\r\n',
    'é',
    'ж€',
    '😀',
    '=',
    '/',
    ...references,
  ]
  return Array.from({ length: 1 + chance.int(5) }, () => chance.pick(parts))
    .join('')
    .replaceAll(']]>', ']]')
}
