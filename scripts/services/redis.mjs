import { join } from 'node:path'
import { which } from '../command.mjs'
import { askTcp, freePort, startProcess, waitUntilReady } from './process.mjs'

/** @type {import('./catalogue.mjs').Service} */
export const redis = {
  name: 'redis',
  title: 'Redis',
  variable: 'TEST_REDIS_URL',
  packages: ['redis-server'],
  image: { name: 'redis:7.4-alpine', port: 6379, url: port => `redis://127.0.0.1:${port}/0` },
  stopSignal: 'SIGTERM',

  async find() {
    const server = which('redis-server', ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin'])
    return server && { source: server, start: context => start(server, context) }
  },

  async isHealthy(url) {
    const { hostname, port, username, password } = new URL(url)
    const login = password ? `AUTH ${username ? `${username} ` : ''}${decodeURIComponent(password)}\r\n` : ''
    const answer = await askTcp({ host: hostname, port: Number(port || 6379), line: `${login}PING\r\n` })
    return answer?.startsWith('+') ?? false
  },
}

async function start(server, { dir, onProcess }) {
  const port = await freePort()
  const logFile = join(dir, 'redis.log')
  const args = ['--port', port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', dir].map(String)
  const ref = await startProcess({ file: server, args, logFile, onProcess })
  const url = `redis://127.0.0.1:${port}/0`
  await waitUntilReady({ name: 'Redis', ref, logFile, timeoutMs: 15_000, ready: () => redis.isHealthy(url) })
  return { ...ref, url }
}
