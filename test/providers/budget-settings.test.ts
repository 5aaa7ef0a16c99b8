import { describe, expect, test } from 'vitest'
import { budgetWords, noBudget, readBudget } from '../../src/providers/budget-settings.ts'
import { ProviderSettingsError } from '../../src/providers/port.ts'
import { readSettings } from '../../src/providers/registry.ts'

describe('budgets by environment', () => {
  test('nothing said is no bound, and second requests for reads alone', () => {
    expect(readBudget('PROVIDER_SABRE', {})).toEqual(noBudget)
    expect(readBudget('PROVIDER_SABRE', { PROVIDER_SABRE_BURST: '', PROVIDER_DUFFEL_BURST: 'x' })).toEqual(noBudget)
  })

  test('all of it', () => {
    const env = {
      PROVIDER_MY_AIR_RATE_PER_SECOND: '12.5',
      PROVIDER_MY_AIR_RATE_PER_MINUTE: '600',
      PROVIDER_MY_AIR_BURST: '4',
      PROVIDER_MY_AIR_CONCURRENCY: '8',
      PROVIDER_MY_AIR_LOOKS_PER_DAY: '20000',
      PROVIDER_MY_AIR_LOOK_TO_BOOK: '1500',
      PROVIDER_MY_AIR_DAY_ZONE: 'America/Chicago',
      PROVIDER_MY_AIR_HEDGE: 'on',
    }
    expect(Object.keys(env).map(name => name.slice('PROVIDER_MY_AIR_'.length))).toEqual(budgetWords)
    expect(readBudget('PROVIDER_MY_AIR', env)).toEqual({
      ...{ ratePerSecond: 12.5, ratePerMinute: 600, burst: 4, concurrency: 8 },
      ...{ looksPerDay: 20_000, lookToBook: 1_500, dayZone: 'America/Chicago', hedge: 'on' },
    })
  })

  test.each([
    ['RATE_PER_SECOND', 'fast', /PROVIDER_SABRE_RATE_PER_SECOND is "fast": it takes a number from 0.01 to 10000/],
    ['RATE_PER_SECOND', '0', /it takes a number from/],
    ['RATE_PER_MINUTE', '1.5', /PROVIDER_SABRE_RATE_PER_MINUTE is "1.5": it takes a whole number/],
    ['CONCURRENCY', '-1', /PROVIDER_SABRE_CONCURRENCY is "-1"/],
    ['LOOKS_PER_DAY', '1e6', /PROVIDER_SABRE_LOOKS_PER_DAY is "1e6"/],
    ['LOOK_TO_BOOK', '0', /PROVIDER_SABRE_LOOK_TO_BOOK is "0"/],
    ['HEDGE', 'maybe', /PROVIDER_SABRE_HEDGE is "maybe": it takes off, reads or on/],
    ['BURST', '5', /PROVIDER_SABRE_BURST needs a rate: set PROVIDER_SABRE_RATE_PER_SECOND/],
    ['DAY_ZONE', 'Europe/London', /PROVIDER_SABRE_DAY_ZONE needs something counted by day/],
    ['RATE_PER_HOUR', '5', /PROVIDER_SABRE_RATE_PER_HOUR is not known: of this sort there are RATE_PER_SECOND, /],
    ['RATES', '5', /PROVIDER_SABRE_RATES is not known: of this sort there are RATE_PER_SECOND, /],
    ['CONCURENCY', '5', /PROVIDER_SABRE_CONCURENCY is not known: did you mean PROVIDER_SABRE_CONCURRENCY\?/],
    ['LOOKS_PER_DAYS', '5', /PROVIDER_SABRE_LOOKS_PER_DAYS is not known: did you mean PROVIDER_SABRE_LOOKS_PER_DAY\?/],
    ['HEGDE', 'on', /did you mean PROVIDER_SABRE_HEDGE\?/],
    ...['NaN', '1e12', '1000001', 'ten', ' 5', '0x10', '٣', '+5'].map(
      value => ['LOOK_TO_BOOK', value, /it takes a whole number from 1 to 1000000/] as const,
    ),
  ] as const)('%s=%s is refused by name and reason', (word, value, reason) => {
    const read = () => readBudget('PROVIDER_SABRE', { [`PROVIDER_SABRE_${word}`]: value })
    expect(read).toThrow(ProviderSettingsError)
    expect(read).toThrow(reason)
  })

  test('a zone that is none is refused', () => {
    const env = { PROVIDER_SABRE_LOOKS_PER_DAY: '5', PROVIDER_SABRE_DAY_ZONE: 'Mars/Base' }
    expect(() => readBudget('PROVIDER_SABRE', env)).toThrow(/DAY_ZONE is "Mars\/Base": it takes a time zone/)
  })

  test('is no setting of the adapter: a simulator can have one', () => {
    expect(readSettings('sabre', { PROVIDER_SABRE_RATE_PER_SECOND: '5' })).toBeUndefined()
    const env = { PROVIDER_SABRE_BASE_URL: 'http://127.0.0.1:1', PROVIDER_SABRE_BURST: '2' }
    expect(readSettings('sabre', env)).toEqual({ baseUrl: 'http://127.0.0.1:1' })
  })
})
