import type { XmlScanner } from '../../../core/xml/scanner.ts'
import { readCabin, type WireCabin } from './cabin.ts'
import { addRefs, eachChild, textOf } from './xml.ts'

/** `SeatMap`, since 18.1; `SeatMaps/SeatMap` with `Cabin` before. */
export type WireSeatMap = { readonly segmentRefs: readonly string[]; readonly cabins: readonly WireSeatCabin[] }

export type WireSeatCabin = {
  readonly cabin: WireCabin
  readonly deck: string
  /** Characteristics of whole columns (`W`, `A`). */
  readonly columns: ReadonlyMap<string, readonly string[]>
  readonly rows: readonly WireSeatRow[]
}

export type WireSeatRow = {
  readonly number: number
  readonly characteristics: readonly string[]
  readonly seats: readonly WireSeat[]
}

export type WireSeat = {
  readonly column: string
  /** PADIS 9865: `F` free, `O` occupied, `Z` blocked, `Q` … */
  readonly occupation: string
  readonly characteristics: readonly string[]
  readonly offerItemRefs: readonly string[]
}

export function readSeatMap(x: XmlScanner): WireSeatMap {
  const segmentRefs: string[] = []
  const cabins: WireSeatCabin[] = []
  eachChild(x, name => {
    if (name === 'PaxSegmentRefID' || name === 'SegmentRef') addRefs(x, segmentRefs)
    else if (name === 'CabinCompartment' || name === 'Cabin') cabins.push(readCompartment(x))
  })
  return { segmentRefs, cabins }
}

function readCompartment(x: XmlScanner): WireSeatCabin {
  let cabin: WireCabin = { code: x.attribute('Code') ?? null, name: null }
  let deck = ''
  const columns = new Map<string, readonly string[]>()
  const rows: WireSeatRow[] = []
  eachChild(x, name => {
    switch (name) {
      case 'CabinType':
        cabin = readCabin(x)
        break
      case 'DeckCode':
        deck = textOf(x)
        break
      case 'SeatColumn':
        readColumn(x, columns)
        break
      case 'SeatRow':
      case 'Row': {
        const row = readRow(x)
        if (row) rows.push(row)
        break
      }
      default:
    }
  })
  return { cabin, deck, columns, rows }
}

function readColumn(x: XmlScanner, columns: Map<string, readonly string[]>): void {
  let id = ''
  const codes: string[] = []
  eachChild(x, name => {
    if (name === 'ColumnID') id = textOf(x)
    else if (/Characteristic/.test(name)) addRefs(x, codes)
  })
  if (id !== '') columns.set(id, codes)
}

function readRow(x: XmlScanner): WireSeatRow | undefined {
  let number = ''
  const characteristics: string[] = []
  const seats: WireSeat[] = []
  eachChild(x, name => {
    if (name === 'RowNumber' || name === 'Number') number = textOf(x)
    else if (name === 'RowCharacteristicCode') addRefs(x, characteristics)
    else if (name === 'Seat') seats.push(readSeat(x))
  })
  return /^\d{1,3}$/.test(number) ? { number: Number(number), characteristics, seats } : undefined
}

function readSeat(x: XmlScanner): WireSeat {
  let column = ''
  let occupation = ''
  const characteristics: string[] = []
  const offerItemRefs: string[] = []
  const visit = (name: string): void => {
    if (name === 'ColumnID' || name === 'Column') column = textOf(x)
    else if (name === 'OccupationStatusCode' || name === 'SeatStatus') occupation = textOf(x)
    else if (name === 'SeatCharacteristicCode') addRefs(x, characteristics)
    else if (name === 'SeatCharacteristics')
      eachChild(x, child => {
        if (child === 'Code') addRefs(x, characteristics)
      })
    else if (name === 'OfferItemRefID' || name === 'OfferItemRefs') addRefs(x, offerItemRefs)
  }
  eachChild(x, visit)
  return { column, occupation, characteristics, offerItemRefs }
}
