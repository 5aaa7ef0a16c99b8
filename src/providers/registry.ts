import type { Log } from '../core/log.ts'
import type { StartSimulator } from '../sandbox/world.ts'
import { listProviderCodes, loadPart } from './codes.ts'
import { type BudgetSettings, budgetWords } from './budget-settings.ts'
import { type GuardedProvider, type GuardParts, defaultLimits, guard } from './guard.ts'
import { outsideFolder } from './outside.ts'
import type { CreateProvider, Provider, ProviderSettings } from './port.ts'
import { contractVersion, ProviderSettingsError } from './port.ts'
import { nearest, type WatchedSettings, watchSettings } from './settings-words.ts'

/** The suppliers in use, by folder name. */
export interface Providers {
  list(): readonly GuardedProvider[]
  find(code: string): GuardedProvider | undefined
  close(): Promise<void>
}

/** `my-air` -> `PROVIDER_MY_AIR`. */
export function settingsPrefix(code: string): string {
  return `PROVIDER_${code.toUpperCase().replaceAll('-', '_')}`
}

/** `PROVIDER_SABRE=off` or `PROVIDER_SABRE_BASE_URL=…`, `PROVIDER_SABRE_CLIENT_ID=…`; undefined: nothing is said, so the
 *  sandbox stands in. Settings without a base URL are a mistake that would otherwise go to the simulator unnoticed. */
export function readSettings(
  code: string,
  env: Readonly<Record<string, string | undefined>>,
): ProviderSettings | 'off' | undefined {
  const name = settingsPrefix(code)
  const word = env[name]
  if (word === 'off') return 'off'
  if (word !== undefined && word !== '' && word !== 'on')
    throw new ProviderSettingsError(`${name} is "${word}": only on and off are understood`)
  const settings: Record<string, string> = {}
  for (const [key, value] of Object.entries(env)) {
    if (value === undefined || value === '' || !key.startsWith(`${name}_`)) continue
    if (!budgetWords.includes(key.slice(name.length + 1))) settings[camelCase(key.slice(name.length + 1))] = value
  }
  if (Object.keys(settings).length === 0) return undefined
  if (!settings.baseUrl)
    throw new ProviderSettingsError(
      `${name}_BASE_URL is missing beside ${name}_${Object.keys(settings).map(snakeCase).join(`, ${name}_`)}`,
    )
  return settings
}

function camelCase(key: string): string {
  return key.toLowerCase().replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, letter => `_${letter}`).toUpperCase()
}

/** Creates and guards each supplier that has settings. Throws ProviderSettingsError with one sentence. */
export async function openProviders(
  settings: ReadonlyMap<string, ProviderSettings>,
  parts: GuardParts,
  budgets: ReadonlyMap<string, BudgetSettings> = new Map(),
): Promise<Providers> {
  const providers = new Map<string, GuardedProvider>()
  for (const [code, own] of settings) {
    const create = await loadCreate(code)
    const watched = watchSettings(own)
    providers.set(code, guard(checked(code, create(watched.settings, parts)), parts, defaultLimits, budgets.get(code)))
    tellUnread(code, watched, parts.log)
  }
  return {
    list: () => [...providers.values()],
    find: code => providers.get(code),
    async close() {
      await Promise.all([...providers.values()].map(provider => provider.close()))
    },
  }
}

/** PROVIDER_SABRE_CURENCY would otherwise do nothing, and say nothing. */
function tellUnread(code: string, { unread, asked }: WatchedSettings, log: Log): void {
  const nameOf = (key: string): string => `${settingsPrefix(code)}_${snakeCase(key)}`
  for (const name of unread().map(nameOf)) {
    const near = nearest(name, asked().map(nameOf))
    log.warn({ variable: name, ...(near ? { didYouMean: near } : {}) }, 'the supplier has no setting of this name')
  }
}

async function loadCreate(code: string): Promise<CreateProvider> {
  if (!listProviderCodes().includes(code)) throw new ProviderSettingsError(`there is no supplier called ${code}`)
  const part = await loadPart(code, 'index.ts')
  if (typeof part?.create !== 'function')
    throw new ProviderSettingsError(`${placeOf(code)}/index.ts exports no create()`)
  if (outsideFolder(code) !== undefined || part.contractVersion !== undefined) checkVersion(code, part.contractVersion)
  return part.create as CreateProvider
}

/** Outside the tree each says what it was written for; in it whoever likes to, since the compiler sees to it. */
function checkVersion(code: string, version: unknown): void {
  if (version === contractVersion) return
  const said =
    version === undefined
      ? 'does not export its contractVersion (index.ts)'
      : `was written for contract version ${version}`
  throw new ProviderSettingsError(`supplier ${code} ${said}; this engine has version ${contractVersion}`)
}

function checked(code: string, provider: Provider): Provider {
  if (provider.code === code) return provider
  throw new ProviderSettingsError(
    `the supplier in ${placeOf(code)} calls itself ${provider.code}: its code is the folder's name, ${code}`,
  )
}

function placeOf(code: string): string {
  return outsideFolder(code) ?? `providers/${code}`
}

/** For the sandbox process only: the simulator of each supplier that has one. */
export async function loadSimulators(
  codes: readonly string[] = listProviderCodes(),
): Promise<ReadonlyMap<string, StartSimulator>> {
  const simulators = new Map<string, StartSimulator>()
  for (const code of codes) {
    const part = await loadPart(code, 'simulator.ts')
    if (!part) continue
    if (typeof part.startSimulator !== 'function') {
      throw new ProviderSettingsError(`${placeOf(code)}/simulator.ts exports no startSimulator()`)
    }
    simulators.set(code, part.startSimulator as StartSimulator)
  }
  return simulators
}
