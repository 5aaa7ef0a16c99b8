import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { jsonSteps, parseJsonBytes } from '../../src/core/json-bytes.ts'
import { parsePieces } from '../../src/core/json-pieces.ts'
import { atOnce, type Steps } from '../../src/core/turns.ts'
import { WireError } from '../../src/core/wire-error.ts'

/** JSON texts with blanks, escapes, wide characters, names that stand twice and names that objects have anyway. */
const blank = fc.constantFrom('', '', '', ' ', '\n', '\t\r\n  ')
const string = fc.constantFrom(
  '""',
  '"a"',
  '"b"',
  '"1"',
  '"id"',
  '"__proto__"',
  '"constructor"',
  '"\\u0061"',
  '"],["',
  '"}},{"',
  '"{[,:"',
  '"é€"',
  '"😀 and more of it, so that it is longer than a piece"',
)
/** None of these is a name: V8 (Node 24.21) that once saw `{"a":0,"\\\\":1}` reads `{"a":0,"\\u0062":1}` as that. */
const escaped = fc.constantFrom('"\\\\"', '"\\""', '"\\\\\\""')
const scalar = fc.oneof(
  string,
  escaped,
  fc.constantFrom('0', '-1.5e3', '12345678901234567890', 'true', 'false', 'null'),
)
const { value: anyText } = fc.letrec<{ value: string; list: string; object: string }>(tie => ({
  value: fc.oneof({ maxDepth: 3 }, scalar, tie('list'), tie('object')),
  list: fc
    .array(fc.tuple(blank, tie('value'), blank), { maxLength: 5 })
    .chain(members => blank.map(b => `[${members.length === 0 ? b : members.map(one => one.join('')).join()}]`)),
  object: fc
    .array(fc.tuple(blank, string, blank, tie('value'), blank), { maxLength: 5 })
    .map(members => `{${members.map(([a, name, b, value, c]) => `${a}${name}${b}:${b}${value}${c}`).join()}}`),
}))
const document = fc.tuple(blank, anyText, blank).map(parts => parts.join(''))
/** Lists whose members are alike: where the next piece ends is guessed. */
const alike = fc
  .tuple(
    fc.constantFrom('{"id":', '{"kind":"offer","id":', '[', '{"of":[{"id":1},{"id":'),
    fc.array(anyText, { maxLength: 8 }),
  )
  .map(([head, members]) => {
    const tail = head.replace(/"[^"]*"/g, '').replace(/[^[{]/g, '')
    const closes = head.startsWith('{"of"') ? '}]}' : tail === '[' ? ']' : '}'
    return `[${members.map(one => head + one + closes).join()}]`
  })

const pieces = (text: string, size: number): unknown => atOnce(parsePieces(Buffer.from(text), size))

/** As text too, since that has members in their order. */
function expectSame(text: string, size: number): void {
  const whole = JSON.parse(text)
  const tree = pieces(text, size)
  expect(tree).toEqual(whole)
  expect(JSON.stringify(tree)).toBe(JSON.stringify(whole))
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** A character of two halves may have been cut between them. */
const asUtf8 = (text: string): string => Buffer.from(text).toString()

const size = fc.integer({ min: 1, max: 60 })

describe('JSON in pieces', () => {
  test('is what JSON.parse makes of the whole, member by member in its order', () => {
    fc.assert(fc.property(fc.oneof(document, alike), size, expectSame), { numRuns: 1_000 })
  })

  test('is refused where JSON.parse refuses the whole: cut anywhere', () => {
    fc.assert(
      fc.property(fc.oneof(document, alike), size, (text, bytes) => {
        for (let end = 0; end < text.length; end++) {
          const cut = asUtf8(text.slice(0, end))
          if (isJson(cut)) expectSame(cut, bytes)
          else expect(() => pieces(cut, bytes)).toThrow(SyntaxError)
        }
      }),
      { numRuns: 50 },
    )
  })

  test('is refused where JSON.parse refuses the whole: something put in, taken out or exchanged', () => {
    const marks = fc.constantFrom('', ',', ':', '{', '}', '[', ']', '"', '\\', '1', ' ', '\u0001', 'x', '],[', '},{')
    const change = fc.record({ at: fc.nat(), taken: fc.constantFrom(0, 1), put: marks })
    fc.assert(
      fc.property(fc.oneof(document, alike), size, change, (text, bytes, { at, taken, put }) => {
        const from = at % (text.length + 1)
        const changed = asUtf8(text.slice(0, from) + put + text.slice(from + taken))
        if (isJson(changed)) expectSame(changed, bytes)
        else expect(() => pieces(changed, bytes)).toThrow(SyntaxError)
      }),
      { numRuns: 2_000 },
    )
  })

  test('deep nesting, blanks, one long string and one long number are no trouble', () => {
    const long = 'x'.repeat(300)
    for (const text of [
      `${'['.repeat(200)}${']'.repeat(200)}`,
      `${'{"a":'.repeat(100)}"${long}"${'}'.repeat(100)}`,
      `[${' '.repeat(300)}]`,
      `{${' '.repeat(300)}}`,
      `"${long}"`,
      `["${long}",${'1'.repeat(300)},{"${long}":"${long}"}]`,
      ` ${' '.repeat(300)} 1 `,
    ])
      expectSame(text, 16)
    for (const text of [`[1,${' '.repeat(300)}]`, `{"a":1,${' '.repeat(300)}}`, `[${' '.repeat(300)},1]`, `[1]${long}`])
      expect(() => pieces(text, 16)).toThrow(SyntaxError)
  })
})

/** A reply of two megabytes with something in its middle. */
const large = (middle: string): string => {
  const offers = Array.from({ length: 4_000 }, (_, n) => `{"type":"offer","id":"${n}","of":["${'é-'.repeat(100)}"]}`)
  return `\n{"meta":{"count":4000},"data":[${offers.join()},${middle},${offers.join()}],"rest":{"a":1,"b":[2]}}`
}
const limits = { bytesMax: 4_000_000, strict: false }

function outcome(read: () => unknown): unknown {
  try {
    return { tree: read() }
  } catch (error) {
    if (error instanceof WireError) return { reason: error.reason, at: error.at }
    throw error
  }
}

function turnsOf(steps: Steps<unknown>): number {
  let turns = 1
  while (!steps.next().done) turns++
  return turns
}

describe('a large reply in turns', () => {
  test.each([
    ['whole', large('1')],
    ['broken in the middle', large('{"a":1,}')],
    ['with a control character', large('"a\nb"')],
    ['cut', large('1').slice(0, 1_500_000)],
    ['cut in a string', large('1').slice(0, -200)],
    ['with something behind it', `${large('1')} ]`],
    ['with a list closed as an object', large('1').replace(']}],"rest"', ']}},"rest"')],
    ['with a mark of byte order', `\ufeff${large('1')}`],
    ['of markup', `<a>${large('1')}</a>`],
    ['of blanks', ' '.repeat(1_500_000)],
    ['of brackets', '['.repeat(1_500_000)],
    ['with deep nesting behind much else', large('['.repeat(500) + ']'.repeat(500))],
    ['too large', large(`"${'x'.repeat(3_000_000)}"`)],
  ])('%s: it says what it says read in one go', (_, text) => {
    const bytes = Buffer.from(text)
    expect(outcome(() => atOnce(jsonSteps(bytes, limits)))).toEqual(outcome(() => parseJsonBytes(bytes, limits)))
  })

  test('other encodings, broken ones, and names that stand twice where they are looked for', () => {
    for (const bytes of [Buffer.from(large('1'), 'utf16le'), Buffer.from(large('1'), 'latin1')])
      expect(outcome(() => atOnce(jsonSteps(bytes, limits)))).toEqual(outcome(() => parseJsonBytes(bytes, limits)))
    const twice = Buffer.from(large('{"a":1,"a":2}'))
    const strict = { ...limits, strict: true }
    expect(outcome(() => atOnce(jsonSteps(twice, strict)))).toMatchObject({ reason: 'a name twice in one object' })
    expect(outcome(() => atOnce(jsonSteps(twice, limits)))).toEqual(outcome(() => parseJsonBytes(twice, limits)))
  })

  test('gives way every few dozen kilobytes, also when it is broken', () => {
    expect(turnsOf(jsonSteps(Buffer.from(large('1')), limits))).toBeGreaterThan(20)
    const steps = jsonSteps(Buffer.from(large('x')), limits)
    expect(() => turnsOf(steps)).toThrow('broken JSON')
  })
})
