import type { BenchReport, BenchResult } from './results.ts'

/** In the order in which they are read; the first that fits takes a row, the last takes the rest. */
const parts: readonly { readonly title: string; readonly holds: RegExp }[] = [
  {
    title: 'Searches',
    holds: /^(search answered|cold search|added latency|answer to respond|first progressive|deadline)/,
  },
  { title: 'Under load', holds: /^(overload|two processes)/ },
  { title: "Suppliers' replies", holds: /search reply to offers$/ },
  { title: 'Bookings', holds: /booking/ },
  { title: 'Inside', holds: /./ },
]

/** docs/performance.md out of bench/results/latest.json. */
export function renderPerformance({ at, machine, rounds, rows }: BenchReport): string {
  const missed = rows.filter(({ met }) => met === false)
  const aimed = rows.filter(({ met }) => met !== null).length
  return `# How fast it is

Written by \`npm run bench\` from \`bench/results/latest.json\`; the method is in [bench/README.md](../bench/README.md), what follows
for a whole installation in [capacity.md](capacity.md).
${at}, ${machine}; at least ${rounds} ${rounds === 1 ? 'round' : 'rounds'}, medians.

A promise is a ratio to a floor measured in the same run: the least that anybody could do for the same answer. Absolute
figures are this machine's, and it is shared. Of ${aimed} aims ${aimed - missed.length} are met; what is known of the others stands below.

${parts.map(({ title }) => part(title, rows)).join('\n')}
## Where an aim is missed

${missed.length === 0 ? 'Nowhere in this run.' : missed.map(missedText).join('\n')}

## What the floors are

${rows.map(({ name, floorIs }) => `- **${name}**: ${floorIs}`).join('\n')}
`
}

function part(title: string, rows: readonly BenchResult[]): string {
  const own = rows.filter(({ name }) => parts.find(({ holds }) => holds.test(name))!.title === title)
  if (own.length === 0) return ''
  return `## ${title}

| what | ours | floor | ratio (spread) | aim | met |
|---|---|---|---|---|---|
${own.map(tableLine).join('\n')}
`
}

function tableLine({ name, value, unit, floor, ratio, spread, aim, met }: BenchResult): string {
  const verdict = met === null ? 'watched' : met ? 'yes' : '**no**'
  const ratios = `${shown(ratio)} (${shown(spread[0])}–${shown(spread[1])})`
  const cells = [name, `${shown(value)} ${unit}`, shown(floor), ratios, aimShown(aim), verdict]
  return `| ${cells.join(' | ')} |`
}

/** Three digits say all that a noisy machine knows. */
function shown(value: number): string {
  return value.toLocaleString('en-GB', { maximumSignificantDigits: 3 })
}

function aimShown(aim: string): string {
  return aim === 'watched' ? '' : aim.replace('<=', '≤').replace('>=', '≥')
}

function missedText({ name, ratio, value, unit, aim, note }: BenchResult): string {
  const found = aim.startsWith('ratio') ? `ratio ${shown(ratio)}` : `${shown(value)} ${unit}`
  return `- **${name}**: ${found}, aim ${aimShown(aim)}. ${note ?? 'No cause is known yet.'}`
}
