import type { ZoneName } from '../../core/itinerary.ts'
import type { CurrencyCode } from '../../core/money.ts'
import { isZone } from '../../reference/zones.ts'
import { type ProviderSettings, ProviderSettingsError } from '../port.ts'
import type { Printers } from './wire/tickets.ts'

export type SabreSettings = {
  readonly baseUrl: URL
  /** EPR. */
  readonly userId: string
  readonly password: string
  readonly pseudoCityCode: string
  readonly domain: string
  /** Where the pseudo city is: ticketing limits and the day of a void are in its local time. */
  readonly officeZone: ZoneName
  /** What the office sells in. createBooking has no field for another, so shopping asks for this one; null: for that of
   *  the search. */
  readonly currency: CurrencyCode | null
  readonly printers: Printers
  readonly agencyCustomerNumber: string | null
}

/** README.md lists them. Throws a ProviderSettingsError that names the first that is missing or senseless. */
export function readSabreSettings(settings: ProviderSettings): SabreSettings {
  const officeZone = settings.officeZone ?? 'UTC'
  if (!isZone(officeZone)) throw problem('OFFICE_ZONE', `is no time zone: ${officeZone}`)
  return {
    baseUrl: baseUrlOf(settings.baseUrl),
    userId: required(settings, 'userId', 'USER_ID'),
    password: required(settings, 'password', 'PASSWORD'),
    pseudoCityCode: matching(settings, 'pcc', 'PCC', /^[A-Z0-9]{3,4}$/, 'three or four characters'),
    domain: settings.domain ?? 'AA',
    officeZone,
    currency:
      settings.currency === undefined ? null : matching(settings, 'currency', 'CURRENCY', /^[A-Z]{3}$/, 'a code'),
    printers: readPrinters(settings),
    agencyCustomerNumber: settings.agencyCustomerNumber ?? null,
  }
}

function readPrinters(settings: ProviderSettings): Printers {
  const profile = settings.printerProfile
  if (profile !== undefined && !/^\d{1,3}$/.test(profile)) throw problem('PRINTER_PROFILE', 'is no number')
  const country = settings.ticketCountry
  if (country !== undefined && !/^[A-Z]{2}$/.test(country)) throw problem('TICKET_COUNTRY', 'is no country code')
  return {
    profileNumber: profile === undefined ? null : Number(profile),
    hardcopy: settings.hardcopyAddress ?? null,
    ticketCountry: country ?? null,
  }
}

function baseUrlOf(text: string | undefined): URL {
  if (text === undefined) throw problem('BASE_URL', 'is missing')
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) throw problem('BASE_URL', `is no http address: ${text}`)
  return url
}

function required(settings: ProviderSettings, key: string, name: string): string {
  const value = settings[key]
  if (value === undefined || value.trim() === '') throw problem(name, 'is missing')
  return value
}

function matching(settings: ProviderSettings, key: string, name: string, pattern: RegExp, words: string): string {
  const value = required(settings, key, name)
  if (!pattern.test(value)) throw problem(name, `must be ${words}`)
  return value
}

function problem(name: string, words: string): ProviderSettingsError {
  return new ProviderSettingsError(`PROVIDER_SABRE_${name} ${words}`)
}
