import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { newProvider } from '../../src/providers/new-provider.ts'
import { runContract } from '../cli/contract-script.ts'

/** Mistakes that an author made, each caught by the contract in words that lead to it. */
const root = mkdtempSync(join(tmpdir(), 'fareloom-mistakes-'))
afterAll(() => rmSync(root, { recursive: true }))

type Mistake = {
  readonly what: string
  readonly file: string
  readonly from: string
  readonly to: string
  readonly said: RegExp
}

const mistakes: readonly Mistake[] = [
  {
    what: 'times are read wrongly',
    file: 'wire/flight.ts',
    from: 'const text = matching(value, localTimeForm, at)',
    to: "const text = matching(value, localTimeForm, at).replace('-', 'T')",
    said: /\d+ warnings and no offer, the first at \/offers\/0\/slices\/0\/0\/departs: a day that there is not/,
  },
  {
    what: 'times have another form than ours',
    file: 'wire/flight.ts',
    from: 'if (startsWithDay(text)) return text',
    to: "if (startsWithDay(text)) return text.replace('T', ' ')",
    said: /minutes from LHR to JFK, "\d{4}-\d\d-\d\d \d\d:\d\d:\d\d" to /,
  },
  {
    what: 'wire/decode.ts looks for another message',
    file: 'wire/decode.ts',
    from: "'offers' in root",
    to: "'fares' in root",
    said: /FAIL .*wire\/decode\.ts reads the replies that the adapter reads\n\W*WireError: no message of BlueSky at \//,
  },
  {
    what: 'offers name another supplier',
    file: 'wire/offer.ts',
    from: "provider: 'blue-sky'",
    to: "provider: 'bluesky'",
    said: /`provider` of offers and orders: expected Set\{ 'bluesky' \}/,
  },
  {
    what: 'some offers cannot be read',
    file: 'wire/offer.ts',
    from: 'const raw = rawOf(value, at)\n  const currency',
    to: "const raw = rawOf(value, at)\n  if (at.endsWith('3')) throw new WireError('no third', at)\n  const currency",
    said: /FAIL .*every offer of its stub is read[\s\S]*at \/offers\/3: no third/,
  },
]

test.for(mistakes)('$what', async ({ what, file, from, to, said }) => {
  const dir = join(root, what.replace(/\W/g, '-'))
  newProvider('blue-sky', dir)
  const path = join(dir, 'blue-sky', file)
  const text = readFileSync(path, 'utf8')
  expect(text).toContain(from)
  writeFileSync(path, text.replace(from, to))
  const { code, output } = await runContract('blue-sky', dir)
  expect(code).toBe(1)
  expect(output).toMatch(said)
})

test('without a mistake it is green', async () => {
  const dir = join(root, 'fine')
  newProvider('blue-sky', dir)
  const { code, output } = await runContract('blue-sky', dir)
  expect(output).toMatch(/Tests +\d+ passed \(\d+\)/)
  expect(code).toBe(0)
})
