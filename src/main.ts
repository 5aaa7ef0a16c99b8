/** The service: one process that answers, or a first one that starts and watches several. */
import cluster from 'node:cluster'
import { join } from 'node:path'
import { type Config, readConfig } from './config.ts'
import { pinoLog } from './core/log.pino.ts'
import type { Log } from './core/log.ts'
import { prometheusMetrics } from './core/metrics.prometheus.ts'
import { parseRedisUrl, redisHosts } from './core/redis-address.ts'
import { layFoundations } from './foundations.ts'
import { setUpHeap } from './heap.ts'
import { endOnSignals, failToStart } from './lifetime.ts'
import { type Serving, serve } from './serve.ts'
import { runAsWorker } from './worker.ts'
import { superviseWorkers } from './workers.ts'

async function run(): Promise<void> {
  const config = readConfig(process.env)
  const log = pinoLog(config.logLevel)
  endOnSignals(log)
  announce(config, log, config.workers > 1 ? await superviseWorkers(config, log) : await serveAlone(config, log))
}

async function serveAlone(config: Config, log: Log): Promise<Serving> {
  let sandbox: 'ok' | 'degraded' | 'off' = 'off'
  const foundations = await layFoundations(config, log, health => {
    sandbox = health
  })
  const metrics = prometheusMetrics()
  const renderMetrics = (): Promise<string> => metrics.render()
  return serve(
    config,
    { log, metrics },
    {
      foundations,
      isReplacement: false,
      renderMetrics,
      otherParts: () => ({ sandbox, workers: 'off' }),
    },
  )
}

function announce(config: Config, log: Log, { port, providers }: Serving): void {
  const url = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`
  log.info({ ...backEnds(config), providers }, 'stores')
  log.info({ url, docs: `${url}/docs`, ...(config.workers > 1 ? { workers: config.workers } : {}) }, 'listening')
}

/** Which back end each store has, for the start-up log. */
function backEnds({ databaseUrl, redisUrl, elasticsearchUrl, dataDir }: Config): Readonly<Record<string, string>> {
  const at = (url: string): string => new URL(url).host
  return {
    bookings: databaseUrl ? `PostgreSQL at ${at(databaseUrl)}` : `embedded PostgreSQL in ${join(dataDir, 'postgres')}`,
    offers: redisUrl ? `memory and Redis at ${redisHosts(parseRedisUrl(redisUrl)!)}` : 'memory',
    market: elasticsearchUrl ? `Elasticsearch at ${at(elasticsearchUrl)}` : 'off',
  }
}

setUpHeap()
if (cluster.isWorker) await runAsWorker()
else {
  try {
    await run()
  } catch (error) {
    await failToStart(error, pinoLog('error'), text => process.stderr.write(`fareloom cannot start: ${text}\n`))
  }
}
