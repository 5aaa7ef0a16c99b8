/** Which charts a run has, from top to bottom. */
import { outcomeKinds } from '../outcome.ts'
import type { Point, RunReport } from '../report.ts'
import { flapMs } from '../scenarios.ts'
import type { TargetPoint } from '../target-figures.ts'
import { type Band, type Chart, drawChart, type Series } from './chart.ts'
import { type Tick, timeTicks, writeMs, writeNumber } from './scales.ts'

const kindColors = { served: '#2f7ed8', refused: '#8b5cf6', shed: '#f0a020', error: '#d92d20' } as const
const kindNames = { served: 'served', refused: 'refused', shed: 'shed', error: 'errors' } as const
const cacheColors: Readonly<Record<string, string>> = {
  hit: '#16a34a',
  stale: '#a3c614',
  shared: '#0d9488',
  miss: '#a8b3c1',
}
const palette = ['#2f7ed8', '#e0701a', '#16a34a', '#8b5cf6', '#0d9488', '#d6336c', '#946800', '#5b6878', '#65a30d']
const operationColors = { search: '#2f7ed8', page: '#0d9488', price: '#8b5cf6', book: '#e0701a' } as const

export function runCharts(report: RunReport): string {
  const charts = [latency(report), throughput(report), trouble(report), cache(report), percentileCurve(report)]
  return charts
    .filter(chart => chart !== null)
    .map(drawChart)
    .join('\n')
}

export function supplierCharts(report: RunReport): string {
  const charts = [supplierCalls(report), failedCalls(report), supplierStatuses(report)]
  return charts
    .filter(chart => chart !== null)
    .map(drawChart)
    .join('\n')
}

export function targetCharts(report: RunReport): string {
  if (report.targetTimeline.length === 0) return ''
  return [cores(report), memory(report), loopDelay(report), waiting(report)].map(drawChart).join('\n')
}

type Axis = Pick<Chart, 'xs' | 'xEnd' | 'xTicks' | 'xNames' | 'bands'>

function timeline(report: RunReport): Axis {
  const { timeline: points, stretchSeconds } = report
  const end = endOf(report)
  return {
    xs: points.map(({ at }) => Math.min(end, at + stretchSeconds / 2)),
    ...{ xEnd: end, xTicks: timeTicks(end), bands: bandsOf(report) },
    xNames: points.map(({ at }) => (stretchSeconds === 1 ? `second ${at}` : `${at} to ${at + stretchSeconds} s`)),
  }
}

function targetAxis(report: RunReport): Axis {
  const end = endOf(report)
  return {
    xs: report.targetTimeline.map(({ at }) => Math.min(end, Math.max(0, at))),
    ...{ xEnd: end, xTicks: timeTicks(end), bands: bandsOf(report) },
    xNames: report.targetTimeline.map(({ at }) => `about second ${Math.round(at)}`),
  }
}

/** Answers come for a while after the last request fell due. */
function endOf({ timeline: points, stretchSeconds }: RunReport): number {
  return Math.max(1, points.length) * stretchSeconds
}

function bandsOf({ scenario, phases, seconds, settings }: RunReport): readonly Band[] {
  if (scenario === 'spike') return phases.filter(({ name }) => name === 'peak')
  if (scenario === 'slow-supplier')
    return phases.slice(1).map(phase => ({ ...phase, name: `${settings.supplier} ${phase.name}` }))
  if (scenario !== 'flapping-supplier') return []
  const turns = Math.ceil((seconds * 1000) / flapMs)
  const struck = Array.from({ length: turns }, (_, index) => index).filter(turn => turn % 2 === 1)
  const name = struck.length > 6 ? '' : `${settings.supplier} fails`
  return struck.map(turn => ({
    ...{ name, from: (turn * flapMs) / 1000 },
    to: Math.min(seconds, ((turn + 1) * flapMs) / 1000),
  }))
}

function latency(report: RunReport): Chart {
  const of = (name: 'p50' | 'p95' | 'p99' | 'max', color: string): Series => ({
    ...{ name, color },
    values: report.timeline.map(({ latencyMs }) => latencyMs?.[name] ?? null),
  })
  return {
    title: 'Latency over time',
    note: 'From when due, and shown there; what was given up counts with its wait. Logarithmic.',
    ...{ unit: 'ms', log: true, stacked: [], write: writeMs, ...timeline(report) },
    lines: [of('max', '#c9d2dc'), of('p99', '#d92d20'), of('p95', '#f0a020'), of('p50', '#2f7ed8')],
  }
}

function throughput(report: RunReport): Chart {
  const values = (pick: (point: Point) => number): number[] => report.timeline.map(pick)
  const present = outcomeKinds.filter(kind => kind === 'served' || report.counts[kind] > 0)
  const isOpen = report.settings.arrivals !== null
  const due: Series = { name: 'due', color: '#16202e', dashed: true, values: values(point => point.duePerSecond) }
  return {
    title: 'Requests a second',
    note: isOpen
      ? 'Areas: what was answered, and how. Dashed: what fell due. Where they part, requests wait.'
      : 'What was answered, and how. Closed loop: each answer brings the next request.',
    ...{ unit: 'requests/s', ...timeline(report) },
    stacked: present.map(kind => ({
      ...{ name: kindNames[kind], color: kindColors[kind], values: values(point => point.answeredPerSecond[kind]) },
    })),
    lines: isOpen ? [due] : [],
  }
}

function trouble(report: RunReport): Chart | null {
  const labels = namesIn(report.timeline.map(point => point.trouble))
  if (labels.length === 0) return null
  return {
    title: 'Errors and shed requests by kind',
    note: 'A 429 or a 503 for overload is shed, refused on purpose; the rest are errors.',
    ...{ unit: 'a second', lines: [], ...timeline(report) },
    stacked: labels.map((name, index) => ({
      ...{ name, color: name.endsWith('overloaded') ? kindColors.shed : palette[(index + 5) % palette.length]! },
      values: report.timeline.map(point => (point.trouble[name] ?? 0) / report.stretchSeconds),
    })),
  }
}

function cache(report: RunReport): Chart | null {
  const statuses = ['hit', 'stale', 'shared', 'miss'].filter(status => report.cache[status])
  if (statuses.length === 0) return null
  return {
    title: 'Where searches were answered from',
    note: 'hit, stale: memory. shared: the same was being asked. miss: suppliers were asked.',
    ...{ unit: 'searches/s', lines: [], ...timeline(report) },
    stacked: statuses.map(name => ({
      ...{ name, color: cacheColors[name]! },
      values: report.timeline.map(point => (point.cache[name] ?? 0) / report.stretchSeconds),
    })),
  }
}

/** Each nine takes as much room as the one before it. */
function percentileCurve({ operations }: RunReport): Chart {
  const place = (percentile: number): number => -Math.log10(1 - Math.min(percentile, 99.99) / 100)
  const shown = operations.filter(({ curve }) => curve.length > 0)
  const xs = shown[0]?.curve.map(([percentile]) => percentile) ?? []
  const ticks: readonly Tick[] = [0, 50, 90, 99, 99.9, 99.99].map(each => ({ at: place(each), label: `${each} %` }))
  return {
    title: 'Latency by part of the requests',
    note: 'How many were answered within what time, by operation. Logarithmic in both directions.',
    ...{ unit: 'ms', log: true, stacked: [], write: writeMs, xEnd: place(99.99), xTicks: ticks },
    ...{ xs: xs.map(place), xNames: xs.map(each => `${each} % within`) },
    lines: shown.map(({ name, curve }) => ({
      ...{ name, color: operationColors[name as keyof typeof operationColors] },
      values: curve.map(([, ms]) => ms),
    })),
  }
}

function supplierCalls(report: RunReport): Chart | null {
  return bySupplier(report, 'callsPerSecond', {
    title: 'Calls to suppliers',
    note: 'Made by the service, as its /metrics count them.',
    unit: 'calls/s',
  })
}

function failedCalls(report: RunReport): Chart | null {
  return bySupplier(report, 'failedCallsPerSecond', {
    title: 'Calls that failed or were not made',
    note: 'Timeouts, errors of suppliers, and those that the open breaker or the budget held back.',
    unit: 'calls/s',
  })
}

type Head = Pick<Chart, 'title' | 'note' | 'unit'>

function bySupplier(report: RunReport, field: 'callsPerSecond' | 'failedCallsPerSecond', head: Head): Chart | null {
  const rates = (point: TargetPoint): Readonly<Record<string, number>> => point[field]
  const names = namesIn(report.targetTimeline.map(rates))
  if (names.length === 0) return null
  const all = namesIn(report.targetTimeline.map(point => point.callsPerSecond))
  return {
    ...{ ...head, lines: [], ...targetAxis(report) },
    stacked: names.map(name => ({
      ...{ name, color: palette[Math.max(0, all.indexOf(name)) % palette.length]! },
      values: report.targetTimeline.map(point => rates(point)[name] ?? 0),
    })),
  }
}

function supplierStatuses(report: RunReport): Chart | null {
  const troubled = namesIn(report.timeline.map(point => point.suppliers)).filter(name => !name.endsWith(' ok'))
  if (troubled.length === 0) return null
  return {
    title: 'What searches said of suppliers that were not ok',
    note: 'providers[].status of the answers: the traveller sees the offers of the others.',
    ...{ unit: 'searches/s', lines: [], ...timeline(report) },
    stacked: troubled.map((name, index) => ({
      ...{ name, color: palette[index % palette.length]! },
      values: report.timeline.map(point => (point.suppliers[name] ?? 0) / report.stretchSeconds),
    })),
  }
}

function single(report: RunReport, head: Head, series: readonly Omit<Series, 'color'>[]): Chart {
  const lines = series.map((each, index) => ({ ...each, color: palette[index]! }))
  return { ...head, ...targetAxis(report), stacked: [], lines }
}

function cores(report: RunReport): Chart {
  const values = report.targetTimeline.map(point => point.cpuCores)
  const head = { title: 'Processor', note: 'Of the service, without simulators and stores.', unit: 'cores' }
  return single(report, head, [{ name: 'cores in use', values }])
}

function memory(report: RunReport): Chart {
  const head = { title: 'Memory', note: 'Of the service; what only ever rises, leaks.', unit: 'MB' }
  return single(report, head, [
    { name: 'resident', values: report.targetTimeline.map(point => point.residentMegabytes) },
    { name: 'heap in use', values: report.targetTimeline.map(point => point.heapMegabytes) },
  ])
}

function loopDelay(report: RunReport): Chart {
  const head = { title: 'Event loop delay', note: 'Of the service, p99 between two looks.', unit: 'ms' }
  const values = report.targetTimeline.map(point => point.loopDelayMs)
  return { ...single(report, head, [{ name: 'p99', values }]), write: writeNumber }
}

function waiting(report: RunReport): Chart {
  const head = { title: 'Waiting for a supplier', note: 'Calls in line under the concurrency cap.', unit: 'calls' }
  return single(report, head, [{ name: 'waiting', values: report.targetTimeline.map(point => point.supplierWaiting) }])
}

/** Most frequent first. */
function namesIn(all: readonly Readonly<Record<string, number>>[]): readonly string[] {
  const sums = new Map<string, number>()
  for (const each of all)
    for (const [name, count] of Object.entries(each)) sums.set(name, (sums.get(name) ?? 0) + count)
  return [...sums]
    .filter(([, sum]) => sum > 0)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .map(([name]) => name)
}
