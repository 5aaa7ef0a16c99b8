import type { Columns } from '../columns.ts'
import type { OfferSort } from '../port.ts'

/** What a sort goes by, ascending. */
export function sortKeys(columns: Columns, places: Int32Array, sort: OfferSort): Float64Array {
  switch (sort) {
    case 'best':
      return Float64Array.from(places)
    case 'price':
      return columns.price
    case 'duration':
      return columns.durationMinutes
    case 'departure':
      return columns.departure
    case 'arrival':
      return columns.arrival
  }
}

/** Rows in ascending order of their keys, ties by row (and so by id); descending is exactly the reverse. */
export function orderRows(keys: Float64Array): Int32Array {
  const packed = packKeys(keys)
  return packed ? unpackRows(packed.sort()) : sortByComparing(keys)
}

const rowsMax = 2 ** 15
const keyMax = 2 ** 37

/** Key and row in one number: 0.05 ms for 975 rows, a comparator takes 0.13. Times are whole seconds, so ms are cut. */
function packKeys(keys: Float64Array): Float64Array | undefined {
  let min = Number.POSITIVE_INFINITY
  let max = Number.NEGATIVE_INFINITY
  let step = 1000
  for (let row = 0; row < keys.length; row++) {
    const key = keys[row]!
    if (key < min) min = key
    if (key > max) max = key
    if (step === 1000 && key % 1000 !== 0) step = 1
  }
  if (!((max - min) / step < keyMax) || keys.length > rowsMax || !Number.isInteger(min)) return undefined
  const packed = new Float64Array(keys.length)
  for (let row = 0; row < keys.length; row++) packed[row] = ((keys[row]! - min) / step) * rowsMax + row
  return packed
}

function unpackRows(packed: Float64Array): Int32Array {
  const rows = new Int32Array(packed.length)
  for (let i = 0; i < packed.length; i++) rows[i] = packed[i]! % rowsMax
  return rows
}

function sortByComparing(keys: Float64Array): Int32Array {
  return Int32Array.from(keys.keys()).sort((x, y) => keys[x]! - keys[y]! || x - y)
}
