/** What a run must keep: `p95=2000,errors=0.1%`. */
export type Slo = readonly Objective[]

export type Objective = {
  readonly name: ObjectiveName
  readonly most: number
  readonly unit: 'ms' | '%' | 'requests'
}

export type Judged = Objective & {
  /** In the objective's unit; null: nothing was answered, so nothing was kept. */
  readonly found: number | null
  readonly kept: boolean
  readonly text: string
}

/** What is judged; a latency is null where nothing was answered. */
export type Figures = {
  readonly asked: number
  readonly errors: number
  readonly shed: number
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number; readonly max: number } | null
}

const latencies = ['p50', 'p95', 'p99', 'max'] as const
const counts = ['errors', 'shed'] as const
type ObjectiveName = (typeof latencies)[number] | (typeof counts)[number]
const names: readonly string[] = [...latencies, ...counts]

/** A sentence says what is wrong. */
export function parseSlo(text: string): Slo | string {
  const objectives: Objective[] = []
  for (const part of text.split(',').map(each => each.trim())) {
    if (part === '') continue
    const [, name = '', amount = '', unit = ''] = /^([a-z0-9]+)=(\d+(?:\.\d+)?)(%|ms|s)?$/.exec(part) ?? []
    if (!names.includes(name)) return `has "${part}": it takes ${names.join(', ')}, such as p95=2000,errors=0.1%`
    if (objectives.some(known => known.name === name)) return `names ${name} twice`
    const objective = parseOne(name as ObjectiveName, Number(amount), unit)
    if (typeof objective === 'string') return `has "${part}": ${objective}`
    objectives.push(objective)
  }
  return objectives
}

function parseOne(name: ObjectiveName, amount: number, unit: string): Objective | string {
  if (isLatency(name)) {
    if (unit === '%') return `${name} is a time in ms`
    return { name, most: unit === 's' ? amount * 1000 : amount, unit: 'ms' }
  }
  if (unit === 'ms' || unit === 's') return `${name} is a share such as 0.1% or a number of requests`
  if (unit === '%' && amount > 100) return `no share is over 100%`
  return { name, most: amount, unit: unit === '%' ? '%' : 'requests' }
}

function isLatency(name: ObjectiveName): name is (typeof latencies)[number] {
  return latencies.some(each => each === name)
}

export function judge(slo: Slo, figures: Figures): readonly Judged[] {
  return slo.map(objective => {
    const found = find(objective, figures)
    const kept = found !== null && found <= objective.most
    return { ...objective, found, kept, text: say(objective, found, kept) }
  })
}

function find({ name, unit }: Objective, { asked, latencyMs, ...figures }: Figures): number | null {
  if (isLatency(name)) return latencyMs?.[name] ?? null
  if (asked === 0) return null
  return unit === '%' ? (figures[name] / asked) * 100 : figures[name]
}

function say({ name, most, unit }: Objective, found: number | null, kept: boolean): string {
  const limit = `at most ${withUnit(most, unit)}`
  if (found === null) return `${name}: ${limit} was asked for, and nothing was answered`
  return `${name}: ${withUnit(found, unit)}, ${limit} was asked for${kept ? '' : ': BROKEN'}`
}

function withUnit(amount: number, unit: Objective['unit']): string {
  const digits = unit === '%' ? 3 : unit === 'ms' ? 1 : 0
  return `${Number(amount.toFixed(digits))}${unit === '%' ? ' %' : ` ${unit}`}`
}
