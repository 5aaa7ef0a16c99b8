/** `npm run capacity`: docs/capacity.md out of bench/results/latest.json. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { BenchReport } from './results.ts'

const target = { requestsPerSecond: 5_000, searchesPerDay: 10e6, bookingsPerDay: 100_000 }

/** What no row measures, with its source. */
const assumed = {
  hitShare: {
    value: 0.85,
    source: 'look-to-book traffic: few hot routes, many rare ones; to be read from `fareloom_searches_total`',
  },
  peakFactor: { value: 3, source: 'travel sites: busiest hour against the mean of the day' },
  pagesPerSearch: { value: 4, source: 'what is left of 5,000 requests/s beside searches is pages, offers and lookups' },
  busyShare: { value: 0.6, source: 'so that the loop delay stays low (admission.ts opens and closes around this)' },
  firstPageKb: { value: 54, source: 'first page of the row "search answered from memory"' },
  replyKb: { value: 1_600, source: '250 offers of Amadeus as JSON, before compression' },
  repliesPerMiss: { value: 5, source: 'five suppliers a search' },
  compression: { value: 0.1, source: 'gzip on JSON of fares; suppliers that send it plain cost ten times this' },
  redisSearchKb: {
    value: 450,
    source: 'net set, view and answer of 500 offers as packed in Redis, estimated from the offers as JSON',
  },
  cacheMinutes: { value: 20, source: 'life of a view (docs/caches.md)' },
  rowsPerSearch: { value: 30, source: 'cheapest journeys of a search that go to the market index' },
  rowBytes: { value: 350, source: 'a row in Elasticsearch with its indices, after merging' },
  retentionDays: { value: 30, source: 'MARKET_RETENTION_DAYS' },
  bookingCpuMs: { value: 8, source: 'where the row of bookings is absent' },
  shardGb: { value: 30, source: 'Elastic: shards of 10 to 50 GB' },
  bookingKb: { value: 25, source: 'booking, attempts, audit log and outbox in PostgreSQL with indices' },
} as const

export function renderCapacity(report: BenchReport): string {
  const rowOf = (start: string) => report.rows.find(({ name }) => name.startsWith(start))
  const cachedPerCore = rowOf('search answered from memory')?.value ?? Number.NaN
  const coldMicros = rowOf('cold search, three JSON')?.value ?? Number.NaN
  const memoryKb = rowOf('memory per cached search')?.value ?? Number.NaN
  const jsonKb = rowOf('memory per cached search')?.floor ?? Number.NaN
  const a = assumed
  const searchesPeak = (target.searchesPerDay / 86_400) * a.peakFactor.value
  const missesPeak = searchesPeak * (1 - a.hitShare.value)
  const fromMemory = target.requestsPerSecond - missesPeak
  const bookingsPeak = (target.bookingsPerDay / 86_400) * a.peakFactor.value
  const coresHits = fromMemory / cachedPerCore
  const coresCold = (missesPeak * coldMicros) / 1e6
  const coresBooking = (bookingsPeak * a.bookingCpuMs.value) / 1000
  const cores = Math.ceil((coresHits + coresCold + coresBooking) / a.busyShare.value)
  const live = missesPeak * a.cacheMinutes.value * 60
  const redisGb = (live * a.redisSearchKb.value) / 1e6
  const misses = target.searchesPerDay * (1 - a.hitShare.value)
  const rows = misses * a.rowsPerSearch.value
  const dayGb = (rows * a.rowBytes.value) / 1e9
  const shards = Math.max(1, Math.ceil(dayGb / a.shardGb.value))
  const diskGb = dayGb * a.retentionDays.value * 2
  const outGbit = (target.requestsPerSecond * a.firstPageKb.value * 8) / 1e6
  const inGbit = (missesPeak * a.repliesPerMiss.value * a.replyKb.value * 8 * a.compression.value) / 1e6
  const postgresGb = (target.bookingsPerDay * 365 * a.bookingKb.value) / 1e6

  return `# What it takes

For ${thousands(target.requestsPerSecond)} requests/s at peak, ${thousands(target.searchesPerDay)} searches and ${thousands(target.bookingsPerDay)} bookings a day. Written by \`npm run capacity\` from
\`bench/results/latest.json\` (${report.at}, ${report.machine}): what is **measured** comes from there, what is *assumed* is listed
below with its source. Halve an assumption and run it again.

| what | figure | from |
|---|---|---|
| searches at peak | ${one(searchesPeak)}/s, ${one(missesPeak)}/s of them ask suppliers | *peak factor, share of hits* |
| cores for what memory answers | ${one(coresHits)} (${thousands(Math.round(fromMemory))}/s at ${thousands(Math.round(cachedPerCore))} a second of CPU) | **cached search** |
| cores for cold searches | ${one(coresCold)} (${one(coldMicros / 1000)} ms each) | **cold search, five suppliers** |
| cores for bookings | ${one(coresBooking)} (${one(bookingsPeak)}/s) | *CPU of a booking* |
| **cores in all** | **${cores}** at ${100 * a.busyShare.value} % busy: ${Math.max(2, Math.ceil(cores / 8))} machines of 8, each with \`WORKERS=7\`, and one more than needed | |
| memory a process | 0.5 GB of caches (bounded), ${one((memoryKb * 1000) / 1e3)} kB a cached search of 500 offers | **memory per cached search** |
| Redis memory | ${one(redisGb)} GB for ${thousands(Math.round(live))} live searches, twice that with a replica each | *kB a search, life of a view*; the offers are ${one(jsonKb)} kB as JSON (**measured**) |
| PostgreSQL | ${one(bookingsPeak)} bookings/s at peak, ${one(postgresGb)} GB a year | *kB a booking* |
| Elasticsearch | ${thousands(Math.round(rows / 1e6))} million rows and ${one(dayGb)} GB a day, ${one(diskGb)} GB for ${a.retentionDays.value} days with one replica | *rows a search, bytes a row* |
| bandwidth to clients | ${one(outGbit)} Gbit/s at peak, uncompressed | *size of a page* |
| bandwidth from suppliers | ${one(inGbit)} Gbit/s at peak, compressed | *size of a reply, compression* |

## Shards and replicas

- **Elasticsearch**: an index a day, ${shards} primary ${shards === 1 ? 'shard' : 'shards'} (${one(dayGb / shards)} GB each), one replica; three data nodes of
  ${one((diskGb / 3) * 1.3)} GB disk each (30 % free for merges) in three zones. Retention drops whole indices, so nothing is ever deleted row by row.
- **Redis Cluster**: ${Math.max(3, Math.ceil(redisGb / 8))} masters of 8 GB and a replica each, \`maxmemory-policy volatile-ttl\`; all keys of one operation share a hash
  tag, so a lost master costs its share of the cache and no search.
- **PostgreSQL**: one primary, one synchronous replica; ${one(bookingsPeak)} bookings/s is far below what one primary takes.

## What breaks first

1. **Suppliers' budgets**: ${one(missesPeak)} fan-outs/s are ${thousands(Math.round(((missesPeak * 86_400) / a.peakFactor.value) * a.repliesPerMiss.value))} looks a day over ${a.repliesPerMiss.value} suppliers. A look-to-book ratio of
   ${thousands(Math.round(target.searchesPerDay / target.bookingsPerDay))} : 1 is beyond most contracts: the share of hits decides before any core does.
2. **The share of hits**: at ${100 * (a.hitShare.value - 0.2)} % instead of ${100 * a.hitShare.value} % cold searches need ${one((searchesPeak * (1.2 - a.hitShare.value) * coldMicros) / 1e6)} cores instead of ${one(coresCold)}. Admission then sheds cold
   searches and goes on answering from memory.
3. **Bandwidth to clients**: ${one(outGbit)} Gbit/s uncompressed; put compression into the balancer, where it is another's CPU.
4. **Redis memory**, when the life of views is raised: it grows in proportion.

## Assumed

| what | value | source |
|---|---|---|
${Object.entries(assumed)
  .map(([name, { value, source }]) => `| ${words(name)} | ${value} | ${source} |`)
  .join('\n')}
`
}

function words(name: string): string {
  return name.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`)
}

function one(value: number): string {
  return value >= 100 ? thousands(Math.round(value)) : String(Math.round(value * 10) / 10)
}

function thousands(value: number): string {
  return value.toLocaleString('en-GB')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const report: BenchReport = JSON.parse(readFileSync(new URL('./results/latest.json', import.meta.url), 'utf8'))
  writeFileSync(new URL('../docs/capacity.md', import.meta.url), renderCapacity(report))
}
