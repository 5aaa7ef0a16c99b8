/** A process of its own that is everything a front end does to a service, in an open loop: `node chaos-load.ts URL PER_SECOND
 *  SECONDS SEED`. A request leaves when it is due, whatever became of those before. Prints one line of JSON. */
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { Pool } from 'undici'
import { magicRoutes } from '../../src/sandbox/magic-routes.ts'
import { type Answer, bookingOf, daysAhead } from './front-end.ts'
import { deadlineHeader } from './probe-report.ts'

export type ChaosReport = {
  readonly asked: number
  /** By method, route and status: `POST /v1/searches 201`. */
  readonly answers: Readonly<Record<string, number>>
  /** Searches answered, by cache.status. */
  readonly caches: Readonly<Record<string, number>>
  /** Searches that nobody waited for to the end. */
  readonly left: number
  /** Suppliers that were asked, as searches of cache.status miss tell. */
  readonly suppliersAsked: number
  /** Connections that broke, answers that were cut off, by message. */
  readonly broken: Readonly<Record<string, number>>
  /** Problem types of 5xx answers. */
  readonly problems: Readonly<Record<string, number>>
}

const [url = '', perSecond = '10', seconds = '10', seed = '1'] = process.argv.slice(2)
const pool = new Pool(url, { connections: 500 })
const tally = { answers: {}, caches: {}, broken: {}, problems: {} } as Record<
  'answers' | 'caches' | 'broken' | 'problems',
  Record<string, number>
>
let left = 0
let suppliersAsked = 0
let number = 0
/** Of searches just answered, for those who page and book. */
const recent: Answer['body'][] = []
const magic = magicRoutes.filter(({ effect }) =>
  ['silent', 'slow', 'server-error', 'html', 'cut-off', 'rate-limited', 'no-offers'].includes(effect),
)

/** Mulberry32: the same mix for the same seed. */
let state = Number(seed)
function random(): number {
  state = (state + 0x6d2b79f5) | 0
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
}
const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!
const count = (of: keyof typeof tally, name: string): void => {
  tally[of][name] = (tally[of][name] ?? 0) + 1
}

type Sent = { readonly status: number; readonly body: Answer['body'] }
type Asking = { readonly body?: unknown; readonly headers?: Record<string, string>; readonly signal?: AbortSignal }

async function ask(method: 'GET' | 'POST', path: string, route: string, asking: Asking = {}): Promise<Sent> {
  const { body, headers = {}, signal } = asking
  const answer = await pool.request({
    ...{ method, path, signal: signal ?? null },
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const found: Answer['body'] = JSON.parse(await answer.body.text())
  count('answers', `${method} ${route} ${answer.statusCode}`)
  if (answer.statusCode >= 500) count('problems', found.type)
  return { status: answer.statusCode, body: found }
}

const places = ['JFK', 'MAD', 'FCO', 'AMS', 'CDG', 'FRA', 'BOS', 'SIN', 'DXB', 'LIS', 'DUB', 'ORD', 'ATH', 'VIE']
const deadlines = [1_000, 2_500, 4_000]

function searchOf(origin: string, destination: string, day: number): Record<string, unknown> {
  const deadlineMs = pick(deadlines)
  const slices = [{ origin, destination, departureDate: daysAhead(day) }]
  return { slices, passengers: [{ type: 'ADT' }], deadlineMs }
}

/** Another one each time, so that suppliers must be asked. */
function cold(): Record<string, unknown> {
  const each = number++
  return searchOf('LHR', places[Math.floor(each / 330) % places.length]!, 10 + (each % 330))
}

async function search(body: Record<string, unknown>, headers: Record<string, string> = {}): Promise<void> {
  const promise = { [deadlineHeader]: String(body.deadlineMs) }
  const found = await ask('POST', '/v1/searches', '/v1/searches', { body, headers: { ...promise, ...headers } })
  if (found.status === 201) note(found.body)
}

function note(found: Answer['body']): void {
  count('caches', found.cache.status)
  if (found.cache.status === 'miss')
    suppliersAsked += found.providers.filter(({ status }: Answer['body']) => status !== 'skipped').length
  recent.push(found)
  if (recent.length > 50) recent.shift()
}

async function progressive(): Promise<void> {
  const prefer = { prefer: 'respond-async' }
  const { status, body } = await ask('POST', '/v1/searches', '/v1/searches', { body: cold(), headers: prefer })
  if (status !== 202) return
  count('caches', body.cache.status)
  let { revision } = body
  for (let look = 0; look < 8; look++) {
    const path = `/v1/searches/${body.id}?after=${revision}&waitMs=500`
    const next = await ask('GET', path, '/v1/searches/{id}')
    if (next.status !== 200 || next.body.status !== 'in-progress') break
    revision = next.body.revision
  }
}

async function leave(): Promise<void> {
  const controller = new AbortController()
  setTimeout(() => controller.abort(), 50 + random() * 200)
  left++
  try {
    const body = cold()
    const { status, body: found } = await ask('POST', '/v1/searches', '/v1/searches', {
      body,
      signal: controller.signal,
    })
    left--
    if (status === 201) note(found)
  } catch (error) {
    if (!controller.signal.aborted) throw error
  }
}

async function page(): Promise<void> {
  const found = recent.length > 0 && pick(recent)
  if (!found) return
  const sort = pick(['best', 'price', 'duration'])
  await ask('GET', `/v1/searches/${found.id}/offers?sort=${sort}&limit=10`, '/v1/searches/{id}/offers')
}

async function book(): Promise<void> {
  const offer = recent.at(-1)?.offers[0]
  if (!offer) return
  const headers = { 'idempotency-key': randomUUID() }
  await ask('POST', '/v1/bookings', '/v1/bookings', { body: bookingOf(offer), headers })
}

/** Shares of a hundred. */
const mix: readonly (readonly [number, () => Promise<void>])[] = [
  [45, () => search(cold())],
  [20, () => search(searchOf('LGW', pick(['BCN', 'ROM', 'PAR']), 30 + Math.floor(random() * 3)))],
  [3, () => search(searchOf('LGW', 'BCN', 30), { 'cache-control': 'no-cache' })],
  [10, () => struck()],
  [5, progressive],
  [4, leave],
  [10, page],
  [3, book],
]

const acts = mix.flatMap(([share, act]) => Array.from({ length: share }, () => act))

function struck(): Promise<void> {
  const { origin, destination } = pick(magic)
  return search(searchOf(origin, destination, 20 + Math.floor(random() * 200)))
}

async function one(): Promise<void> {
  try {
    await pick(acts)()
  } catch (error) {
    count('broken', (error as Error).message)
  }
}

const start = performance.now()
const end = start + Number(seconds) * 1000
const asking: Promise<void>[] = []
while (performance.now() < end) {
  const due = Math.floor(((performance.now() - start) / 1000) * Number(perSecond))
  while (asking.length < due) asking.push(one())
  await pause(2)
}
await Promise.all(asking)
await pool.destroy()
const report: ChaosReport = { asked: asking.length, left, suppliersAsked, ...tally }
console.log(JSON.stringify(report))
