import type { Chance } from './chance.ts'
import type { Mutation } from './mutations.ts'

const oddities = [
  '',
  ' ',
  '0',
  '-1',
  '1e308',
  '1.005',
  '9'.repeat(40),
  'NaN',
  '2027-02-30T25:61:00',
  'PT-5H',
  '&#38;',
  '\u00e9',
]

/** From its start tag to its end tag, by counting tags of its name. */
function elementAt(text: string, start: number): { readonly from: number; readonly to: number } | undefined {
  const name = /^<([\w:.-]+)/.exec(text.slice(start, start + 100))?.[1]
  if (name === undefined) return undefined
  const tags = new RegExp(`<(/?)${name.replaceAll('.', '\\.')}(?=[\\s/>])[^>]*?(/?)>`, 'g')
  tags.lastIndex = start
  let depth = 0
  for (let tag = tags.exec(text); tag; tag = tags.exec(text)) {
    if (tag[1] === '/') depth--
    else if (tag[2] !== '/') depth++
    if (depth === 0) return { from: start, to: tag.index + tag[0].length }
    if (depth < 0) return undefined
  }
  return undefined
}

/** Any element but the outer ones, the more often the more there are. */
function anyElement(text: string, chance: Chance): { readonly from: number; readonly to: number } | undefined {
  for (let tries = 0; tries < 20; tries++) {
    const start = text.indexOf('<', chance.int(text.length))
    const element = start < 0 ? undefined : elementAt(text, start)
    if (element && element.from > 200) return element
  }
  return undefined
}

function inText(name: string, change: (text: string, chance: Chance) => string | undefined): Mutation {
  return {
    name,
    of(message, chance) {
      const changed = change(message.toString(), chance)
      return changed === undefined ? undefined : { bytes: Buffer.from(changed), must: 'any' }
    },
  }
}

function replaced(text: string, pattern: RegExp, chance: Chance, by: (found: string) => string): string | undefined {
  const found = [...text.matchAll(pattern)].filter(({ index }) => index > 200)
  if (found.length === 0) return undefined
  const { index, 0: whole } = chance.pick(found)
  return `${text.slice(0, index)}${by(whole)}${text.slice(index + whole.length)}`
}

export const xmlMutations: readonly Mutation[] = [
  inText('an element taken out', (text, chance) => {
    const element = anyElement(text, chance)
    return element && text.slice(0, element.from) + text.slice(element.to)
  }),
  inText('an element twice', (text, chance) => {
    const element = anyElement(text, chance)
    return element && text.slice(0, element.to) + text.slice(element.from)
  }),
  inText('an element elsewhere', (text, chance) => {
    const element = anyElement(text, chance)
    const target = anyElement(text, chance)
    if (!element || !target) return undefined
    return text.slice(0, target.to) + text.slice(element.from, element.to) + text.slice(target.to)
  }),
  inText('an element emptied', (text, chance) => {
    const element = anyElement(text, chance)
    const name = element && /^<([\w:.-]+)/.exec(text.slice(element.from))?.[1]
    return element && `${text.slice(0, element.from)}<${name}/>${text.slice(element.to)}`
  }),
  inText('a text of another sort', (text, chance) =>
    replaced(text, />[^<>]+</g, chance, () => `>${chance.pick(oddities)}<`),
  ),
  inText('an attribute of another sort', (text, chance) =>
    replaced(text, /="[^"<]*"/g, chance, () => `="${chance.pick(oddities)}"`),
  ),
  inText('an attribute taken out', (text, chance) => replaced(text, / [\w:.-]+="[^"<]*"/g, chance, () => '')),
  { name: 'in UTF-16', of: message => ({ bytes: Buffer.from(`\ufeff${message}`, 'utf16le'), must: 'any' }) },
  {
    name: 'an attribute twice',
    of(message, chance) {
      const changed = replaced(message.toString(), /(?<=<[\w:.-]+) [\w.-]+="[^"<]*"/g, chance, found => found + found)
      return changed === undefined ? undefined : { bytes: Buffer.from(changed), must: 'refused' }
    },
  },
  {
    name: 'nested too deeply',
    of(message, chance) {
      const element = anyElement(message.toString(), chance)
      if (!element) return undefined
      const depth = 300 + chance.int(20_000)
      const text = message.toString()
      const nested = '<a>'.repeat(depth) + '</a>'.repeat(depth)
      return { bytes: Buffer.from(text.slice(0, element.to) + nested + text.slice(element.to)), must: 'refused' }
    },
  },
  {
    name: 'an entity bomb',
    of(message, chance) {
      const bomb = '<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;">]>'
      return declared(message, bomb, '&d;', chance)
    },
  },
  {
    name: 'an external entity',
    of: (message, chance) => declared(message, '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>', '&b;', chance),
  },
  {
    name: 'an unknown entity',
    of: (message, chance) => declared(message, '', '&unknown;', chance),
  },
]

/** A document type behind the declaration, and a reference to its entity somewhere. */
function declared(message: Buffer, type: string, reference: string, chance: Chance): ReturnType<Mutation['of']> {
  const text = replaced(message.toString(), /(?<=<\/[\w:.-]+>)/g, chance, () => reference)
  if (text === undefined) return undefined
  const declaration = /^\ufeff?(?:<\?xml[^>]*>\s*)?/.exec(text)![0]
  return { bytes: Buffer.from(declaration + type + text.slice(declaration.length)), must: 'refused' }
}
