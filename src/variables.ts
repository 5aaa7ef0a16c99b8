import { nearest } from './providers/settings-words.ts'

/** What the service reads beside the settings of suppliers and gateways; README.md has a row for each. */
export const ownVariables = [
  'API_KEYS',
  'DATABASE_URL',
  'DATA_DIR',
  'ELASTICSEARCH_URL',
  'FRAUD_RULES_FILE',
  'GATEWAY',
  'HOST',
  'KAFKA_BROKERS',
  'KAFKA_TOPIC',
  'LOG_LEVEL',
  'MARKET_RETENTION_DAYS',
  'MASTER_KEY',
  'MAX_CONNECTIONS',
  'PORT',
  'PRICING_RULES_FILE',
  'PROVIDERS_PATH',
  'RATES_FILE',
  'RATE_LIMIT_BOOKINGS_PER_MINUTE',
  'RATE_LIMIT_READS_PER_MINUTE',
  'RATE_LIMIT_SEARCHES_PER_MINUTE',
  'REDIS_URL',
  'SANDBOX_SEED',
  'TRUST_PROXY',
  'WARM_SEARCHES_PER_MINUTE',
  'WEBHOOKS_ALLOW_PRIVATE',
  'WORKERS',
] as const

/** Whoever sets one of these means us. */
const ourPrefixes = ['PROVIDER_', 'GATEWAY_', 'RATE_LIMIT_'] as const

export type Stranger = {
  readonly variable: string
  /** Null where no name of ours is a slip or two away. */
  readonly meant: string | null
}

/** Variables that nobody reads and that somebody means for us: RATE_LIMIT_SEARCHES=60 would otherwise limit nothing, and say
 *  nothing. `prefixes`: of the settings of suppliers and gateways, as PROVIDER_SABRE. */
export function findStrangers(names: readonly string[], prefixes: readonly string[]): readonly Stranger[] {
  const known = new Set<string>(ownVariables)
  const isRead = (name: string): boolean =>
    known.has(name) || prefixes.some(prefix => name === prefix || name.startsWith(`${prefix}_`))
  return names
    .filter(name => !isRead(name))
    .map(variable => ({ variable, meant: nearest(variable, [...ownVariables, ...prefixes]) ?? null }))
    .filter(({ variable, meant }) => meant !== null || ourPrefixes.some(prefix => variable.startsWith(prefix)))
}
