/** The service: checks what it was told (config.ts), builds the parts, wires them, listens, drains. */
import { join } from 'node:path'
import { openPostgresBookingStore } from './booking/booking-store.postgres.ts'
import type { BookingStore } from './booking/booking-store.ts'
import { lockDirectory } from './booking/directory-lock.ts'
import { StartUpError, serviceRole, startEmbeddedPostgres } from './booking/embedded-postgres.ts'
import { checkMasterKeys, MasterKeyError, type MasterKeys, openMasterKeys } from './booking/master-key.ts'
import { MigrationError, migrate } from './booking/migrate.postgres.ts'
import { createBookings } from './booking/service.ts'
import { type Config, readConfig } from './config.ts'
import { systemClock } from './core/clock.ts'
import { sha256Hex } from './core/ids.ts'
import { pinoLog } from './core/log.pino.ts'
import type { Log } from './core/log.ts'
import { type PrometheusMetrics, prometheusMetrics } from './core/metrics.prometheus.ts'
import type { CurrencyCode, Money } from './core/money.ts'
import { createApp } from './http/app.ts'
import { ApiKeysError } from './http/auth.ts'
import { startServer } from './http/server.ts'
import { openElasticMarket } from './market/market-index.elastic.ts'
import { type MarketIndex, noMarket } from './market/market-index.ts'
import { GatewaySettingsError } from './payments/port.ts'
import { openGateway } from './payments/registry.ts'
import { makePricer } from './pricing/price-offer.ts'
import type { Rates } from './pricing/rates.ts'
import { scaleRounded } from './pricing/rounding.ts'
import type { PricingRules } from './pricing/rules.ts'
import { SettingsFileError } from './pricing/settings.ts'
import { type ProviderSettings, ProviderSettingsError } from './providers/port.ts'
import { openProviders } from './providers/registry.ts'
import { findAirport } from './reference/airports.ts'
import { searchPlaces } from './reference/places.ts'
import { toInstant } from './reference/zones.ts'
import { type SandboxProcess, startSandboxProcess } from './sandbox/child.ts'
import { layerOfferStores } from './shopping/layered-offer-store.ts'
import { makeMemoryOfferStore } from './shopping/memory-offer-store.ts'
import { openRedisOfferStore } from './shopping/offer-store.redis.ts'
import type { OfferStore } from './shopping/offer-store.ts'
import { createShopping } from './shopping/service.ts'
import { checkPortFree, checkReachable, portTrouble, usable } from './start-checks.ts'

const version = '0.1.0'
/** npm and containers allow ten seconds: eight for requests under way, the rest for what they stand on. */
const drainMs = 8_000
const endMs = 9_700
/** For Redis and Elasticsearch to say at the start that they are what the address promises. */
const storeReadyMs = 5_000

type Parts = { readonly log: Log; readonly metrics: PrometheusMetrics; readonly clock: typeof systemClock }

/** What has been started, to be ended in the opposite order. */
const started: { readonly name: string; readonly part: unknown; readonly close: () => Promise<void> | void }[] = []

/** `owns`: a part begun before that this one closes from now on. */
function begun<T>(name: string, part: T, close: (part: T) => Promise<void> | void, owns?: unknown): T {
  const owned = started.findIndex(entry => entry.part === owns)
  if (owned >= 0) started.splice(owned, 1)
  started.push({ name, part, close: () => close(part) })
  return part
}

async function endAll(log: Log): Promise<void> {
  for (const { name, close } of started.splice(0).reverse()) {
    try {
      await close()
    } catch (error) {
      log.error({ part: name, err: error }, 'could not be closed')
    }
  }
}

/** The database of DATABASE_URL, else our own server over the data directory; brought up to date, then used as the lesser role. */
async function openBookingStore(config: Config, { log, clock }: Parts, keys: MasterKeys): Promise<BookingStore> {
  const onUnexpectedEnd = (text: string): void => log.error({ reason: text }, 'no bookings until the next start')
  const embedded = config.databaseUrl
    ? undefined
    : begun('PostgreSQL', await startEmbeddedPostgres({ dataDir: config.dataDir, clock, log, onUnexpectedEnd }), part =>
        part.stop(),
      )
  const ownerUrl = embedded?.ownerUrl ?? config.databaseUrl!
  await migrate({ url: ownerUrl, serviceRole: embedded ? serviceRole : null })
  const store = openPostgresBookingStore({ url: embedded?.serviceUrl ?? ownerUrl, log })
  begun('booking store', store, part => part.close())
  await checkMasterKeys(keys, store)
  return store
}

async function openSandbox(config: Config, { log }: Parts): Promise<SandboxProcess | undefined> {
  const needed = config.gateway === undefined || [...config.providers.values()].includes(undefined)
  if (!needed) return undefined
  const entry = new URL('./sandbox-main.ts', import.meta.url).pathname
  const stateDir = join(config.dataDir, 'sandbox')
  const sandbox = await startSandboxProcess({
    entry,
    stateDir,
    host: '127.0.0.1',
    seed: config.sandboxSeed,
    clock: systemClock,
    log,
  }).catch((error: Error) => Promise.reject(new StartUpError(error.message)))
  return begun('sandbox', sandbox, part => part.close())
}

/** Real settings where there are some, else the simulator's. */
function providerSettings(config: Config, sandbox: SandboxProcess | undefined): ReadonlyMap<string, ProviderSettings> {
  const simulators = new Map(sandbox?.report.simulators.map(({ code, settings }) => [code, settings]))
  const settings = new Map<string, ProviderSettings>()
  for (const [code, own] of config.providers) {
    const used = own ?? simulators.get(code)
    if (used !== undefined && used !== 'off') settings.set(code, used)
  }
  return settings
}

async function openOfferStore(config: Config, { log, metrics }: Parts): Promise<OfferStore> {
  const memory = makeMemoryOfferStore(systemClock)
  if (!config.redisUrl) return memory
  const redis = openRedisOfferStore({ url: config.redisUrl, keyPrefix: 'fareloom:', clock: systemClock, log })
  const layered = begun('offers', layerOfferStores(memory, redis, metrics, log), part => part.close())
  await usable('REDIS_URL', redis.ready(storeReadyMs))
  return layered
}

function pricingParts({ rules, rates }: { readonly rules: PricingRules; readonly rates: Rates }) {
  return {
    makePricer: (scope: Parameters<typeof makePricer>[2]) => makePricer(rules, rates, scope),
    knowsCurrency: (currency: CurrencyCode) => rates.knows(currency),
    convert(m: Money, to: CurrencyCode): Money | undefined {
      if (!rates.knows(m.currency) || !rates.knows(to)) return undefined
      const rate = rates.find(m.currency, to)
      return rate ? scaleRounded(m, rate.ratio, to) : m
    },
  }
}

async function openMarket(
  config: Config,
  { convert }: ReturnType<typeof pricingParts>,
  parts: Parts,
): Promise<MarketIndex> {
  if (!config.elasticsearchUrl) return noMarket
  const market = openElasticMarket({ url: config.elasticsearchUrl, indexPrefix: 'fareloom-market', convert, ...parts })
  begun('market', market, part => part.close())
  await usable('ELASTICSEARCH_URL', market.ready())
  return market
}

/** Which back end each store has, for the start-up log. */
function backEnds({ databaseUrl, redisUrl, elasticsearchUrl, dataDir }: Config): Readonly<Record<string, string>> {
  const at = (url: string): string => new URL(url).host
  return {
    bookings: databaseUrl ? `PostgreSQL at ${at(databaseUrl)}` : `embedded PostgreSQL in ${join(dataDir, 'postgres')}`,
    offers: redisUrl ? `memory and Redis at ${at(redisUrl)}` : 'memory',
    market: elasticsearchUrl ? `Elasticsearch at ${at(elasticsearchUrl)}` : 'off',
  }
}

/** Signs ids of searches and cursors: the same in all processes that share a master key. */
function idSecret(keys: MasterKeys): string {
  return sha256Hex(Buffer.concat([Buffer.from('fareloom ids'), keys[0].secret]))
}

async function run(): Promise<void> {
  const config = readConfig(process.env)
  const log = pinoLog(config.logLevel)
  const parts: Parts = { log, metrics: prometheusMetrics(), clock: systemClock }
  handleSignals(log)
  if (config.strangers.length > 0) log.warn({ variables: config.strangers }, 'there is no supplier of this name')
  begun('data directory', lockDataDir(config.dataDir), lock => lock.release())
  await Promise.all([
    checkPortFree(config),
    checkReachable('REDIS_URL', config.redisUrl, 6379),
    checkReachable('ELASTICSEARCH_URL', config.elasticsearchUrl, 9200),
    checkReachable('DATABASE_URL', config.databaseUrl, 5432),
  ])
  const masterKeys = openMasterKeys(config.masterKey, config.dataDir)
  const [sandbox, bookingStore] = await allStarted(
    openSandbox(config, parts),
    openBookingStore(config, parts, masterKeys),
  )
  const providers = begun('suppliers', await openProviders(providerSettings(config, sandbox), parts), part =>
    part.close(),
  )
  const gateway = begun(
    'gateway',
    await openGateway('test', config.gateway ?? sandbox!.report.gateway.settings, parts),
    part => part.close(),
  )
  const pricing = pricingParts(config)
  const [market, store] = await allStarted(openMarket(config, pricing, parts), openOfferStore(config, parts))
  const shopping = createShopping({
    ...parts,
    ...pricing,
    providers,
    store,
    secret: idSecret(masterKeys),
    onSearch: shopped => market.record(shopped),
    health: { redis: () => (config.redisUrl ? store.health() : 'off'), elasticsearch: () => market.health() },
  })
  begun('shopping', shopping, part => part.close(), store)
  const bookings = createBookings({
    ...parts,
    store: bookingStore,
    masterKeys,
    shopping,
    findProvider: code => providers.find(code),
    gateway,
  })
  begun('bookings', bookings, part => part.close(), bookingStore)
  warmUp()
  const app = createApp({
    ...parts,
    shopping,
    bookings,
    providers,
    sandbox: () => sandbox?.report ?? null,
    keys: config.keys,
    otherParts: () => ({ sandbox: sandbox?.health() ?? 'off' }),
    version,
  })
  const server = await startServer(app, { host: config.host, port: config.port, clock: systemClock }).catch(
    (error: Error) => Promise.reject(new StartUpError(portTrouble(error, config.host, config.port))),
  )
  begun('http', server, part => part.close(drainMs))
  const url = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${server.port}`
  log.info({ ...backEnds(config), providers: providers.list().map(provider => provider.code) }, 'stores')
  log.info({ url, docs: `${url}/docs` }, 'listening')
}

function lockDataDir(dataDir: string): ReturnType<typeof lockDirectory> {
  try {
    return lockDirectory(dataDir, 'service')
  } catch (error) {
    if (error instanceof StartUpError) throw error
    throw new StartUpError(`DATA_DIR ${dataDir} cannot be used: ${(error as Error).message}`)
  }
}

/** Both have come to an end, good or bad, before the first failure is told: what has begun can then be ended. */
async function allStarted<A, B>(a: Promise<A>, b: Promise<B>): Promise<readonly [A, B]> {
  await Promise.allSettled([a, b])
  return Promise.all([a, b])
}

/** The first search would otherwise read the tables and ask Intl for zones (some 40 ms). */
function warmUp(): void {
  findAirport('LHR')
  searchPlaces('lon')
  toInstant('2027-01-01T00:00:00', 'Europe/London')
}

let ending = false

/** Ctrl-C arrives twice (from the terminal and from npm): only the first counts. */
function handleSignals(log: Log): void {
  const end = (signal: string): void => {
    if (ending) return
    ending = true
    log.info({ signal }, 'draining')
    // what is left by then ends with us: sandbox and database are tied to this process
    systemClock.after(endMs, () => process.exit(0), { unref: true })
    void endAll(log).then(() => process.exit(0))
  }
  process.on('SIGINT', () => end('SIGINT'))
  process.on('SIGTERM', () => end('SIGTERM'))
}

/** A mistake of whoever starts it is one sentence; anything else shows where it came from. */
function explain(error: unknown): string {
  const expected = [
    StartUpError,
    MigrationError,
    MasterKeyError,
    ApiKeysError,
    SettingsFileError,
    ProviderSettingsError,
    GatewaySettingsError,
  ]
  if (expected.some(kind => error instanceof kind)) return (error as Error).message
  return (error as Error).stack ?? String(error)
}

try {
  await run()
} catch (error) {
  // a signal while starting takes away what the start stands on
  if (!ending) {
    process.stderr.write(`fareloom cannot start: ${explain(error)}\n`)
    await endAll(pinoLog('error'))
    process.exit(1)
  }
}
