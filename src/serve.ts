/** One process that answers: builds the parts over the foundations, wires them, listens. */
import { openPostgresBookingStore } from './booking/booking-store.postgres.ts'
import type { BookingStore } from './booking/booking-store.ts'
import { StartUpError } from './booking/embedded-postgres.ts'
import { checkMasterKeys, type MasterKeys, openMasterKeys } from './booking/master-key.ts'
import { createBookings } from './booking/service.ts'
import type { Config } from './config.ts'
import { systemClock } from './core/clock.ts'
import { randomFraction, sha256Hex } from './core/ids.ts'
import type { Log } from './core/log.ts'
import type { PrometheusMetrics } from './core/metrics.prometheus.ts'
import type { CurrencyCode, Money } from './core/money.ts'
import type { SupplierOffer } from './core/offer.ts'
import type { Foundations } from './foundations.ts'
import { heapBytesMax } from './heap.ts'
import { createAdmission } from './http/admission.ts'
import { createApp } from './http/app.ts'
import type { ConnectionLimits } from './http/connections.ts'
import { watchLoopDelay } from './http/loop-delay.ts'
import type { HttpParts } from './http/parts.ts'
import { quickSearches } from './http/quick-searches.ts'
import { createRateLimits, type RateShare } from './http/rate-limits.ts'
import { shareRates } from './http/rate-share.redis.ts'
import { startServer } from './http/server.ts'
import { allStarted, begun, drainMs } from './lifetime.ts'
import { createMarketReads } from './market/reads.ts'
import { openPostgresMessageStore } from './messaging/message-store.postgres.ts'
import type { Messaging } from './messaging/port.ts'
import type { Receiver } from './messaging/receiver.ts'
import { createMessaging } from './messaging/service.ts'
import { openKafkaTopic } from './messaging/stream.kafka.ts'
import { openRedisStream } from './messaging/stream.redis.ts'
import { makePricer } from './pricing/price-offer.ts'
import type { Rates } from './pricing/rates.ts'
import { scaleRounded } from './pricing/rounding.ts'
import type { PricingRules } from './pricing/rules.ts'
import { openSharedLedgers } from './providers/budget-ledger.redis.ts'
import { memoryLedgers, type OpenLedger } from './providers/budget-ledger.ts'
import type { GuardedProvider } from './providers/guard.ts'
import type { ProviderSettings } from './providers/port.ts'
import { openProviders } from './providers/registry.ts'
import { openSharedWins } from './providers/wins.redis.ts'
import { makeWins, routeOf, type Wins, winWeights } from './providers/wins.ts'
import { findAirport } from './reference/airports.ts'
import { searchPlaces } from './reference/places.ts'
import { toInstant } from './reference/zones.ts'
import type { SandboxReport } from './sandbox/child.ts'
import { openGateways, tellSimulators } from './serve-gateways.ts'
import { openMarket, openPopular, warmPopular } from './serve-market.ts'
import { makeSupplierChoice } from './shopping/choice.ts'
import { makeRedisEvidence } from './shopping/evidence.redis.ts'
import { FlightChanges } from './shopping/flight-changes.ts'
import { layerOfferStores } from './shopping/layered-offer-store.ts'
import {
  limitsBesideShared,
  limitsWithin,
  type MemoryLimits,
  type MemoryOfferStore,
  makeMemoryOfferStore,
} from './shopping/memory-offer-store.ts'
import { withNews } from './shopping/news.ts'
import { openRedisOfferStore } from './shopping/offer-store.redis.ts'
import { RedisLink } from './shopping/redis-link.redis.ts'
import { makeRedisLeases } from './shopping/search-lease.redis.ts'
import { createShopping, type ShoppingParts } from './shopping/service.ts'
import { portTrouble, usable } from './start-checks.ts'

const version = '0.1.0'
/** For Redis and Elasticsearch to say at the start that they are what the address promises. */
const storeReadyMs = 5_000
/** PostgreSQL takes 100 connections unless told otherwise: migrations, people and all processes share them. */
const databaseConnectionsMax = 90
const connectionsOfOneProcessMax = 10
/** Of all the connections that a process takes. */
const shareOfOneAddress = 0.4

type Parts = { readonly log: Log; readonly metrics: PrometheusMetrics; readonly clock: typeof systemClock }

/** What the processes of a service know of each other. */
export type Around = {
  readonly foundations: Foundations
  /** A first start finds mistakes; one that takes another's place bears a store that is away. */
  readonly isReplacement: boolean
  /** /metrics: of this process, or of all together. */
  readonly renderMetrics: () => Promise<string>
  readonly otherParts: HttpParts['otherParts']
}

export type Serving = { readonly port: number; readonly providers: readonly string[] }

export async function serve(
  config: Config,
  { log, metrics }: Pick<Parts, 'log' | 'metrics'>,
  around: Around,
): Promise<Serving> {
  const parts: Parts = { log, metrics, clock: systemClock }
  const { sandbox } = around.foundations
  const masterKeys = openMasterKeys(config.masterKey, config.dataDir)
  const bookingStore = await openBookingStore(config, parts, masterKeys, around.foundations)
  const { openLedger, wins } = await openBudgets(config, parts, around)
  const guarding = {
    ...parts,
    openLedger,
    onBooked: ({ provider, slices }: SupplierOffer) => wins.note(routeOf(slices[0]!), provider, winWeights.booked),
  }
  const providers = begun(
    'suppliers',
    await openProviders(providerSettings(config, sandbox), guarding, config.budgets),
    part => part.close(),
  )
  const gateways = begun('gateways', await openGateways(config, parts, sandbox), part => part.close())
  const pricing = pricingParts(config)
  const [market, { store, ...sharing }] = await allStarted(
    openMarket(config, pricing, parts, around),
    openOfferStore(config, parts, around),
  )
  const popularity = openPopular(config, parts)
  const admission = createAdmission({
    ...parts,
    delay: watchLoopDelay(systemClock),
    shortestQueue: () => shortestQueue(providers.list()),
  })
  const shopping = createShopping({
    ...parts,
    ...pricing,
    ...sharing,
    providers,
    choice: makeSupplierChoice({
      findProvider: code => providers.find(code),
      wins,
      random: randomFraction,
      convert: pricing.convert,
      skipped: (provider, reason) => metrics.count('fareloom_supplier_skips_total', { provider, reason }),
    }),
    store,
    secret: idSecret(masterKeys),
    admitFanOut: context => admission.admitFanOut(context),
    onSearch: shopped => market.index.record(shopped),
    onAsk: (request, tenant) => popularity.popular.note(request, tenant),
    health: { redis: () => (config.redisUrl ? store.health() : 'off'), elasticsearch: () => market.index.health() },
  })
  begun('shopping', shopping, part => part.close(), store)
  warmPopular(config, parts, popularity, { shopping, providers })
  const bookings = createBookings({
    ...parts,
    store: bookingStore,
    masterKeys,
    shopping,
    findProvider: code => withNews(providers.find(code), shopping.noteOrder),
    ...gateways,
    fraud: { rules: config.fraudRules, convert: pricing.convert },
  })
  begun('bookings', bookings, part => part.close(), bookingStore)
  const messaging = begun('messages', openMessaging(config, parts, masterKeys, around.foundations), part =>
    part.close(),
  )
  warmUp()
  const http: HttpParts = {
    ...parts,
    metrics: { ...metrics, render: around.renderMetrics },
    shopping,
    bookings,
    messaging,
    market: createMarketReads({
      ...parts,
      ...pricing,
      search: market.search,
      secret: idSecret(masterKeys),
    }),
    popular: popularity.popular,
    providers,
    sandbox: () => sandbox,
    keys: config.keys,
    admission,
    rateLimits: createRateLimits(config.rateLimits, systemClock, openRateShare(config, parts)),
    trustedHops: config.trustedHops,
    otherParts: around.otherParts,
    version,
  }
  const { host, port } = config
  const server = await startServer(createApp(http), {
    inFront: next => quickSearches(http, next),
    ...{ host, port, clock: systemClock, limits: connectionLimits(config) },
    isPortShared: config.workers > 1,
  }).catch((error: Error) => Promise.reject(new StartUpError(portTrouble(error, host, port))))
  begun('http', server, part => part.close(drainMs))
  await tellSimulators(sandbox, { host, port: server.port }, log)
  return { port: server.port, providers: providers.list().map(provider => provider.code) }
}

/** Sends on what bookings have to tell. */
function openMessaging(
  config: Config,
  parts: Parts,
  masterKeys: MasterKeys,
  { databaseUrl: url }: Foundations,
): Messaging {
  const { redisUrl, kafkaBrokers, kafkaTopic, webhooksInward: allowInward, workers } = config
  const streams: Receiver[] = []
  if (redisUrl) streams.push(openRedisStream(redisUrl, parts.log))
  if (kafkaBrokers) streams.push(openKafkaTopic(kafkaBrokers, kafkaTopic))
  const store = openPostgresMessageStore({ url, connectionsMax: messageConnections(workers), log: parts.log })
  return createMessaging({ ...parts, store, masterKeys, streams, allowInward })
}

function messageConnections(workers: number): number {
  return Math.max(1, Math.min(3, Math.floor((databaseConnectionsMax * 0.2) / workers)))
}

async function openBookingStore(
  { workers }: Config,
  { log }: Parts,
  keys: MasterKeys,
  { databaseUrl: url }: Foundations,
): Promise<BookingStore> {
  const connectionsMax = Math.min(
    connectionsOfOneProcessMax,
    Math.floor(databaseConnectionsMax / workers) - messageConnections(workers),
  )
  const store = openPostgresBookingStore({ url, connectionsMax, log })
  begun('booking store', store, part => part.close())
  await checkMasterKeys(keys, store)
  return store
}

/** Suppliers count what all our processes ask together: in Redis where there is one. */
async function openBudgets(
  { redisUrl }: Config,
  parts: Parts,
  { isReplacement }: Around,
): Promise<{ readonly openLedger: OpenLedger; readonly wins: Wins }> {
  const { clock, log } = parts
  if (!redisUrl) return { openLedger: memoryLedgers(clock), wins: makeWins({ clock }) }
  const connection = begun('budgets', new RedisLink(redisUrl, clock, log), part => part.close())
  await usable('REDIS_URL', connection.ready(storeReadyMs), isReplacement)
  const sharing = { connection, keyPrefix: 'fareloom:', clock, log }
  const ledgers = begun('shared budgets', openSharedLedgers(sharing), part => part.close())
  return { openLedger: ledgers.open, wins: makeWins({ clock, shared: openSharedWins(sharing) }) }
}

/** Real settings where there are some, else the simulator's. */
function providerSettings(config: Config, sandbox: SandboxReport | null): ReadonlyMap<string, ProviderSettings> {
  const simulators = new Map(sandbox?.simulators.map(({ code, settings }) => [code, settings]))
  const settings = new Map<string, ProviderSettings>()
  for (const [code, own] of config.providers) {
    const used = own ?? simulators.get(code)
    if (used !== undefined && used !== 'off') settings.set(code, used)
  }
  return settings
}

/** Where searches live, and what processes do together for them. */
async function openOfferStore(
  { redisUrl }: Config,
  { log, metrics, clock }: Parts,
  { isReplacement }: Around,
): Promise<Pick<ShoppingParts, 'store' | 'leases' | 'evidence'>> {
  const changes = new FlightChanges(clock)
  const memoryWithin = (wanted?: MemoryLimits): MemoryOfferStore =>
    makeMemoryOfferStore(clock, { changes, limits: limitsWithin(heapBytesMax(), wanted) })
  if (!redisUrl) return { store: memoryWithin() }
  const keyPrefix = 'fareloom:'
  const redis = openRedisOfferStore({ url: redisUrl, keyPrefix, changes, clock, log })
  const store = begun('offers', layerOfferStores(memoryWithin(limitsBesideShared), redis, metrics, log), part =>
    part.close(),
  )
  await usable('REDIS_URL', redis.ready(storeReadyMs), isReplacement)
  const { link } = redis
  return { store, leases: makeRedisLeases(link, keyPrefix, clock), evidence: makeRedisEvidence(link, keyPrefix) }
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

/** What clients have asked of all processes together. */
function openRateShare({ redisUrl }: Config, { log, clock }: Parts): RateShare | undefined {
  if (!redisUrl) return undefined
  // its troubles are those that the offers' own connection tells of
  const quiet = { ...log, info: log.debug, warn: log.debug }
  const link = begun('rate limits', new RedisLink(redisUrl, clock, quiet), part => part.close())
  return shareRates(link.redis, 'fareloom:')
}

/** Calls waiting for a place at the supplier that has the fewest, in multiples of its places. */
function shortestQueue(providers: readonly GuardedProvider[]): number {
  const queues = providers.map(provider => provider.budget().concurrency)
  return Math.min(Number.MAX_VALUE, ...queues.map(({ waiting, limit }) => waiting / limit))
}

/** Proxies bring everybody from one address. */
function connectionLimits({ connectionsMax, trustedHops }: Config): ConnectionLimits {
  return { connectionsMax, perAddressMax: trustedHops > 0 ? 0 : Math.ceil(connectionsMax * shareOfOneAddress) }
}

/** Signs ids of searches and cursors: the same in all processes that share a master key. */
function idSecret(keys: MasterKeys): string {
  return sha256Hex(Buffer.concat([Buffer.from('fareloom ids'), keys[0].secret]))
}

/** The first search would otherwise read the tables and ask Intl for zones (some 40 ms). */
function warmUp(): void {
  findAirport('LHR')
  searchPlaces('lon')
  toInstant('2027-01-01T00:00:00', 'Europe/London')
}
