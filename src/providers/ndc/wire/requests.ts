import { WireError } from '../../../core/wire-error.ts'
import { findChild, readTree, type XmlElement } from '../../../core/xml/tree.ts'

/** What a simulator reads: requests are small, so a tree will do. */
export type ReadRequest = {
  /** `OrderCreateRQ`. */
  readonly name: string
  readonly sellerId: string | null
  readonly correlationId: string | null
  /** Of the point of sale. */
  readonly country: string | null
  readonly request: XmlElement
}

export function readRequest(bytes: Uint8Array): ReadRequest {
  const root = readTree(bytes)
  if (!root.name.endsWith('RQ')) throw new WireError(`${root.name} is no request`, root.name)
  // Some requests have no such part, or another name for it.
  const request = findChild(root, 'Request') ?? findChild(root, 'Query') ?? root
  return {
    name: root.name.replace(/^IATA_/, ''),
    sellerId: at(root, 'DistributionChain', 'DistributionChainLink', 'ParticipatingOrg', 'OrgID')?.text.trim() ?? null,
    correlationId: at(root, 'PayloadAttributes', 'CorrelationID')?.text.trim() ?? null,
    country: word(root, 'POS', 'Country', 'CountryCode'),
    request,
  }
}

export function at(element: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined {
  let found = element
  for (const name of path) found = found && findChild(found, name)
  return found
}

export function all(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element?.children.filter(child => child.name === name) ?? []
}

export function word(element: XmlElement | undefined, ...path: readonly string[]): string | null {
  const text = at(element, ...path)?.text.trim() ?? ''
  return text === '' ? null : text
}

export function words(element: XmlElement | undefined, name: string): readonly string[] {
  return all(element, name).map(child => child.text.trim())
}

export function needed(element: XmlElement | undefined, ...path: readonly string[]): string {
  const text = word(element, ...path)
  if (text === null) throw new WireError(`${path.join('/')} is required`, element?.name ?? 'Request')
  return text
}
