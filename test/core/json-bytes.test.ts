import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseJsonBytes } from '../../src/core/json-bytes.ts'
import { placeOfError } from '../../src/core/json-error.ts'
import { WireError } from '../../src/core/wire-error.ts'

const bytesMax = 1_000_000
const read = (input: string | Uint8Array, strict = false): unknown =>
  parseJsonBytes(typeof input === 'string' ? Buffer.from(input) : input, { bytesMax, strict })

function refusal(input: string | Uint8Array, strict = false): { readonly reason: string; readonly at: string } {
  try {
    read(input, strict)
  } catch (error) {
    if (error instanceof WireError) return { reason: error.reason, at: error.at }
    throw error
  }
  throw new Error('it was read')
}

describe('JSON from foreign bytes', () => {
  test('every JSON value is read as it is', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), text => {
        fc.pre(!refusesNames(text))
        expect(read(text, true)).toEqual(JSON.parse(text))
      }),
    )
  })

  test.each([
    ['nothing', '', 'an empty message', 'byte 0'],
    ['blanks', ' \n\t', 'an empty message', 'byte 0'],
    ['a page', '\n<html>', 'markup where JSON was expected', 'byte 1'],
    ['a cut', '{"a":[1,2', 'JSON that ends too early', 'byte 9'],
    ['a cut string', '{"a":"b', 'JSON that ends too early', 'byte 7'],
    ['a comma too many', '{"a":1,}', 'broken JSON', 'byte 7'],
    ['a word', '{"a":nil}', 'broken JSON', 'byte 5'],
    ['a second value', '{"a":1} {"b":2}', 'broken JSON', 'byte 8'],
    ['a place behind wide characters', '{"ä":€}', 'broken JSON', 'byte 6'],
    ['a name twice', '{"total":"1","b":{},"total":"2"}', 'a name twice in one object', 'byte 21'],
    ['a mark of byte order', '\ufeff{"a":1}', 'a byte order mark', 'byte 0'],
  ])('%s is refused with the place', (_, text, reason, at) => {
    expect(refusal(text)).toEqual({ reason, at })
  })

  test('other encodings are refused', () => {
    expect(refusal(Buffer.from('\ufeff{"a":1}', 'utf16le'))).toMatchObject({
      reason: 'UTF-16 where UTF-8 was expected',
    })
    expect(refusal(Buffer.from('{"a":"é"}', 'latin1'))).toEqual({ reason: 'text that is not UTF-8', at: 'byte 6' })
  })

  test('too much and too deep are refused before they are parsed', () => {
    expect(refusal('['.repeat(bytesMax + 1))).toMatchObject({ at: `byte ${bytesMax}` })
    expect(refusal('['.repeat(500_000))).toEqual({ reason: 'nesting deeper than 64', at: 'byte 64' })
    expect(refusal(`${'{"a":'.repeat(70)}1${'}'.repeat(70)}`)).toMatchObject({ reason: 'nesting deeper than 64' })
    expect(read(`${'['.repeat(64)}${']'.repeat(64)}`)).toBeInstanceOf(Array)
    expect(read(`{"a":"${'['.repeat(100)}","b":"\\"${'{'.repeat(100)}"}`)).toMatchObject({ a: '['.repeat(100) })
  })

  test('in a large reply names are looked at only when asked to', () => {
    const large = `{"pad":"${'x'.repeat(70_000)}","a":1,"a":2}`
    expect(read(large)).toMatchObject({ a: 2 })
    expect(refusal(large, true)).toMatchObject({ reason: 'a name twice in one object' })
  })

  test('the place is within the text, and at its end where the whole was read', () => {
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '"a"',
      '"',
      '\\',
      '1',
      '-',
      '0',
      '.5',
      'e3',
      'true',
      'nul',
      ' ',
      '\u0001',
      'é',
    ]
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), parts => {
        const text = parts.join('')
        let isJson = true
        try {
          JSON.parse(text)
        } catch {
          isJson = false
        }
        const place = placeOfError(text)
        // where a whole text was read, the place is its end
        if (isJson) expect(place).toBe(text.length)
        else expect(place).toBeLessThanOrEqual(text.length)
      }),
      { numRuns: 2_000 },
    )
  })
})

function refusesNames(text: string): boolean {
  let twice = false
  JSON.parse(text, (_, value: unknown) => {
    if (typeof value === 'object' && value !== null && '__proto__' in value) twice ||= Object.hasOwn(value, '__proto__')
    return value
  })
  return twice
}
