import { expect, test } from 'vitest'
import { chanceOf } from '../../fuzz/chance.ts'
import { referee } from './referee.ts'

/** Thousands more in test/long. */
const seed = 'libxml2'

test('documents with all that XML has are read as libxml2 reads them', () => {
  const { disagreements, accepted } = referee(chanceOf(seed), 400, false)
  expect(disagreements, `seed ${seed}`).toEqual([])
  expect(accepted).toBeGreaterThan(395)
})

test('damaged documents are refused where libxml2 refuses them, and read as it reads them elsewhere', () => {
  const { disagreements, accepted, compared } = referee(chanceOf(seed), 800, true)
  expect(disagreements, `seed ${seed}`).toEqual([])
  expect(accepted).toBeGreaterThan(30)
  expect(accepted).toBeLessThan(compared / 2)
})
