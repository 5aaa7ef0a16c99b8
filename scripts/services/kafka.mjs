import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run, tail } from '../command.mjs'
import { Trouble } from '../console.mjs'
import { findJavaHome } from './elasticsearch-package.mjs'
import { kafkaJars, kafkaVersion } from './kafka-package.mjs'
import { askTcp, freePort, startProcess, waitUntilReady } from './process.mjs'

/** @type {import('./catalogue.mjs').Service} */
export const kafka = {
  name: 'kafka',
  title: `Kafka ${kafkaVersion}`,
  variable: 'TEST_KAFKA_BROKERS',
  packages: ['openjdk-17-jre-headless', 'maven'],
  image: { name: `apache/kafka:${kafkaVersion}`, port: 9092, url: port => `127.0.0.1:${port}` },
  stopSignal: 'SIGTERM',

  async find() {
    const javaHome = await findJavaHome()
    const jars = javaHome && (await kafkaJars())
    return jars && { source: jars, start: context => start({ jars, java: join(javaHome, 'bin', 'java'), ...context }) }
  },

  /** It answers ApiVersions (key 18, version 0) with the number that it was asked under. */
  async isHealthy(brokers) {
    const [host, port] = brokers.split(':')
    const asked = Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 7, 0xff, 0xff])
    const answer = await askTcp({ host, port: Number(port), line: asked })
    return answer !== undefined && answer.charCodeAt(7) === 7
  },
}

/** One node that is broker and controller. */
async function start({ jars, java, dir, onProcess }) {
  const [port, controllerPort] = [await freePort(), await freePort()]
  const properties = join(dir, 'server.properties')
  mkdirSync(dir, { recursive: true })
  writeFileSync(properties, configuration({ dir, port, controllerPort }))
  const classPath = ['-cp', join(jars, '*')]
  const id = Buffer.from(`fareloom-test-16`).toString('base64url').slice(0, 22)
  const format = ['kafka.tools.StorageTool', 'format', '-t', id, '-c', properties, '--ignore-formatted']
  const { code, output } = await run(java, [...classPath, ...format])
  if (code !== 0) throw new Trouble(`Kafka's storage could not be formatted:\n${tail(output)}`)
  const logFile = join(dir, 'kafka.log')
  const args = ['-Xmx384m', ...classPath, 'kafka.Kafka', properties]
  const ref = await startProcess({ file: java, args, cwd: dir, logFile, onProcess })
  const url = `127.0.0.1:${port}`
  await waitUntilReady({ name: 'Kafka', ref, logFile, timeoutMs: 60_000, ready: () => kafka.isHealthy(url) })
  return { ...ref, url }
}

function configuration({ dir, port, controllerPort }) {
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': join(dir, 'data'),
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
  }
  return `${Object.entries(settings)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')}\n`
}
