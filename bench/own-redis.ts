import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

export type OwnRedis = { readonly url: string; close(): Promise<void> }

export function hasRedis(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0
}

/** A server of our own for one variant: nothing is written to disk. */
export async function startOwnRedis(): Promise<OwnRedis> {
  const port = await freePort()
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', '/tmp']
  const server = spawn('redis-server', args, { stdio: 'ignore' })
  // a variant that fails ends without close()
  const kill = (): void => void server.kill('SIGKILL')
  process.once('exit', kill)
  for (let tries = 0; !(await answers(port)); tries++) {
    if (tries === 200) throw new Error('redis-server does not answer')
    await pause(20)
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    async close() {
      process.off('exit', kill)
      kill()
      await once(server, 'exit')
    },
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
