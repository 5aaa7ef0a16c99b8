import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { cleanEnvironment } from '../support/service.ts'

const root = new URL('../../', import.meta.url).pathname
const readme = readFileSync(`${root}README.md`, 'utf8')
const walk = readme.slice(readme.indexOf('<!-- walk:'), readme.indexOf('<!-- walk: end -->'))

test('every command of the README walk runs as written, from search to ticket to cancelled', async () => {
  const script = `${root}scripts/walk.ts`
  const { stdout } = await promisify(execFile)(process.execPath, [script], { cwd: root, env: cleanEnvironment() })
  expect(stdout).toMatch(/"code":"amadeus","status":"ok"/)
  expect(stdout).toMatch(/"kind":"unchanged"/)
  expect(stdout).toMatch(/"status":"ticketed"/)
  expect(stdout.match(/"kind":"ticket","number":"\d{13}"/g)).toHaveLength(3)
  expect(stdout).toMatch(/"id":"cnq_\w+","kind":"(void|refund)"/)
  expect(stdout).toMatch(/"status":"(cancelled|refunded)"/)
}, 60_000)

test('under each command stands what it answered', () => {
  expect(walk.match(/```sh\n/g)).toHaveLength(walk.match(/```\n\n```text\n[^`]+/g)!.length)
})

test('the table of settings names every variable that a composition root reads, and no other', () => {
  const roots = readdirSync(`${root}src`).filter(name => name.endsWith('.ts'))
  const sources = roots.map(name => readFileSync(`${root}src/${name}`, 'utf8')).join('\n')
  const read = [...sources.matchAll(/\benv\.([A-Z][A-Z0-9_]+)/g)].map(match => match[1]!)
  const rows = readme
    .slice(readme.indexOf('## Configuration'))
    .split('\n')
    .filter(line => line.startsWith('| `'))
  const named = rows.flatMap(row => [...row.split('|')[1]!.matchAll(/`([A-Z][A-Z0-9_]+)`/g)].map(match => match[1]!))
  expect([...new Set(read)].filter(name => !named.includes(name))).toEqual([])
  expect(named.filter(name => !read.includes(name) && !/^(PROVIDER|GATEWAY)_/.test(name))).toEqual([])
})
