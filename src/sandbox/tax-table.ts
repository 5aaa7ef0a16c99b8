import type { CurrencyCode } from '../core/money.ts'

/** Charges on leaving an airport of a country: tax code, amount, currency, where it is due (i on flights abroad, d at
 *  home, a on all), and how: v differs by airport, c not for children, b grows with the cabin. Codes are those on
 *  tickets; amounts are of the right size, not those of a day. Seen in recorded fares: domain notes; others plausible. */
const rows = `
GB UB 28 GBP av; AE AE 75 AED i; AE ZR 10 AED i; AE F6 40 AED iv; AE TP 5 AED i; AR XR 57 USD i; AR QO 10 USD i
AT ZY 9 EUR av; AT QD 12 EUR a; AT AT 8 EUR a; AU AU 70 AUD ic; AU WY 38 AUD av; BE BE 24 EUR av; BR BR 32 USD i; BR BR 8 USD d
CA CA 18 USD i; CA CA 7 USD d; CA SQ 22 USD av; CH CH 26 CHF av; CL CL 26 USD i; CN CN 90 CNY i; CN CN 50 CNY d
CO CO 38 USD i; CO DG 15 USD i; CO JS 48 USD i; CO CO 6 USD d; CZ CZ 690 CZK av; DK ZO 16 USD av; EG EG 25 USD i; EG QH 5 USD i
ES JD 14 EUR av; ES OG 0.6 EUR a; ES QV 4 EUR a; FI XU 9 EUR av; FI WL 4 EUR a; FI DQ 5 EUR a
DE RA 21 EUR av; DE DE 9 EUR a; FR QX 17 EUR av; FR FR 12 EUR a; GR GR 12 EUR a; GR WP 10 EUR a; GR WQ 5 EUR a
HK HK 120 HKD ic; HK G3 90 HKD i; HK I5 65 HKD i; HR HR 10 EUR a; HU HU 15 USD a; ID D5 240000 IDR iv; ID D5 120000 IDR dv
IE GK 11 EUR av; IL IL 28 USD i; IN IN 600 INR av; IN P2 236 INR a; IN K3 0.05 % a; IS IS 12 USD a; IT IT 9 EUR av; IT VT 3 EUR a
IT HB 7 EUR a; IT EX 1 EUR a; IT MJ 1 EUR a; JP SW 2460 JPY iv; JP OI 530 JPY i; JP TK 1000 JPY i; JP SW 290 JPY d
KE KE 50 USD i; KE KE 600 KES d; KR BP 28000 KRW i; KR BP 4000 KRW d; MA MA 15 USD i; MX XD 48 USD i; MX UK 27 USD i; MX MX 0.16 % d
MX UK 20 USD d; MY MY 73 MYR iv; MY H8 1 MYR a; MU MU 28 USD i; NG QT 70 USD i; NG NG 0.05 % a; NL RN 17 EUR av; NL CJ 14 EUR a
NL VV 0.2 EUR a; NL NL 29 EUR ac; NO ZN 18 USD av; NO GB 6 USD ac; NZ NZ 22 NZD i; NZ IA 12 NZD a; PE HW 30 USD i; PE DY 15 USD i
PH PH 1620 PHP i; PH LI 550 PHP i; PK PK 60 USD i; PL XW 60 PLN a; PL ND 12 PLN a; PT YP 12 EUR av; PT PT 5 EUR a; QA QA 60 QAR i
QA G4 10 QAR i; QA PZ 10 QAR i; RO RO 14 EUR a; RS RS 16 EUR a; RU RI 8 USD a; SA SA 87 SAR i; SA IO 10 SAR i; SA T2 0.15 % d
SE SE 8 USD a; SE UP 11 USD a; SG SG 47 SGD i; SG OO 8 SGD i; SG OP 8 SGD i; TH TS 730 THB i; TH E7 35 THB i; TH G8 15 THB i; TH TS 100 THB d
TN TN 20 USD i; TR TR 18 EUR iv; TR TR 4 EUR d; TW TW 500 TWD i; UA UA 4 USD i; UA UD 17 USD i; UA YK 13 USD i; VN JC 20 USD i
VN C4 2 USD a; ZA EV 12 USD av; ZA UM 2 USD a; ZA WC 15 USD i; LV LV 10 EUR a; LT LT 9 EUR a; EE EE 8 EUR a; CY CY 15 EUR i
`

export type Charge = {
  readonly code: string
  readonly amount: number
  /** null: a share of the fare. */
  readonly currency: CurrencyCode | null
  readonly scope: 'abroad' | 'home' | 'all'
  readonly byAirport: boolean
  readonly adultsOnly: boolean
}

const byCountry: ReadonlyMap<string, readonly Charge[]> = read()

function read(): Map<string, Charge[]> {
  const table = new Map<string, Charge[]>()
  for (const row of rows.trim().split(/;\s*|\n/)) {
    const [country, code, amount, currency, how] = row.trim().split(' ')
    const charge: Charge = {
      code: code!,
      amount: Number(amount),
      currency: currency === '%' ? null : currency!,
      scope: how!.startsWith('i') ? 'abroad' : how!.startsWith('d') ? 'home' : 'all',
      byAirport: how!.includes('v'),
      adultsOnly: how!.includes('c'),
    }
    table.set(country!, [...(table.get(country!) ?? []), charge])
  }
  return table
}

export function chargesOf(country: string): readonly Charge[] {
  return byCountry.get(country) ?? fallback(country)
}

/** Countries that the table does not have: one charge under the country's own letters, and a security charge abroad. */
function fallback(country: string): readonly Charge[] {
  const size = 8 + ((country.charCodeAt(0) * 7 + country.charCodeAt(1) * 13) % 24)
  const common = { currency: 'USD', byAirport: false, adultsOnly: false } as const
  return [
    { ...common, code: country, amount: size, scope: 'abroad' },
    { ...common, code: country, amount: Math.round(size / 3), scope: 'home' },
    { ...common, code: 'XT', amount: 4, scope: 'abroad' },
  ]
}

/** Air Passenger Duty and its like by distance: up to so many km, amounts in economy and in the cabins above. */
export type Band = { readonly kmMax: number; readonly economy: number; readonly upper: number }

export const britishDuty: readonly Band[] = [
  { kmMax: 3200, economy: 13, upper: 26 },
  { kmMax: 8850, economy: 88, upper: 194 },
  { kmMax: Number.POSITIVE_INFINITY, economy: 92, upper: 202 },
]
export const britishDutyAtHome = { economy: 7, upper: 14 }

/** EUR; Luftverkehrsteuer. */
export const germanDuty: readonly Band[] = [
  { kmMax: 2500, economy: 15.53, upper: 15.53 },
  { kmMax: 6000, economy: 39.34, upper: 39.34 },
  { kmMax: Number.POSITIVE_INFINITY, economy: 70.83, upper: 70.83 },
]

/** EUR; solidarity tax. */
export const frenchDuty: readonly Band[] = [
  { kmMax: 2000, economy: 7.3, upper: 30 },
  { kmMax: 5500, economy: 15, upper: 80 },
  { kmMax: Number.POSITIVE_INFINITY, economy: 40, upper: 120 },
]
