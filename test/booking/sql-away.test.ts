import { expect, test } from 'vitest'
import { isDatabaseAway, isUndone } from '../../src/booking/sql-away.ts'

test.each([
  [{ code: 'ECONNREFUSED' }],
  [{ code: 'EPIPE' }],
  [{ message: 'Connection terminated unexpectedly' }],
  [{ code: '08006' }],
  [{ code: '53300', severity: 'FATAL' }],
  [{ code: '57014' }],
  [{ code: '28P01', severity: 'FATAL' }],
  [{ code: '28P01', severity: 'ВАЖНО' }],
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

test.each([
  [{ code: 'XX000', severity: 'ERROR' }],
  [{ code: '23505', severity: 'FEHLER' }],
  [{ code: '22P05', severity: 'ОШИБКА' }],
  [{ code: '40P01', severity: '错误' }],
  [{ message: 'taken', cause: { code: '23505', severity: 'FEHLER' } }],
])('%j: undone, whatever the language of the server', error => {
  expect(isUndone(error)).toBe(true)
})

test.each([
  [{ code: 'ECONNRESET' }],
  [{ message: 'Connection terminated unexpectedly' }],
  [{ code: '40003', severity: 'FEHLER' }],
  [{ code: '57P01', severity: 'FATAL' }],
  [{ code: '53300', severity: 'FATAL' }],
  [{ message: 'away', cause: { code: '08006' } }],
])('%j: nobody knows whether it was done', error => {
  expect(isUndone(error)).toBe(false)
})
