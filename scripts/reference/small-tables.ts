import { currencyChanges, formerCountries } from './facts.ts'
import { readTable } from './sources.ts'

export function buildAircraft(folder: string): string[][] {
  return readTable(folder, 'optd-aircraft.csv', '^')
    .filter(row => /^[A-Z0-9]{3}$/.test(row.iata_code!) && row.model)
    .map(row => [row.iata_code!, named(row.manufacturer!, row.model!), row.icao_code!.replace(/^ZZZZ$/, '')])
    .sort((a, b) => (a[0]! < b[0]! ? -1 : 1))
}

/** "BAe" + "BAE Systems 146-200" is not "BAe BAE Systems 146-200". */
function named(manufacturer: string, model: string): string {
  return model.toLowerCase().startsWith(manufacturer.toLowerCase()) ? model : `${manufacturer} ${model}`.trim()
}

export function buildCountries(folder: string): string[][] {
  return readTable(folder, 'optd-countries.csv', '^')
    .filter(row => /^[A-Z]{2}$/.test(row.iso_2char_code!) && !formerCountries.has(row.iso_2char_code!))
    .map(row => [row.iso_2char_code!, row.name!, currencyChanges[row.iso_2char_code!] ?? row.ccy_code!])
    .sort((a, b) => (a[0]! < b[0]! ? -1 : 1))
}
