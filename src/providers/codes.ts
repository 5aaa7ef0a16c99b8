import { existsSync, readdirSync } from 'node:fs'
import type { DecodedMessage } from './port.ts'

/** Folders beside this file; each is one supplier. */
export function listProviderCodes(): readonly string[] {
  return readdirSync(new URL('.', import.meta.url), { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
    .sort()
}

export type Decode = (bytes: Uint8Array) => DecodedMessage

/** The supplier's `wire/decode.ts`, without its adapter. */
export async function loadDecode(code: string): Promise<Decode> {
  const file = new URL(`./${code}/wire/decode.ts`, import.meta.url)
  if (!existsSync(file)) throw new Error(`providers/${code} has no wire/decode.ts`)
  const module: Record<string, unknown> = await import(file.href)
  if (typeof module.decode !== 'function') throw new Error(`providers/${code}/wire/decode.ts exports no decode()`)
  return module.decode as Decode
}
