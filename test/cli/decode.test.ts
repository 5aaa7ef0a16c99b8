import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { fareloom } from './fareloom.ts'

const dir = mkdtempSync(join(tmpdir(), 'fareloom-decode-'))
afterAll(() => rmSync(dir, { recursive: true }))

const error =
  '{"errors":[{"status":400,"code":477,"title":"INVALID FORMAT","detail":"invalid query parameter format"}]}'

async function decode(provider: string, message: string | Uint8Array, ...options: readonly string[]) {
  const file = join(dir, 'message')
  writeFileSync(file, message)
  return fareloom(['decode', '--provider', provider, ...options, file])
}

describe('fareloom decode', () => {
  test('an error reply that is understood is a fault and exit 0', async () => {
    const { code, stdout, stderr } = await decode('amadeus', error)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({
      provider: 'amadeus',
      message: 'errors',
      offers: [],
      order: null,
      seatMaps: null,
      faults: [{ code: '477', kind: 'invalid-request', mayHaveBooked: false }],
      warnings: [],
    })
  })

  test('a message is read from standard input', async () => {
    const { code, stdout } = await fareloom(['decode', '--provider', 'amadeus', '-'], { input: error })
    expect(code).toBe(0)
    expect(JSON.parse(stdout).faults).toHaveLength(1)
  })

  test('a summary can be read, and holds no control characters of the message', async () => {
    const { code, stdout } = await decode('amadeus', error.replace('INVALID', 'IN\\u001bVALID'), '--summary')
    expect(code).toBe(0)
    expect(stdout).toMatch(/1 fault\n {2}1 {2}477 {2}invalid-request/)
    expect(stdout).not.toContain('\u001b')
  })

  const page = '<!DOCTYPE html><html><body><p>We will be back soon<br></body></html>'
  const garbage = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0xff, 0xfe, 0xc0])
  const broken: readonly (readonly [string, string | Uint8Array])[] = [
    ['an HTML page', page],
    ['an empty file', ''],
    ['blanks', ' \n '],
    ['binary garbage', garbage],
    ['half a reply', error.slice(0, 40)],
    ['JSON that is no message', '{"hello":"world"}'],
    ['XML that is no message', '<hello/>'],
    ['a scalar', '17'],
    ['an entity bomb', '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'],
    ['an external entity', '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'],
    ['deep nesting', '['.repeat(3_000_000)],
    ['deep elements', '<a>'.repeat(1_000_000)],
  ]
  test.for(broken)('%s gets exit 2 and one line with the reason and the place', async ([, message]) => {
    for (const provider of ['amadeus', 'sabre', 'travelport', 'duffel']) {
      const { code, stdout, stderr } = await decode(provider, message)
      expect({ provider, code, stdout }).toEqual({ provider, code: 2, stdout: '' })
      expect(stderr).toMatch(/^fareloom: [^\n]+ at (byte|character|\/)[^\n]*\n$/)
      expect(stderr).not.toMatch(/bug of ours|passwd/)
    }
  })

  test('more than 64 MB are refused, by file and by pipe', async () => {
    const large = Buffer.alloc(65 * 1024 * 1024, 0x20)
    for (const finished of [
      await decode('travelport', large),
      await fareloom(['decode', '--provider', 'travelport', '-'], { input: large }),
    ]) {
      expect(finished.code).toBe(2)
      expect(finished.stderr).toMatch(/^fareloom: \S.* more than 64 MB at byte 67108864\n$/)
    }
  })

  const mistakes: readonly (readonly [string, readonly string[], RegExp])[] = [
    [
      'a file that is not there',
      ['decode', '--provider', 'sabre', join(dir, 'none')],
      /none: there is no such file\n$/,
    ],
    ['a directory', ['decode', '--provider', 'sabre', dir], /it is a directory\n$/],
    ['an unknown supplier', ['decode', '--provider', 'sabr', '-'], /no supplier called sabr; there are amadeus, /],
    ['no supplier', ['decode', '-'], /decode takes --provider CODE and one FILE/],
    ['two files', ['decode', '--provider', 'sabre', 'a', 'b'], /decode takes --provider CODE and one FILE/],
    ['an unknown option', ['decode', '--provider', 'sabre', '--sumary', 'a'], /--sumary/],
  ]
  test.for(mistakes)('%s is told in one line, exit 2', async ([, args, text]) => {
    const { code, stdout, stderr } = await fareloom(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(text)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })

  test.for([[], ['frobnicate'], ['constructor']])(
    'without a known command (%s) the usage is shown, exit 2',
    async args => {
      const { code, stderr } = await fareloom(args)
      expect(code).toBe(2)
      expect(stderr).toContain('Usage: fareloom <command>')
    },
  )
})
