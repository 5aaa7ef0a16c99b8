/** The service: reads the environment, builds the parts, wires them, listens, drains. */
import { readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { openPostgresBookingStore } from './booking/booking-store.postgres.ts'
import type { BookingStore } from './booking/booking-store.ts'
import { lockDirectory } from './booking/directory-lock.ts'
import { StartUpError, serviceRole, startEmbeddedPostgres } from './booking/embedded-postgres.ts'
import { checkMasterKeys, MasterKeyError, type MasterKeys, openMasterKeys } from './booking/master-key.ts'
import { MigrationError, migrate } from './booking/migrate.postgres.ts'
import { createBookings } from './booking/service.ts'
import { systemClock } from './core/clock.ts'
import { sha256Hex } from './core/ids.ts'
import { pinoLog } from './core/log.pino.ts'
import type { Log } from './core/log.ts'
import { type PrometheusMetrics, prometheusMetrics } from './core/metrics.prometheus.ts'
import type { CurrencyCode, Money } from './core/money.ts'
import { createApp } from './http/app.ts'
import { ApiKeysError, parseApiKeys } from './http/auth.ts'
import { startServer } from './http/server.ts'
import { openElasticMarket } from './market/market-index.elastic.ts'
import { type MarketIndex, noMarket } from './market/market-index.ts'
import { GatewaySettingsError } from './payments/port.ts'
import { openGateway, readGatewaySettings } from './payments/registry.ts'
import { makePricer } from './pricing/price-offer.ts'
import { parseRates, type Rates } from './pricing/rates.ts'
import { scaleRounded } from './pricing/rounding.ts'
import { type PricingRules, parseRules } from './pricing/rules.ts'
import { SettingsFileError } from './pricing/settings.ts'
import { codesOfTree, listProviderCodes } from './providers/codes.ts'
import { addProviderFolders } from './providers/outside.ts'
import { type ProviderSettings, ProviderSettingsError } from './providers/port.ts'
import { openProviders, readSettings } from './providers/registry.ts'
import { findAirport } from './reference/airports.ts'
import { searchPlaces } from './reference/places.ts'
import { toInstant } from './reference/zones.ts'
import { type SandboxProcess, startSandboxProcess } from './sandbox/child.ts'
import { layerOfferStores } from './shopping/layered-offer-store.ts'
import { makeMemoryOfferStore } from './shopping/memory-offer-store.ts'
import { openRedisOfferStore } from './shopping/offer-store.redis.ts'
import type { OfferStore } from './shopping/offer-store.ts'
import { createShopping } from './shopping/service.ts'

const version = '0.1.0'
/** npm and containers allow ten seconds: eight for requests under way, the rest for what they stand on. */
const drainMs = 8_000
const endMs = 9_700
/** For Redis and Elasticsearch to say at the start that they are what the address promises. */
const storeReadyMs = 5_000

type Config = ReturnType<typeof readConfig>
type Parts = { readonly log: Log; readonly metrics: PrometheusMetrics; readonly clock: typeof systemClock }

function readConfig(env: NodeJS.ProcessEnv) {
  addProviderFolders(env.PROVIDERS_PATH, codesOfTree())
  return {
    port: readPort(env.PORT),
    host: env.HOST || '127.0.0.1',
    dataDir: env.DATA_DIR || '.data',
    databaseUrl: readUrl('DATABASE_URL', env.DATABASE_URL, ['postgres:', 'postgresql:']),
    redisUrl: readUrl('REDIS_URL', env.REDIS_URL, ['redis:', 'rediss:']),
    elasticsearchUrl: readUrl('ELASTICSEARCH_URL', env.ELASTICSEARCH_URL, ['http:', 'https:']),
    masterKey: env.MASTER_KEY,
    keys: parseApiKeys(env.API_KEYS),
    rules: readSettingsFile(env.PRICING_RULES_FILE, 'config/pricing-rules.json', parseRules),
    rates: readSettingsFile(env.RATES_FILE, 'config/rates.json', parseRates),
    providers: new Map(listProviderCodes().map(code => [code, readSettings(code, env)] as const)),
    strangers: listStrangers(env),
    gateway: readGatewaySettings('test', env),
    sandboxSeed: env.SANDBOX_SEED || 'fareloom',
    logLevel: readLogLevel(env.LOG_LEVEL),
  }
}

function readPort(text: string | undefined): number {
  const port = text === undefined || text === '' ? 8080 : Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new StartUpError(`PORT is "${text}": it takes a number from 0 (any free port) to 65535`)
}

function readUrl(name: string, text: string | undefined, protocols: readonly string[]): string | undefined {
  if (!text) return undefined
  const url = URL.parse(text)
  if (url && protocols.includes(url.protocol)) return text
  throw new StartUpError(`${name} is no ${protocols[0]}// address`)
}

function readLogLevel(text: string | undefined): string {
  if (!text) return 'info'
  if (['debug', 'info', 'warn', 'error', 'silent'].includes(text)) return text
  throw new StartUpError(`LOG_LEVEL is "${text}": it takes debug, info, warn, error or silent`)
}

/** PROVIDER_SABER=off would otherwise do nothing, and say nothing. */
function listStrangers(env: NodeJS.ProcessEnv): readonly string[] {
  const known = listProviderCodes().map(code => `PROVIDER_${code.toUpperCase().replaceAll('-', '_')}`)
  return Object.keys(env).filter(
    name => name.startsWith('PROVIDER_') && !known.some(one => name === one || name.startsWith(`${one}_`)),
  )
}

function readSettingsFile<T>(given: string | undefined, shipped: string, parse: (name: string, text: string) => T): T {
  const name = given || shipped
  let text: string
  try {
    text = readFileSync(given ? given : new URL(`../${shipped}`, import.meta.url), 'utf8')
  } catch (error) {
    throw new StartUpError(`${name} cannot be read: ${(error as NodeJS.ErrnoException).code}`)
  }
  return parse(name, text)
}

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

/** Later losses are borne; at the start an address that leads nowhere, or to something else, is a mistake. */
async function usable(name: string, ready: Promise<void>): Promise<void> {
  try {
    await ready
  } catch (error) {
    throw new StartUpError(`${name} cannot be used: ${(error as Error).message}`)
  }
}

/** Host and port answer: a wrong address is told at the start, in one sentence. */
async function checkReachable(name: string, address: string | undefined, defaultPort: number): Promise<void> {
  if (!address) return
  const { hostname, port } = new URL(address)
  const at = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || defaultPort }
  await new Promise<void>((resolve, reject) => {
    const fail = (reason: string): void => {
      socket.destroy()
      reject(new StartUpError(`${name} cannot be reached: ${reason} at ${at.host}:${at.port}`))
    }
    const socket = connect(at, () => {
      socket.destroy()
      resolve()
    })
    socket.setTimeout(3_000, () => fail('no answer within 3 s'))
    socket.once('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message))
  })
}

/** Before anything is started: the rest of a start takes seconds, and may take away what the other one needs. */
function checkPortFree({ host, port }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => reject(new StartUpError(portTrouble(error, host, port))))
    server.listen({ host, port }, () => server.close(() => resolve()))
  })
}

function portTrouble({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  if (code === 'EADDRINUSE') return `port ${port} is in use by another process: stop it or choose another PORT`
  if (code === 'EACCES') return `port ${port} may not be used by this user: choose a PORT above 1023`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `HOST ${host} is no address of this machine`
  return `HOST ${host} and PORT ${port} cannot be used: ${message}`
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
