import { send } from './front-end.ts'

/** What /metrics says at one moment. */
export type MetricsText = {
  /** Of all series of this name whose labels match. */
  sum(name: string, labels?: Readonly<Record<string, string>>): number
  /** By the value of one label. */
  by(name: string, label: string, labels?: Readonly<Record<string, string>>): Readonly<Record<string, number>>
}

type Series = { readonly name: string; readonly labels: Readonly<Record<string, string>>; readonly value: number }

export async function readMetrics(baseUrl: string): Promise<MetricsText> {
  const { body } = await send(baseUrl, 'GET', '/metrics')
  const all = (body as string).split('\n').flatMap(parseLine)
  const matching = (name: string, labels: Readonly<Record<string, string>>): readonly Series[] =>
    all.filter(one => one.name === name && Object.entries(labels).every(([key, value]) => one.labels[key] === value))
  const by: MetricsText['by'] = (name, label, labels = {}) => {
    const sums: Record<string, number> = {}
    for (const one of matching(name, labels)) {
      const key = one.labels[label] ?? ''
      sums[key] = (sums[key] ?? 0) + one.value
    }
    return sums
  }
  return { by, sum: (name, labels = {}) => matching(name, labels).reduce((sum, { value }) => sum + value, 0) }
}

/** `name{a="b",c="d"} 1.5`; no value of ours holds a quote. */
function parseLine(line: string): readonly Series[] {
  const [, name, labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
  if (name === undefined) return []
  const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, text]) => [key!, text!] as const)
  return [{ name, labels: Object.fromEntries(pairs), value: Number(value) }]
}

/** What was counted between two moments; nothing of what stayed as it was. */
export function gained(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const gains = Object.entries(after).map(([key, value]) => [key, value - (before[key] ?? 0)] as const)
  return Object.fromEntries(gains.filter(([, gain]) => gain !== 0))
}
