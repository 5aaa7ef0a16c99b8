import { join } from 'node:path'
import { run, tail, which } from '../command.mjs'
import { Trouble } from '../console.mjs'
import { freePort, startProcess, waitUntilReady } from './process.mjs'

/** @returns {Promise<string | undefined>} a container engine that answers; the mere command is not enough */
export async function containerEngine() {
  for (const name of ['docker', 'podman']) {
    const engine = which(name)
    if (engine && (await run(engine, ['info'], { timeoutMs: 15_000 })).code === 0) return engine
  }
  return undefined
}

/**
 * The engine's client runs in the foreground and passes our signal on, so a container is stopped by pid like the rest.
 * @returns {import('./catalogue.mjs').Found}
 */
export function inContainer(engine, service) {
  return { source: `${engine} ${service.image.name}`, start: context => start(engine, service, context) }
}

async function start(engine, service, { dir, onProcess }) {
  const { image, title } = service
  const pulled = await run(engine, ['pull', '-q', image.name])
  if (pulled.code !== 0) throw new Trouble(`${engine} could not fetch ${image.name}:\n${tail(pulled.output)}`)
  const port = await freePort()
  const variables = Object.entries(image.env ?? {}).flatMap(([name, value]) => ['-e', `${name}=${value}`])
  const logFile = join(dir, 'container.log')
  const args = ['run', '--rm', '-p', `127.0.0.1:${port}:${image.port}`, ...variables, image.name]
  const ref = await startProcess({ file: engine, args, logFile, onProcess })
  const url = image.url(port)
  const ready = () => service.isHealthy(url)
  await waitUntilReady({ name: title, ref, logFile, timeoutMs: 120_000, ready })
  return { ...ref, url }
}
