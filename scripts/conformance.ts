/** `npm run conformance [-- --write]`: what our decoders make of the recorded messages, by format; --write renders
 *  docs/conformance.md. Exit 1 where a fact is missed. */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { isRight } from '../test/conformance/facts.ts'
import { type Checked, checkAll, type Row, rowsOf } from '../test/conformance/run.ts'
import { fixturesDir } from '../test/support/fixtures-dir.ts'

const heads = ['format', 'messages', 'understood whole', 'facts', 'right']
const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } })
const dir = fixturesDir()
if (!dir) {
  console.error(
    'the recorded replies are absent: put them at ../shared/fixtures or name their folder in FARELOOM_FIXTURES',
  )
  process.exit(2)
}
const { checked, unread } = await checkAll(dir)
const rows = rowsOf(checked)
const missed = checked.flatMap(missedLines)
console.log(textTable(rows))
if (unread.length > 0) console.log(`\nno reader yet: ${unread.join(', ')}`)
if (missed.length > 0) console.log(`\n${missed.join('\n')}`)
if (values.write) writeFileSync(new URL('../docs/conformance.md', import.meta.url), page(rows))
process.exitCode = missed.length > 0 ? 1 : 0

function missedLines({ file, facts }: Checked): readonly string[] {
  return facts.filter(fact => !isRight(fact)).map(({ name, difference }) => `${file}  ${name}: ${difference}`)
}

function cells({ format, messages, whole, facts, right }: Row): readonly string[] {
  return [format, String(messages), String(whole), String(facts), String(right)]
}

function textTable(all: readonly Row[]): string {
  const lines = [heads, ...all.map(cells)]
  const widths = heads.map((_, column) => Math.max(...lines.map(line => line[column]!.length)))
  return lines
    .map(line => line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '))
    .join('\n')
}

function page(all: readonly Row[]): string {
  const lines = all.map(row => `| ${cells(row).join(' | ')} |`)
  return `# What the decoders understand

Replies, notices and errors that suppliers sent or published, read by \`fareloom decode\` and compared fact by fact with what
each message states: offers and their totals, flights, codeshares, technical stops, passenger types, taxes, fare bases,
brands, bags, validating carriers, locators, tickets, surnames, fault codes. The facts were computed without our code. The
recordings are other people's and lie outside the repository; \`npm run conformance -- --write\` makes this page from them.

| ${heads.join(' | ')} |
|---|--:|--:|--:|--:|
${lines.join('\n')}
${unread.length === 0 ? '' : `\nNo reader yet: ${unread.join(', ')}.\n`}${missed.length === 0 ? '' : `\nMissed:\n\n${missed.map(line => `- ${line}`).join('\n')}\n`}`
}
