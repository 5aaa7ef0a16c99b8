import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { send } from '../support/front-end.ts'
import { type RunningService, removeDataDir, startService } from '../support/service.ts'

/** The API's documentation in a browser that has no internet. */
let service: RunningService
let browser: Browser
let page: Page
const requested: string[] = []
const troubles: string[] = []

beforeAll(async () => {
  service = await startService()
  browser = await openBrowser()
  page = await browser.newPage({ viewport: { width: 1280, height: 1600 } })
  page.on('request', request => requested.push(request.url()))
  page.on('console', message => {
    if (message.type() === 'error') troubles.push(message.text())
  })
  page.on('pageerror', error => troubles.push(String(error)))
  await page.goto(`${service.baseUrl}/docs`)
  await page.waitForSelector('.opblock')
})
afterAll(async () => {
  await browser?.close()
  await service?.stop()
  if (service) await removeDataDir(service.dataDir)
})

test('shows every operation, by what it is about, without an error', async () => {
  const { paths, tags: documented } = (await send(service.baseUrl, 'GET', '/openapi.json')).body
  const operations = Object.values(paths as Record<string, object>).flatMap(methods => Object.keys(methods))
  expect(await page.locator('.opblock').count()).toBe(operations.length)
  const tags = await page.locator('.opblock-tag').allInnerTexts()
  expect(tags.map(text => text.split('\n')[0]!.trim())).toEqual(
    documented.map(({ name }: { readonly name: string }) => name),
  )
  expect(troubles).toEqual([])
})

test('an operation opens with its schema and example, and can be tried from the page', async () => {
  const search = page.locator('#operations-Search-postSearches')
  await search.locator('.opblock-summary-control').click()
  await search.locator('text=passengers').first().waitFor()

  const places = page.locator('#operations-Reference-getPlaces')
  await places.locator('.opblock-summary-control').click()
  await places.locator('input[placeholder="query"]').fill('lon')
  await places.locator('button.execute').click()
  const answer = places.locator('.live-responses-table tbody')
  await answer.waitFor()
  expect(await answer.textContent()).toMatch(/200.*London/s)
  expect(troubles).toEqual([])
})

test('nothing was asked of anybody but us', () => {
  expect(requested.length).toBeGreaterThan(4)
  expect(requested.filter(url => !url.startsWith(`${service.baseUrl}/`) && !url.startsWith('data:'))).toEqual([])
})
