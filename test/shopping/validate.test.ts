import { describe, expect, it } from 'vitest'
import { manualClock } from '../../src/core/clock.ts'
import { type FieldError, ProblemError } from '../../src/core/problem.ts'
import type { SearchRequest } from '../../src/shopping/port.ts'
import { validateSearch } from '../../src/shopping/validate.ts'
import { now, request } from './support/shopping.ts'

const rules = {
  clock: manualClock(now),
  knowsCurrency: (code: string) => ['EUR', 'GBP', 'JPY'].includes(code),
  knowsProvider: (code: string) => code === 'alpha' || code === 'beta',
  offersMax: 250,
}

function errorsOf(change: Partial<Record<keyof SearchRequest, unknown>>, at = rules): readonly FieldError[] {
  try {
    validateSearch({ ...request, ...change } as SearchRequest, at)
    return []
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    expect(error).toMatchObject({ type: 'validation', status: 422 })
    return error.errors
  }
}

const slice = { origin: 'LHR', destination: 'JFK', departureDate: '2027-03-10' }
const back = { origin: 'JFK', destination: 'LHR', departureDate: '2027-03-17' }
const passengers = (...types: string[]) => types.map(type => ({ type }))
const times = (n: number, type: string) => Array.from({ length: n }, () => ({ type }))

describe('a search that makes no sense is refused with the field and the reason', () => {
  const table: readonly [string, Partial<Record<keyof SearchRequest, unknown>>, string, string][] = [
    ['no slice', { slices: [] }, '/slices', 'required'],
    ['seven slices', { slices: Array.from({ length: 7 }, () => slice) }, '/slices', 'too-many-slices'],
    ['an unknown origin', { slices: [{ ...slice, origin: 'QQQ' }] }, '/slices/0/origin', 'unknown-airport'],
    [
      'an unknown destination',
      { slices: [slice, { ...back, destination: 'lhr' }] },
      '/slices/1/destination',
      'unknown-airport',
    ],
    ['the same airport twice', { slices: [{ ...slice, destination: 'LHR' }] }, '/slices/0/destination', 'same-place'],
    [
      'a city and an airport of it',
      { slices: [{ ...slice, destination: 'LON' }] },
      '/slices/0/destination',
      'same-place',
    ],
    ['an airport and its city', { slices: [{ ...slice, origin: 'NYC' }] }, '/slices/0/destination', 'same-place'],
    ['yesterday', { slices: [{ ...slice, departureDate: '2027-01-04' }] }, '/slices/0/departureDate', 'date-in-past'],
    [
      '362 days ahead',
      { slices: [{ ...slice, departureDate: '2028-01-02' }] },
      '/slices/0/departureDate',
      'date-too-far',
    ],
    [
      'a day that is none',
      { slices: [{ ...slice, departureDate: '2027-02-29' }] },
      '/slices/0/departureDate',
      'malformed-date',
    ],
    [
      'a return before the departure',
      { slices: [slice, { ...back, departureDate: '2027-03-09' }] },
      '/slices/1/departureDate',
      'dates-out-of-order',
    ],
    [
      'times the wrong way round',
      { slices: [{ ...slice, departureTime: { from: '12:00', to: '06:00' } }] },
      '/slices/0/departureTime',
      'times-out-of-order',
    ],
    [
      'a time that is none',
      { slices: [{ ...slice, departureTime: { from: '24:00', to: '25:00' } }] },
      '/slices/0/departureTime/from',
      'malformed-time',
    ],
    ['no passenger', { passengers: [] }, '/passengers', 'required'],
    ['ten seats', { passengers: times(10, 'ADT') }, '/passengers', 'too-many-passengers'],
    [
      'more lap infants than adults',
      { passengers: passengers('ADT', 'INF', 'INF') },
      '/passengers',
      'too-many-lap-infants',
    ],
    ['a child on its own', { passengers: passengers('CHD') }, '/passengers', 'no-adult'],
    ['an infant on its own', { passengers: passengers('INS') }, '/passengers', 'no-adult'],
    ['a type that is none', { passengers: passengers('ADT', 'XXX') }, '/passengers/1/type', 'unknown-passenger-type'],
    ['an adult of 11', { passengers: [{ type: 'ADT', age: 11 }] }, '/passengers/0/age', 'age-does-not-fit'],
    [
      'a child of 1',
      { passengers: [{ type: 'ADT' }, { type: 'CHD', age: 1 }] },
      '/passengers/1/age',
      'age-does-not-fit',
    ],
    [
      'a child of 12',
      { passengers: [{ type: 'ADT' }, { type: 'CHD', age: 12 }] },
      '/passengers/1/age',
      'age-does-not-fit',
    ],
    [
      'a lap infant of 2',
      { passengers: [{ type: 'ADT' }, { type: 'INF', age: 2 }] },
      '/passengers/1/age',
      'age-does-not-fit',
    ],
    [
      'a seated infant of 2',
      { passengers: [{ type: 'ADT' }, { type: 'INS', age: 2 }] },
      '/passengers/1/age',
      'age-does-not-fit',
    ],
    ['a youth of 26', { passengers: [{ type: 'YTH', age: 26 }] }, '/passengers/0/age', 'age-does-not-fit'],
    ['a senior of 40', { passengers: [{ type: 'SRC', age: 40 }] }, '/passengers/0/age', 'age-does-not-fit'],
    [
      'half a year',
      { passengers: [{ type: 'ADT' }, { type: 'INF', age: 0.5 }] },
      '/passengers/1/age',
      'age-does-not-fit',
    ],
    [
      'one id twice',
      {
        passengers: [
          { type: 'ADT', id: 'pax_1' },
          { type: 'ADT', id: 'pax_1' },
        ],
      },
      '/passengers/1/id',
      'duplicate-id',
    ],
    ['an id of another kind', { passengers: [{ type: 'ADT', id: 'off_1' }] }, '/passengers/0/id', 'malformed-id'],
    ['an unknown cabin', { cabin: 'steerage' }, '/cabin', 'unknown-cabin'],
    ['a currency without a rate', { currency: 'XTS' }, '/currency', 'unknown-currency'],
    ['a country that is none', { pointOfSale: 'QQ' }, '/pointOfSale', 'unknown-country'],
    ['a locale that is none', { locale: 'x' }, '/locale', 'malformed-locale'],
    ['six connections', { maxConnections: 6 }, '/maxConnections', 'out-of-range'],
    ['a supplier that is not there', { providers: ['alpha', 'gamma'] }, '/providers/1', 'unknown-provider'],
    ['nobody to ask', { providers: [] }, '/providers', 'out-of-range'],
    [
      'an unknown airline to fly with',
      { carriers: { include: ['BA', '??'] } },
      '/carriers/include/1',
      'unknown-carrier',
    ],
    ['an unknown airline to avoid', { carriers: { exclude: ['ZZZ'] } }, '/carriers/exclude/0', 'unknown-carrier'],
    [
      'an airline wanted and not',
      { carriers: { include: ['BA'], exclude: ['BA'] } },
      '/carriers/exclude/0',
      'contradiction',
    ],
    [
      'an account code of nobody',
      { accountCodes: [{ carrier: '??', code: 'ACME' }] },
      '/accountCodes/0/carrier',
      'unknown-carrier',
    ],
    [
      'an account code of other signs',
      { accountCodes: [{ carrier: 'BA', code: 'A B' }] },
      '/accountCodes/0/code',
      'malformed-account-code',
    ],
    ['no time to answer', { deadlineMs: 99 }, '/deadlineMs', 'out-of-range'],
    ['over half a minute', { deadlineMs: 30_001 }, '/deadlineMs', 'out-of-range'],
    ['waiting for nobody', { waitFor: { providers: 0, graceMs: 10 } }, '/waitFor/providers', 'out-of-range'],
    ['a grace below zero', { waitFor: { providers: 1, graceMs: -1 } }, '/waitFor/graceMs', 'out-of-range'],
  ]
  it.each(table)('%s', (_, change, pointer, code) => {
    expect(errorsOf(change)).toContainEqual({ pointer, code, detail: expect.stringMatching(/.{5,}/) })
  })

  it('with all fields that are wrong, not only the first', () => {
    const wrong = { slices: [{ ...slice, origin: 'QQQ' }], cabin: 'steerage', currency: 'XTS', deadlineMs: 1 }
    expect(
      errorsOf(wrong)
        .map(({ pointer }) => pointer)
        .sort(),
    ).toEqual(['/cabin', '/currency', '/deadlineMs', '/slices/0/origin'])
  })
})

describe('a search at the edge of sense is taken', () => {
  const table: readonly [string, Partial<Record<keyof SearchRequest, unknown>>][] = [
    ['today', { slices: [{ ...slice, departureDate: '2027-01-05' }] }],
    ['361 days ahead', { slices: [{ ...slice, departureDate: '2028-01-01' }] }],
    ['back on the same day', { slices: [slice, { ...back, departureDate: '2027-03-10' }] }],
    [
      'six slices',
      { slices: [slice, back, slice, back, slice, back].map(s => ({ ...s, departureDate: '2027-03-10' })) },
    ],
    ['a city', { slices: [{ ...slice, origin: 'LON', destination: 'NYC' }] }],
    ['between two airports of one city', { slices: [{ ...slice, destination: 'LGW' }] }],
    ['nine seats and a lap infant for each', { passengers: [...times(9, 'ADT'), ...times(9, 'INF')] }],
    ['a youth alone', { passengers: passengers('YTH') }],
    ['a senior with a lap infant', { passengers: passengers('SRC', 'INF') }],
    [
      'ages that fit',
      {
        passengers: [
          { type: 'ADT', age: 12 },
          { type: 'CHD', age: 2 },
          { type: 'INF', age: 1 },
        ],
      },
    ],
    ['half a minute', { deadlineMs: 30_000 }],
  ]
  it.each(table)('%s', (_, change) => {
    expect(errorsOf(change)).toEqual([])
  })

  it('counts days on the calendar of the place where the journey begins', () => {
    const clock = manualClock(Date.parse('2027-01-05T23:30:00Z'))
    const at = { ...rules, clock }
    const from = (origin: string, departureDate: string) =>
      errorsOf({ slices: [{ origin, destination: 'JFK', departureDate }] }, at).map(({ code }) => code)
    expect(from('LHR', '2027-01-05')).toEqual([])
    expect(from('NRT', '2027-01-05')).toEqual(['date-in-past'])
    expect(from('TYO', '2027-01-05')).toEqual(['date-in-past'])
    expect(from('NRT', '2028-01-02')).toEqual([])
    expect(from('LHR', '2028-01-02')).toEqual(['date-too-far'])
    expect(from('LAX', '2027-01-05')).toEqual([])
  })
})

describe('what is left out of a search', () => {
  const search = (change: Partial<Record<keyof SearchRequest, unknown>>) =>
    validateSearch({ ...request, currency: undefined, ...change } as SearchRequest, rules)

  it('is filled in: ids by place, four seconds, the currency of the point of sale, else EUR', () => {
    expect(search({}).query).toMatchObject({ currency: 'EUR', pointOfSale: 'GB', cabin: null })
    expect(search({ pointOfSale: 'JP' }).query).toMatchObject({ currency: 'JPY', pointOfSale: 'JP' })
    expect(search({ pointOfSale: 'US' }).query.currency).toBe('EUR')
    expect(search({ pointOfSale: 'GB', currency: 'JPY' }).query.currency).toBe('JPY')
    expect(search({})).toMatchObject({ deadlineMs: 4_000, waitFor: 'all', providers: null })
  })

  it('never gives an id that a caller has given', () => {
    const { query } = search({ passengers: [{ type: 'ADT' }, { type: 'ADT', id: 'pax_1' }, { type: 'CHD', age: 8 }] })
    expect(query.passengers).toEqual([
      { id: 'pax_2', type: 'ADT', age: null },
      { id: 'pax_1', type: 'ADT', age: null },
      { id: 'pax_3', type: 'CHD', age: 8 },
    ])
  })
})
