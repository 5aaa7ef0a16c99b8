import type { AirportCode } from '../core/itinerary.ts'
import type { Carrier } from './carriers.ts'
import type { Node } from './network.ts'
import { hashInts } from './random.ts'

/** Where airlines are at airports that everybody knows; `*` all others. As of the mid 2020s. */
const known: Readonly<Record<AirportCode, Readonly<Record<string, string>>>> = {
  LHR: {
    BA: '5',
    AA: '3',
    IB: '5',
    VS: '3',
    DL: '3',
    QR: '4',
    EY: '4',
    KL: '4',
    AF: '4',
    oneworld: '3',
    'Star Alliance': '2',
    '*': '4',
  },
  JFK: {
    BA: '8',
    AA: '8',
    IB: '8',
    QR: '8',
    B6: '5',
    DL: '4',
    VS: '4',
    KL: '4',
    AF: '1',
    oneworld: '8',
    SkyTeam: '4',
    '*': '1',
  },
  CDG: { AF: '2E', SkyTeam: '2E', 'Star Alliance': '1', oneworld: '2A', U2: '2D', '*': '1' },
  FRA: { LH: '1', 'Star Alliance': '1', '*': '2' },
  MUC: { LH: '2', 'Star Alliance': '2', '*': '1' },
  MAD: { IB: '4', oneworld: '4', '*': '1' },
  SIN: { SQ: '3', 'Star Alliance': '2', '*': '1' },
  DXB: { EK: '3', QF: '3', '*': '1' },
  SYD: { QF: '3', VA: '2', JQ: '2', '*': '1' },
  LAX: { AA: '4', DL: '3', UA: '7', AS: '6', WN: '1', B6: '5', '*': 'B' },
  SFO: { UA: '3', AA: '1', DL: '1', WN: '1', AS: '1', '*': 'I' },
  ORD: { UA: '1', AA: '3', DL: '5', '*': '5' },
  HND: { JL: '1', NH: '2', '*': '3' },
  NRT: { NH: '1', UA: '1', 'Star Alliance': '1', JQ: '3', '*': '2' },
  IST: { '*': '' },
  AMS: { '*': '' },
}

/** Airports with fewer destinations than this have one building. */
const severalFrom = 40

export function terminalOf(node: Node, carrier: Carrier, seed: number): string | null {
  const table = known[node.code]
  if (table) return table[carrier.code] ?? table[carrier.alliance ?? '*'] ?? table['*'] ?? null
  const destinations = node.to.size
  if (destinations < severalFrom) return null
  const count = destinations > 120 ? 4 : destinations > 70 ? 3 : 2
  const tenant = carrier.alliance ? hashInts(seed, carrier.alliance.length, 0, node.index, 5) : carrier.index
  return String(1 + (hashInts(seed, tenant, node.index, 6) % count))
}
