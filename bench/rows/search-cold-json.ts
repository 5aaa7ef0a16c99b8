import { coldNote, coldRow } from '../cold-row.ts'

export const row = coldRow(
  { name: 'cold search, five JSON suppliers', aim: { ratioMax: 1.55 }, note: coldNote },
  ['amadeus', 'sabre', 'amadeus', 'sabre', 'duffel'],
  new Map(),
)
