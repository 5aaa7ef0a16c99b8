/** The run on one screen. */
import type { Latencies } from './histogram.ts'
import { inMs } from './progress.ts'
import type { RunReport } from './report.ts'

export function summaryOf(report: RunReport): string {
  const { scenario, seconds, asked, answeredPerSecond, operations, target } = report
  const lines = [
    `${scenario} for ${round(seconds)} s against ${target}: ${asked} requests, ${answeredPerSecond.toFixed(1)} answered a second`,
    '',
    row(['', 'asked', 'served', 'refused', 'shed', 'errors', 'p50', 'p95', 'p99', 'max ms']),
    ...operations.map(({ name, asked: own, counts, latencyMs }) =>
      row([name, own, counts.served, counts.refused, counts.shed, counts.error, ...times(latencyMs)]),
    ),
    ...(operations.length > 1 ? [allRow(report)] : []),
    ...report.phases.map(({ name, counts, latencyMs }) =>
      row([name, '', counts.served, counts.refused, counts.shed, counts.error, ...times(latencyMs)]),
    ),
    '',
    ...troubles(report),
    ...searches(report),
    ...suppliers(report),
    ...bookings(report),
    ...generator(report),
    ...report.slo.map(({ text }) => `slo         ${text}`),
  ]
  return lines.join('\n')
}

function allRow({ asked, counts, latencyMs }: RunReport): string {
  return row(['all', asked, counts.served, counts.refused, counts.shed, counts.error, ...times(latencyMs)])
}

const widths = [14, 8, 8, 8, 7, 7, 8, 8, 8, 8]

function row(cells: readonly (string | number)[]): string {
  const [first = '', ...rest] = cells.map(String)
  return first.padEnd(widths[0]!) + rest.map((cell, index) => cell.padStart(widths[index + 1]!)).join('')
}

function times(latencies: Latencies | null): readonly string[] {
  if (!latencies) return ['-', '-', '-', '-']
  return [latencies.p50, latencies.p95, latencies.p99, latencies.max].map(inMs)
}

function troubles({ labels, shedLatencyMs }: RunReport): readonly string[] {
  const list = (kind: string): string =>
    labels
      .filter(each => each.kind === kind)
      .slice(0, 6)
      .map(({ operation, label, count }) => `${operation} ${label} × ${count}`)
      .join(', ')
  const refusedIn = shedLatencyMs ? `; p99 ${inMs(shedLatencyMs.p99)} ms` : ''
  return [
    ...(list('error') ? [`errors      ${list('error')}`] : []),
    ...(list('shed') ? [`shed        ${list('shed')}${refusedIn}`] : []),
    ...(list('refused') ? [`refused     ${list('refused')}`] : []),
  ]
}

function searches({ cache }: RunReport): readonly string[] {
  const all = Object.values(cache).reduce((sum, each) => sum + each, 0)
  if (all === 0) return []
  const parts = Object.entries(cache).map(([status, count]) => `${status} ${percent(count / all)}`)
  return [`cache       ${parts.join(', ')}`]
}

function suppliers({ suppliers: own, operations }: RunReport): readonly string[] {
  if (own.length === 0) return []
  const calls = own.reduce((sum, each) => sum + each.calls, 0)
  const asked = operations.find(each => each.name === 'search')?.counts.served ?? 0
  const perSearch = asked === 0 ? '' : `, ${(calls / asked).toFixed(2)} a search served`
  return [`suppliers   ${own.map(each => `${each.code} ${each.calls}`).join(', ')} calls${perSearch}`]
}

const unexplainedShown = 5

function bookings({ bookings: audit }: RunReport): readonly string[] {
  if (audit.attempts === 0) return []
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ')
  const made = list(audit.statuses) || 'none made'
  const not = list(audit.notMade)
  const checked = audit.withSandbox ? ", read again and held against suppliers' orders and the ledger" : ', read again'
  return [
    `bookings    ${audit.attempts} tried: ${made}${not ? `; not made: ${not}` : ''}${checked}`,
    ...(audit.recovered > 0 ? [`            ${audit.recovered} answers were lost and came when asked for again`] : []),
    `            unexplained: ${audit.unexplained.length}`,
    ...audit.unexplained.slice(0, unexplainedShown).map(each => `            ${each}`),
    ...(audit.unexplained.length > unexplainedShown ? ['            … all of them are in the JSON file'] : []),
  ]
}

const lateMs = 50

function generator({ sentLateMs }: RunReport): readonly string[] {
  if (!sentLateMs || sentLateMs.p99 < lateMs) return []
  return [
    `generator   sent its requests late (p99 ${inMs(sentLateMs.p99)} ms): this machine is too small or too busy for the rate,`,
    '            and a part of the latencies is its own',
  ]
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`
}

function round(seconds: number): string {
  return Number(seconds.toFixed(1)).toString()
}
