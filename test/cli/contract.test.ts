import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { newProvider } from '../../src/providers/new-provider.ts'
import { runContract } from './contract-script.ts'

const dir = mkdtempSync(join(tmpdir(), 'fareloom-contract-'))
afterAll(() => rmSync(dir, { recursive: true }))

test('the contract of a supplier outside the tree begins with its types, told with file and line', async () => {
  newProvider('blue-sky', dir)
  const file = join(dir, 'blue-sky', 'wire', 'flight.ts')
  writeFileSync(file, readFileSync(file, 'utf8').replace('  listOf,\n', '  listOff,\n'))
  const { code, output } = await runContract('blue-sky', dir)
  expect(code).toBe(1)
  expect(output).toMatch(/blue-sky\/wire\/flight\.ts\(\d+,\d+\): error TS\d+: .*'listOff'/)
  expect(output).toContain('fareloom: the types do not fit, see above')
})

test('a code that no folder has is told in one line, without a run', async () => {
  expect(await runContract('blue-skies', dir)).toMatchObject({
    code: 1,
    output: `fareloom: there is no supplier blue-skies in src/providers or ${dir}\n`,
  })
})

test('without a code it says what it takes', async () => {
  expect(await runContract('', dir)).toMatchObject({ code: 1, output: 'fareloom: usage: npm run contract -- CODE\n' })
})
