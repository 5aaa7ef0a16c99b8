import { readFileSync } from 'node:fs'

/** Rows of a table that scripts/reference/build.ts wrote: fields by tab, no header. */
export function readRows(name: string): string[][] {
  return linesOf(name).map(line => line.split('\t'))
}

/** Its rows by their first field, not yet taken apart. */
export function readLines(name: string): ReadonlyMap<string, string> {
  return new Map(linesOf(name).map(line => [line.slice(0, line.indexOf('\t')), line]))
}

function linesOf(name: string): string[] {
  const lines = readFileSync(new URL(`./data/${name}`, import.meta.url), 'utf8').split('\n')
  lines.pop()
  return lines
}

/** A table is read when somebody first asks for it, once. */
export function lazy<T>(load: () => T): () => T {
  let value: T | undefined
  return () => {
    value ??= load()
    return value
  }
}
