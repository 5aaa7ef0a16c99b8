import { atOnce, type Steps } from './turns.ts'

/** Looked at between two pauses. */
const charactersPerTurn = 64 * 1024

/** Where a text stops being JSON (RFC 8259): the index of the first character that cannot stand there, or the length where
 *  it ends too early. The runtime's own message gives the place for some mistakes only, and quotes the text, which may hold
 *  names. */
export function placeOfError(text: string): number {
  return atOnce(errorSteps(text))
}

export function* errorSteps(text: string): Steps<number> {
  /** Of each open object or array. */
  const open: ('{' | '[')[] = []
  let expected: 'value' | 'value-or-end' | 'name' | 'name-or-end' | 'colon' | 'comma' = 'value'
  let at = 0
  let turnEnd = charactersPerTurn
  for (;;) {
    if (at > turnEnd) {
      turnEnd = at + charactersPerTurn
      yield
    }
    at = afterMatch(space, text, at)
    const mark = text[at]
    if (mark === undefined) return at
    switch (expected) {
      case 'name-or-end':
      case 'name': {
        if (mark === '}' && expected === 'name-or-end') {
          open.pop()
          at++
          expected = 'comma'
          break
        }
        const end = mark === '"' ? endOfString(text, at) : { bad: at }
        if ('bad' in end) return end.bad
        at = end.after
        expected = 'colon'
        break
      }
      case 'colon':
        if (mark !== ':') return at
        at++
        expected = 'value'
        break
      case 'comma': {
        const inside = open.at(-1)
        if (inside === undefined) return at
        if (mark === ',') expected = inside === '{' ? 'name' : 'value'
        else if (mark === (inside === '{' ? '}' : ']')) open.pop()
        else return at
        at++
        break
      }
      case 'value-or-end':
      case 'value': {
        if (mark === ']' && expected === 'value-or-end') {
          open.pop()
          at++
          expected = 'comma'
          break
        }
        if (mark === '{' || mark === '[') {
          open.push(mark)
          at++
          expected = mark === '{' ? 'name-or-end' : 'value-or-end'
          break
        }
        const end = mark === '"' ? endOfString(text, at) : endOfScalar(text, at)
        if ('bad' in end) return end.bad
        at = end.after
        expected = 'comma'
        break
      }
    }
  }
}

const space = /[ \t\r\n]*/y
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y
const escaped = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y

type End = { readonly after: number } | { readonly bad: number }

function afterMatch(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}

function endOfScalar(text: string, at: number): End {
  const after = afterMatch(scalar, text, at)
  return after > at ? { after } : { bad: at }
}

function endOfString(text: string, at: number): End {
  for (let i = at + 1; i < text.length; ) {
    const code = text.charCodeAt(i)
    if (code === 0x22) return { after: i + 1 }
    if (code < 0x20) return { bad: i }
    const after = code === 0x5c ? afterMatch(escaped, text, i) : i + 1
    if (after === i) return { bad: i }
    i = after
  }
  return { bad: text.length }
}
