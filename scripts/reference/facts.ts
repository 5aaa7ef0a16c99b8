/** Corrections of our own, where every raw table is silent or out of date. Facts checked by hand; keep them few. */

/** Airports that airlines left for good and that a table still lists as served. */
export const closedAirports: Readonly<Record<string, string>> = {
  ISL: 'Istanbul Atatürk, passenger flights ended in 2019',
  NAY: 'Beijing Nanyuan, closed in 2019',
}

/** Zone names that the raw table misspells, or that the zone database renamed. */
export const zoneNames: Readonly<Record<string, string>> = {
  'Asia/ Bangkok': 'Asia/Bangkok',
  'America/Godthab': 'America/Nuuk',
  'Europe/Kiev': 'Europe/Kyiv',
  // schedules in Xinjiang are in Beijing time
  'Asia/Urumqi': 'Asia/Shanghai',
}

/** Zones that the raw table has wrong, each checked against the country's own rules. */
export const airportZones: Readonly<Record<string, string>> = {
  ...same('America/Los_Angeles', 'PSC'),
  ...same('America/Santarem', 'STM TMT'),
  ...same('America/Sao_Paulo', 'QSC'),
  ...same('America/Toronto', 'XKS WNN KIF'),
  ...same('America/Winnipeg', 'ZRJ'),
  ...same('Asia/Barnaul', 'BAX RGK'),
  ...same('Asia/Hovd', 'HVD ULO ULG'),
  ...same('Asia/Jakarta', 'MLG'),
  ...same('Asia/Makassar', 'LUW PSJ MXB TJG'),
  ...same('Asia/Pontianak', 'PSU SQG NPO'),
  ...same('Asia/Tomsk', 'TOF SWT'),
  ...same('Asia/Yakutsk', 'ULK KDY'),
  ...same('Asia/Yekaterinburg', 'OVS'),
  ...same('Australia/Hobart', 'BWT'),
  ...same('Pacific/Galapagos', 'IBB'),
  ...same('Pacific/Tahiti', 'NIU'),
}

function same(zone: string, codes: string): Record<string, string> {
  return Object.fromEntries(codes.split(' ').map(code => [code, zone]))
}

/** Without an end date in the table, yet they no longer fly under this code. */
export const defunctAirlines: ReadonlySet<string> = new Set(
  `US IC GO MP FL CP 9W BE 4U AB KA MT DK MI IG KK LI ZK S2 ST BM MN JE EQ 7F 2N O7 NN ZI P9 JW 7I XG WP LB WW 6G Q7 R7
SW FE VH YM 6F PF SX K5 VC V9 ZV 7N JG VG WL CO LC 4Q 2S 6S XW G8 UK I5 WE VW RE 4T DI DU DN NY OX 8Q BV EL ND MJ OP OE
YZ KS 7H 3M OG Z9 6W RG AU EV XT WG 3K FS OK 8I LL DB YS DJ UE C4 U9 XF D9 GH`.split(/\s/),
)

/** The network tables are of about this year: a carrier that took over a code later did not fly those flights. */
export const networkYear = 2017

/** Alliance changes that the table does not have; null is none. */
export const allianceChanges: Readonly<Record<string, 'oneworld' | 'SkyTeam' | 'Star Alliance' | null>> = {
  // LATAM left oneworld on 2020-05-01
  LA: null,
  JJ: null,
  LP: null,
  '4C': null,
  '4M': null,
  XL: null,
  LU: null,
  // suspended since 2022
  S7: null,
  GH: null,
  SU: null,
  SK: 'SkyTeam', // since 2024-09-01
  FJ: 'oneworld',
  WY: 'oneworld', // since 2025
}

/** Accounting codes that the table has as 0. */
export const accountingCodes: Readonly<Record<string, string>> = { '6E': '312', FR: '224' }

/** Countries that changed their currency after the table was made. */
export const currencyChanges: Readonly<Record<string, string>> = {
  BG: 'EUR', // 2026-01-01
  HR: 'EUR', // 2023-01-01
  CW: 'XCG',
  SX: 'XCG', // 2025-03-31
  SL: 'SLE', // 2022-07-01
  ZW: 'ZWG', // 2024-04-08
}

/** In the table, no longer countries. */
export const formerCountries = new Set(['AN', 'CS'])
