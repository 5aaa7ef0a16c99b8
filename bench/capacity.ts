/** `npm run capacity`: docs/capacity.md out of bench/results/latest.json. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { BenchReport } from './results.ts'

const target = { requestsPerSecond: 5_000, searchesPerDay: 10e6, bookingsPerDay: 100_000 }
const daySeconds = 86_400

/** What no row measures, with its source. */
const assumed = {
  hitShare: {
    value: 0.85,
    source: 'look-to-book traffic: few hot routes, many rare ones; to be read from `fareloom_searches_total`',
  },
  redisShare: {
    value: 0.2,
    source:
      'of what memory could answer: found in Redis, because another process has asked; falls with fewer processes',
  },
  peakFactor: { value: 3, source: 'travel sites: busiest hour against the mean of the day' },
  busyShare: { value: 0.6, source: 'so that nothing waits for the processor (admission begins to shed above)' },
  firstPageKb: { value: 54, source: 'first page of the row "search answered from memory"' },
  replyKb: { value: 1_600, source: '250 offers of Amadeus as JSON, before compression' },
  repliesPerMiss: { value: 5, source: 'five suppliers a search' },
  compression: { value: 0.1, source: 'gzip on JSON of fares; suppliers that send it plain cost ten times this' },
  viewMinutes: { value: 20, source: 'life of a view (docs/caches.md)' },
  redisMasterGb: { value: 8, source: 'small enough to be copied to a new replica within a minute' },
  rowsPerSearch: { value: 50, source: 'cheapest journeys of a search that go to the market index, at most' },
  rowBytes: { value: 350, source: 'a row in Elasticsearch with its indices, after merging' },
  retentionDays: { value: 90, source: '`MARKET_RETENTION_DAYS` where it is not set' },
  shardGb: { value: 30, source: 'Elastic: shards of 10 to 50 GB' },
  processGb: { value: 1.5, source: '0.7 under cold searches (decision 0008), part of the 88 MiB of caches in it' },
  bookingKb: { value: 25, source: 'booking, attempts, audit log and outbox in PostgreSQL with indices' },
  coresPerMachine: { value: 8, source: 'one is left to the kernel' },
} as const

type Measured = {
  readonly hitsPerCore: number
  readonly redisHitsPerCore: number
  readonly coldMs: number
  readonly bookingsPerCore: number
  readonly searchKb: number
  readonly redisSearchKb: number
  readonly twoProcesses: number
}

/** A row that the run did not bring is NaN, and a question mark in the text. */
function measuredIn(report: BenchReport): Measured {
  const rowOf = (start: string) => report.rows.find(({ name }) => name.startsWith(start))
  return {
    hitsPerCore: rowOf('search answered from memory')?.value ?? Number.NaN,
    redisHitsPerCore: rowOf('search answered from Redis')?.value ?? Number.NaN,
    coldMs: (rowOf('cold search written to Redis')?.value ?? Number.NaN) / 1000,
    bookingsPerCore: rowOf('bookings through the whole API')?.value ?? Number.NaN,
    searchKb: rowOf('memory per cached search')?.value ?? Number.NaN,
    redisSearchKb: rowOf('Redis memory per search')?.value ?? Number.NaN,
    twoProcesses: rowOf('two processes')?.ratio ?? Number.NaN,
  }
}

function planOf(m: Measured) {
  const a = Object.fromEntries(Object.entries(assumed).map(([name, { value }]) => [name, value])) as {
    readonly [Name in keyof typeof assumed]: number
  }
  const searches = (target.searchesPerDay / daySeconds) * a.peakFactor
  const misses = searches * (1 - a.hitShare)
  const bookings = (target.bookingsPerDay / daySeconds) * a.peakFactor
  const ready = target.requestsPerSecond - misses - bookings
  const cores = {
    memory: (ready * (1 - a.redisShare)) / m.hitsPerCore,
    redis: (ready * a.redisShare) / m.redisHitsPerCore,
    cold: (misses * m.coldMs) / 1000,
    bookings: bookings / m.bookingsPerCore,
  }
  const busy = cores.memory + cores.redis + cores.cold + cores.bookings
  const all = Math.ceil(busy / a.busyShare / (m.twoProcesses / 2))
  const workers = a.coresPerMachine - 1
  const liveSearches = misses * a.viewMinutes * 60
  const rowsPerDay = target.searchesPerDay * (1 - a.hitShare) * a.rowsPerSearch
  const indexGb = (rowsPerDay * a.rowBytes) / 1e9
  const shards = Math.max(1, Math.ceil(indexGb / a.shardGb))
  return {
    ...{ a, m, searches, misses, bookings, ready, cores, all, workers, liveSearches, rowsPerDay, indexGb, shards },
    machines: Math.max(2, Math.ceil(all / workers)) + 1,
    redisGb: (liveSearches * m.redisSearchKb) / 1e6,
    redisGbit: (ready * a.redisShare * a.firstPageKb * 8) / 1e6,
    toRedisGbit: (misses * m.redisSearchKb * 8) / 1e6,
    diskGb: indexGb * a.retentionDays * 2,
    outGbit: (target.requestsPerSecond * a.firstPageKb * 8) / 1e6,
    inGbit: (misses * a.repliesPerMiss * a.replyKb * 8 * a.compression) / 1e6,
    postgresGb: (target.bookingsPerDay * 365 * a.bookingKb) / 1e6,
    looksPerDay: target.searchesPerDay * (1 - a.hitShare) * a.repliesPerMiss,
  }
}

type Plan = ReturnType<typeof planOf>

export function renderCapacity(report: BenchReport): string {
  const plan = planOf(measuredIn(report))
  return `# What it takes

For ${thousands(target.requestsPerSecond)} requests a second at peak, ${thousands(target.searchesPerDay)} searches and ${thousands(target.bookingsPerDay)} bookings a day. Written by \`npm run capacity\` from
\`bench/results/latest.json\` (${report.at}, ${report.machine}). What is **measured** comes from there;
what is *assumed* is listed at the end with its source.

${figures(plan)}

## Shards and replicas

${shards(plan)}

## What breaks first

${breaking(plan)}

## Assumed

| what | value | source |
|---|---|---|
${Object.entries(assumed)
  .map(([name, { value, source }]) => `| ${words(name)} | ${thousands(value)} | ${source} |`)
  .join('\n')}
`
}

function figures({ a, m, cores, ...plan }: Plan): string {
  return `| what | figure | from |
|---|---|---|
| searches at peak | ${one(plan.searches)}/s, of which ${one(plan.misses)}/s ask suppliers | *peak factor, hit share* |
| everything else at peak | ${thousands(Math.round(plan.ready))}/s: searches that are known, pages, offers | *what is left of ${thousands(target.requestsPerSecond)}* |
| cores for what memory answers | ${one(cores.memory)} (${thousands(Math.round(m.hitsPerCore))}/s a core) | **search answered from memory** |
| cores for what Redis answers | ${one(cores.redis)} (${thousands(Math.round(m.redisHitsPerCore))}/s a core) | **search answered from Redis**, *redis share* |
| cores for cold searches | ${one(cores.cold)} (${one(m.coldMs)} ms each) | **cold search written to Redis, three JSON and two XML suppliers** |
| cores for bookings | ${two(cores.bookings)} (${one(plan.bookings)}/s, ${thousands(Math.round(m.bookingsPerCore))}/s a core) | **bookings through the whole API** |
| **cores in all** | **${thousands(plan.all)}**, ${percent(a.busyShare)} busy, at the measured ${two(m.twoProcesses)} of two processes ÷ one | **two processes ÷ one**, *busy share* |
| **machines** | **${thousands(plan.machines)}** of ${a.coresPerMachine} cores, each with \`WORKERS=${plan.workers}\`: one more than needed, so that one may fail at peak | *cores per machine* |
| memory of a machine | ${plan.workers * a.processGb} GB for its processes; a cached search of 500 offers takes ${one(m.searchKb)} kB | **memory per cached search**, *process* |
| Redis memory | ${one(plan.redisGb)} GB for ${thousands(Math.round(plan.liveSearches))} live searches (${one(m.redisSearchKb)} kB each), twice that with a replica | **Redis memory per search**, *view minutes* |
| PostgreSQL | ${one(plan.bookings)} bookings/s at peak, ${one(plan.postgresGb)} GB a year | *booking* |
| Elasticsearch disk | ${one(plan.rowsPerDay / 1e6)} million rows and ${one(plan.indexGb)} GB a day, ${one(plan.diskGb)} GB for ${a.retentionDays} days with one replica | *rows per search, row, retention days* |
| bandwidth to clients | ${one(plan.outGbit)} Gbit/s at peak, uncompressed | *first page* |
| bandwidth from suppliers | ${one(plan.inGbit)} Gbit/s at peak, compressed | *reply, replies per miss, compression* |
| bandwidth from Redis | ${one(plan.redisGbit)} Gbit/s at peak | *redis share, first page* |
| bandwidth to Redis | ${one(plan.toRedisGbit)} Gbit/s at peak, twice that with replicas | **Redis memory per search** |`
}

function shards({ a, indexGb, shards: count, diskGb, redisGb, bookings }: Plan): string {
  const masters = Math.max(3, Math.ceil(redisGb / a.redisMasterGb))
  return `- **Elasticsearch**: an index a day with ${count} primary ${count === 1 ? 'shard' : 'shards'} of ${one(indexGb / count)} GB and one replica; three data nodes in three zones, ${one((diskGb / 3) * 1.3)} GB
  of disk each (30 % free for merges). ${a.retentionDays * count * 2} shards at most. Whole indices are dropped, nothing is ever deleted row by row.
- **Redis Cluster**: ${thousands(masters)} masters of ${a.redisMasterGb} GB with a replica each in another zone, \`maxmemory-policy volatile-ttl\`. All keys of one
  operation share a hash tag; a lost master costs its share of the cache and no search.
- **PostgreSQL**: one primary and a synchronous replica in another zone; ${one(bookings)} bookings/s is far below what one primary takes.`
}

function breaking({ a, m, searches, misses, cores, looksPerDay, outGbit, redisGb }: Plan): string {
  const fewer = a.hitShare - 0.2
  const coldThen = (searches * (1 - fewer) * m.coldMs) / 1000
  return `1. **Suppliers' budgets.** ${one(misses)} fan-outs/s at peak are ${thousands(Math.round(looksPerDay))} looks a day over ${a.repliesPerMiss} suppliers, ${thousands(Math.round(target.searchesPerDay / target.bookingsPerDay))} searches and ${thousands(Math.round(looksPerDay / target.bookingsPerDay))} looks for
   each booking. Few contracts allow that: the hit share, and asking those suppliers that win on a route, decide before any core does.
2. **Redis memory.** ${one(redisGb)} GB for what is shopped within ${a.viewMinutes} minutes, in proportion to that time. At its \`maxmemory\` the keys that end first
   go first: searches that can be paged for a shorter while, and fewer hits, see 3.
3. **Cores, when fewer searches are known.** At ${percent(fewer)} hits instead of ${percent(a.hitShare)} cold searches take ${one(coldThen)} cores instead of ${one(cores.cold)}.
   Admission then sheds cold searches and goes on answering from memory: travellers on rare routes get 503, nobody gets a late answer.
4. **Bandwidth to clients.** ${one(outGbit)} Gbit/s uncompressed: leave compression to the balancer, where it is another's processor.`
}

function words(name: string): string {
  const units: Readonly<Record<string, string>> = { ' kb': ', kB', ' gb': ', GB', ' bytes': ', bytes' }
  const spoken = name.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`)
  return spoken.replace(/ (kb|gb|bytes)$/, unit => units[unit]!)
}

function one(value: number): string {
  if (Number.isNaN(value)) return '?'
  return value >= 100 ? thousands(Math.round(value)) : String(Math.round(value * 10) / 10)
}

function two(value: number): string {
  return Number.isNaN(value) ? '?' : value.toFixed(2)
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`
}

function thousands(value: number): string {
  return Number.isNaN(value) ? '?' : value.toLocaleString('en-GB')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const report: BenchReport = JSON.parse(readFileSync(new URL('./results/latest.json', import.meta.url), 'utf8'))
  writeFileSync(new URL('../docs/capacity.md', import.meta.url), renderCapacity(report))
}
