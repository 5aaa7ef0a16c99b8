/** Line numbers (from 1) of every value in a JSON text, by RFC 6901 pointer: so that a settings file's errors name the line.
 *  Expects a text that JSON.parse has accepted. */
export function linesByPointer(text: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>()
  let at = 0
  let line = 1

  const skipSpace = (): void => {
    while (at < text.length && /\s/.test(text[at]!)) {
      if (text[at] === '\n') line++
      at++
    }
  }
  const readString = (): string => {
    const start = at++
    while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1
    at++
    return JSON.parse(text.slice(start, at)) as string
  }
  const readItems = (close: string, item: (index: number) => void): void => {
    at++
    skipSpace()
    for (let index = 0; text[at] !== close; index++) {
      item(index)
      skipSpace()
      if (text[at] === ',') at++
      skipSpace()
    }
    at++
  }
  const readValue = (pointer: string): void => {
    skipSpace()
    lines.set(pointer, line)
    const first = text[at]
    if (first === '{') {
      readItems('}', () => {
        const key = readString()
        skipSpace()
        at++
        readValue(`${pointer}/${escapePointer(key)}`)
      })
    } else if (first === '[') {
      readItems(']', index => readValue(`${pointer}/${index}`))
    } else if (first === '"') {
      readString()
    } else {
      while (at < text.length && !/[,\]}\s]/.test(text[at]!)) at++
    }
  }
  readValue('')
  return lines
}

export function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}
