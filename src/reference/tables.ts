import { readFileSync } from 'node:fs'

/** Rows of a table that scripts/reference/build.ts wrote: fields by tab, no header. */
export function readRows(name: string): string[][] {
  const text = readFileSync(new URL(`./data/${name}`, import.meta.url), 'utf8')
  const lines = text.split('\n')
  lines.pop()
  return lines.map(line => line.split('\t'))
}

/** A table is read when somebody first asks for it, once. */
export function lazy<T>(load: () => T): () => T {
  let value: T | undefined
  return () => {
    value ??= load()
    return value
  }
}
