/** A run as one HTML file that needs nothing from anywhere. */
import { readFileSync } from 'node:fs'
import type { Latencies } from '../histogram.ts'
import { inMs } from '../progress.ts'
import type { RunReport } from '../report.ts'
import { runCharts, supplierCharts, targetCharts } from './charts-of-run.ts'
import { type Cell, escapeHtml, table } from './markup.ts'
import { writeMs, writeNumber } from './scales.ts'

export function pageOf(report: RunReport): string {
  const part = (file: string): string => readFileSync(new URL(`./${file}`, import.meta.url), 'utf8')
  const { scenario, startedAt } = report
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(`Fareloom load test: ${scenario}, ${startedAt}`)}</title>
<style>${part('style.css')}</style></head><body><main>
<h1>Load test: ${escapeHtml(scenario)}</h1>
<p class="sub">${escapeHtml(report.text[0]!.toUpperCase() + report.text.slice(1))}. ${escapeHtml(startedAt.replace('T', ' ').replace(/\.\d+Z/, ' UTC'))}, ${escapeHtml(report.target)}</p>
${tiles(report)}
${objectives(report)}
<h2>Requests</h2>
<div class="card">${operationTable(report)}</div>
<h2>Over time</h2>
<div class="charts">${runCharts(report)}</div>
${suppliers(report)}
${target(report)}
${answers(report)}
${bookings(report)}
<h2>How it was run</h2>
<div class="card">${settings(report)}</div>
</main><script>${part('hover.js')}</script></body></html>
`
}

function tiles(report: RunReport): string {
  const { latencyMs, counts, asked, answeredPerSecond, cache } = report
  const ms = (name: 'p50' | 'p95' | 'p99'): string => (latencyMs ? writeMs(latencyMs[name]) : '–')
  const searches = Object.values(cache).reduce((sum, each) => sum + each, 0)
  const hits = searches - (cache.miss ?? 0)
  return `<div class="tiles">${[
    tile(writeNumber(answeredPerSecond), 'answered a second'),
    tile(asked.toLocaleString('en'), 'requests due'),
    ...(['p50', 'p95', 'p99'] as const).map(name => tile(ms(name), name)),
    tile(share(counts.error, asked), `errors (${counts.error})`, counts.error > 0),
    tile(share(counts.shed, asked), `shed (${counts.shed})`),
    tile(searches === 0 ? '–' : share(hits, searches), 'searches without a supplier call'),
  ].join('')}</div>`
}

function tile(value: string, name: string, isBad = false): string {
  return `<div class="tile${isBad ? ' bad' : ''}"><b>${escapeHtml(value)}</b><span>${escapeHtml(name)}</span></div>`
}

function objectives({ slo }: RunReport): string {
  if (slo.length === 0) return ''
  const rows = slo.map(({ name, most, unit, found, kept }): readonly Cell[] => [
    name,
    exactly(most, unit),
    found === null ? 'nothing was answered' : exactly(found, unit),
    { html: kept ? '<span class="kept">kept</span>' : '<span class="broken">broken</span>' },
  ])
  return `<h2>Objectives</h2><div class="card">${table(['', 'at most', 'found', ''], rows)}</div>`
}

function operationTable(report: RunReport): string {
  const { operations, phases, asked, counts, latencyMs } = report
  const head = ['', 'due', 'served', 'refused', 'shed', 'errors', 'p50 ms', 'p95 ms', 'p99 ms', 'max ms']
  const row = (name: string, due: Cell, own: RunReport['counts'], times: Latencies | null): readonly Cell[] => [
    ...[name, due, own.served, own.refused, own.shed, own.error],
    ...(times ? [times.p50, times.p95, times.p99, times.max].map(inMs) : ['–', '–', '–', '–']),
  ]
  const all = operations.length > 1 ? [row('all', asked, counts, latencyMs)] : []
  const parts = phases.map(each =>
    row(`${each.name} (${writeNumber(each.from)} to ${writeNumber(each.to)} s)`, '', each.counts, each.latencyMs),
  )
  return table(head, [
    ...operations.map(each => row(each.name, each.asked, each.counts, each.latencyMs)),
    ...all,
    ...parts,
  ])
}

function suppliers(report: RunReport): string {
  const charts = supplierCharts(report)
  if (charts === '') return ''
  const rows = report.suppliers.map(({ code, calls, outcomes }): readonly Cell[] => [
    code,
    calls,
    {
      text: Object.entries(outcomes)
        .sort(([, a], [, b]) => b - a)
        .map(([name, count]) => `${name} ${count}`)
        .join(', '),
    },
  ])
  const own =
    rows.length === 0 ? '' : `<div class="card">${table(['', 'calls made', 'outcomes'], rows)}</div><p>&nbsp;</p>`
  return `<h2>Suppliers</h2>${own}<div class="charts">${charts}</div>`
}

function target(report: RunReport): string {
  const charts = targetCharts(report)
  if (charts !== '') return `<h2>The service</h2><div class="charts">${charts}</div>`
  return '<h2>The service</h2><div class="card">The target shows no metrics, so there is nothing of its inside.</div>'
}

function answers({ labels }: RunReport): string {
  const rows = labels.map(({ operation, kind, label, count }): readonly Cell[] => [
    `${operation}: ${label}`,
    kind,
    count,
  ])
  return `<h2>Every kind of answer</h2><div class="card">${table(['', '', 'count'], rows)}</div>`
}

const unexplainedShown = 200

function bookings({ bookings: audit }: RunReport): string {
  if (audit.attempts === 0) return ''
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ') || 'none'
  const shown = audit.unexplained.slice(0, unexplainedShown).map(each => `<li>${escapeHtml(each)}</li>`)
  const held = audit.withSandbox
    ? "held against the suppliers' orders and the gateway's ledger"
    : 'no sandbox to hold them against'
  return `<h2>Bookings</h2><div class="card"><dl>
<dt>tried</dt><dd>${audit.attempts}</dd><dt>read again at the end</dt><dd>${escapeHtml(list(audit.statuses))}; ${held}</dd>
<dt>not made</dt><dd>${escapeHtml(list(audit.notMade))}</dd><dt>answers lost, then found by their key</dt><dd>${audit.recovered}</dd>
<dt>unexplained</dt><dd class="${audit.unexplained.length > 0 ? 'broken' : 'kept'}">${audit.unexplained.length}</dd></dl>
${shown.length > 0 ? `<ul>${shown.join('')}</ul>` : ''}</div>`
}

function settings({ settings: own, machine, sentLateMs, target: url, ownService, seconds }: RunReport): string {
  const rows: readonly (readonly [string, string])[] = [
    ['target', ownService ? `${url}, started for this run` : url],
    ['machine of the generator', machine],
    ...Object.entries(own).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)] as const])),
    ...(seconds < Number(own.seconds) - 1 ? [['interrupted after', `${writeNumber(seconds)} s`] as const] : []),
    ...(sentLateMs
      ? [['sent late by', `p50 ${inMs(sentLateMs.p50)} ms, p99 ${inMs(sentLateMs.p99)} ms`] as const]
      : []),
  ]
  return `<dl>${rows.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`).join('')}</dl>`
}

function exactly(amount: number, unit: string): string {
  return `${Number(amount.toFixed(unit === '%' ? 3 : 1)).toLocaleString('en')} ${unit}`
}

function share(part: number, whole: number): string {
  return whole === 0 ? '–' : `${writeNumber((100 * part) / whole)} %`
}
