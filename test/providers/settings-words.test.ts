import { describe, expect, test } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import type { Log } from '../../src/core/log.ts'
import { silentLog } from '../../src/core/log.ts'
import { noMetrics } from '../../src/core/metrics.ts'
import { openProviders } from '../../src/providers/registry.ts'
import { nearest, watchSettings } from '../../src/providers/settings-words.ts'

describe('what was meant by a word', () => {
  test.each([
    ['CONCURENCY', 'CONCURRENCY'],
    ['HEGDE', 'HEDGE'],
    ['LOOKS_PR_DAY', 'LOOKS_PER_DAY'],
    ['BURTS', 'BURST'],
  ])('%s is %s', (word, meant) => {
    expect(nearest(word, ['BURST', 'CONCURRENCY', 'LOOKS_PER_DAY', 'HEDGE'])).toBe(meant)
  })

  test.each(['PCC', 'BUST_UP', 'CURRENCY', 'PASSWORD'])('%s is none of them', word => {
    expect(nearest(word, ['BURST', 'CONCURRENCY', 'LOOKS_PER_DAY', 'HEDGE'])).toBeUndefined()
  })

  test('of two that are near, the nearer', () => {
    expect(nearest('USER_NAMES', ['USER_GAMED', 'USER_NAME'])).toBe('USER_NAME')
  })
})

describe('settings of a supplier', () => {
  test('nobody has asked for are known, and what was asked for in vain', () => {
    const { settings, asked, unread } = watchSettings({ baseUrl: 'x', curency: 'EUR' })
    expect(settings.baseUrl).toBe('x')
    expect(settings.currency).toBeUndefined()
    expect(unread()).toEqual(['curency'])
    expect(asked()).toEqual(['baseUrl', 'currency'])
  })

  test('taken all at once, none is unread', () => {
    const { settings, unread } = watchSettings({ baseUrl: 'x', more: 'y' })
    expect({ ...settings }).toEqual({ baseUrl: 'x', more: 'y' })
    expect(unread()).toEqual([])
  })

  test('that a real one does not have are told with the one that was meant', async () => {
    const warnings: unknown[] = []
    const log: Log = { ...silentLog, warn: (...args) => void warnings.push(args) }
    const settings = {
      baseUrl: 'http://127.0.0.1:1',
      ...{ userId: 'u', password: 'p', pcc: 'AB12', curency: 'EUR', colour: 'red' },
    }
    const providers = await openProviders(new Map([['sabre', settings]]), {
      clock: systemClock,
      log,
      metrics: noMetrics,
    })
    await providers.close()
    const text = 'the supplier has no setting of this name'
    expect(warnings).toEqual([
      [{ variable: 'PROVIDER_SABRE_CURENCY', didYouMean: 'PROVIDER_SABRE_CURRENCY' }, text],
      [{ variable: 'PROVIDER_SABRE_COLOUR' }, text],
    ])
  })
})
