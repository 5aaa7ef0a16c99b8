import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isRunning } from '../support/processes.ts'
import { until } from '../support/until.ts'
import { repository, ScriptProcess } from './script-process.ts'

/** Counts its signals, drains until told to go on by a file, says what it saw, and exits 0. */
const drainingProgram = `
import { existsSync } from 'node:fs'
const seen: string[] = []
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {
  seen.push(signal)
  console.log('got ' + signal)
})
setInterval(() => {
  if (seen.length === 0 || !existsSync(process.argv[2])) return
  console.log('drained ' + seen.join(' '))
  process.exit(0)
}, 5)
console.log('up ' + process.pid)
`

let dir: string
const processes: ScriptProcess[] = []
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'fareloom-test-'))
})
afterEach(() => {
  for (const each of processes.splice(0)) each.destroy()
  rmSync(dir, { recursive: true, force: true })
})

const runScript = fileURLToPath(new URL('scripts/run.mjs', repository))

function run(program: string, file = process.execPath, args = [runScript]): ScriptProcess {
  const path = join(dir, 'program.ts')
  writeFileSync(path, program)
  const started = new ScriptProcess(file, [...args, path, join(dir, 'go')], { cwd: dir })
  processes.push(started)
  return started
}

function letItEnd(): void {
  writeFileSync(join(dir, 'go'), '')
}

async function programPid(runner: ScriptProcess): Promise<number> {
  return Number((await runner.nextLine()).replace('up ', ''))
}

describe('scripts/run.mjs', () => {
  it.each([0, 1, 7])('ends with the exit code of the program: %i', async code => {
    expect(await run(`process.exit(${code})`).ended).toEqual({ code, signal: null })
  })

  it('ends with 128 + n when signal n ended the program', async () => {
    expect(await run(`process.kill(process.pid, 'SIGKILL')`).ended).toEqual({ code: 137, signal: null })
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('passes %s on once and waits until the program has drained', async signal => {
    const runner = run(drainingProgram)
    const pid = await programPid(runner)
    runner.signal(signal)
    expect(await runner.nextLine()).toBe(`got ${signal}`)
    runner.signal(signal)
    letItEnd()
    expect(await runner.nextLine()).toBe(`drained ${signal}`)
    expect(await runner.ended).toEqual({ code: 0, signal: null })
    expect(isRunning(pid)).toBe(false)
  })

  it('survives a Ctrl-C that reaches everybody in the group, twice, while the program drains', async () => {
    const runner = run(drainingProgram)
    const pid = await programPid(runner)
    runner.signalGroup('SIGINT')
    expect(await runner.nextLine()).toBe('got SIGINT')
    runner.signalGroup('SIGINT')
    letItEnd()
    expect((await runner.ended).code).toBe(0)
    expect(isRunning(pid)).toBe(false)
  })

  it('leaves nothing behind when npm alone is told to stop', async () => {
    const script = `exec "${process.execPath}" "${runScript}"`
    writeFileSync(
      join(dir, 'package.json'),
      JSON.stringify({ name: 'x', version: '1.0.0', scripts: { start: script } }),
    )
    const npm = run(drainingProgram, 'npm', ['start', '--silent', '--'])
    const pid = await programPid(npm)
    npm.signal('SIGTERM')
    expect(await npm.nextLine()).toBe('got SIGTERM')
    letItEnd()
    await npm.ended
    await until(() => !isRunning(pid), 'the program ends')
  })
})

describe('npm scripts', () => {
  it('have no shell between npm and node, which would keep signals to itself', async () => {
    const { default: manifest } = await import('../../package.json', { with: { type: 'json' } })
    for (const [name, command] of Object.entries(manifest.scripts)) expect(command, name).toMatch(/^exec node /)
  })
})
