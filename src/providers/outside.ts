import { existsSync, readdirSync, statSync } from 'node:fs'
import { createRequire, registerHooks } from 'node:module'
import { delimiter, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { codeMistake } from './code-rules.ts'
import { ProviderSettingsError } from './port.ts'

/** Suppliers outside the tree, by code. Filled once, by the composition root. */
const folders = new Map<string, string>()

export function outsideCodes(): readonly string[] {
  return [...folders.keys()]
}

export function outsideFolder(code: string): string | undefined {
  return folders.get(code)
}

/** `PROVIDERS_PATH`: a directory whose folders are suppliers (several, as in PATH). Their files import the engine as
 *  `fareloom/core/money.ts`, and its packages by name, without being installed anywhere. Throws ProviderSettingsError. */
export function addProviderFolders(path: string | undefined, taken: readonly string[]): void {
  for (const directory of (path ?? '').split(delimiter).filter(part => part !== '')) {
    for (const code of foldersIn(directory)) {
      const folder = resolve(directory, code)
      if (folders.get(code) === folder) continue
      const mistake = codeMistake(code, [...taken, ...folders.keys()])
      if (mistake) throw new ProviderSettingsError(`PROVIDERS_PATH has ${folder}: ${mistake}`)
      if (!existsSync(join(folder, 'index.ts')))
        throw new ProviderSettingsError(`PROVIDERS_PATH has ${folder}, which has no index.ts`)
      folders.set(code, folder)
    }
  }
  if (folders.size > 0) showEngine()
}

/** What begins with a dot, and packages, are no suppliers. */
function foldersIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
      .filter(name => !name.startsWith('.') && name !== 'node_modules')
      .filter(name => statSync(join(directory, name)).isDirectory())
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new ProviderSettingsError(`PROVIDERS_PATH names ${directory}, which is no readable directory (${code})`)
  }
}

const engine = new URL('../', import.meta.url).href
let shown = false

/** Names of ours for files that lie elsewhere: `fareloom/…` is `src/…`, packages are looked for here where they are not there. */
function showEngine(): void {
  if (shown) return
  shown = true
  registerHooks({
    resolve(specifier, context, nextResolve) {
      if (specifier.startsWith('fareloom/')) return nextResolve(engine + specifier.slice('fareloom/'.length), context)
      const isPackage = /^[@a-z]/.test(specifier) && !specifier.includes(':')
      if (!isPackage || !isOutside(context.parentURL)) return nextResolve(specifier, context)
      try {
        return nextResolve(specifier, context)
      } catch {
        return nextResolve(specifier, { ...context, parentURL: import.meta.url })
      }
    },
  })
}

function isOutside(parent: string | undefined): boolean {
  return [...folders.values()].some(folder => parent?.startsWith(`${pathToFileURL(folder).href}/`))
}

const require = createRequire(import.meta.url)

/** With require, which loads modules too, so that test runners that rewrite import() see the same loader as the service. */
export function loadOutside(folder: string, file: string): Readonly<Record<string, unknown>> | undefined {
  const path = join(folder, file)
  if (!existsSync(path)) return undefined
  try {
    return require(path) as Record<string, unknown>
  } catch (error) {
    throw loadError(path, folder, error)
  }
}

/** Of a supplier's folder, in the tree too: one sentence instead of a stack that is mostly the loader's. */
export function loadError(path: string, folder: string, error: unknown): ProviderSettingsError {
  return new ProviderSettingsError(`${path} cannot be loaded: ${reasonOf(error, folder)}`)
}

/** The first line, with the place in the folder where Node tells one: a fault three imports away is found nowhere else. */
function reasonOf(error: unknown, folder: string): string {
  const [text] = String(error instanceof Error ? error.message : error).split('\n')
  const stack = error instanceof Error ? String(error.stack) : ''
  const at = stack.split(pathToFileURL(`${folder}/`).href)[1]?.match(/^[^\s)]+?:\d+/)?.[0]
  if (at !== undefined) return `${text} (${at})`
  return /does not provide an export/.test(String(text)) ? `${text} (the compiler says who asks for it)` : String(text)
}
