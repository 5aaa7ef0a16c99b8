/** The command line, checked: what is wrong is one sentence. */
import { parseArgs } from 'node:util'
import { isScenarioName, type ScenarioName, scenarios } from './scenarios.ts'
import { parseSlo, type Slo } from './slo.ts'

export type Options = {
  readonly scenario: ScenarioName
  /** Requests due a second; null: as many as the connections get answered one after the other (closed loop). */
  readonly rate: number | null
  readonly seconds: number
  /** Without a final slash; null: a service of our own. */
  readonly target: string | null
  readonly arrivals: 'poisson' | 'even'
  /** Searches for one booking; 0: nothing is booked. */
  readonly lookToBook: number
  /** Whom slow-supplier and flapping-supplier strike; null: the first that the sandbox names. */
  readonly supplier: string | null
  readonly connections: number
  /** From when a request was due. */
  readonly timeoutMs: number
  readonly apiKey: string | null
  readonly seed: string | null
  /** Path of the report without its ending; null: bench/results/load/SCENARIO-TIME. */
  readonly out: string | null
  readonly slo: Slo
}

export class UsageError extends Error {
  override readonly name = 'UsageError'
}

const secondsMax = 86_400
const rateMax = 20_000
const connectionsMax = 10_000
const timeoutMaxMs = 120_000

export const usage = `usage: npm run load -- --scenario NAME [--rate 300] [--seconds 60] [--target URL] [--slo p95=2000,errors=0.1%]

scenarios
${Object.entries(scenarios)
  .map(([name, { text }]) => `  ${name.padEnd(18)}${text}`)
  .join('\n')}

options
  --rate N            requests due a second, all kinds together (cached without it: as fast as answers come)
  --seconds N         how long they fall due
  --target URL        the service; without it one of our own is started on a free port and stopped afterwards
  --slo LIST          p50, p95, p99 and max in ms; errors and shed as a share (0.1%) or a number: exit code 1 when broken
  --arrivals HOW      poisson (default) or even
  --look-to-book N    searches for one booking (default 100; 0: no bookings)
  --supplier CODE     whom slow-supplier and flapping-supplier strike
  --connections N     at most (default 1000; 16 for cached without --rate)
  --timeout-ms N      when an answer is given up, from when its request was due (default 15000)
  --api-key KEY       sent as bearer token
  --seed TEXT         the same requests again
  --out PATH          writes PATH.json and PATH.html (default bench/results/load/SCENARIO-TIME)`

export function parseOptions(argv: readonly string[]): Options | 'help' {
  const values = readArguments(argv)
  if (values.help) return 'help'
  const scenario = values.scenario
  if (scenario === undefined) throw new UsageError(`say which --scenario: ${Object.keys(scenarios).join(', ')}`)
  if (!isScenarioName(scenario))
    throw new UsageError(`--scenario is "${scenario}": it takes ${Object.keys(scenarios).join(', ')}`)
  const { rate, seconds, strikes, searches } = scenarios[scenario]
  if (values['look-to-book'] !== undefined && searches !== 'mixed')
    throw new UsageError(`--look-to-book says nothing to ${scenario}, which only searches`)
  if (values.supplier !== undefined && !strikes) throw new UsageError(`--supplier says nothing to ${scenario}`)
  const closed = rate === null && values.rate === undefined
  if (closed && values.arrivals !== undefined)
    throw new UsageError(`--arrivals says nothing without --rate: each answer brings the next request`)
  return {
    scenario,
    rate: closed ? null : readNumber('rate', values.rate, rate ?? 0, { min: 0.1, max: rateMax }),
    seconds: readNumber('seconds', values.seconds, seconds, { min: 1, max: secondsMax, whole: true }),
    target: readTarget(values.target),
    arrivals: readArrivals(values.arrivals),
    lookToBook: readNumber('look-to-book', values['look-to-book'], 100, { min: 0, max: 1e6, whole: true }),
    supplier: values.supplier ?? null,
    connections: readNumber('connections', values.connections, closed ? 16 : 1000, {
      ...{ min: 1, max: connectionsMax, whole: true },
    }),
    timeoutMs: readNumber('timeout-ms', values['timeout-ms'], 15_000, { min: 1, max: timeoutMaxMs, whole: true }),
    apiKey: values['api-key'] ?? null,
    seed: values.seed ?? null,
    out: values.out?.replace(/\.(json|html)$/, '') ?? null,
    slo: readSlo(values.slo),
  }
}

const text = { type: 'string' } as const

function readArguments(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        ...{ scenario: text, rate: text, seconds: text, target: text, slo: text, arrivals: text, supplier: text },
        ...{ 'look-to-book': text, connections: text, 'timeout-ms': text, 'api-key': text, seed: text, out: text },
        help: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    // Node adds advice on several lines
    throw new UsageError((error as Error).message.split(/\n|\. To specify/)[0]!)
  }
}

type Range = { readonly min: number; readonly max: number; readonly whole?: boolean }

function readNumber(name: string, given: string | undefined, normal: number, { min, max, whole }: Range): number {
  if (given === undefined) return normal
  const number = Number(given)
  const isNumber = /^\d+(\.\d+)?$/.test(given) && (!whole || Number.isInteger(number))
  if (isNumber && number >= min && number <= max) return number
  throw new UsageError(`--${name} is "${given}": it takes a ${whole ? 'whole ' : ''}number from ${min} to ${max}`)
}

function readTarget(given: string | undefined): string | null {
  if (given === undefined) return null
  const url = URL.parse(given)
  if (url && ['http:', 'https:'].includes(url.protocol) && url.search === '' && url.username === '')
    return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
  throw new UsageError(`--target is "${given}": it takes an address such as http://127.0.0.1:8080`)
}

function readArrivals(given = 'poisson'): 'poisson' | 'even' {
  if (given === 'poisson' || given === 'even') return given
  throw new UsageError(`--arrivals is "${given}": it takes poisson or even`)
}

function readSlo(given: string | undefined): Slo {
  const slo = parseSlo(given ?? '')
  if (typeof slo === 'string') throw new UsageError(`--slo ${slo}`)
  return slo
}
