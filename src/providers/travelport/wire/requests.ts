import { findChild, listChildren, type XmlElement } from '../../../core/xml/tree.ts'

/** Reading requests, as the simulator does. */

/** The message inside the envelope. */
export function messageOf(root: XmlElement): XmlElement | undefined {
  if (root.name !== 'Envelope') return root
  const body = findChild(root, 'Body')
  return body?.children[0]
}

/** Down the named children, the first of each. */
export function at(element: XmlElement | undefined, ...names: readonly string[]): XmlElement | undefined {
  let found = element
  for (const name of names) found = found && findChild(found, name)
  return found
}

export function all(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element ? listChildren(element, name) : []
}

export function codes(element: XmlElement | undefined, name: string, attribute = 'Code'): readonly string[] {
  return all(element, name).flatMap(child => child.attributes[attribute] ?? [])
}
