import { defaultLimits, endOfDocument, startTag, text, type XmlLimits, XmlScanner } from './scanner.ts'

/** An element of a small reply; search replies are read from the scanner's events. */
export type XmlElement = {
  /** Local name. */
  readonly name: string
  /** `air` of `air:AirSegment`, else empty. */
  readonly prefix: string
  /** By local name; namespace declarations by their whole name (`xmlns:air`). */
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  /** Its own text, that of children left out. */
  readonly text: string
}

/** Trees are for small replies: the memory of one is some ten times its bytes. */
export const treeLimits: XmlLimits = { ...defaultLimits, bytesMax: 8 * 1024 * 1024 }

export function readTree(document: Uint8Array, limits: XmlLimits = treeLimits): XmlElement {
  const scanner = new XmlScanner(document, limits)
  scanner.next()
  const root = readElement(scanner)
  if (scanner.next() !== endOfDocument) scanner.fail('something after the root element')
  return root
}

/** From the start of an element to its end. */
export function readElement(scanner: XmlScanner): XmlElement {
  const depth = scanner.depth
  const name = scanner.name
  const prefix = prefixOf(scanner.qualifiedName())
  const attributes = readAttributes(scanner)
  const children: XmlElement[] = []
  let ownText = ''
  for (;;) {
    const event = scanner.next()
    if (event === startTag) children.push(readElement(scanner))
    else if (event === text) ownText += scanner.text()
    else if (scanner.depth < depth) return { name, prefix, attributes, children, text: ownText }
  }
}

export function findChild(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find(child => child.name === name)
}

export function listChildren(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.filter(child => child.name === name)
}

/** In the order of the document, the element itself included; not inside one that was found. */
export function listDescendants(element: XmlElement, name: string): readonly XmlElement[] {
  if (element.name === name) return [element]
  return element.children.flatMap(child => listDescendants(child, name))
}

export function childText(element: XmlElement, name: string): string | undefined {
  return findChild(element, name)?.text.trim()
}

function readAttributes(scanner: XmlScanner): Readonly<Record<string, string>> {
  const found = scanner.attributes
  if (found.count === 0) return none
  const attributes: Record<string, string> = Object.create(null)
  for (let index = 0; index < found.count; index++) attributes[found.name(index)] ??= found.value(index)
  return attributes
}

const none: Readonly<Record<string, string>> = Object.freeze(Object.create(null))

function prefixOf(qualifiedName: string): string {
  const colon = qualifiedName.indexOf(':')
  return colon < 0 ? '' : qualifiedName.slice(0, colon)
}
