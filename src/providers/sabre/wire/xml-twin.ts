import { startTag, text, type XmlScanner } from '../../../core/xml/scanner.ts'
import type { JsonObject } from './json.ts'

/** The XML messages say what the JSON ones say, element for object: they are read into the same objects, of the elements
 *  that the readers look at and no others. Values are strings. */
export type TwinRules = {
  /** Elements to keep, by `Parent/Name` or by name. What is not named is skipped with all that is in it. */
  readonly elements: ReadonlyMap<string, TwinRule>
  readonly attributeKey: (name: string) => string
}

/** `wrap`: each stands in an object of its own under that key. */
export type TwinRule = { readonly key: string; readonly list: boolean; readonly wrap: string | null }

/** From the start of an element to its end. */
export function readTwin(scanner: XmlScanner, rules: TwinRules): JsonObject {
  const { depth, name, attributes } = scanner
  // a name like __proto__ cannot harm: attributes are strings, and children go under keys of ours
  const object: Record<string, unknown> = {}
  for (let i = 0; i < attributes.count; i++) object[rules.attributeKey(attributes.name(i))] = attributes.value(i)
  let content = ''
  for (;;) {
    const event = scanner.next()
    if (event === text) content += scanner.text()
    else if (event === startTag) readChild(scanner, name, object, rules)
    else if (scanner.depth < depth) break
  }
  const said = content.trim()
  if (said !== '') object.content = said
  return object
}

function readChild(scanner: XmlScanner, parent: string, object: Record<string, unknown>, rules: TwinRules): void {
  const rule = rules.elements.get(`${parent}/${scanner.name}`) ?? rules.elements.get(scanner.name)
  if (!rule) {
    scanner.skip()
    return
  }
  const child = readTwin(scanner, rules)
  if (!rule.list) {
    object[rule.key] ??= child
    return
  }
  const item = rule.wrap === null ? child : { [rule.wrap]: child }
  const list = object[rule.key]
  if (Array.isArray(list)) list.push(item)
  else object[rule.key] = [item]
}

export function one(key: string): TwinRule {
  return { key, list: false, wrap: null }
}

export function many(key: string, wrap: string | null = null): TwinRule {
  return { key, list: true, wrap }
}
