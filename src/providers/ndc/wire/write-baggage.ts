import type { Baggage } from '../../../core/itinerary.ts'
import { leaf, tag } from './envelope.ts'

export function writeAllowance(id: string, kind: 'checked' | 'cabin', baggage: Baggage): string {
  return tag(
    'BaggageAllowance',
    leaf('BaggageAllowanceID', id),
    baggage.pieces === null ? '' : tag('PieceAllowance', leaf('TotalQty', baggage.pieces)),
    leaf('TypeCode', kind === 'checked' ? 'Checked' : 'CarryOn'),
    weight(baggage.weightKg, 'KGM'),
    weight(baggage.weightLb, 'LBR'),
  )
}

function weight(value: number | null, unit: string): string {
  return value === null
    ? ''
    : tag('WeightAllowance', leaf('MaximumWeightMeasure', value), leaf('WeightUnitOfMeasurement', unit))
}
