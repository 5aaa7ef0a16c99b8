import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadError, loadOutside, outsideCodes, outsideFolder } from './outside.ts'
import type { DecodedMessage } from './port.ts'
import { withoutUnsound } from './sound-offers.ts'

/** Folders beside this file and those of PROVIDERS_PATH (outside.ts); each is one supplier. */
export function listProviderCodes(): readonly string[] {
  return [...codesOfTree(), ...outsideCodes()].sort()
}

export function codesOfTree(): readonly string[] {
  return readdirSync(new URL('.', import.meta.url), { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
}

/** What a file of a supplier's folder exports (`index.ts`, `simulator.ts`, `wire/decode.ts`); undefined: it has none. */
export async function loadPart(code: string, file: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const folder = outsideFolder(code)
  if (folder !== undefined) return loadOutside(folder, file)
  const url = new URL(`./${code}/${file}`, import.meta.url)
  if (!existsSync(fileURLToPath(url))) return undefined
  try {
    return await import(url.href)
  } catch (error) {
    throw loadError(`providers/${code}/${file}`, fileURLToPath(new URL(`./${code}`, import.meta.url)), error)
  }
}

export type Decode = (bytes: Uint8Array) => DecodedMessage

/** The supplier's `wire/decode.ts`, without its adapter; offers that cannot be are left out. */
export async function loadDecode(code: string): Promise<Decode> {
  const part = await loadPart(code, 'wire/decode.ts')
  if (!part) throw new Error(`supplier ${code} has no wire/decode.ts`)
  if (typeof part.decode !== 'function') throw new Error(`wire/decode.ts of supplier ${code} exports no decode()`)
  const decode = part.decode as Decode
  return bytes => withoutUnsound(decode(bytes))
}
