import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

/** STYLE: one total order; an import points to the same floor or a lower one. */
const floors = [
  'core',
  'reference',
  'pricing',
  'sandbox',
  'providers',
  'payments',
  'shopping',
  'market',
  'booking',
  'messaging',
  'http',
]
/** Composition roots, and the parts of main.ts that nothing below knows. */
const roots = [
  ...[
    'main.ts',
    'heap.ts',
    'lifetime.ts',
    'foundations.ts',
    'serve.ts',
    'serve-market.ts',
    'serve-gateways.ts',
    'config.ts',
    'variables.ts',
    'start-checks.ts',
  ],
  ...['workers.ts', 'workers-metrics.ts', 'worker.ts', 'worker-messages.ts', 'cli.ts', 'sandbox-main.ts'],
]

/** A vendor package is named in one kind of file. */
const vendors: readonly { readonly name: string; readonly allowed: RegExp }[] = [
  { name: 'ioredis', allowed: /\.redis\.ts$/ },
  { name: '@platformatic/kafka', allowed: /\.kafka\.ts$/ },
  { name: '@elastic/elasticsearch', allowed: /\.elastic\.ts$/ },
  { name: 'pg', allowed: /\.postgres\.ts$/ },
  { name: 'hono', allowed: /^(http\/|.*\/simulator)/ },
  { name: '@hono/', allowed: /^(http\/|.*\/simulator)/ },
  { name: 'undici', allowed: /client\.ts$/ },
  { name: 'stripe', allowed: /^payments\/stripe\/client\.ts$/ },
  { name: 'prom-client', allowed: /\.prometheus\.ts$/ },
  { name: 'pino', allowed: /\.pino\.ts$/ },
]

type Source = { readonly path: string; readonly text: string }
type Import = { readonly specifier: string; readonly typeOnly: boolean }

function importsOf({ text }: Source): readonly Import[] {
  const statements = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[\w*{}\s,$]+?\s+from\s+)?['"]([^'"]+)['"]/g,
  )
  const dynamic = text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g)
  return [
    ...[...statements].map(match => ({ specifier: match[2]!, typeOnly: match[1] !== undefined })),
    ...[...dynamic].map(match => ({ specifier: match[1]!, typeOnly: false })),
  ]
}

function resolve(from: string, specifier: string): string {
  return join(from, '..', specifier)
}

/** Every broken rule of a tree of sources, as `path: reason`. */
function violations(sources: readonly Source[]): readonly string[] {
  const found: string[] = []
  const paths = new Set(sources.map(source => source.path))
  const edges = new Map<string, readonly string[]>()
  for (const source of sources) {
    const report = (reason: string): unknown => found.push(`${source.path}: ${reason}`)
    const local: string[] = []
    for (const { specifier, typeOnly } of importsOf(source)) {
      if (specifier.startsWith('.')) {
        const target = resolve(source.path, specifier)
        if (!typeOnly) local.push(target)
        if (!paths.has(target) && target.endsWith('.ts')) report(`imports ${target}, which is not there`)
        checkFloor(source.path, target, report)
        checkRoom(source.path, target, report)
      } else {
        checkVendor(source.path, specifier, report)
      }
    }
    edges.set(source.path, local)
    checkText(source, report)
  }
  return [...found, ...cycles(edges)]
}

const roomOf = (path: string): string => path.split('/')[0]!

function checkFloor(path: string, target: string, report: (reason: string) => unknown): void {
  if (roots.includes(path)) return
  if (roots.includes(target)) report(`imports the composition root ${target}`)
  const from = floors.indexOf(roomOf(path))
  const to = floors.indexOf(roomOf(target))
  if (from < 0) report(`lies in no known room`)
  else if (to > from) report(`imports ${target} of a higher floor`)
}

function checkRoom(path: string, target: string, report: (reason: string) => unknown): void {
  const [room, folder] = target.split('/')
  const privateStore = /\.(redis|elastic|postgres)\.ts$/.test(target)
  if (privateStore && roomOf(path) !== room && !roots.includes(path)) report(`imports ${target}, private to ${room}/`)
  const supplier = (room === 'providers' || room === 'payments') && target.split('/').length > 2
  if (supplier) {
    const inside = path.startsWith(`${room}/${folder}/`)
    const facade = path.startsWith('http/compat/') && target.startsWith(`${room}/${folder}/wire/`)
    const decodeTool = path === 'cli.ts' && target.startsWith(`${room}/${folder}/wire/`)
    if (!inside && !facade && !decodeTool) report(`imports ${target}: a supplier is known to the registry only`)
  } else if (roomOf(path) !== room && target.split('/').length > 2 && !target.startsWith('core/xml/')) {
    report(`imports ${target}: only first-level files of another room`)
  }
  if (/^(providers|payments)\/[^/]+\//.test(path)) {
    const own = path.split('/').slice(0, 2).join('/')
    const simulator = /\/simulator[^/]*\.ts$/.test(path) || path.includes('/simulator/')
    const allowed =
      target.startsWith(`${own}/`) ||
      target === `${roomOf(path)}/port.ts` ||
      ['core', 'reference'].includes(room!) ||
      (simulator && room === 'sandbox')
    if (!allowed) report(`imports ${target}: a supplier knows itself, its port, reference/ and core/`)
  }
}

function checkVendor(path: string, specifier: string, report: (reason: string) => unknown): void {
  for (const { name, allowed } of vendors) {
    const isIt = specifier === name || specifier.startsWith(name.endsWith('/') ? name : `${name}/`)
    if (isIt && !allowed.test(path) && !roots.includes(path)) report(`names ${name}, which belongs in ${allowed}`)
  }
}

function checkText({ path, text }: Source, report: (reason: string) => unknown): void {
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
  if (!roots.includes(path) && /\bprocess\.env\b/.test(code)) report('reads process.env outside a composition root')
  const timeOwner = path === 'core/clock.ts' || path === 'core/ids.ts'
  if (!timeOwner && !roots.includes(path)) {
    if (/\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bsetTimeout\(|\bsetInterval\(/.test(code)) {
      report('uses time, timers or chance outside core/clock.ts and core/ids.ts')
    }
  }
  if (/(^|\/)(utils|common|helpers)\//.test(path)) report('lies in a folder without an idea')
  const statements = code.split('\n').filter(line => line.trim() !== '')
  if (statements.length > 1 && statements.every(line => /^\s*export \* from/.test(line))) report('is a barrel')
}

function cycles(edges: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const found: string[] = []
  const state = new Map<string, 'open' | 'done'>()
  const visit = (node: string, trail: readonly string[]): void => {
    if (state.get(node) === 'done') return
    if (state.get(node) === 'open') {
      found.push(`cycle: ${[...trail.slice(trail.indexOf(node)), node].join(' -> ')}`)
      return
    }
    state.set(node, 'open')
    for (const next of edges.get(node) ?? []) visit(next, [...trail, node])
    state.set(node, 'done')
  }
  for (const node of edges.keys()) visit(node, [])
  return found
}

function readTree(): readonly Source[] {
  const root = new URL('../src/', import.meta.url).pathname
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts'))
    .map(path => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

describe('architecture', () => {
  test('the house stands: imports go down, vendors stay in their files, nothing turns in circles', () => {
    expect(violations(readTree())).toEqual([])
  })

  const planted: readonly (readonly [string, Source, RegExp])[] = [
    ['an import that goes up', { path: 'core/x.ts', text: `import { a } from '../http/b.ts'` }, /higher floor/],
    [
      'a supplier that knows a sibling',
      { path: 'providers/a/index.ts', text: `import { x } from '../b/client.ts'` },
      /known to the registry only/,
    ],
    [
      'an adapter that sees the sandbox',
      { path: 'providers/a/client.ts', text: `import { x } from '../../sandbox/world.ts'` },
      /a supplier knows itself/,
    ],
    [
      'somebody who reaches into a supplier',
      { path: 'shopping/x.ts', text: `import { x } from '../providers/a/index.ts'` },
      /known to the registry only/,
    ],
    [
      'a private store',
      { path: 'http/x.ts', text: `import { x } from '../shopping/offers.redis.ts'` },
      /private to shopping/,
    ],
    ['a vendor in the wrong file', { path: 'shopping/x.ts', text: `import { Redis } from 'ioredis'` }, /names ioredis/],
    [
      'a scoped vendor in the wrong file',
      { path: 'booking/x.ts', text: `import { serve } from '@hono/node-server'` },
      /names @hono/,
    ],
    [
      'an inner file of another room',
      { path: 'http/x.ts', text: `import { x } from '../shopping/rank/score.ts'` },
      /first-level files/,
    ],
    ['the environment', { path: 'booking/x.ts', text: `const a = process.env.A` }, /process\.env/],
    ['the wall clock', { path: 'booking/x.ts', text: `const a = Date.now()` }, /uses time/],
    ['a barrel', { path: 'booking/all.ts', text: `export * from './a.ts'\nexport * from './b.ts'` }, /barrel/],
    ['a folder called utils', { path: 'booking/utils/a.ts', text: `export const a = 1` }, /without an idea/],
  ]
  test.each(planted)('a planted violation is caught: %s', (_, source, reason) => {
    expect(violations([source]).some(line => reason.test(line))).toBe(true)
  })

  test('a planted cycle is caught', () => {
    const sources = [
      { path: 'core/a.ts', text: `import { b } from './b.ts'` },
      { path: 'core/b.ts', text: `import { a } from './a.ts'` },
    ]
    expect(violations(sources).some(line => line.startsWith('cycle: '))).toBe(true)
  })
})
