import type { XmlElement } from '../../../core/xml/tree.ts'
import { attributes, escapeText } from '../../../core/xml/write.ts'

/** An element of a reply written into a request: same content, prefixes as our envelopes declare them. */
export function writeFragment(element: XmlElement, scope: Scope): string {
  const inner = scopeOf(element, scope)
  const name = `${canonical(inner.get(element.prefix) ?? '')}:${element.name}`
  const content = element.children.map(child => writeFragment(child, inner)).join('') || escapeText(element.text)
  const values = Object.entries(element.attributes).filter(([key]) => key !== 'xmlns' && !key.startsWith('xmlns:'))
  const head = `${name}${attributes(Object.fromEntries(values))}`
  return content === '' ? `<${head}/>` : `<${head}>${content}</${name}>`
}

/** Namespace by prefix. */
export type Scope = ReadonlyMap<string, string>

export const emptyScope: Scope = new Map()

export function scopeOf(element: XmlElement, outer: Scope): Scope {
  let scope: Map<string, string> | undefined
  for (const key in element.attributes) {
    if (key !== 'xmlns' && !key.startsWith('xmlns:')) continue
    scope ??= new Map(outer)
    scope.set(key.slice(6), element.attributes[key]!)
  }
  return scope ?? outer
}

function canonical(namespace: string): 'air' | 'com' | 'univ' {
  if (namespace.includes('/common_v')) return 'com'
  return namespace.includes('/universal_v') ? 'univ' : 'air'
}
