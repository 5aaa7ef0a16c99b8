import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { noMetrics } from '../../src/core/metrics.ts'
import { codesOfTree } from '../../src/providers/codes.ts'
import { newProvider } from '../../src/providers/new-provider.ts'
import { addProviderFolders } from '../../src/providers/outside.ts'
import { contractVersion } from '../../src/providers/port.ts'
import { openProviders } from '../../src/providers/registry.ts'
import { providerContract } from '../contract/provider.ts'
import { fareloom } from './fareloom.ts'

const dir = mkdtempSync(join(tmpdir(), 'fareloom-new-'))
const outside = join(dir, 'outside')
afterAll(() => rmSync(dir, { recursive: true }))

const code = 'blue-sky'
const written = newProvider(code, outside)
addProviderFolders(outside, codesOfTree())

describe('a supplier that was just written, loaded from outside the tree', () => providerContract(code))

describe('fareloom new-provider', () => {
  test('what it writes has the types that the contract asks for', async () => {
    const tsc = fileURLToPath(new URL('../../node_modules/.bin/tsc', import.meta.url))
    const { stdout } = await promisify(execFile)(tsc, ['--noEmit', '-p', join(outside, code)])
    expect(stdout).toBe('')
  })

  test('it is told where the folder is, and the decoder of it is at hand', async () => {
    const into = join(dir, 'by-command')
    const made = await fareloom(['new-provider', 'acme', '--into', into])
    expect(made).toMatchObject({ code: 0, stderr: '' })
    expect(made.stdout).toContain(`PROVIDERS_PATH=${into} npm start`)
    expect(made.stdout).toContain(`PROVIDERS_PATH=${into} npm run contract -- acme\n`)
    const args = ['decode', '--provider', 'acme', '-']
    const read = await fareloom(args, {
      input: '{"error":{"code":"sold-out","text":"none"}}',
      env: { PROVIDERS_PATH: into },
    })
    expect(JSON.parse(read.stdout)).toMatchObject({
      provider: 'acme',
      faults: [{ kind: 'sold-out', code: 'sold-out' }],
    })
  })

  test('its own name stands everywhere, settings included', () => {
    expect(written.kind).toBe('written')
    if (written.kind !== 'written') return
    for (const file of written.files) expect(readFileSync(join(outside, code, file), 'utf8')).not.toMatch(/acme/i)
    expect(readFileSync(join(outside, code, 'index.ts'), 'utf8')).toContain('PROVIDER_BLUE_SKY_TOKEN')
  })

  const refused: readonly (readonly [string, RegExp])[] = [
    ['amadeus', /there is a supplier called amadeus/],
    [code, /there is a supplier called blue-sky/],
    ['amadeus-two', /settings and those of amadeus could not be told apart/],
    ['Blue', /2 to 24 lower-case letters/],
    ['9air', /begins with a letter/],
    ['a', /2 to 24/],
    ['../up', /lower-case letters/],
    ['two--hyphens', /single hyphens/],
    ['test', /reserved/],
  ]
  test.for(refused)('%s is refused in one line and nothing is written', async ([name, reason]) => {
    const { code: exit, stderr, stdout } = await fareloom(['new-provider', name, '--into', outside])
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' })
    expect(stderr).toMatch(reason)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(existsSync(join(dir, 'up'))).toBe(false)
  })
})

describe('PROVIDERS_PATH', () => {
  let count = 0
  /** A copy of the supplier under a name and in a directory of its own, changed. */
  function copy(change: (folder: string) => void): { readonly directory: string; readonly name: string } {
    const name = `copy${++count}`
    const directory = join(dir, `path${count}`)
    cpSync(join(outside, code), join(directory, name), { recursive: true })
    change(join(directory, name))
    return { directory, name }
  }
  const edit = (from: RegExp, to: string) => (folder: string) => {
    const file = join(folder, 'index.ts')
    writeFileSync(file, readFileSync(file, 'utf8').replace(from, to))
  }
  async function refusal(change: (folder: string) => void): Promise<string> {
    const { directory, name } = copy(change)
    try {
      addProviderFolders(directory, codesOfTree())
      const settings = new Map([[name, { baseUrl: 'http://127.0.0.1:9', token: 'x' }]])
      await openProviders(settings, { clock: systemClock, log: silentLog, metrics: noMetrics })
    } catch (error) {
      expect((error as Error).name).toBe('ProviderSettingsError')
      return (error as Error).message
    }
    throw new Error('it was taken')
  }

  const malformed: readonly (readonly [string, (folder: string) => void, RegExp])[] = [
    [
      'another contract version',
      edit(/contractVersion = 1/, 'contractVersion = 99'),
      /was written for contract version 99; this engine has version \d+$/,
    ],
    [
      'no contract version',
      edit(/export const contractVersion/, 'const version'),
      /does not export its contractVersion/,
    ],
    ['no create()', edit(/export const create:/, 'export const creat:'), /exports no create\(\)/],
    [
      'another name',
      edit(/code: 'blue-sky'/, "code: 'red'"),
      /path\d+\/copy\d+ calls itself red: .* the folder's name, copy\d+$/,
    ],
    ['broken source', edit(/hold: true,/, 'hold: true,,'), /index\.ts cannot be loaded: .* \(index\.ts:\d+\)$/],
    [
      'broken source further down',
      folder => writeFileSync(join(folder, 'wire', 'quote.ts'), '\nenum Kind { a }\n'),
      /index\.ts cannot be loaded: .*enum.* \(wire\/quote\.ts:2\)$/,
    ],
    [
      'a name that no file exports',
      folder => writeFileSync(join(folder, 'wire', 'quote.ts'), ''),
      /export named '\w+' \(the compiler says who asks for it\)$/,
    ],
    ['a missing file', folder => rmSync(join(folder, 'shop.ts')), /index\.ts cannot be loaded: /],
    ['no index.ts', folder => rmSync(join(folder, 'index.ts')), /has no index\.ts$/],
  ]
  test.for(malformed)('%s is refused in one sentence', async ([, change, reason]) => {
    const text = await refusal(change)
    expect(text).toMatch(reason)
    expect(text).not.toMatch(/\n/)
  })

  test('the version that a new folder states is the one of this engine', () => {
    expect(readFileSync(join(outside, code, 'index.ts'), 'utf8')).toContain(`contractVersion = ${contractVersion}\n`)
  })

  test('names that are taken, bad names and no directory are refused', () => {
    for (const [name, reason] of [
      ['sabre', /there is a supplier called sabre/],
      ['Bad_Name', /lower-case letters/],
    ] as const) {
      const directory = join(dir, `taken-${name}`)
      mkdirSync(join(directory, name), { recursive: true })
      expect(() => addProviderFolders(directory, codesOfTree())).toThrow(reason)
    }
    expect(() => addProviderFolders(join(dir, 'nowhere'), [])).toThrow(/no readable directory/)
  })

  test('a decoder that fails is told as a bug of ours, exit 2, in one line', async () => {
    const { directory, name } = copy(folder =>
      writeFileSync(join(folder, 'wire', 'decode.ts'), 'export function decode() {\n  return null.x\n}\n'),
    )
    const finished = await fareloom(['decode', '--provider', name, '-'], {
      input: '{}',
      env: { PROVIDERS_PATH: directory },
    })
    expect(finished).toMatchObject({ code: 2, stdout: '' })
    expect(finished.stderr).toMatch(
      /^fareloom: standard input: the copy\d+ decoder failed, which is a bug of ours: TypeError: .* \(wire\/decode\.ts:2\)\n$/,
    )
  })
})
