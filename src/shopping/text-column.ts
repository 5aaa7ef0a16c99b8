/** None, one or several texts a row: `values[starts[row] .. starts[row + 1]]` are places in `texts`. */
export type TextColumn = {
  readonly texts: readonly string[]
  readonly starts: Int32Array
  readonly values: Int32Array
}

export interface TextWriter {
  /** A text counts once a row. */
  add(text: string): void
  endRow(): void
  column(): TextColumn
}

export function textWriter(): TextWriter {
  const texts: string[] = []
  const places = new Map<string, number>()
  const starts = [0]
  const values: number[] = []
  let start = 0
  return {
    add(text) {
      let place = places.get(text)
      if (place === undefined) {
        place = texts.length
        places.set(text, place)
        texts.push(text)
      }
      for (let i = start; i < values.length; i++) if (values[i] === place) return
      values.push(place)
    },
    endRow() {
      start = values.length
      starts.push(start)
    },
    column: () => ({ texts, starts: new Int32Array(starts), values: new Int32Array(values) }),
  }
}

/** Some rows, in that order. */
export function pickTexts({ texts, starts, values }: TextColumn, rows: Int32Array): TextColumn {
  const pickedStarts = new Int32Array(rows.length + 1)
  for (let i = 0; i < rows.length; i++) {
    pickedStarts[i + 1] = pickedStarts[i]! + starts[rows[i]! + 1]! - starts[rows[i]!]!
  }
  const picked = new Int32Array(pickedStarts[rows.length]!)
  for (let i = 0, at = 0; i < rows.length; i++) {
    for (let from = starts[rows[i]!]!; from < starts[rows[i]! + 1]!; from++) picked[at++] = values[from]!
  }
  return { texts, starts: pickedStarts, values: picked }
}
