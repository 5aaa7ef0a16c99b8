import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningService, removeDataDir, startService } from '../support/service.ts'

const root = new URL('../../', import.meta.url).pathname
const readme = readFileSync(`${root}README.md`, 'utf8')

/** The columns of the table after supplier and format, and what stands for each at GET /v1/providers. */
const columns = [
  ['hold', 'ticket-held'],
  ['release'],
  ['void'],
  ['refund'],
  ['cancel-passengers'],
  ['find-by-reference'],
]

let service: RunningService
beforeAll(async () => {
  service = await startService({})
}, 60_000)
afterAll(async () => {
  await service.stop()
  await removeDataDir(service.dataDir)
})

/** One that was just added needs no row: a folder comes and goes without a change elsewhere. */
test('the table of suppliers says what each of them says of itself', async () => {
  const answer = await fetch(`${service.baseUrl}/v1/providers`)
  const { providers } = (await answer.json()) as {
    readonly providers: readonly { readonly code: string; readonly capabilities: readonly string[] }[]
  }
  const said = providers.map(({ code, capabilities }) => [
    code,
    ...columns.map(words => (words.every(word => capabilities.includes(word)) ? 'yes' : 'no')),
  ])
  const table = readme.slice(readme.indexOf('<!-- suppliers: start'), readme.indexOf('<!-- suppliers: end'))
  const rows = [...table.matchAll(/^\| \[(\w[\w-]*)\]\(.*?\) \|.*?\|(.*)\|$/gm)]
  const written = rows.map(([, code, cells]) => [code, ...cells!.split('|').map(cell => cell.trim())])
  const codes = rows.map(([, code]) => code)
  expect(rows.length).toBeGreaterThan(0)
  expect(written).toEqual(said.filter(([code]) => codes.includes(code)))
})

test('every link into the repository leads to a file, and to a heading of it', () => {
  const pages = ['README.md', ...['docs', 'src', 'bench'].flatMap(pagesBelow)]
  const broken = pages.flatMap(page =>
    [...readFileSync(`${root}${page}`, 'utf8').matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)]
      .map(([link, to, heading]) => ({ page, link, heading, path: to ? join(dirname(page), to) : page }))
      .filter(({ path, heading }) => !existsSync(`${root}${path}`) || (heading && !headingsOf(path).includes(heading)))
      .map(({ link }) => [page, link]),
  )
  expect(pages.length).toBeGreaterThan(15)
  expect(broken).toEqual([])
})

const pagesBelow = (folder: string): readonly string[] =>
  readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.md'))
    .map(path => join(folder, path))

/** As the usual hosts of repositories make them. */
const headingsOf = (path: string): readonly string[] =>
  [...readFileSync(`${root}${path}`, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, text]) =>
    text!
      .toLowerCase()
      .replace(/[^a-z0-9 _-]/g, '')
      .replaceAll(' ', '-'),
  )
