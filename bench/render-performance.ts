import type { BenchReport, BenchResult } from './results.ts'

/** docs/performance.md out of bench/results/latest.json. */
export function renderPerformance({ at, machine, rounds, rows }: BenchReport): string {
  const missed = rows.filter(({ met }) => met === false)
  return `# How fast it is

Written by \`npm run bench\` from \`bench/results/latest.json\`; the method is in [bench/README.md](../bench/README.md).
${at}, ${machine}; at least ${rounds} ${rounds === 1 ? 'round' : 'rounds'}, medians.

A promise is a ratio to a floor measured in the same run: the least that anybody could do for the same answer. Absolute
figures are this machine's, and it is shared.

| what | ours | floor | ratio (spread) | aim | met |
|---|---|---|---|---|---|
${rows.map(tableLine).join('\n')}

## What the floors are

${rows.map(({ name, floorIs }) => `- **${name}**: ${floorIs}`).join('\n')}

## Where an aim is missed

${missed.length === 0 ? 'Nowhere in this run.' : missed.map(missedText).join('\n')}
`
}

function tableLine({ name, value, unit, floor, ratio, spread, aim, met }: BenchResult): string {
  const verdict = met === null ? 'watched' : met ? 'yes' : '**no**'
  const cells = [name, `${value} ${unit}`, floor, `${ratio} (${spread[0]}–${spread[1]})`, aimShown(aim), verdict]
  return `| ${cells.join(' | ')} |`
}

function aimShown(aim: string): string {
  return aim === 'watched' ? '' : aim.replace('<=', '≤').replace('>=', '≥')
}

function missedText({ name, ratio, value, unit, aim, note }: BenchResult): string {
  const found = aim.startsWith('ratio') ? `ratio ${ratio}` : `${value} ${unit}`
  return `- **${name}**: ${found}, aim ${aimShown(aim)}. ${note ?? 'No cause is known yet.'}`
}
