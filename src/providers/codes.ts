import { readdirSync } from 'node:fs'

/** Folders beside this file; each is one supplier. */
export function listProviderCodes(): readonly string[] {
  return readdirSync(new URL('.', import.meta.url), { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
    .sort()
}
