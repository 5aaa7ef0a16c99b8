import type { BenchResult } from './results.ts'
import type { Aim, Line, Row, Sheet } from './row.ts'

/** Lines of a row or sheet, and the figures that its rounds have brought so far. */
export class Tally {
  readonly file: string
  readonly lines: readonly Line[]
  readonly roundsMax: number
  readonly unavailable: string | undefined
  readonly #isRate: boolean
  readonly #floors: number[][] = []
  readonly #values: number[][] = []

  constructor(file: string, { row, sheet }: { readonly row?: Row; readonly sheet?: Sheet }) {
    this.file = file
    this.#isRate = row?.isRate ?? false
    this.lines = sheet?.lines ?? [lineOf(row!)]
    this.roundsMax = sheet?.roundsMax ?? Number.POSITIVE_INFINITY
    this.unavailable = (sheet ?? row)!.unavailable
  }

  get rounds(): number {
    return Math.min(this.#floors.length, this.#values.length)
  }

  note(which: 'floor' | 'value', figures: readonly number[]): void {
    const kept = which === 'floor' ? this.#floors : this.#values
    kept.push(figures.map(figure => (this.#isRate ? 1e6 / figure : figure)))
  }

  results(): readonly BenchResult[] {
    return this.lines.map((line, at) => {
      const floors = this.#floors.map(figures => figures[at]!)
      const values = this.#values.map(figures => figures[at]!)
      const ratios = summary(values.slice(0, this.rounds).map((value, round) => value / floors[round]!))
      const value = summary(values).median
      return {
        name: line.name,
        unit: line.unit,
        value: rounded(value),
        floor: rounded(summary(floors).median),
        ratio: rounded(ratios.median),
        spread: [rounded(ratios.min), rounded(ratios.max)],
        aim: aimText(line),
        better: line.better,
        met: isMet(line.aim, ratios.median, value),
        floorIs: line.floorIs,
        rounds: this.rounds,
        ...(line.note === undefined ? {} : { note: line.note }),
      }
    })
  }
}

function lineOf({ isRate = false, unit, ...told }: Row): Line {
  const article = /^[aeiou]/.test(unit) ? 'an' : 'a'
  const text = isRate ? `${unit}s a second of CPU` : `µs of CPU ${article} ${unit}`
  return { ...told, unit: text, better: isRate ? 'higher' : 'lower' }
}

function aimText({ aim, unit }: Line): string {
  if (!aim) return 'watched'
  if ('ratioMax' in aim) return `ratio <= ${rounded(aim.ratioMax)}`
  if ('ratioMin' in aim) return `ratio >= ${rounded(aim.ratioMin)}`
  return 'microsMax' in aim ? `<= ${aim.microsMax} µs` : `<= ${aim.valueMax} ${unit}`
}

function isMet(aim: Aim | null, ratio: number, value: number): boolean | null {
  if (!aim) return null
  if ('ratioMax' in aim) return ratio <= aim.ratioMax
  if ('ratioMin' in aim) return ratio >= aim.ratioMin
  return value <= ('microsMax' in aim ? aim.microsMax : aim.valueMax)
}

export function summary(values: readonly number[]): {
  readonly median: number
  readonly min: number
  readonly max: number
} {
  const sorted = [...values].sort((a, b) => a - b)
  return { median: sorted[Math.floor(sorted.length / 2)]!, min: sorted[0]!, max: sorted.at(-1)! }
}

/** `share` from 0 to 1: 0.99 for p99. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!
}

function rounded(value: number): number {
  return Number(value.toPrecision(4))
}
