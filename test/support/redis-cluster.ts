import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { until } from './until.ts'

/** A real Redis Cluster of three masters with a replica each. */
export type RedisCluster = {
  /** For REDIS_URL. */
  readonly url: string
  /** Kills the master that has the slot of this key. Its replica takes over after the node time-out. */
  killMasterOf(key: string): Promise<void>
  /** Slots are all served: what a client waits for after a loss. */
  isWhole(): Promise<boolean>
  readonly close: () => Promise<void>
}

type Node = { readonly port: number; readonly process: ChildProcess }

/** Short, so that a test of a loss ends soon. */
const nodeTimeoutMs = 1_500

const run = promisify(execFile)

export async function startRedisCluster(): Promise<RedisCluster> {
  const dir = mkdtempSync(join(tmpdir(), 'fareloom-cluster-'))
  const nodes: Node[] = []
  const close = async (): Promise<void> => {
    for (const { process } of nodes) if (isRunning(process)) process.kill('SIGKILL')
    await Promise.all(nodes.map(({ process }) => ended(process)))
    rmSync(dir, { recursive: true, force: true })
  }
  const cli = async (node: Node, ...args: string[]): Promise<string> =>
    (await run('redis-cli', ['-p', String(node.port), ...args])).stdout
  const living = (): readonly Node[] => nodes.filter(({ process }) => isRunning(process))
  const isWhole = async (): Promise<boolean> => {
    const infos = await Promise.all(living().map(node => cli(node, 'cluster', 'info').catch(() => '')))
    return infos.every(info => info.includes('cluster_state:ok') && info.includes('cluster_slots_ok:16384'))
  }

  try {
    for (const port of await freePorts(6)) nodes.push(startNode(port, dir))
    const answers = (node: Node) => async () => (await cli(node, 'ping').catch(() => '')).includes('PONG')
    for (const node of nodes) await until(answers(node), `the node on ${node.port} answers`)
    const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`)
    await run('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-replicas', '1', '--cluster-yes'])
    await until(isWhole, 'the cluster is whole')
  } catch (error) {
    await close()
    throw error
  }
  const [first, second] = nodes as [Node, Node]
  return {
    url: `redis+cluster://127.0.0.1:${first.port},127.0.0.1:${second.port}`,
    async killMasterOf(key) {
      const slot = Number(await cli(living()[0]!, 'cluster', 'keyslot', key))
      const ranges = await cli(living()[0]!, 'cluster', 'nodes')
      const master = ranges.split('\n').find(line => line.includes('master') && hasSlot(line, slot))
      const port = Number(/:(\d+)@/.exec(master ?? '')?.[1])
      const node = nodes.find(other => other.port === port)
      if (!node) throw new Error(`no master has slot ${slot}`)
      node.process.kill('SIGKILL')
      await ended(node.process)
    },
    isWhole,
    close,
  }
}

function startNode(port: number, dir: string): Node {
  const options = {
    port,
    bind: '127.0.0.1',
    save: '',
    appendonly: 'no',
    dir,
    'cluster-enabled': 'yes',
    'cluster-config-file': `nodes-${port}.conf`,
    'cluster-node-timeout': nodeTimeoutMs,
    // a replica that has not heard of its master for a while takes over all the same
    'cluster-replica-validity-factor': 0,
  }
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])
  return { port, process: spawn('redis-server', args, { stdio: 'ignore' }) }
}

/** `… connected 0-5460 5462`, after eight other words. */
function hasSlot(line: string, slot: number): boolean {
  return line
    .split(' ')
    .slice(8)
    .map(range => range.split('-').map(Number))
    .some(([from, to = from]) => slot >= from! && slot <= to!)
}

/** Below 55,536: a node's bus has its port plus 10,000. */
async function freePorts(count: number): Promise<readonly number[]> {
  const found = new Set<number>()
  while (found.size < count) {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    found.add(port < 55_000 ? port : port - 20_000)
  }
  return [...found]
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null
}

async function ended(process: ChildProcess): Promise<void> {
  if (isRunning(process)) await once(process, 'exit')
}
