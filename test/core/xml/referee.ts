import { ParseOption, XmlCData, XmlDocument, XmlElement, XmlLibError, XmlText } from 'libxml2-wasm'
import { WireError } from '../../../src/core/wire-error.ts'
import { endOfDocument, startTag, text, XmlScanner } from '../../../src/core/xml/scanner.ts'
import type { Chance } from '../../fuzz/chance.ts'
import { damage } from './damage.ts'
import { makeDocument } from './make-document.ts'

/** The scanner beside libxml2, document by document: accepted or refused, and what was read. */

/** In the order of the document, white space left out: how much of it between tags counts is a matter of taste. */
type Reading = { readonly events: readonly string[]; readonly leaves: ReadonlyMap<number, string> }

type Verdict = { readonly reading: Reading } | { readonly refused: string }

type Rule = {
  readonly name: string
  readonly applies: (verdicts: { readonly ours: Verdict; readonly theirs: Verdict }, document: Buffer) => boolean
}

/** What libxml2 says beside its reasons to refuse. */
const warnings =
  /^(?:xmlns\S*: URI .* is not absolute|Encoding .* doesn't match .*|xmlParsePITarget: invalid name prefix 'xml')\n?/gm

/** Where we differ from libxml2 on purpose. */
const rules: readonly Rule[] = [
  {
    name: 'document types are refused: entity bombs, external entities',
    applies: ({ ours }) => 'refused' in ours && ours.refused.includes('a document type is refused'),
  },
  {
    name: 'a few encodings are understood, each by the names that suppliers write',
    applies: ({ ours }) => 'refused' in ours && /^encoding \S+ is not understood/.test(ours.refused),
  },
  {
    name: 'a namespace name is any string: libxml2 wants a URI, Namespaces in XML does not',
    applies: ({ theirs }) =>
      'refused' in theirs &&
      /^(?:xmlns[^\n]*: '[\s\S]*?' is not a valid URI\n?)+$/.test(theirs.refused.replace(warnings, '')),
  },
  {
    name: 'eight-bit documents that claim UTF-16 are UTF-8: .NET writes such',
    applies: (_, document) =>
      /^(\xef\xbb\xbf)?<\?xml[^>]*encoding\s*=\s*["']utf-16["']/i.test(document.toString('latin1', 0, 200)),
  },
]

export type Tally = { compared: number; accepted: number; byRule: number; readonly disagreements: string[] }

const disagreementsMax = 20

export function referee(chance: Chance, documents: number, damaged: boolean): Tally {
  const tally: Tally = { compared: 0, accepted: 0, byRule: 0, disagreements: [] }
  for (let made = 0; made < documents && tally.disagreements.length < disagreementsMax; made++) {
    const whole = makeDocument(chance)
    judge(damaged ? damage(chance, whole) : whole, tally)
  }
  return tally
}

function judge(document: Buffer, tally: Tally): void {
  const ours = readWithScanner(document)
  const theirs = readWithLibxml2(document)
  tally.compared++
  if ('reading' in ours && 'reading' in theirs) {
    tally.accepted++
    const said = difference(ours.reading, theirs.reading)
    if (said) tally.disagreements.push(`${said}\n${JSON.stringify(document.toString('latin1'))}`)
    return
  }
  if ('refused' in ours && 'refused' in theirs) return
  if (rules.some(rule => rule.applies({ ours, theirs }, document))) {
    tally.byRule++
    return
  }
  const who =
    'refused' in ours ? `we refuse: ${ours.refused}` : `libxml2 refuses: ${'refused' in theirs && theirs.refused}`
  tally.disagreements.push(`${who}\n${JSON.stringify(document.toString('latin1'))}`)
}

function difference(ours: Reading, theirs: Reading): string | undefined {
  const place = ours.events.findIndex((event, index) => event !== theirs.events[index])
  if (place >= 0 || ours.events.length !== theirs.events.length)
    return `event ${place}: ${ours.events[place]} instead of ${theirs.events[place < 0 ? ours.events.length : place]}`
  for (const [number, content] of theirs.leaves) {
    const own = ours.leaves.get(number)
    if (own !== content)
      return `text of element ${number}: ${JSON.stringify(own)} instead of ${JSON.stringify(content)}`
  }
  return undefined
}

function readWithScanner(document: Buffer): Verdict {
  try {
    const events: string[] = []
    const parents: number[] = []
    const branches = new Set<number>()
    const scanner = new XmlScanner(document)
    let started = 0
    for (let event = scanner.next(); event !== endOfDocument; event = scanner.next()) {
      if (event === text) events.push(`"${bare(scanner.text())}"`)
      else if (event === startTag) {
        events.push(startOf(scanner))
        if (parents.length > 0) branches.add(parents.at(-1)!)
        parents.push(started++)
      } else {
        events.push(`</${scanner.name}>`)
        parents.pop()
      }
    }
    return { reading: { events: joined(events), leaves: leafTexts(document, branches) } }
  } catch (error) {
    if (error instanceof WireError) return { refused: `${error.reason} at ${error.at}` }
    throw error
  }
}

function startOf(scanner: XmlScanner): string {
  const { attributes } = scanner
  const all: string[] = []
  for (let index = 0; index < attributes.count; index++) {
    const name = attributes.name(index)
    if (name === 'xmlns' || name.startsWith('xmlns:')) continue
    all.push(`${attributes.qualifiedName(index)}=${JSON.stringify(attributes.value(index))}`)
  }
  return `<{${scanner.namespace()}}${scanner.name} ${all.sort().join(' ')}>`
}

/** To the last blank, of elements without children. */
function leafTexts(document: Buffer, branches: ReadonlySet<number>): ReadonlyMap<number, string> {
  const leaves = new Map<number, string>()
  const scanner = new XmlScanner(document)
  let started = 0
  for (let event = scanner.next(); event !== endOfDocument; event = scanner.next()) {
    if (event !== startTag) continue
    if (!branches.has(started)) leaves.set(started, scanner.elementText())
    started++
  }
  return leaves
}

function readWithLibxml2(document: Buffer): Verdict {
  let read: XmlDocument | undefined
  try {
    read = XmlDocument.fromBuffer(document, { option: ParseOption.XML_PARSE_NONET })
    const events: string[] = []
    const leaves = new Map<number, string>()
    walk(read.root, events, leaves, { started: 0 })
    return { reading: { events: joined(events), leaves } }
  } catch (error) {
    if (error instanceof XmlLibError) return { refused: error.message.trim() }
    throw error
  } finally {
    read?.dispose()
  }
}

function walk(element: XmlElement, events: string[], leaves: Map<number, string>, count: { started: number }): void {
  const attributes = element.attrs.map(
    ({ prefix, name, value }) => `${prefix === '' ? '' : `${prefix}:`}${name}=${JSON.stringify(value)}`,
  )
  const number = count.started++
  events.push(`<{${element.namespaceUri}}${element.name} ${attributes.sort().join(' ')}>`)
  let leaf = true
  for (const child of element.find('./* | ./text()')) {
    if (child instanceof XmlElement) {
      leaf = false
      walk(child, events, leaves, count)
    } else if (child instanceof XmlText || child instanceof XmlCData) events.push(`"${bare(child.content)}"`)
  }
  if (leaf) leaves.set(number, element.content)
  events.push(`</${element.name}>`)
}

function bare(content: string): string {
  return content.replace(/[ \t\r\n]+/g, '')
}

/** Pieces of text beside each other as one; empty ones are none. */
function joined(events: readonly string[]): readonly string[] {
  const all: string[] = []
  for (const event of events) {
    if (!event.startsWith('"')) all.push(event)
    else if (event === '""') continue
    else if (all.at(-1)?.startsWith('"')) all.push(`${all.pop()!.slice(0, -1)}${event.slice(1)}`)
    else all.push(event)
  }
  return all
}
