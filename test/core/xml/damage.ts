import type { Chance } from '../../fuzz/chance.ts'

/** A document with a thing or two wrong; some damage leaves it well-formed. */
export function damage(chance: Chance, document: Buffer): Buffer {
  let bytes = document
  for (let left = chance.int(4) === 0 ? 2 : 1; left > 0; left--) bytes = chance.pick(kinds)(chance, bytes)
  return bytes
}

type Kind = (chance: Chance, bytes: Buffer) => Buffer

const pieces: readonly string[] = [
  '<',
  '>',
  '/',
  '&',
  '"',
  "'",
  ':',
  '=',
  ' ',
  ';',
  '!',
  '?',
  '<a>',
  '</a>',
  '<a/>',
  '<!--',
  '-->',
  '--',
  ']]>',
  '<![CDATA[',
  '&#',
  '&#x',
  '&nbsp;',
  '&#0;',
  '&#xD800;',
  '&#xFFFE;',
  '&#x110000;',
  '&#1;',
  '&amp',
  '&lt',
  '\u0000',
  '\u0001',
  '\u0008',
  '\u000b',
  '\u001f',
  '\u007f',
  '\u0085',
  '\ufffe',
  '\uffff',
  '\ufeff',
  '\ud83d',
  '<?',
  '?>',
  '<?xml ?>',
  '<?xml version="1.0"?>',
  '<?XML x?>',
  '<!DOCTYPE a>',
  '<!DOCTYPE a [<!ENTITY b "1">]>',
  '<!ELEMENT a ANY>',
  'é',
  '×',
  '\u0300',
  '·',
  'xmlns=""',
  ' xmlns:p=""',
  ' xmlns:q="urn:q"',
  ' xmlns:xml="urn:x"',
  ' xmlns:xmlns="urn:x"',
  ' q:x="1"',
  '<q:a/>',
  '<a:b:c/>',
  '<:a/>',
  '<a:/>',
  '<1a/>',
  '<-a/>',
  ' Key="1"',
  ' Key="1" Key="2"',
  ' Key=1',
  ' Key',
  'encoding="x"',
  '<a',
]

const kinds: readonly Kind[] = [
  function truncated(chance, bytes) {
    return bytes.subarray(0, chance.int(bytes.length + 1))
  },
  function inserted(chance, bytes) {
    return spliced(bytes, chance.int(bytes.length + 1), 0, encoded(chance.pick(pieces), bytes))
  },
  function inserted2(chance, bytes) {
    return spliced(bytes, besideMark(chance, bytes), 0, encoded(chance.pick(pieces), bytes))
  },
  function replaced(chance, bytes) {
    return spliced(bytes, chance.int(bytes.length + 1), chance.int(12), encoded(chance.pick(pieces), bytes))
  },
  function removed(chance, bytes) {
    return spliced(bytes, besideMark(chance, bytes), 1 + chance.int(6), Buffer.alloc(0))
  },
  function swapped(chance, bytes) {
    const copy = Buffer.from(bytes)
    const [a, b] = [chance.int(copy.length), chance.int(copy.length)]
    if (copy.length > 0) [copy[a], copy[b]] = [copy[b]!, copy[a]!]
    return copy
  },
  function byte(chance, bytes) {
    const copy = Buffer.from(bytes)
    if (copy.length > 0) copy[chance.int(copy.length)] = chance.int(256)
    return copy
  },
  function repeated(chance, bytes) {
    const start = besideMark(chance, bytes)
    return spliced(bytes, start, 0, bytes.subarray(start, start + chance.int(30)))
  },
]

function spliced(bytes: Buffer, at: number, remove: number, insert: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + remove)])
}

/** At or after a character that means something, where damage hurts more. */
function besideMark(chance: Chance, bytes: Buffer): number {
  const start = chance.int(bytes.length + 1)
  const mark = bytes.indexOf(chance.pick(['<', '>', '"', '=', '/', '&', ' ']), start)
  return mark < 0 ? start : mark + chance.int(2)
}

/** Two bytes a character where the document has them. */
function encoded(piece: string, bytes: Buffer): Buffer {
  if (bytes[0] === 0xff || bytes[1] === 0) return Buffer.from(piece, 'utf16le')
  if (bytes[0] === 0xfe || bytes[0] === 0) return Buffer.from(piece, 'utf16le').swap16()
  return Buffer.from(piece)
}
