/** What the environment says, checked: a mistake is one sentence. Read by main.ts only. */
import { readFileSync } from 'node:fs'
import { StartUpError } from './booking/embedded-postgres.ts'
import { parseFraudRules } from './booking/fraud-rules.ts'
import { parseRedisUrl } from './core/redis-address.ts'
import { parseApiKeys } from './http/auth.ts'
import { gatewayPrefix, listGatewayCodes, readGatewaySettings } from './payments/registry.ts'
import { parseRates } from './pricing/rates.ts'
import { parseRules } from './pricing/rules.ts'
import { readBudget } from './providers/budget-settings.ts'
import { codesOfTree, listProviderCodes } from './providers/codes.ts'
import { addProviderFolders } from './providers/outside.ts'
import { readSettings, settingsPrefix } from './providers/registry.ts'
import { findStrangers } from './variables.ts'

/** Each has a few of the 100 connections that a PostgreSQL server takes. */
const workersMax = 32

export type Config = ReturnType<typeof readConfig>

export function readConfig(env: NodeJS.ProcessEnv) {
  addProviderFolders(env.PROVIDERS_PATH, codesOfTree())
  return {
    port: readPort(env.PORT),
    host: env.HOST || '127.0.0.1',
    dataDir: env.DATA_DIR || '.data',
    databaseUrl: readUrl('DATABASE_URL', env.DATABASE_URL, ['postgres:', 'postgresql:']),
    workers: readWorkers(env.WORKERS, env.REDIS_URL),
    redisUrl: readRedisUrl(env.REDIS_URL),
    trustedHops: readNumber('TRUST_PROXY', env.TRUST_PROXY, 0, 'of proxies in front'),
    rateLimits: {
      searches: readNumber('RATE_LIMIT_SEARCHES_PER_MINUTE', env.RATE_LIMIT_SEARCHES_PER_MINUTE, 600_000),
      bookings: readNumber('RATE_LIMIT_BOOKINGS_PER_MINUTE', env.RATE_LIMIT_BOOKINGS_PER_MINUTE, 60_000),
      reads: readNumber('RATE_LIMIT_READS_PER_MINUTE', env.RATE_LIMIT_READS_PER_MINUTE, 600_000),
    },
    connectionsMax: readNumber('MAX_CONNECTIONS', env.MAX_CONNECTIONS, 10_000) || Number.POSITIVE_INFINITY,
    elasticsearchUrl: readUrl('ELASTICSEARCH_URL', env.ELASTICSEARCH_URL, ['http:', 'https:']),
    marketRetentionDays: readRetention(env.MARKET_RETENTION_DAYS),
    warmSearchesPerMinute: readNumber(
      'WARM_SEARCHES_PER_MINUTE',
      env.WARM_SEARCHES_PER_MINUTE,
      0,
      'from 0, which is off',
    ),
    kafkaBrokers: readBrokers(env.KAFKA_BROKERS),
    kafkaTopic: readTopic(env.KAFKA_TOPIC),
    webhooksInward: readSwitch('WEBHOOKS_ALLOW_PRIVATE', env.WEBHOOKS_ALLOW_PRIVATE),
    masterKey: env.MASTER_KEY,
    keys: parseApiKeys(env.API_KEYS),
    rules: readSettingsFile('PRICING_RULES_FILE', env.PRICING_RULES_FILE, 'config/pricing-rules.json', parseRules),
    fraudRules: readSettingsFile('FRAUD_RULES_FILE', env.FRAUD_RULES_FILE, 'config/fraud-rules.json', parseFraudRules),
    rates: readSettingsFile('RATES_FILE', env.RATES_FILE, 'config/rates.json', parseRates),
    budgets: new Map(listProviderCodes().map(code => [code, readBudget(settingsPrefix(code), env)] as const)),
    providers: new Map(listProviderCodes().map(code => [code, readSettings(code, env)] as const)),
    strangers: findStrangers(Object.keys(env), [
      ...listProviderCodes().map(settingsPrefix),
      ...listGatewayCodes().map(code => gatewayPrefix(code)),
    ]),
    gateway: readGateway(env.GATEWAY),
    gateways: new Map(listGatewayCodes().map(code => [code, readGatewaySettings(code, env)] as const)),
    sandboxSeed: env.SANDBOX_SEED || 'fareloom',
    logLevel: readLogLevel(env.LOG_LEVEL),
  }
}

function readPort(text: string | undefined): number {
  const port = text === undefined || text === '' ? 8080 : digitsOf(text)
  if (port <= 65_535) return port
  throw new StartUpError(`PORT is "${text}": it takes a number from 0 (any free port) to 65535`)
}

/** NaN where it is anything else: Number() takes '0x2', ' 2 ' and '1e1' too. */
function digitsOf(text: string): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
}

function readNumber(
  name: string,
  text: string | undefined,
  normal: number,
  of = 'from 0, which means no limit',
): number {
  if (text === undefined || text === '') return normal
  const number = digitsOf(text)
  if (number >= 0) return number
  throw new StartUpError(`${name} is "${text}": it takes a number ${of}`)
}

function readWorkers(text: string | undefined, redisUrl: string | undefined): number {
  const workers = text === undefined || text === '' ? 1 : digitsOf(text)
  if (!(workers >= 1 && workers <= workersMax))
    throw new StartUpError(`WORKERS is "${text}": it takes a number of processes from 1 to ${workersMax}`)
  if (workers > 1 && !redisUrl)
    throw new StartUpError(
      `WORKERS is ${workers}: several processes share searches through Redis, so set REDIS_URL too`,
    )
  return workers
}

function readUrl(name: string, text: string | undefined, protocols: readonly string[]): string | undefined {
  if (!text) return undefined
  const url = URL.parse(text)
  if (url && protocols.includes(url.protocol)) return text
  throw new StartUpError(`${name} is no ${protocols[0]}// address`)
}

function readRedisUrl(text: string | undefined): string | undefined {
  if (!text) return undefined
  if (parseRedisUrl(text)) return text
  throw new StartUpError('REDIS_URL is no redis:// address (a cluster: redis+cluster://host:port,host:port)')
}

/** `host:port,host:port`; undefined: no Kafka. */
function readBrokers(text: string | undefined): readonly string[] | undefined {
  if (!text) return undefined
  const brokers = text.split(',').map(broker => broker.trim())
  const wrong = brokers.find(broker => !(Number(/^[A-Za-z0-9.-]+:(\d{1,5})$/.exec(broker)?.[1]) <= 65_535))
  if (wrong === undefined) return brokers
  throw new StartUpError(`KAFKA_BROKERS has "${wrong}": it takes host:port, separated by commas`)
}

/** As Kafka names topics. */
function readTopic(text: string | undefined): string {
  const topic = text || 'fareloom.bookings'
  if (/^[A-Za-z0-9._-]{1,249}$/.test(topic) && !/^\.\.?$/.test(topic)) return topic
  throw new StartUpError('KAFKA_TOPIC takes 1 to 249 letters, digits, dots, underscores and hyphens')
}

/** A hundred years is for ever. */
const retentionDaysMax = 36_500

function readRetention(text: string | undefined): number {
  return Math.min(retentionDaysMax, readNumber('MARKET_RETENTION_DAYS', text, 90, 'of days, 0 to keep all'))
}

function readSwitch(name: string, text: string | undefined): boolean {
  if (!text || text === '0') return false
  if (text === '1') return true
  throw new StartUpError(`${name} is "${text}": it takes 1 or 0`)
}

/** The one that takes new payments. */
function readGateway(text: string | undefined): string {
  const code = text || 'test'
  if (listGatewayCodes().includes(code)) return code
  throw new StartUpError(`GATEWAY is "${text}": it takes ${listGatewayCodes().join(' or ')}`)
}

function readLogLevel(text: string | undefined): string {
  if (!text) return 'info'
  if (['debug', 'info', 'warn', 'error', 'silent'].includes(text)) return text
  throw new StartUpError(`LOG_LEVEL is "${text}": it takes debug, info, warn, error or silent`)
}

function readSettingsFile<T>(
  variable: string,
  given: string | undefined,
  shipped: string,
  parse: (name: string, text: string) => T,
): T {
  const name = given ? `${variable}: ${given}` : shipped
  let text: string
  try {
    text = readFileSync(given ? given : new URL(`../${shipped}`, import.meta.url), 'utf8')
  } catch (error) {
    throw new StartUpError(`${name} cannot be read: ${(error as NodeJS.ErrnoException).code}`)
  }
  return parse(name, text)
}
