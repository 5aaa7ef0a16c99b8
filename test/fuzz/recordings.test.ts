import { expect, test } from 'vitest'
import { loadDecode } from '../../src/providers/codes.ts'
import { formatOf, hasReader, readExpectations } from '../conformance/expectation.ts'
import { describeFixtures } from '../support/fixtures.ts'
import { fuzz } from './fuzz.ts'

/** `FUZZ_SEED=… FUZZ_CASES=…` for another run. */
const seed = process.env.FUZZ_SEED ?? 'fareloom'
const cases = Number(process.env.FUZZ_CASES ?? 400)

describeFixtures('recorded messages, damaged: a reason with a place, or offers that are whole; never worse', dir => {
  const readable = readExpectations(dir).filter(({ provider }) => hasReader(provider))
  const formats = [...new Set(readable.map(({ file }) => formatOf(file)))]

  test.for(formats)('%s', async format => {
    const messages = readable.filter(({ file }) => formatOf(file) === format)
    const { provider } = messages[0]!
    const files = messages.map(({ file }) => file)
    const { ran, failures } = fuzz({ provider, decode: await loadDecode(provider) }, files, { dir, seed, cases })
    expect(failures).toEqual([])
    expect(ran).toBe(cases)
  })
})
