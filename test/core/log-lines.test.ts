import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'

/** The log of a process of its own, whose reader is this test. */
const logModule = new URL('../../src/core/log.pino.ts', import.meta.url).href
const started: ChildProcess[] = []

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

/** Tells `ready` over IPC, then does what `body` says with `log`, each time it is told something. */
function logging(body: string, stdout: 'pipe' | number = 'pipe'): ChildProcess {
  const source = `
    const { pinoLog } = await import(${JSON.stringify(logModule)})
    const log = pinoLog('info')
    process.on('message', async told => { ${body} })
    process.send('ready')`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    stdio: ['ignore', stdout, 'inherit', 'ipc'],
  })
  started.push(child)
  return child
}

const isReady = (child: ChildProcess): Promise<unknown> => once(child, 'message')

/** Exit code; `within` is a limit for something that went on for ever. */
async function exitOf(child: ChildProcess, within = 5_000): Promise<number | null> {
  const [code] = await once(child, 'exit', { signal: AbortSignal.timeout(within) })
  return code
}

const numbersOf = (text: string): readonly number[] =>
  text
    .split('\n')
    .filter(line => line !== '')
    .map(line => (JSON.parse(line) as { n: number }).n)

describe('the log of a process', () => {
  test('a reader that died holds nothing up at the end, and is found out no later than then', async () => {
    const child = logging(`for (const n of [1, 2]) log.info({ n }, 'nobody hears this'); process.exit(3)`)
    await isReady(child)
    child.stdout!.destroy()
    await once(child.stdout!, 'close')
    child.send('now')
    expect(await exitOf(child)).toBe(3)
  })

  test('a reader that stopped reading holds the end up for a moment only', async () => {
    const child = logging(`for (let n = 0; n < 5000; n++) log.info({ n }, 'x'.repeat(100)); process.exit(3)`)
    await isReady(child)
    child.stdout!.pause()
    child.send('now')
    expect(await exitOf(child)).toBe(3)
  })

  test('a full disk neither spins nor throws', async () => {
    const full = openSync('/dev/full', 'w')
    const child = logging(`for (const n of [1, 2]) log.info({ n }, 'no room'); process.exit(3)`, full)
    closeSync(full)
    await isReady(child)
    child.send('now')
    expect(await exitOf(child)).toBe(3)
  })

  test('what was logged right before process.exit arrives, whole and in order, also by a slow reader', async () => {
    const child = logging(`for (let n = 0; n < 5000; n++) log.info({ n }, 'x'.repeat(100)); process.exit(0)`)
    let text = ''
    child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
    await isReady(child)
    child.send('now')
    await once(child, 'close')
    expect(numbersOf(text)).toEqual(Array.from({ length: 5000 }, (_, n) => n))
  })

  test('into a file too', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'fareloom-log-'))
    try {
      const file = openSync(join(dir, 'out'), 'w')
      const child = logging(`for (let n = 0; n < 5000; n++) log.info({ n }, 'x'); process.exit(0)`, file)
      closeSync(file)
      await isReady(child)
      child.send('now')
      expect(await exitOf(child)).toBe(0)
      expect(numbersOf(readFileSync(join(dir, 'out'), 'utf8'))).toHaveLength(5000)
    } finally {
      rmSync(dir, { recursive: true })
    }
  })

  test('lines for a reader that does not read are bounded, and how many were lost is told when it reads again', async () => {
    const child = logging(`
      if (told === 'fill') {
        for (let n = 0; n < 40; n++) log.info({ n }, 'x'.repeat(1_000_000))
        process.send('filled')
      } else { log.info({ n: 40 }, 'heard'); process.disconnect() }`)
    await isReady(child)
    child.stdout!.pause()
    child.send('fill')
    await once(child, 'message')
    let text = ''
    child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
    child.stdout!.resume()
    const lines = (): Record<string, unknown>[] =>
      text
        .split('\n')
        .slice(0, -1)
        .map(line => JSON.parse(line) as never)
    await new Promise<void>(resolve => child.stdout!.on('data', () => text.includes('"dropped"') && resolve()))
    child.send('again')
    await once(child, 'close')
    const { dropped } = lines().find(line => 'dropped' in line)!
    expect(lines().at(-1)!.n).toBe(40)
    expect(lines().filter(line => 'n' in line).length + Number(dropped)).toBe(41)
    expect(text.length).toBeLessThan(9_000_000)
  })
})
