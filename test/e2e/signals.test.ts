import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, get } from 'node:http'
import type { ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type FakeHost, json, startFakeHost } from '../providers/amadeus/fake-host.ts'
import { type Answer, searchFor, send } from '../support/front-end.ts'
import { processesOver } from '../support/processes.ts'
import { cleanEnvironment, freePort, newDataDir, removeDataDir } from '../support/service.ts'
import { until } from '../support/until.ts'

/** `npm start` as a container and a terminal end it, while a supplier still owes an answer. */
const root = new URL('../../', import.meta.url).pathname
const noOffers = { meta: { count: 0 }, data: [], dictionaries: {} }

describe('npm start', () => {
  let supplier: FakeHost
  let owed: ServerResponse | undefined
  let dataDir: string
  let npm: ChildProcess
  let output: string
  let baseUrl: string

  beforeEach(async () => {
    owed = undefined
    supplier = await startFakeHost((_, response) => {
      owed = response
    })
    dataDir = newDataDir()
    const port = String(await freePort())
    const credentials = { PROVIDER_AMADEUS_CLIENT_ID: 'id', PROVIDER_AMADEUS_CLIENT_SECRET: 'secret' }
    const own = { HOST: '127.0.0.1', PORT: port, DATA_DIR: dataDir, PROVIDER_AMADEUS_BASE_URL: supplier.baseUrl }
    npm = spawn('npm', ['start'], {
      cwd: root,
      env: { ...cleanEnvironment(), ...own, ...credentials },
      stdio: ['ignore', 'pipe', 'pipe'],
      // a group of its own, as a terminal gives it
      detached: true,
    })
    output = ''
    for (const stream of [npm.stdout, npm.stderr]) {
      stream!.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk
      })
    }
    baseUrl = `http://127.0.0.1:${port}`
    await until(() => output.includes(`"url":"${baseUrl}"`), `it listens on HOST and PORT:\n${output}`, 40_000)
  })
  afterEach(async () => {
    if (npm.exitCode === null) process.kill(-npm.pid!, 'SIGKILL')
    await supplier.close()
    await removeDataDir(dataDir)
  })

  const searching = async (): Promise<{ readonly answer: Promise<Answer> }> => {
    const answer = send(
      baseUrl,
      'POST',
      '/v1/searches',
      searchFor('LHR', 'JFK', { providers: ['amadeus'], deadlineMs: 30_000 }),
    )
    answer.catch(() => undefined)
    await until(() => owed !== undefined, 'the supplier is asked')
    return { answer }
  }

  /** A front end's connection that waits for its next request. */
  const idleConnection = async (): Promise<Agent> => {
    const agent = new Agent({ keepAlive: true })
    const [response] = await once(get(`${baseUrl}/health/live`, { agent }), 'response')
    await once(response.resume(), 'end')
    return agent
  }

  const ended = (): Promise<number | null> => once(npm, 'exit').then(([code]) => code)

  test.each<readonly [string, () => void]>([
    ['SIGTERM to npm alone, as a container sends it', () => npm.kill('SIGTERM')],
    [
      'SIGINT to the whole group, twice, as impatient hands at a terminal send it',
      () => {
        process.kill(-npm.pid!, 'SIGINT')
        process.kill(-npm.pid!, 'SIGINT')
      },
    ],
  ])('%s: the request under way gets its answer, exit 0, no process left', async (_, signal) => {
    const agent = await idleConnection()
    const search = await searching()
    const code = ended()
    signal()
    await until(() => output.includes('"draining"'), 'it drains')
    await until(
      () =>
        send(baseUrl, 'GET', '/health/live').then(
          () => false,
          () => true,
        ),
      'nobody new is let in',
    )
    expect(npm.exitCode).toBeNull()
    const answeredAt = performance.now()
    json(owed!, 200, noOffers)
    expect((await search.answer).status).toBe(201)
    expect(await code).toBe(0)
    const drainMs = performance.now() - answeredAt
    expect(processesOver(dataDir)).toEqual([])
    console.log(`ended ${Math.round(drainMs)} ms after the last answer`)
    expect(drainMs).toBeLessThan(7_000)
    expect(output.match(/"draining"/g)).toHaveLength(1)
    agent.destroy()
  })

  test('an answer that never comes holds it up for ten seconds at most', async () => {
    const search = await searching()
    const code = ended()
    const askedAt = performance.now()
    npm.kill('SIGTERM')
    await expect(search.answer).rejects.toThrow()
    expect(await code).toBe(0)
    expect(performance.now() - askedAt).toBeLessThan(11_000)
    expect(processesOver(dataDir)).toEqual([])
  })
})
