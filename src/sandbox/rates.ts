import { type CurrencyCode, exponentOf } from '../core/money.ts'

/** Units of each currency for one US dollar, fixed: the sandbox has no money market. Rounded from public rates of 2026. */
const perDollar: Readonly<Record<CurrencyCode, number>> = {
  ...{ AED: 3.6725, AFN: 70, ALL: 84, AMD: 385, AOA: 915, ARS: 1400, AUD: 1.52, AWG: 1.79, AZN: 1.7, BAM: 1.68 },
  ...{ BBD: 2, BDT: 122, BHD: 0.376, BIF: 2950, BMD: 1, BND: 1.29, BOB: 6.91, BRL: 5.4, BSD: 1, BTN: 88, BWP: 13.4 },
  ...{ BYN: 3.3, BZD: 2, CAD: 1.39, CDF: 2300, CHF: 0.8, CLP: 945, CNY: 7.12, COP: 3900, CRC: 503, CUP: 24, CVE: 95 },
  ...{
    CZK: 20.9,
    DJF: 178,
    DKK: 6.4,
    DOP: 63,
    DZD: 130,
    EGP: 47.5,
    ERN: 15,
    ETB: 150,
    EUR: 0.86,
    FJD: 2.26,
    FKP: 0.75,
  },
  ...{ GBP: 0.75, GEL: 2.71, GHS: 11, GIP: 0.75, GMD: 72, GNF: 8680, GTQ: 7.66, GYD: 209, HKD: 7.78, HNL: 26.2 },
  ...{ HTG: 131, HUF: 333, IDR: 16_600, ILS: 3.3, INR: 88, IQD: 1310, IRR: 42_000, ISK: 124, JMD: 160, JOD: 0.709 },
  ...{ JPY: 152, KES: 129, KGS: 87, KHR: 4020, KMF: 424, KPW: 900, KRW: 1430, KWD: 0.306, KYD: 0.833, KZT: 540 },
  ...{ LAK: 21_700, LBP: 89_500, LKR: 303, LRD: 182, LSL: 17.3, LYD: 5.44, MAD: 9.2, MDL: 16.9, MGA: 4480, MKD: 53 },
  ...{ MMK: 2100, MNT: 3590, MOP: 8.01, MRU: 39.9, MUR: 45.5, MVR: 15.4, MWK: 1735, MXN: 18.4, MYR: 4.2, MZN: 63.9 },
  ...{ NAD: 17.3, NGN: 1460, NIO: 36.8, NOK: 10, NPR: 141, NZD: 1.74, OMR: 0.3845, PAB: 1, PEN: 3.4, PGK: 4.2 },
  ...{ PHP: 58.5, PKR: 281, PLN: 3.65, PYG: 7080, QAR: 3.64, RON: 4.37, RSD: 101, RUB: 81, RWF: 1450, SAR: 3.75 },
  ...{ SBD: 8.2, SCR: 14, SDG: 600, SEK: 9.4, SGD: 1.3, SHP: 0.75, SLE: 23, SOS: 571, SRD: 39, SSP: 4600, STN: 21.1 },
  ...{ SVC: 8.75, SYP: 11_000, SZL: 17.3, THB: 32.6, TJS: 9.3, TMT: 3.5, TND: 2.92, TOP: 2.4, TRY: 41.9, TTD: 6.78 },
  ...{ TWD: 30.7, TZS: 2460, UAH: 41.8, UGX: 3450, USD: 1, UYU: 39.9, UZS: 12_100, VED: 210, VES: 210, VND: 26_300 },
  ...{
    VUV: 121,
    WST: 2.78,
    XAF: 564,
    XCD: 2.7,
    XCG: 1.79,
    XOF: 564,
    XPF: 102.6,
    YER: 239,
    ZAR: 17.3,
    ZMW: 22.6,
    ZWG: 26.7,
  },
}

/** Currencies in which suppliers quote fares and taxes in whole units although ISO 4217 gives them decimals. */
const wholeUnits: ReadonlySet<CurrencyCode> = new Set(['UAH', 'CZK', 'AED', 'KES', 'KRW'])
/** Fares are in whole units, taxes are not. */
const wholeFares: ReadonlySet<CurrencyCode> = new Set(
  'EUR USD GBP CHF AUD NZD CAD SEK NOK DKK PLN HUF SGD HKD INR THB ZAR BRL MXN ILS TRY CNY'.split(' '),
)

export type Tender = {
  readonly currency: CurrencyCode
  /** Minor units for one US dollar. */
  readonly perDollar: number
  /** Multiples of minor units that fares, taxes and fees come in. */
  readonly fareUnit: number
  readonly taxUnit: number
}

const tenders = new Map<CurrencyCode, Tender>(
  Object.entries(perDollar).map(([currency, rate]) => {
    const minor = 10 ** exponentOf(currency)
    const whole = wholeUnits.has(currency)
    return [
      currency,
      {
        currency,
        perDollar: rate * minor,
        fareUnit: whole || wholeFares.has(currency) ? minor : 1,
        taxUnit: whole ? minor : 1,
      },
    ]
  }),
)

/** Undefined: no supplier of the sandbox quotes in it. */
export function findTender(currency: CurrencyCode): Tender | undefined {
  return tenders.get(currency)
}

export function getTender(currency: CurrencyCode): Tender {
  const tender = tenders.get(currency)
  if (!tender) throw new RangeError(`no rate for ${currency}`)
  return tender
}

/** Makes an amount up; amounts that exist are never rounded again. */
export function fareMinor(tender: Tender, dollars: number): number {
  return Math.round((dollars * tender.perDollar) / tender.fareUnit) * tender.fareUnit
}

export function taxMinor(tender: Tender, dollars: number): number {
  return Math.round((dollars * tender.perDollar) / tender.taxUnit) * tender.taxUnit
}

/** Dollars of an amount that a government set in its own currency. */
export function dollarsOf(amount: number, currency: CurrencyCode): number {
  return amount / perDollar[currency]!
}
