import type { Baggage } from '../../../core/itinerary.ts'
import type { XmlScanner } from '../../../core/xml/scanner.ts'
import { eachChild, integerOf, textOf } from './xml.ts'

export type WireAllowance = { readonly kind: 'checked' | 'cabin' | 'other'; readonly baggage: Baggage | null }

/** Of any release: `BaggageAllowance` with a type, or a list of its own for checked and carry-on (before 18.1). */
export function readAllowance(x: XmlScanner): readonly [string, WireAllowance] {
  let id = x.attribute('BaggageAllowanceID') ?? x.attribute('ListKey') ?? ''
  let type = x.name === 'BaggageAllowance' ? '' : x.name
  let pieces: number | null = null
  const weight: Weight = { kg: null, lb: null }
  eachChild(x, name => {
    switch (name) {
      case 'BaggageAllowanceID':
        id = textOf(x)
        break
      case 'TypeCode':
      case 'BaggageCategory':
        type = textOf(x)
        break
      case 'PieceAllowance': {
        const found = readPieces(x, weight)
        pieces ??= found
        break
      }
      case 'WeightAllowance':
        readWeight(x, weight)
        break
      default:
    }
  })
  const known = pieces !== null || weight.kg !== null || weight.lb !== null
  // Some give the weight that a bag would have beside the none that is free.
  const none = pieces === 0
  const baggage = { pieces, weightKg: none ? null : weight.kg, weightLb: none ? null : weight.lb }
  return [id, { kind: kindOf(type), baggage: known ? baggage : null }]
}

/** The first of each unit counts. */
type Weight = { kg: number | null; lb: number | null }

function kindOf(type: string): WireAllowance['kind'] {
  if (/check/i.test(type)) return 'checked'
  return /carry|cabin|hand/i.test(type) ? 'cabin' : 'other'
}

function readPieces(x: XmlScanner, weight: Weight): number | null {
  let quantity: number | null = null
  eachChild(x, name => {
    if (name === 'TotalQty' || name === 'TotalQuantity') quantity = integerOf(x)
    else if (name === 'PieceWeightAllowance' || name === 'PieceMeasurements') readWeight(x, weight)
  })
  return quantity
}

/** `MaximumWeightMeasure` with a unit beside it or as an attribute, or `MaximumWeight/{Value,UOM}`. */
function readWeight(x: XmlScanner, weight: Weight): void {
  let value = ''
  let unit = ''
  const visit = (name: string): void => {
    if (name === 'MaximumWeightMeasure') {
      unit = x.attribute('UnitCode') ?? unit
      value = textOf(x)
    } else if (name === 'WeightUnitOfMeasurement' || name === 'UOM') unit = textOf(x)
    else if (name === 'Value') value = textOf(x)
    else if (name === 'MaximumWeight' || name === 'PieceWeightAllowance') eachChild(x, visit)
  }
  eachChild(x, visit)
  const number = /^\d{1,4}(\.\d+)?$/.test(value) ? Number(value) : null
  if (/^k/i.test(unit)) weight.kg ??= number
  else if (/^(l|p)/i.test(unit)) weight.lb ??= number
}
