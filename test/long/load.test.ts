import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunReport } from '../../bench/load/report.ts'
import { openBrowser } from '../support/browser.ts'
import { type RunningService, removeDataDir, startService } from '../support/service.ts'

/** npm run load against a real service, as a load tester runs it, and its report in a real browser. */
let service: RunningService
let folder: string
beforeAll(async () => {
  service = await startService()
  folder = mkdtempSync(join(tmpdir(), 'fareloom-load-test-'))
})
afterAll(async () => {
  await service.stop()
  await removeDataDir(service.dataDir)
  rmSync(folder, { recursive: true, force: true })
})

async function load(scenario: string, line: string): Promise<RunReport> {
  const main = new URL('../../bench/load/main.ts', import.meta.url).pathname
  const args = ['--scenario', scenario, '--target', service.baseUrl, '--out', join(folder, scenario)]
  await promisify(execFile)(process.execPath, [main, ...args, ...line.split(' ')])
  return JSON.parse(readFileSync(join(folder, `${scenario}.json`), 'utf8')) as RunReport
}

test('five seconds of look-to-book: counters of both sides agree, every booking is explained', async () => {
  const report = await load('look-to-book', '--rate 6 --seconds 5 --look-to-book 2')
  const { counts, asked, operations, suppliers, bookings, cache } = report
  expect(counts.served + counts.refused + counts.shed + counts.error).toBe(asked)
  const searches = operations.find(({ name }) => name === 'search')!
  expect(searches.counts.served).toBeGreaterThan(0)
  expect(Object.values(cache).reduce((sum, each) => sum + each, 0)).toBe(searches.counts.served)
  expect(suppliers.map(({ code }) => code)).toEqual(['amadeus', 'duffel', 'ndc', 'sabre', 'travelport'])
  expect(report.targetTimeline.length).toBeGreaterThan(1)
  expect(bookings.unexplained).toEqual([])
})

test('five seconds of cached searches: suppliers are left alone', async () => {
  const report = await load('cached', '--seconds 5 --connections 4')
  expect(report.counts).toMatchObject({ error: 0, refused: 0 })
  expect(report.cache.hit).toBeGreaterThan(report.asked / 2)
  expect(report.suppliers.reduce((sum, { calls }) => sum + calls, 0)).toBeLessThan(report.counts.served / 2)
})

test('the report can be read on a phone: nothing beside the screen, no letter below 9 px', async () => {
  const browser = await openBrowser()
  try {
    const page = await browser.newPage({ viewport: { width: 390, height: 800 } })
    await page.goto(`file://${join(folder, 'look-to-book.html')}`)
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    const smallest = `Math.min(...[...document.querySelectorAll('svg')].flatMap(svg => [...svg.querySelectorAll('text')]
      .map(text => Number.parseFloat(getComputedStyle(text).fontSize) * svg.getScreenCTM().a)))`
    expect(await page.evaluate(smallest)).toBeGreaterThan(9)
  } finally {
    await browser.close()
  }
})

test('the report is drawn in a browser without asking anybody, and tells values under the pointer', async () => {
  const browser = await openBrowser()
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } })
    const troubles: string[] = []
    page.on('pageerror', error => troubles.push(String(error)))
    page.on('console', message => message.type() === 'error' && troubles.push(message.text()))
    page.on('request', request => request.url().startsWith('file:') || troubles.push(request.url()))
    await page.goto(`file://${join(folder, 'look-to-book.html')}`)
    const charts = page.locator('figure.chart')
    expect(await charts.count()).toBeGreaterThan(7)
    const first = charts.filter({ hasText: 'Requests a second' })
    await first.locator('svg').hover()
    const tip = first.locator('.tip')
    expect(await tip.isVisible()).toBe(true)
    expect(await tip.textContent()).toMatch(/^second \d+due[\d.]+served[\d.]+/)
    const isWithin = await page.evaluate('document.documentElement.scrollWidth <= innerWidth')
    expect(isWithin).toBe(true)
    expect(troubles).toEqual([])
  } finally {
    await browser.close()
  }
})
