/** One run: questions, visitors, what the target says of itself, and the bookings read again at the end. */
import { setTimeout as pause } from 'node:timers/promises'
import { parseAnswer, type Sandbox } from './answers.ts'
import { dueTimes } from './arrivals.ts'
import { type Audit, auditBookings } from './audit.ts'
import type { BookingAttempt } from './bookings.ts'
import { type Chance, seededChance } from './chance.ts'
import { type CityPair, cityPairsBySeats } from './city-pairs.ts'
import { type Client, openClient } from './client.ts'
import { playClosedLoop } from './closed-loop.ts'
import { type Options, UsageError } from './options.ts'
import { playOpenLoop } from './open-loop.ts'
import { fewQuestions, mixedQuestions, type Questions, uniqueQuestions } from './questions.ts'
import { type StrikeEffect, scenarios, strikeAt } from './scenarios.ts'
import { openMetrics, type Sample } from './scrape.ts'
import { newTally, type Tally } from './tally.ts'
import { mixOf, newVisitors, requestsPerVisit, searchesOnly } from './visits.ts'

export type Played = {
  readonly tally: Tally
  readonly samples: readonly Sample[]
  readonly audit: Audit
  readonly startedAt: string
  /** Less than asked for where the run was interrupted. */
  readonly seconds: number
  readonly seed: string
  readonly struck: string | null
}

export type Watch = {
  readonly signal: AbortSignal
  /** Once a second. */
  onSecond(tally: Tally, elapsedMs: number, open: number): void
  onStage(text: string): void
}

/** Of all searches while a supplier is struck. */
const struckShare = 0.7
const scrapesMax = 300
const probeTimeoutMs = 30_000

export async function play(options: Options, target: string, watch: Watch): Promise<Played> {
  const client = openClient(target, options.connections, options.apiKey)
  try {
    const sandbox = await readSandbox(client)
    const seed = options.seed ?? Math.random().toString(36).slice(2, 10)
    const scenario = scenarios[options.scenario]
    const questions = makeQuestions(scenario.searches, seededChance(`${seed} questions`))
    const strikes = scenario.strikes && findStrikes(sandbox, options)
    if (scenario.searches === 'few') await prime(client, questions, watch)
    const run = await playRun({ options, target, client, questions, seed, strikes, watch })
    if (run.attempts.length > 0) watch.onStage(`reading ${run.attempts.length} bookings again`)
    const audit = await auditBookings(client, run.attempts, sandbox)
    const { tally, samples, startedAt, seconds } = run
    return { tally, samples, audit, startedAt, seconds, seed, struck: strikes?.supplier ?? null }
  } finally {
    await client.close()
  }
}

/** Null: the target has none. Throws when nobody answers there. */
async function readSandbox(client: Client): Promise<Sandbox | null> {
  const reply = await client.send({ method: 'GET', path: '/v1/sandbox', timeoutMs: probeTimeoutMs })
  if (reply.kind === 'none') throw new UsageError(`nobody answers at the target (${reply.why})`)
  if (reply.status === 401) throw new UsageError('the target wants an API key: give it with --api-key')
  if (reply.status !== 200) return null
  const sandbox = parseAnswer<Sandbox>(reply.text)
  if (!Array.isArray(sandbox?.magicRoutes))
    throw new UsageError(
      `what answers at the target is no Fareloom: /v1/sandbox is "${reply.text.slice(0, 60).trim()}"`,
    )
  return sandbox
}

function makeQuestions(searches: 'mixed' | 'unique' | 'few', chance: Chance): Questions {
  const make = { mixed: mixedQuestions, unique: uniqueQuestions, few: fewQuestions }[searches]
  return make(cityPairsBySeats(), chance, Date.now())
}

type Strikes = { readonly supplier: string; pairFor(effect: StrikeEffect): CityPair }

function findStrikes(sandbox: Sandbox | null, { scenario, supplier: wanted }: Options): Strikes {
  if (!sandbox) throw new UsageError(`${scenario} needs the magic routes of the sandbox, and the target has no sandbox`)
  const suppliers = [...new Set(sandbox.magicRoutes.map(route => route.provider))]
  const supplier = wanted ?? suppliers[0]
  if (supplier === undefined || !suppliers.includes(supplier))
    throw new UsageError(`--supplier is "${wanted}": the target's sandbox has ${suppliers.join(', ')}`)
  return {
    supplier,
    pairFor(effect) {
      const found = sandbox.magicRoutes.find(route => route.provider === supplier && route.effect === effect)
      if (!found) throw new UsageError(`the target's sandbox has no route on which ${supplier} is ${effect}`)
      return { origin: found.origin, destination: found.destination, country: 'FR' }
    },
  }
}

/** Each of the few is asked until suppliers have answered, so that the run finds them in memory. */
async function prime(client: Client, questions: Questions, watch: Watch): Promise<void> {
  watch.onStage('asking each search once')
  const bodies = new Set(Array.from({ length: 500 }, () => questions.next().body))
  for (const body of bodies) {
    if (watch.signal.aborted) return
    const reply = await client.send({ method: 'POST', path: '/v1/searches', body, timeoutMs: probeTimeoutMs })
    if (reply.kind === 'answer' && (reply.status === 201 || reply.status === 503 || reply.status === 429)) continue
    const why = reply.kind === 'none' ? reply.why : `${reply.status}: ${reply.text.slice(0, 300)}`
    throw new UsageError(`the target does not answer a search (${why})`)
  }
}

type Run = {
  readonly options: Options
  readonly target: string
  readonly client: Client
  readonly questions: Questions
  readonly seed: string
  readonly strikes: Strikes | null
  readonly watch: Watch
}

async function playRun(run: Run) {
  const { options, target, watch } = run
  const { seconds } = options
  const tally = newTally(seconds, scenarios[options.scenario].phases)
  const attempts: BookingAttempt[] = []
  const startMs = performance.now()
  const nowMs = (): number => performance.now() - startMs
  const metrics = openMetrics(target, options.apiKey, nowMs)
  await metrics.sample()
  let open = (): number => 0
  const startedAt = new Date().toISOString()
  const stopWatching = everySecond(second => {
    watch.onSecond(tally, nowMs(), open())
    if (second % Math.ceil(seconds / scrapesMax) === 0) void metrics.sample()
  })
  let played: number
  if (options.rate === null) {
    open = () => options.connections
    played = await playClosed(run, tally, nowMs)
  } else {
    const visits = playVisits(run, options.rate, tally, attempts, nowMs)
    open = visits.open
    played = await visits.end
  }
  stopWatching()
  watch.onSecond(tally, nowMs(), 0)
  await metrics.sample()
  await metrics.close()
  return { tally, attempts, samples: metrics.samples, startedAt, seconds: played }
}

async function playClosed({ options, target, questions, watch }: Run, tally: Tally, nowMs: () => number) {
  const { connections, seconds, timeoutMs, apiKey } = options
  await playClosedLoop({ target, connections, seconds, timeoutMs, apiKey, questions }, tally, nowMs, watch.signal)
  return Math.min(seconds, nowMs() / 1000)
}

/** `end` resolves, once the last visitor is done, with how long visitors came, in seconds. */
function playVisits(run: Run, rate: number, tally: Tally, attempts: BookingAttempt[], nowMs: () => number) {
  const { options, client, questions, seed, strikes, watch } = run
  const { shape, searches, strikes: how } = scenarios[options.scenario]
  const endMs = options.seconds * 1000
  const mix = searches === 'mixed' ? mixOf(options.lookToBook) : searchesOnly
  const sleep = (ms: number): Promise<void> => pause(ms, undefined, { signal: watch.signal }).catch(() => {})
  const visitors = newVisitors({
    ...{
      client,
      tally,
      mix,
      endMs,
      nowMs,
      sleep,
      timeoutMs: options.timeoutMs,
      chance: seededChance(`${seed} visits`),
    },
    booked: attempt => attempts.push(attempt),
  })
  const chance = seededChance(`${seed} arrivals`)
  const perSecond = rate / requestsPerVisit(mix)
  const due = dueTimes({ perSecond, seconds: options.seconds, kind: options.arrivals, shape }, chance)
  const visits = new Set<Promise<void>>()
  const start = (dueMs: number): void => {
    const effect = strikeAt(how, dueMs, dueMs / endMs)
    const struck = effect !== null && chance.next() < struckShare ? strikes!.pairFor(effect) : undefined
    const visit = visitors.visit(questions.next(struck).body, dueMs)
    visits.add(visit)
    void visit.finally(() => visits.delete(visit))
  }
  const playAll = async (): Promise<number> => {
    await playOpenLoop(due, nowMs, start, watch.signal)
    if (nowMs() < endMs && !watch.signal.aborted) await sleep(endMs - nowMs())
    const seconds = Math.min(endMs, nowMs()) / 1000
    await Promise.all(visits)
    return seconds
  }
  return { open: visitors.open, end: playAll() }
}

function everySecond(work: (second: number) => void): () => void {
  let second = 0
  const timer = setInterval(() => work(++second), 1000)
  return () => clearInterval(timer)
}
