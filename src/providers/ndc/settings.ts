import { type ProviderSettings, ProviderSettingsError } from '../port.ts'
import type { PaymentMeans } from './wire/create-request.ts'
import type { Seller } from './wire/envelope.ts'

export type NdcSettings = {
  /** Takes every message; `{message}` in it stands for the message's name (`AirShopping`). */
  readonly baseUrl: string
  readonly apiKey: string
  readonly apiKeyHeader: string
  readonly seller: Seller
  readonly payment: PaymentMeans
}

export function readSettings(settings: ProviderSettings): NdcSettings {
  const baseUrl = required(settings, 'baseUrl', 'BASE_URL')
  const sample = baseUrl.replace('{message}', 'AirShopping')
  if (!URL.canParse(sample) || !/^https?:$/.test(new URL(sample).protocol))
    throw new ProviderSettingsError(`PROVIDER_NDC_BASE_URL is no http(s) address: ${baseUrl}`)
  const apiKeyHeader = (settings.apiKeyHeader ?? 'x-api-key').trim().toLowerCase()
  if (!/^[a-z0-9-]{1,64}$/.test(apiKeyHeader))
    throw new ProviderSettingsError('PROVIDER_NDC_API_KEY_HEADER is no name of a header')
  const sellerId = required(settings, 'sellerId', 'SELLER_ID')
  return {
    baseUrl,
    apiKey: required(settings, 'apiKey', 'API_KEY'),
    apiKeyHeader,
    seller: { id: sellerId, name: settings.sellerName?.trim() || sellerId },
    payment: {
      type: settings.paymentType?.trim() || 'CA',
      iataNumber: settings.iataNumber?.trim() || null,
    },
  }
}

function required(settings: ProviderSettings, key: string, name: string): string {
  const value = settings[key]?.trim()
  if (!value) throw new ProviderSettingsError(`PROVIDER_NDC_${name} is not set`)
  return value
}
