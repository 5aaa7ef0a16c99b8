import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { request as requestTls } from 'node:https'
import { join } from 'node:path'
import { elasticsearchHome, findJavaHome } from './elasticsearch-package.mjs'
import { asOrdinaryUser, freePort, startProcess, waitUntilReady } from './process.mjs'

const heap = '512m'

/** @type {import('./catalogue.mjs').Service} */
export const elasticsearch = {
  name: 'elasticsearch',
  title: 'Elasticsearch 8.19',
  variable: 'TEST_ELASTICSEARCH_URL',
  packages: ['openjdk-17-jre-headless', 'maven', 'unzip'],
  image: {
    name: 'docker.elastic.co/elasticsearch/elasticsearch:8.19.21',
    port: 9200,
    url: port => `http://127.0.0.1:${port}`,
    env: {
      'discovery.type': 'single-node',
      'xpack.security.enabled': 'false',
      ES_JAVA_OPTS: `-Xms${heap} -Xmx${heap}`,
    },
  },
  stopSignal: 'SIGTERM',

  async find() {
    const javaHome = await findJavaHome()
    const home = javaHome && (await elasticsearchHome())
    return home && { source: home, start: context => start({ home, javaHome, ...context }) }
  },

  async isHealthy(url) {
    const body = await get(new URL('_cluster/health', url.endsWith('/') ? url : `${url}/`))
    return body !== undefined && !body.includes('"status":"red"')
  },
}

async function start({ home, javaHome, dir, onProcess }) {
  const httpPort = await freePort()
  const config = configure({ home, dir, httpPort, transportPort: await freePort() })
  const logFile = join(dir, 'elasticsearch.log')
  // The start script reads many ES_* and JAVA_* variables: it gets none of the caller's.
  const env = {
    PATH: process.env.PATH,
    HOME: dir,
    ES_JAVA_HOME: javaHome,
    ES_PATH_CONF: config,
    ES_TMPDIR: join(dir, 'tmp'),
  }
  const command = asOrdinaryUser(join(home, 'bin', 'elasticsearch'), [])
  const ref = await startProcess({ ...command, env, cwd: dir, logFile, onProcess })
  const url = `http://127.0.0.1:${httpPort}`
  const ready = () => elasticsearch.isHealthy(url)
  await waitUntilReady({ name: 'Elasticsearch', ref, logFile, timeoutMs: 120_000, ready })
  return { ...ref, url }
}

/** A configuration folder of its own, so that one unpacked server serves any number of runs. */
function configure({ home, dir, httpPort, transportPort }) {
  const config = join(dir, 'config')
  for (const folder of ['data', 'logs', 'tmp']) mkdirSync(join(dir, folder), { recursive: true })
  const shipped = join(home, 'config')
  if (existsSync(shipped)) cpSync(shipped, config, { recursive: true })
  mkdirSync(join(config, 'jvm.options.d'), { recursive: true })
  const settings = {
    'cluster.name': 'fareloom-test',
    'node.name': 'node-1',
    'discovery.type': 'single-node',
    'network.host': '127.0.0.1',
    'http.port': httpPort,
    'transport.port': transportPort,
    'path.data': join(dir, 'data'),
    'path.logs': join(dir, 'logs'),
    'xpack.security.enabled': false,
    'cluster.routing.allocation.disk.threshold_enabled': false,
  }
  const lines = Object.entries(settings).map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
  writeFileSync(join(config, 'elasticsearch.yml'), `${lines.join('\n')}\n`)
  writeFileSync(join(config, 'jvm.options.d', 'heap.options'), `-Xms${heap}\n-Xmx${heap}\n`)
  return config
}

/** @returns {Promise<string | undefined>} the body of a 200 */
function get(url) {
  return new Promise(resolve => {
    const send = url.protocol === 'https:' ? requestTls : request
    const outgoing = send(url, {
      timeout: 2_000,
      agent: false,
      auth: url.username ? `${url.username}:${url.password}` : undefined,
    })
    outgoing.on('timeout', () => outgoing.destroy())
    outgoing.on('error', () => resolve(undefined))
    outgoing.on('response', answer => {
      let body = ''
      answer.on('data', chunk => {
        body += chunk
      })
      answer.on('error', () => resolve(undefined))
      answer.on('end', () => resolve(answer.statusCode === 200 ? body : undefined))
    })
    outgoing.end()
  })
}
