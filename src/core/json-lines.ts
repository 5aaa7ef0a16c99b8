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

/** Line (from 1) of what JSON.parse refuses: the first that the text cannot begin with. V8 tells a position only now and then. */
export function lineOfSyntaxError(text: string): number {
  let end = 0
  for (let line = 1; ; line++) {
    end = text.indexOf('\n', end) + 1
    if (end === 0 || !canGoOn(text.slice(0, end))) return line
  }
}

function canGoOn(start: string): boolean {
  try {
    JSON.parse(start)
    return true
  } catch (error) {
    const { message } = error as Error
    const position = Number(/at position (\d+)/.exec(message)?.[1] ?? -1)
    return message.startsWith('Unexpected end') || (position >= start.length && !message.startsWith('Unterminated'))
  }
}

export function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}
