import type { z } from 'zod'
import { escapePointer, lineOfSyntaxError, linesByPointer } from '../core/json-lines.ts'

/** A settings file that cannot be used: every problem with its line. */
export class SettingsFileError extends Error {
  override readonly name = 'SettingsFileError'
}

/** Reads a JSON settings file against its schema; `name` is what the error calls it. */
export function parseSettings<T>(name: string, text: string, schema: z.ZodType<T>): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    // V8 quotes the text around the place, over several lines
    const reason = (error as Error).message
      .replace(/,? ?(\.\.\.)?".*$/s, '')
      .replace(/( in JSON)? at position .*$/s, '')
    throw new SettingsFileError(
      `${name} is not valid JSON: line ${lineOfSyntaxError(text)}: ${reason.replace(/\s+/g, ' ')}`,
    )
  }
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const lines = linesByPointer(text)
  const problems = result.error.issues.map(issue => {
    const at = issue.path.length > 0 ? ` (${issue.path.map(String).join('.')})` : ''
    return `line ${nearestLine(lines, issue.path)}: ${issue.message}${at}`
  })
  throw new SettingsFileError(`${name} cannot be used. ${problems.slice(0, 10).join('; ')}`)
}

function nearestLine(lines: ReadonlyMap<string, number>, path: readonly PropertyKey[]): number {
  for (let length = path.length; length >= 0; length--) {
    const pointer = path
      .slice(0, length)
      .map(key => `/${escapePointer(String(key))}`)
      .join('')
    const line = lines.get(pointer)
    if (line !== undefined) return line
  }
  return 1
}
