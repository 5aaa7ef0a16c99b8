import { expect, test } from 'vitest'
import { storable } from '../../src/booking/storable.ts'

test('what PostgreSQL can hold stays the same object', () => {
  const value = { text: 'Zoë \u{1f600} \\u0000', list: [1, null, true, { deep: ['x'] }], none: undefined }
  expect(storable(value)).toBe(value)
})

test.each([
  ['NUL', 'no\u0000 seats', 'no seats'],
  ['the first half of a pair', 'a\ud83d', 'a\ufffd'],
  ['the second half of a pair', '\ude00b', '\ufffdb'],
])('%s goes, wherever it stands', (_, text, clean) => {
  expect(storable(text)).toBe(clean)
  expect(storable({ list: [{ deep: text }], other: 1 })).toEqual({ list: [{ deep: clean }], other: 1 })
})
