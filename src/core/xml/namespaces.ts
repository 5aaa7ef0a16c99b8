import type { Attributes } from './attributes.ts'
import { failAt } from './bytes.ts'

const xml = 'http://www.w3.org/XML/1998/namespace'
const xmlns = 'http://www.w3.org/2000/xmlns/'

/** The namespaces declared on the elements that are open, inner ones before outer ones. */
export class Namespaces {
  readonly #uris = new Map<string, string[]>([['xml', [xml]]])
  /** What each open declaration declares, and the depth of its element. */
  readonly #prefixes: string[] = []
  readonly #depths: number[] = []

  /** Of the innermost declaration; 0 where none is open. */
  depth = 0
  /** Of prefixes so far: what was well-formed before may not be so after one. */
  closings = 0

  /** Undefined for a prefix that is not declared; empty for no namespace. */
  find(prefix: string): string | undefined {
    return this.#uris.get(prefix)?.at(-1) ?? (prefix === '' ? '' : undefined)
  }

  /** Takes the declarations among the attributes of an element at `depth`, then checks what their prefixes mean. */
  open(attributes: Attributes, depth: number): void {
    for (let index = 0; index < attributes.count; index++) {
      const prefix = declaredPrefix(attributes.name(index))
      if (prefix !== undefined) this.#declare(prefix, attributes.value(index), depth, attributes.offset(index))
    }
    this.#checkPrefixed(attributes)
  }

  /** Forgets what elements deeper than `depth` declared. */
  close(depth: number): void {
    while (this.depth > depth) {
      const prefix = this.#prefixes.pop()!
      this.#uris.get(prefix)!.pop()
      if (prefix !== '') this.closings++
      this.#depths.pop()
      this.depth = this.#depths.at(-1) ?? 0
    }
  }

  /** Namespaces in XML 1.0, sections 2.2 and 3. */
  #declare(prefix: string, uri: string, depth: number, offset: number): void {
    if (prefix === 'xmlns' || (prefix === 'xml') !== (uri === xml) || uri === xmlns)
      failAt(offset, 'a namespace declaration that is reserved')
    if (prefix !== '' && uri === '') failAt(offset, 'a prefix without a namespace')
    const known = this.#uris.get(prefix)
    if (known) known.push(uri)
    else this.#uris.set(prefix, [uri])
    this.#prefixes.push(prefix)
    this.#depths.push(depth)
    this.depth = depth
  }

  /** Two names of one namespace and local part are the same attribute, whatever their prefixes. */
  #checkPrefixed(attributes: Attributes): void {
    const seen = new Set<string>()
    for (let index = 0; index < attributes.count; index++) {
      const name = attributes.name(index)
      const prefix = declaredPrefix(name) === undefined ? attributes.prefix(index) : ''
      if (prefix === '') continue
      const uri = this.find(prefix)
      if (uri === undefined) failAt(attributes.offset(index), `the prefix ${prefix} is not declared`)
      const expanded = `${name} ${uri}`
      if (seen.has(expanded)) failAt(attributes.offset(index), 'the same attribute twice')
      seen.add(expanded)
    }
  }
}

/** Undefined for an attribute that declares nothing. */
function declaredPrefix(name: string): string | undefined {
  if (name === 'xmlns') return ''
  return name.startsWith('xmlns:') ? name.slice(6) : undefined
}
