import { coldNote, coldRow } from '../cold-row.ts'

export const row = coldRow(
  { name: 'cold search, three JSON and two XML suppliers', aim: { ratioMax: 2 }, note: coldNote },
  ['amadeus', 'sabre', 'amadeus', 'ndc', 'travelport'],
  new Map([
    ['ndc', 'amadeus'],
    ['travelport', 'amadeus'],
  ]),
)
