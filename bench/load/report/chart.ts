/** A chart as SVG, drawn by hand: lines or stacked areas over one axis. hover.js shows the values under the pointer. */
import { embedJson, escapeHtml } from './markup.ts'
import { linearScale, logScale, type Scale, type Tick, writeNumber } from './scales.ts'

export type Series = {
  readonly name: string
  readonly color: string
  /** One for each x; null: nothing there. */
  readonly values: readonly (number | null)[]
  readonly dashed?: boolean
}

export type Chart = {
  readonly title: string
  /** One sentence: what is to be seen here. */
  readonly note: string
  /** Of the y axis. */
  readonly unit: string
  readonly xs: readonly number[]
  readonly xEnd: number
  readonly xTicks: readonly Tick[]
  /** What the pointer shows above the values. */
  readonly xNames: readonly string[]
  /** Drawn on each other's shoulders. */
  readonly stacked: readonly Series[]
  readonly lines: readonly Series[]
  readonly log?: boolean
  readonly write?: (value: number) => string
  readonly bands?: readonly Band[]
}

/** A stretch of the x axis with a name. */
export type Band = { readonly name: string; readonly from: number; readonly to: number }

const size = { width: 660, height: 270 }
const area = { left: 62, right: 14, top: 26, bottom: 28 }
const inner = { width: size.width - area.left - area.right, height: size.height - area.top - area.bottom }

export function drawChart(chart: Chart): string {
  const { title, note, unit, xs, xEnd, xNames, bands = [] } = chart
  const write = chart.write ?? writeNumber
  const stacks = stack(chart.stacked)
  const y = scaleOf(chart, stacks, write)
  const px = (value: number): number => area.left + (inner.width * value) / xEnd
  const py = (value: number): number => area.top + inner.height * (1 - y.place(value))
  const all = [...chart.lines, ...chart.stacked]
  const hover = {
    xs: xs.map(x => Math.round(px(x) * 10) / 10),
    names: xNames,
    series: all.map(each => ({
      ...{ name: each.name, color: each.color },
      texts: each.values.map(value => (value === null ? '–' : write(value))),
    })),
  }
  const legend = all
    .map(each => `<span><i style="background:${each.color}"></i>${escapeHtml(each.name)}</span>`)
    .join('')
  return `<figure class="chart"><h3>${escapeHtml(title)}</h3><p class="note">${escapeHtml(note)}</p>
<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${escapeHtml(title)}">
${bands.map(band => drawBand(band, px)).join('')}
${y.ticks.map(({ at, label }) => drawYTick(py(at), label)).join('')}
${chart.xTicks.map(({ at, label }) => drawXTick(px(at), label)).join('')}
<text class="unit" x="4" y="13">${escapeHtml(unit)}</text>
${chart.stacked.map((each, index) => drawArea(each, stacks[index]!, { xs, px, py })).join('')}
${chart.lines.map(each => drawLine(each, { xs, px, py })).join('')}
<line class="axis" x1="${area.left}" x2="${size.width - area.right}" y1="${area.top + inner.height}" y2="${area.top + inner.height}"/>
<line class="cursor" y1="${area.top}" y2="${area.top + inner.height}" x1="0" x2="0" visibility="hidden"/>
</svg><div class="legend">${legend}</div><div class="tip" hidden></div><script type="application/json">${embedJson(hover)}</script></figure>`
}

type Places = {
  readonly xs: readonly number[]
  readonly px: (value: number) => number
  readonly py: (value: number) => number
}
type Edge = { readonly low: readonly number[]; readonly high: readonly number[] }

function stack(series: readonly Series[]): readonly Edge[] {
  let low: readonly number[] = series[0]?.values.map(() => 0) ?? []
  return series.map(({ values }) => {
    const edge = { low, high: low.map((base, index) => base + (values[index] ?? 0)) }
    low = edge.high
    return edge
  })
}

function scaleOf({ log, lines }: Chart, stacks: readonly Edge[], write: (value: number) => string): Scale {
  const values = lines.flatMap(({ values: own }) => own.filter(value => value !== null))
  const top = Math.max(0, ...values, ...(stacks.at(-1)?.high ?? []))
  if (!log) return linearScale(top === 0 ? 1 : top, write)
  return logScale(Math.min(...values.filter(value => value > 0), top || 1), top || 1, write)
}

function drawLine({ values, color, dashed }: Series, { xs, px, py }: Places): string {
  let path = ''
  const points: string[] = []
  values.forEach((value, index) => {
    if (value === null) return
    const place = `${fix(px(xs[index]!))} ${fix(py(value))}`
    const isAlone = (values[index - 1] ?? null) === null && (values[index + 1] ?? null) === null
    if (isAlone) points.push(`<circle cx="${fix(px(xs[index]!))}" cy="${fix(py(value))}" r="2.2" fill="${color}"/>`)
    path += `${(values[index - 1] ?? null) === null ? 'M' : 'L'}${place}`
  })
  const dash = dashed ? ' stroke-dasharray="5 4"' : ''
  return `<path class="line" d="${path}" stroke="${color}"${dash}/>${points.join('')}`
}

function drawArea({ color }: Series, { low, high }: Edge, { xs, px, py }: Places): string {
  if (xs.length === 0) return ''
  const top = high.map((value, index) => `${fix(px(xs[index]!))} ${fix(py(value))}`)
  const bottom = low.map((value, index) => `${fix(px(xs[index]!))} ${fix(py(value))}`).reverse()
  return `<path class="area" d="M${[...top, ...bottom].join('L')}Z" fill="${color}"/>`
}

function drawBand({ name, from, to }: Band, px: (value: number) => number): string {
  const middle = fix((px(from) + px(to)) / 2)
  return `<rect class="band" x="${fix(px(from))}" width="${fix(px(to) - px(from))}" y="${area.top}" height="${inner.height}"/><text class="bandName" x="${middle}" y="${area.top - 6}" text-anchor="middle">${escapeHtml(name)}</text>`
}

function drawYTick(y: number, label: string): string {
  return `<line class="grid" x1="${area.left}" x2="${size.width - area.right}" y1="${fix(y)}" y2="${fix(y)}"/><text x="${area.left - 6}" y="${fix(y + 4)}" text-anchor="end">${escapeHtml(label)}</text>`
}

function drawXTick(x: number, label: string): string {
  return `<text x="${fix(x)}" y="${size.height - 10}" text-anchor="middle">${escapeHtml(label)}</text>`
}

function fix(place: number): string {
  return Number(place.toFixed(1)).toString()
}
