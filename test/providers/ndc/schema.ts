import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What xmllint has against the messages, each by the schema of its name; none is good. */
export function complaintsAbout(schemaDir: string, messages: readonly string[]): readonly string[] {
  const dir = mkdtempSync(join(tmpdir(), 'fareloom-schema-'))
  try {
    const byName = new Map<string, string[]>()
    messages.forEach((message, index) => {
      const name = nameOf(message)
      const file = join(dir, `${index}-${name}.xml`)
      writeFileSync(file, message)
      byName.set(name, [...(byName.get(name) ?? []), file])
    })
    return [...byName].flatMap(([name, files]) => {
      const run = spawnSync('xmllint', ['--noout', '--schema', join(schemaDir, `${name}.xsd`), ...files], {
        encoding: 'utf8',
      })
      return run.stderr.split('\n').filter(line => line !== '' && !line.endsWith(' validates'))
    })
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** `IATA_AirShoppingRS` */
export function nameOf(message: string): string {
  return /<(IATA_\w+)/.exec(message)?.[1] ?? ''
}
