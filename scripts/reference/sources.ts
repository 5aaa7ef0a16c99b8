import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export type Row = Readonly<Record<string, string>>

/** Rows of a table with a header line. Quotes as in RFC 4180; a quote inside an unquoted field is kept. */
export function readTable(folder: string, file: string, separator: ',' | '^' | ';', header?: readonly string[]): Row[] {
  const text = readFileSync(join(folder, file), 'utf8')
  const [first, ...rest] = parse(text, separator)
  const names = header ?? first ?? []
  const rows = header && first ? [first, ...rest] : rest
  return rows.map(fields => Object.fromEntries(names.map((name, i) => [name, (fields[i] ?? '').trim()])))
}

function parse(text: string, separator: string): string[][] {
  if (separator !== ',')
    return text
      .split('\n')
      .filter(Boolean)
      .map(line => line.replace(/\r$/, '').split(separator))
  const rows: string[][] = []
  let row: string[] = []
  let at = 0
  while (at < text.length) {
    const field = text[at] === '"' ? quoted(text, at) : bare(text, at)
    row.push(field.value)
    at = field.end
    if (text[at] !== separator) {
      if (row.length > 1 || row[0] !== '') rows.push(row)
      row = []
      if (text[at] === '\r') at++
    }
    at++
  }
  return rows
}

function quoted(text: string, start: number) {
  let value = ''
  let at = start + 1
  for (;;) {
    const close = text.indexOf('"', at)
    if (close < 0) throw new Error(`a quote opened at ${start} is never closed`)
    value += text.slice(at, close)
    if (text[close + 1] !== '"') return { value, end: close + 1 }
    value += '"'
    at = close + 2
  }
}

function bare(text: string, start: number) {
  let end = start
  while (end < text.length && text[end] !== ',' && text[end] !== '\n' && text[end] !== '\r') end++
  return { value: text.slice(start, end), end }
}

/** One line per row, tab between fields, `\n` at the end. Throws where a field would break the format. */
export function toTsv(rows: readonly (readonly (string | number)[])[]): string {
  return rows
    .map(row => {
      const fields = row.map(String)
      const broken = fields.find(field => /[\t\n\r]/.test(field))
      if (broken !== undefined) throw new Error(`field with a tab or a line break: ${JSON.stringify(broken)}`)
      return `${fields.join('\t')}\n`
    })
    .join('')
}

/** What a step left out and why, printed at the end. */
export class Report {
  readonly #lines = new Map<string, string[]>()

  drop(why: string, what: string): void {
    const list = this.#lines.get(why) ?? []
    list.push(what)
    this.#lines.set(why, list)
  }

  print(): void {
    for (const [why, list] of [...this.#lines].sort()) {
      const shown = list.slice(0, 40).join(', ')
      console.log(`${String(list.length).padStart(6)}  ${why}: ${shown}${list.length > 40 ? ', …' : ''}`)
    }
  }
}
