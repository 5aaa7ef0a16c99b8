import { expect, test } from 'vitest'
import { newReference } from '../../src/core/ids.ts'
import { loadDecode } from '../../src/providers/codes.ts'
import { formatOf, hasReader, readExpectations } from '../conformance/expectation.ts'
import { fuzz } from '../fuzz/fuzz.ts'
import { describeFixtures } from '../support/fixtures.ts'

/** `FUZZ_SEED=any` draws one; a failure names its own. The same each time by default: a red run must mean a change. */
const seed = process.env.FUZZ_SEED === 'any' ? newReference() : (process.env.FUZZ_SEED ?? 'long')
const cases = Number(process.env.FUZZ_CASES ?? 5_000)

describeFixtures(`recorded messages, damaged ${cases} times a format, seed ${seed}`, dir => {
  const readable = readExpectations(dir).filter(({ provider }) => hasReader(provider))

  test.for([...new Set(readable.map(({ file }) => formatOf(file)))])('%s', async format => {
    const messages = readable.filter(({ file }) => formatOf(file) === format)
    const { provider } = messages[0]!
    const files = messages.map(({ file }) => file)
    const { failures } = fuzz({ provider, decode: await loadDecode(provider) }, files, { dir, seed, cases })
    expect(failures).toEqual([])
  })
})
