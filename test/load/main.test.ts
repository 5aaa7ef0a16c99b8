import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RunReport } from '../../bench/load/report.ts'
import { type Behaviour, type FakeTarget, startFakeTarget } from './fake-target.ts'

let folder: string
let target: FakeTarget | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fareloom-load-test-'))
})
afterEach(async () => {
  await target?.close()
  target = undefined
  rmSync(folder, { recursive: true, force: true })
})

type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string }

function load(line: string, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const main = new URL('../../bench/load/main.ts', import.meta.url).pathname
  return new Promise(resolve => {
    execFile(
      process.execPath,
      [main, ...line.split(' ')],
      { env: { ...process.env, ...env } },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    )
  })
}

async function against(behaviour: Behaviour, line: string): Promise<Ended> {
  target = await startFakeTarget(behaviour)
  return load(`--scenario cold --rate 20 --seconds 1 --target ${target.url} --out ${join(folder, 'run')} ${line}`)
}

const report = (): RunReport => JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as RunReport

/** Each third search, with one status after the other. */
function often(...statuses: readonly number[]): Behaviour {
  let count = 0
  return (_method, path) =>
    path === '/v1/searches' && count++ % 3 === 0 ? { status: statuses[count % statuses.length]! } : undefined
}

describe('npm run load ends with', () => {
  test('0 when the objectives are kept, and leaves its report', async () => {
    const ended = await against(() => undefined, '--slo p50=5000,p95=9000,errors=0,shed=0')
    expect(ended).toMatchObject({ code: 0 })
    expect(ended.stdout).toContain(`report      ${join(folder, 'run')}.html, .json`)
    expect(report()).toMatchObject({ scenario: 'cold', ownService: false, counts: { error: 0 } })
    expect(readFileSync(join(folder, 'run.html'), 'utf8')).toContain('<h1>Load test: cold</h1>')
    // a line for each second where there is no terminal
    expect(ended.stderr).toMatch(/1\/1 s +\d+\/s/)
  })

  test('1 when one of them is broken, and says which', async () => {
    const { code, stderr } = await against(often(500), '--slo p95=9000,errors=0.1%')
    expect(code).toBe(1)
    expect(stderr).toMatch(/not kept: errors: [\d.]+ %, at most 0.1 % was asked for\n$/)
    expect(stderr).not.toContain('not kept: p95')
  })

  test('0 for errors=0 and 1 for shed=5% where requests are shed with 429 and 503', async () => {
    expect((await against(often(429, 503), '--slo errors=0')).code).toBe(0)
    expect(report().counts.shed).toBeGreaterThan(3)
    await target!.close()
    const { code, stderr } = await against(often(429, 503), '--slo errors=0,shed=5%')
    expect(code).toBe(1)
    expect(stderr).toMatch(/not kept: shed: [\d.]+ %, at most 5 % was asked for\n$/)
  })

  test('1 when nothing was answered, whatever was asked for', async () => {
    const { code, stderr } = await against(
      (_method, path) => (path === '/v1/searches' ? 'cut' : undefined),
      '--arrivals even',
    )
    expect(code).toBe(1)
    expect(stderr).toContain('not kept: nothing was answered')
  })

  test('1 when a booking is unexplained', async () => {
    const vanishing: Behaviour = (method, path) =>
      method === 'GET' && path.startsWith('/v1/bookings/') ? { status: 404 } : undefined
    const { code, stderr } = await against(vanishing, '--scenario look-to-book --look-to-book 1 --rate 80 --seconds 3')
    expect(code).toBe(1)
    expect(stderr).toMatch(/not kept: \d+ bookings are unexplained/)
  })

  test('2 and one sentence, not a screen of them, when an option is wrong', async () => {
    const { code, stderr } = await load('--scenario cold --rate many')
    expect(code).toBe(2)
    expect(stderr).toMatch(
      /^--rate is "many": it takes a number from 0.1 to 20000\n\(npm run load -- --help tells what there is\)\n$/,
    )
  })

  test('2 before anything is asked when its report could not be written', async () => {
    writeFileSync(join(folder, 'file'), '')
    const { code, stderr } = await against(() => undefined, `--out ${join(folder, 'file', 'run')}`)
    expect({ code, asked: target!.asked }).toEqual({ code: 2, asked: [] })
    expect(stderr).toMatch(/^--out: no report can be written there \(.+\)\n/)
  })

  test('2 and a sentence when what answers at the target is something else', async () => {
    const { code, stderr } = await against(() => ({ status: 200, body: ['welcome'] }), '--seed a')
    expect(code).toBe(2)
    expect(stderr).toMatch(/^what answers at the target is no Fareloom: \/v1\/sandbox is "\["welcome"\]"$/m)
  })

  test('2 and a sentence when a service of its own does not start', async () => {
    const { code, stderr } = await load(`--scenario cold --out ${join(folder, 'run')}`, { WORKERS: 'many' })
    expect(code).toBe(2)
    expect(stderr).toContain('WORKERS is "many"')
    expect(stderr).toMatch(/^the service ended with 1 before it listened$/m)
    expect(stderr).not.toContain('    at ')
  })

  test('2 when nobody answers at the target, or it has no sandbox for a scenario that needs one', async () => {
    const gone = await startFakeTarget()
    await gone.close()
    const nobody = await load(`--scenario cold --target ${gone.url}`)
    expect(nobody.code).toBe(2)
    expect(nobody.stderr).toMatch(/^nobody answers at the target \(ECONNREFUSED\)$/m)
    const { code, stderr } = await against(() => undefined, '--scenario flapping-supplier')
    expect(code).toBe(2)
    expect(stderr).toMatch(/^flapping-supplier needs the magic routes of the sandbox, and the target has no sandbox$/m)
  })
})
