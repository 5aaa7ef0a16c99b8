import type { AirlineCode } from '../core/itinerary.ts'
import { findAirline } from '../reference/airlines.ts'

/** The airlines of the sandbox: what they fly comes from data/routes.tsv, how they sell is said here. Business models and
 *  partnerships are simplified from public knowledge; alliances and accounting codes come from reference/airlines. */
export type Carrier = {
  readonly index: number
  readonly code: AirlineCode
  readonly accountingCode: string
  readonly alliance: string | null
  /** network: connects at hubs. hybrid: point to point, and connects. low-cost: sells what it flies, on its own tickets. */
  readonly model: 'network' | 'hybrid' | 'low-cost'
  /** Sells connections over its own airports. */
  readonly connects: boolean
  readonly ladder: 'A' | 'B' | 'C'
  /** Baggage outside the Americas. */
  readonly baggage: 'piece' | 'weight'
  readonly premiumEconomy: boolean
  readonly first: boolean
  readonly narrowbodies: 'airbus' | 'boeing' | 'both'
  readonly partners: ReadonlySet<AirlineCode>
}

/** code, model (n, h, l; capital: without connections), RBD ladder, p(iece) or w(eight), cabins beside economy and
 *  business (p premium economy, f first), narrowbodies (a, b, m mixed). */
const rows = `
AA nApPfm AC nApP-m AF nBpPfa AI nBwPfm AM nBp--b AR nBp--b AS nAp--b AT nBp--b AV nAp--a AY nApP-a AZ nBpP-a BA nApPfa
BR nBwP-a CA nBwPfm CI nBwP-b CM nAp--b CX nApPfa CZ nBwPfm DL nBpP-m EK nCwPfb ET nCw--b EY nCw-fa FI nBpP-b FJ nBw--b
GA nBw-fb GF nCw--a HA nAp--a HU nBw--b IB nApP-a JJ nAp--a JL nApPfb KE nBp-fm KL nBpP-b KQ nBp--b LA nApP-a LH nCpPfa
LO nCpP-b LX nCpPfa MH nBw-fb MS nCp--m MU nBwPfm NH nCpPfm NZ nCpP-a OS nCpP-a OZ nCp--a PR nBwP-a QF nApPfb QR nCp-fa
RJ nAp--a SA nCpP-a SK nCpP-a SN nCpP-a SQ nCwPfm SU nBp--m SV nBp-fa TG nCwPfa TK nCp--m TP nCp--a UA nCpP-m UX nBp--b
VN nBwP-a VS nBpP-a WY nCp-fb ME nBp--a UL nBw--a
A3 hCp--a AD hAp--a B6 hAp--a BT hCp--a DY hApP-b EI hAp--a G3 hAp--b KC hCp--a PG hCp--a VA hBp--b WF hCp--m WS hApP-b
6E lAp--a AK lBw--a F9 lAp--a JQ lAp--a NK lAp--a PC lBw--m VY lAp--a WN lAp--b 5J lBw--a FR LAp--b U2 LAp--a
`

/** What the source of reference/airlines leaves out. */
const missingAccountingCodes: Readonly<Record<AirlineCode, string>> = { DY: '328' }

const models = { n: 'network', h: 'hybrid', l: 'low-cost', L: 'low-cost' } as const

/** Joint ventures and bilateral codeshares that cross or deepen the alliances: all of a line with each other, or with a
 *  colon the first one with each of the others. */
const partnerships = [
  'AA BA IB AY EI',
  'DL AF KL VS',
  'LH UA AC LX OS SN',
  'NH: UA LH',
  'JL: AA BA AY IB',
  'QF: EK AA JQ FJ',
  'LA: JJ DL',
  'KE: DL',
  'AM: DL',
  'WS: DL KL AF',
  'AS: AA',
  'HA: JL AA',
  'B6: EI',
  'G3: AA AF KL',
  'AD: UA TP',
  'VA: UA SQ QR',
  'FI: AS B6 EK',
  'BT: A3 SK AF',
  'WF: SK KL',
  'KC: LH TK',
  'PG: EK SQ QR AF LH',
  'WY: TK QR',
  'GF: EY',
  'EY: B6 AC KQ SV',
  'CZ: AF KL AA BA',
  'HU: AS TP',
  'PR: NH WS',
  'VY: IB BA',
  'UA: EK',
  'ME: AF',
  'UL: EK',
  'FJ: NZ AA',
]

export const carriers: readonly Carrier[] = [...rows.matchAll(/(\w\w) (\S+)/g)].map(([, code, traits], index) =>
  toCarrier(code!, traits!, index),
)

const byCode: ReadonlyMap<AirlineCode, Carrier> = new Map(carriers.map(carrier => [carrier.code, carrier]))

function toCarrier(code: string, traits: string, index: number): Carrier {
  const [model, ladder, baggage, premium, first, narrow] = traits
  const airline = findAirline(code)
  const accountingCode = airline?.accountingCode ?? missingAccountingCodes[code]
  if (!accountingCode) throw new Error(`${code} has no accounting code for its tickets`)
  return {
    index,
    code,
    accountingCode,
    alliance: airline?.alliance ?? null,
    model: models[model as keyof typeof models],
    connects: model !== 'L',
    ladder: ladder as Carrier['ladder'],
    baggage: baggage === 'w' ? 'weight' : 'piece',
    premiumEconomy: premium === 'P',
    first: first === 'f',
    narrowbodies: narrow === 'a' ? 'airbus' : narrow === 'b' ? 'boeing' : 'both',
    partners: new Set(partnerships.flatMap(line => partnersIn(line, code))),
  }
}

function partnersIn(line: string, code: AirlineCode): readonly AirlineCode[] {
  const [first, ...others] = line.split(' ')
  if (!first!.endsWith(':')) return line.includes(code) ? line.split(' ').filter(other => other !== code) : []
  const centre = first!.slice(0, -1)
  if (code === centre) return others
  return others.includes(code) ? [centre] : []
}

export function getCarrier(code: AirlineCode): Carrier {
  const carrier = byCode.get(code)
  if (!carrier) throw new RangeError(`no airline ${code} in the sandbox`)
  return carrier
}

/** 0 same airline, 1 partners of a joint venture, 2 one alliance, 3 interline, 9 never on one ticket. */
export type Affinity = 0 | 1 | 2 | 3 | 9

const table: readonly (readonly Affinity[])[] = carriers.map(a => carriers.map(b => compare(a, b)))

export function affinity(a: number, b: number): Affinity {
  return table[a]![b]!
}

function compare(a: Carrier, b: Carrier): Affinity {
  if (a === b) return 0
  if (a.partners.has(b.code)) return 1
  if (a.alliance && a.alliance === b.alliance) return 2
  return a.model === 'low-cost' || b.model === 'low-cost' ? 9 : 3
}
