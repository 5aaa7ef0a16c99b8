import { describe, expect, test } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { WireError } from '../../src/core/wire-error.ts'
import { listProviderCodes, loadDecode } from '../../src/providers/codes.ts'

const megabytes = 50
const size = megabytes * 1024 * 1024

/** Generous: several of these at once on a small machine; what must not be is minutes. */
const msMax = 10_000

const inputs: readonly (readonly [string, () => Buffer])[] = [
  ['blanks', () => Buffer.alloc(size, 0x20)],
  ['zeros', () => Buffer.alloc(size)],
  ['opening brackets', () => Buffer.alloc(size, 0x5b)],
  ['one string', () => Buffer.concat([Buffer.from('{"data":"'), Buffer.alloc(size, 0x61), Buffer.from('"}')])],
  ['one text', () => Buffer.concat([Buffer.from('<Envelope>'), Buffer.alloc(size, 0x61), Buffer.from('</Envelope>')])],
  ['elements that never end', () => Buffer.from('<a>'.repeat(size / 3))],
  ['empty elements', () => Buffer.from(`<Envelope><Body>${'<a/>'.repeat(size / 4)}</Body></Envelope>`)],
  ['attributes', () => Buffer.from(`<a ${'b="" '.repeat(size / 5)}/>`)],
  ['references', () => Buffer.from(`<a>${'&amp;'.repeat(size / 5)}</a>`)],
  ['a comment', () => Buffer.concat([Buffer.from('<!--'), Buffer.alloc(size, 0x78)])],
  ['objects', () => Buffer.from(`[${'{},'.repeat(size / 3)}{}]`)],
]

for (const code of listProviderCodes()) {
  describe(`${megabytes} MB for ${code}`, () => {
    test.for(inputs)('%s: a reason, soon', async ([, make]) => {
      const decode = await loadDecode(code)
      const bytes = make()
      const started = systemClock.monotonicMs()
      expect(() => decode(bytes)).toThrow(WireError)
      expect(systemClock.monotonicMs() - started).toBeLessThan(msMax)
    })
  })
}
