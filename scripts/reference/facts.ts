/** Corrections of our own, where every raw table is silent or out of date. Facts checked by hand; keep them few. */

/** City names where the airport lies in a suburb or the table names the municipality. */
export const cityNames: Readonly<Record<string, string>> = {
  ANK: 'Ankara',
  AMS: 'Amsterdam',
  BAK: 'Baku',
  BHZ: 'Belo Horizonte',
  BJS: 'Beijing',
  BOS: 'Boston',
  BRU: 'Brussels',
  BUE: 'Buenos Aires',
  BUH: 'Bucharest',
  CHI: 'Chicago',
  CTU: 'Chengdu',
  CVG: 'Cincinnati',
  DFW: 'Dallas/Fort Worth',
  DTT: 'Detroit',
  DXB: 'Dubai',
  EAP: 'Basel/Mulhouse',
  ETH: 'Eilat',
  FRA: 'Frankfurt',
  GLA: 'Glasgow',
  GOI: 'Goa',
  GVA: 'Geneva',
  HFD: 'Hartford',
  IEV: 'Kyiv',
  IST: 'Istanbul',
  IZM: 'İzmir',
  JKT: 'Jakarta',
  KUL: 'Kuala Lumpur',
  LON: 'London',
  LYS: 'Lyon',
  MES: 'Medan',
  MEX: 'Mexico City',
  MIL: 'Milan',
  MKC: 'Kansas City',
  MMA: 'Malmö',
  MOW: 'Moscow',
  NGO: 'Nagoya',
  NHA: 'Nha Trang',
  NOU: 'Nouméa',
  NQT: 'Nottingham',
  NYC: 'New York',
  ORL: 'Orlando',
  OSA: 'Osaka',
  OSL: 'Oslo',
  PAR: 'Paris',
  PTY: 'Panama City',
  REK: 'Reykjavík',
  RIO: 'Rio de Janeiro',
  ROM: 'Rome',
  SAO: 'São Paulo',
  SDZ: 'Shetland Islands',
  SEL: 'Seoul',
  SFY: 'Springfield',
  SHA: 'Shanghai',
  SIA: "Xi'an",
  SJO: 'San José',
  SLU: 'St Lucia',
  SPK: 'Sapporo',
  STO: 'Stockholm',
  STT: 'St Thomas',
  STX: 'St Croix',
  SYD: 'Sydney',
  TCI: 'Tenerife',
  TIP: 'Tripoli',
  TPE: 'Taipei',
  TYO: 'Tokyo',
  VCE: 'Venice',
  VRN: 'Verona',
  WAS: 'Washington',
  YAO: 'Yaoundé',
  YEA: 'Edmonton',
  YMQ: 'Montréal',
  YTO: 'Toronto',
  YVA: 'Moroni',
  ZRH: 'Zurich',
  HAR: 'Harrisburg',
  MTS: 'Manzini',
  FMY: 'Fort Myers',
  TUY: 'Tulum',
  NLP: 'Mbombela',
  KIN: 'Kingston',
  BIQ: 'Biarritz',
  MHT: 'Manchester',
}

/** Names that travellers type and that no shipped name holds: city code -> other names. */
export const cityAliases: Readonly<Record<string, readonly string[]>> = {
  ANR: ['Antwerpen', 'Anvers'],
  ATH: ['Athina'],
  BAK: ['Bakı'],
  BCN: ['Barcelone'],
  BJS: ['Peking'],
  BLQ: ['Bologne'],
  BOM: ['Bombay'],
  BRU: ['Bruxelles', 'Brussel'],
  BUH: ['București'],
  CAI: ['Al Qahirah', 'Kairo'],
  CCU: ['Calcutta'],
  CGN: ['Köln', 'Cologne'],
  CPH: ['København', 'Kopenhagen'],
  EDI: ['Edimbourg'],
  FLR: ['Firenze'],
  GOA: ['Genova'],
  GVA: ['Genève', 'Genf'],
  GOT: ['Göteborg', 'Gothenburg'],
  HAJ: ['Hanover'],
  HEL: ['Helsingfors'],
  IEV: ['Kiev'],
  KRK: ['Krakau', 'Cracow'],
  LIS: ['Lisboa', 'Lissabon'],
  LON: ['Londres', 'Londra'],
  MAA: ['Madras'],
  MEX: ['Ciudad de México'],
  MIL: ['Milano', 'Mailand'],
  MOW: ['Moskva', 'Moskau'],
  MRS: ['Marseilles'],
  MUC: ['München'],
  NAP: ['Napoli', 'Neapel'],
  NCE: ['Nizza'],
  NUE: ['Nuremberg'],
  NYC: ['NYC'],
  PAR: ['Parigi'],
  PNQ: ['Poona'],
  PRG: ['Praha', 'Prag'],
  RGN: ['Rangoon'],
  RIX: ['Rīga'],
  ROM: ['Roma', 'Rom'],
  SEL: ['Soul'],
  SGN: ['Saigon'],
  STO: ['Estocolmo'],
  SVQ: ['Seville'],
  TRN: ['Torino'],
  VCE: ['Venezia', 'Venedig'],
  VIE: ['Wien', 'Vienne'],
  WAW: ['Warszawa', 'Warschau'],
  ZAG: ['Agram'],
  ZRH: ['Zürich'],
  BEG: ['Beograd'],
  SOF: ['Sofija'],
  SKG: ['Saloniki'],
  LED: ['St Petersburg', 'Sankt Peterburg'],
  WAS: ['Washington DC'],
  HAV: ['La Habana'],
  HKG: ['Xianggang'],
  CAN: ['Canton'],
  BLR: ['Bangalore'],
  DEL: ['New Delhi'],
}

/** Airports that airlines left for good and that a table still lists as served. */
export const closedAirports: Readonly<Record<string, string>> = {
  TXL: 'Berlin Tegel, closed in 2020',
  SXF: 'Berlin Schönefeld, part of BER since 2020',
  ISL: 'Istanbul Atatürk, passenger flights ended in 2019',
  NAY: 'Beijing Nanyuan, closed in 2019',
}

/** Zone names that the raw table misspells, or that the zone database renamed. */
export const zoneNames: Readonly<Record<string, string>> = {
  'Asia/ Bangkok': 'Asia/Bangkok',
  'America/Godthab': 'America/Nuuk',
  'Europe/Kiev': 'Europe/Kyiv',
}

/** Carriers without an end date in the table that no longer fly. */
export const defunctAirlines = new Set(['US', 'IC', 'GO', 'MP', 'FL', 'CP'])

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
