import { readdirSync } from 'node:fs'
import { type GuardParts, guard } from './guard.ts'
import {
  type CreateGateway,
  type GatewaySimulatorOptions,
  GatewaySettingsError,
  type PaymentGateway,
  type RunningGatewaySimulator,
  type StartGatewaySimulator,
} from './port.ts'

/** Folders beside this file; each is one gateway. */
export function listGatewayCodes(): readonly string[] {
  return readdirSync(new URL('.', import.meta.url), { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
    .sort()
}

/** `GATEWAY_TEST_BASE_URL`, `GATEWAY_TEST_API_KEY` … as camel-case settings; undefined where nothing is said. `PAYMENTS_TEST_…` is
 *  what they were called first. */
export function readGatewaySettings(
  code: string,
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> | undefined {
  const entries = ['PAYMENTS', 'GATEWAY'].flatMap(word => {
    const prefix = `${gatewayPrefix(code, word)}_`
    return Object.entries(env).flatMap(([key, value]) =>
      value && key.startsWith(prefix) ? [[camelCase(key.slice(prefix.length)), value] as const] : [],
    )
  })
  return entries.length > 0 ? Object.fromEntries(entries) : undefined
}

/** What the variables of a gateway's settings begin with: GATEWAY_TEST. */
export function gatewayPrefix(code: string, word = 'GATEWAY'): string {
  return `${word}_${code.toUpperCase().replaceAll('-', '_')}`
}

function camelCase(key: string): string {
  return key.toLowerCase().replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/** The gateway in use, guarded. Throws GatewaySettingsError with one sentence. */
export async function openGateway(
  code: string,
  settings: Readonly<Record<string, string>>,
  parts: GuardParts,
): Promise<PaymentGateway> {
  const create = (await load(code, 'index.ts', 'create')) as CreateGateway
  const gateway = create(settings, parts)
  if (gateway.code !== code) throw new GatewaySettingsError(`payments/${code} calls itself ${gateway.code}`)
  return guard(gateway, parts)
}

/** For the sandbox process only. */
export async function startGatewaySimulator(
  code: string,
  options: GatewaySimulatorOptions,
): Promise<RunningGatewaySimulator> {
  const start = (await load(code, 'simulator.ts', 'startGatewaySimulator')) as StartGatewaySimulator
  return start(options)
}

async function load(code: string, file: string, name: string): Promise<unknown> {
  if (!listGatewayCodes().includes(code)) throw new GatewaySettingsError(`there is no payment gateway called ${code}`)
  const module: Record<string, unknown> = await import(new URL(`./${code}/${file}`, import.meta.url).href)
  if (typeof module[name] !== 'function')
    throw new GatewaySettingsError(`payments/${code}/${file} exports no ${name}()`)
  return module[name]
}
