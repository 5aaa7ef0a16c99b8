import { expect, test } from 'vitest'
import { canonicalJson } from '../../src/booking/canonical-json.ts'
import { bookingRequest, storedOffer } from './sample.ts'

const values: readonly unknown[] = [
  ...[
    null,
    true,
    0,
    -0,
    -1.5,
    1e21,
    1e-7,
    Number.NaN,
    '',
    'plain',
    'a"b',
    'a\\b',
    'tab\t',
    '\u007f',
    'é',
    '\ud800',
    '\u2028',
  ],
  ...[[], [undefined, null, [[]]], {}, { 'a"b': 1 }, storedOffer(), bookingRequest(storedOffer())],
  Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`field ${(i * 37) % 60}`, i])),
]

test.each(values.map(value => [value]))('is JSON of the same value: %j', value => {
  expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
})

test('is the same however fields are ordered, with those that are not there', () => {
  const text = '{"10":1,"9":2,"Z":[{"a":1,"b":2}],"a":null,"é":"x"}'
  expect(canonicalJson({ é: 'x', a: null, Z: [{ b: 2, a: 1 }], 9: 2, 10: 1, b: undefined })).toBe(text)
})
