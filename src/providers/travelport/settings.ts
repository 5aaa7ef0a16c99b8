import { type ProviderSettings, ProviderSettingsError } from '../port.ts'

export type TravelportSettings = {
  /** Up to the service names: `https://emea.universal-api.travelport.com/B2BGateway/connect/uAPI`. */
  readonly baseUrl: string
  /** With the prefix that Travelport gives: `Universal API/uAPI1234567890-abcdef`. */
  readonly username: string
  readonly password: string
  /** `P1234567` */
  readonly targetBranch: string
}

export function readSettings(settings: ProviderSettings): TravelportSettings {
  const baseUrl = required(settings, 'baseUrl', 'BASE_URL')
  if (!URL.canParse(baseUrl) || !/^https?:$/.test(new URL(baseUrl).protocol))
    throw new ProviderSettingsError(`PROVIDER_TRAVELPORT_BASE_URL is no http(s) address: ${baseUrl}`)
  const targetBranch = required(settings, 'targetBranch', 'TARGET_BRANCH')
  if (!/^[A-Za-z0-9]{1,25}$/.test(targetBranch))
    throw new ProviderSettingsError('PROVIDER_TRAVELPORT_TARGET_BRANCH is a branch code of letters and digits')
  return {
    baseUrl,
    username: required(settings, 'username', 'USERNAME'),
    password: required(settings, 'password', 'PASSWORD'),
    targetBranch,
  }
}

function required(settings: ProviderSettings, key: string, name: string): string {
  const value = settings[key]?.trim()
  if (!value) throw new ProviderSettingsError(`PROVIDER_TRAVELPORT_${name} is not set`)
  return value
}
