import { describe, expect, test } from 'vitest'
import type { FaultKind } from '../../../src/core/fault.ts'
import { type Complaint, faultOf } from '../../../src/providers/amadeus/faults.ts'

const complaint = (more: Partial<Complaint>): Complaint => ({
  status: 400,
  code: null,
  title: null,
  detail: null,
  source: null,
  ...more,
})

describe('an Amadeus code becomes a kind of failure, and whether an order may exist', () => {
  const table: readonly (readonly [string, number, FaultKind, boolean])[] = [
    ['38190', 401, 'authentication', false],
    ['38192', 401, 'authentication', false],
    ['38194', 429, 'rate-limited', false],
    ['38195', 429, 'rate-limited', false],
    ['141', 500, 'supplier-error', true],
    ['38189', 500, 'supplier-error', true],
    ['1797', 404, 'not-found', false],
    ['477', 400, 'invalid-request', false],
    ['34651', 400, 'sold-out', false],
    ['37200', 400, 'price-changed', false],
    ['34107', 400, 'offer-gone', false],
    ['1304', 400, 'payment-declined', false],
    ['36870', 400, 'refused', true],
  ]
  test.each(table)('%s with HTTP %i', (code, status, kind, mayHaveBooked) => {
    expect(faultOf(complaint({ code, status }))).toMatchObject({ kind, code, mayHaveBooked })
  })

  const wordings: readonly (readonly [string, FaultKind])[] = [
    ['No fare applicable', 'offer-gone'],
    ['Could not sell segment 1', 'sold-out'],
    ['Traveler name is invalid', 'passenger-data'],
    ['something else', 'invalid-request'],
  ]
  test.each(wordings)('4926 with "%s"', (detail, kind) => {
    expect(faultOf(complaint({ code: '4926', detail })).kind).toBe(kind)
  })

  const unknown: readonly (readonly [number | null, FaultKind, boolean])[] = [
    [400, 'refused', false],
    [403, 'authentication', false],
    [404, 'not-found', false],
    [429, 'rate-limited', false],
    [503, 'supplier-error', true],
    [null, 'supplier-error', true],
  ]
  test.each(unknown)('an unknown code goes by its status %s', (status, kind, mayHaveBooked) => {
    expect(faultOf(complaint({ code: '99999', status }))).toMatchObject({ kind, mayHaveBooked })
  })

  test('what a traveller typed is not repeated', () => {
    const said = faultOf(complaint({ code: '477', title: 'INVALID FORMAT', detail: 'invalid name GONZALES' }))
    expect(said.kind).toBe('passenger-data')
    expect(said.text).not.toContain('GONZALES')
  })
})
