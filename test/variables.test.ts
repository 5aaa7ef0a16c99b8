import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { findStrangers, ownVariables } from '../src/variables.ts'

const root = new URL('../', import.meta.url).pathname
const prefixes = ['PROVIDER_SABRE', 'PROVIDER_MY_AIR', 'GATEWAY_TEST']

test.each([
  ['RATE_LIMIT_SEARCHES', null],
  ['RATE_LIMIT_SEARCHES_PER_MINUTES', 'RATE_LIMIT_SEARCHES_PER_MINUTE'],
  ['REDIS_URI', 'REDIS_URL'],
  ['LOGLEVEL', 'LOG_LEVEL'],
  ['API_KEY', 'API_KEYS'],
  ['PROVIDER_SABER', 'PROVIDER_SABRE'],
  ['PROVIDER_ACME_BASE_URL', null],
  ['GATEWAY_ACME_KEY', null],
])('%s, which nobody reads, is found', (variable, meant) => {
  expect(findStrangers(['PATH', variable], prefixes)).toEqual([{ variable, meant }])
})

test('what is read, and what is nobody of ours, is left alone', () => {
  const read = [...ownVariables, 'PROVIDER_SABRE', 'PROVIDER_MY_AIR_RATE_PER_SECOND', 'GATEWAY_TEST_API_KEY']
  const foreign = ['PATH', 'HOME', 'HOSTNAME', 'XDG_DATA_DIRS', 'POSTGRES_URL', 'KAFKA_HOME', 'NODE_OPTIONS', 'LOGNAME']
  expect(findStrangers([...read, ...foreign], prefixes)).toEqual([])
})

test('the variables of the service are those that config.ts reads, and README.md has a row for each', () => {
  const config = readFileSync(`${root}src/config.ts`, 'utf8')
  const read = new Set([...config.matchAll(/\benv\.([A-Z_]+)/g)].map(([, name]) => name))
  expect([...read].sort()).toEqual([...ownVariables].sort())
  const readme = readFileSync(`${root}README.md`, 'utf8')
  const told = readme.slice(readme.indexOf('## Configuration'), readme.indexOf('### A real host'))
  const rows = [...told.matchAll(/^\| (.*?) \|/gm)].flatMap(([, cell]) =>
    [...cell!.matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name!),
  )
  expect(ownVariables.filter(name => !rows.includes(name))).toEqual([])
})
