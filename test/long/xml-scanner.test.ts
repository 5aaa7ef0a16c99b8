import { expect, test } from 'vitest'
import { newReference } from '../../src/core/ids.ts'
import { referee } from '../core/xml/referee.ts'
import { chanceOf } from '../fuzz/chance.ts'

/** `FUZZ_SEED=any` draws one; a failure names it. The same each time by default: a red run must mean a change. */
const seed = process.env.FUZZ_SEED === 'any' ? newReference() : (process.env.FUZZ_SEED ?? 'long')
const documents = Number(process.env.FUZZ_CASES ?? 20_000)

test.for([false, true])(`the scanner and libxml2 agree on ${documents} documents, damaged: %s`, damaged => {
  const { disagreements, compared } = referee(chanceOf(seed), documents, damaged)
  expect(disagreements, `seed ${seed}`).toEqual([])
  expect(compared).toBe(documents)
})
