import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { WireError } from '../../src/core/wire-error.ts'
import { type Decode, loadDecode } from '../../src/providers/codes.ts'
import { decodeReport } from '../../src/providers/decode-report.ts'
import { type Expectation, formatOf, hasReader, readExpectations } from './expectation.ts'
import { type Fact, factsOf, isRight, type Outcome } from './facts.ts'
import type { Tree } from './forms.ts'

export type Checked = { readonly file: string; readonly provider: string; readonly facts: readonly Fact[] }

export type Conformance = {
  readonly checked: readonly Checked[]
  /** Formats of suppliers that have no folder yet. */
  readonly unread: readonly string[]
}

/** Every message of expected.json against what our decoders say of it, as `fareloom decode` would print it. */
export async function checkAll(dir: string): Promise<Conformance> {
  const expectations = readExpectations(dir)
  const checked: Checked[] = []
  for (const expected of expectations) {
    if (!hasReader(expected.provider)) continue
    const outcome = run(await loadDecode(expected.provider), expected, readFileSync(join(dir, expected.file)))
    checked.push({ file: expected.file, provider: expected.provider, facts: factsOf(expected, outcome) })
  }
  const unread = expectations.filter(({ provider }) => !hasReader(provider)).map(({ file }) => formatOf(file))
  return { checked, unread: [...new Set(unread)] }
}

function run(decode: Decode, { provider }: Expectation, bytes: Uint8Array): Outcome {
  try {
    const printed = JSON.stringify(decodeReport(provider, decode(bytes)))
    return { kind: 'report', report: JSON.parse(printed) as Tree }
  } catch (error) {
    if (error instanceof WireError) return { kind: 'refused', text: error.message }
    return { kind: 'crashed', text: String(error) }
  }
}

export type Row = {
  readonly format: string
  readonly messages: number
  readonly whole: number
  readonly facts: number
  readonly right: number
}

/** By format, in the order of their names, with the sum at the end. */
export function rowsOf(checked: readonly Checked[]): readonly Row[] {
  const formats = [...new Set(checked.map(({ file }) => formatOf(file)))].sort()
  const rowOf = (format: string, rows: readonly Checked[]): Row => ({
    format,
    messages: rows.length,
    whole: rows.filter(({ facts }) => facts.every(isRight)).length,
    facts: rows.reduce((sum, { facts }) => sum + facts.length, 0),
    right: rows.reduce((sum, { facts }) => sum + facts.filter(isRight).length, 0),
  })
  return [
    ...formats.map(format =>
      rowOf(
        format,
        checked.filter(({ file }) => formatOf(file) === format),
      ),
    ),
    rowOf('all', checked),
  ]
}
