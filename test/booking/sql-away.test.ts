import { expect, test } from 'vitest'
import { isDatabaseAway } from '../../src/booking/sql-away.ts'

test.each([
  [{ code: 'ECONNREFUSED' }],
  [{ code: 'EPIPE' }],
  [{ message: 'Connection terminated unexpectedly' }],
  [{ code: '08006' }],
  [{ code: '53300', severity: 'FATAL' }],
  [{ code: '57014' }],
  [{ code: '28P01', severity: 'FATAL' }],
])('%j: the database is away, and can be asked again', error => {
  expect(isDatabaseAway(error)).toBe(true)
})

test.each([
  [{ code: '23505', severity: 'ERROR' }],
  [{ code: '22021', severity: 'ERROR' }],
  [{ code: 'XX000', severity: 'ERROR' }],
])('%j: an answer', error => {
  expect(isDatabaseAway(error)).toBe(false)
})
