import type { Baggage, Brand, Cabin } from '../../../core/itinerary.ts'
import { given, integer, type Reply } from './reply.ts'

/** `air:FareInfo`: one fare component. */
export type WireFare = {
  readonly key: string
  readonly fareBasis: string | null
  readonly passengerCode: string
  readonly origin: string
  readonly destination: string
  readonly brandId: string | null
  readonly brandName: string | null
  readonly checked: Baggage | null
}

export function readFareInfo(reply: Reply): WireFare {
  const { scanner } = reply
  const depth = scanner.depth
  const at = scanner.attributes
  const key = at.find('Key') ?? ''
  const fareBasis = given(at.find('FareBasis'))
  const passengerCode = at.find('PassengerTypeCode') ?? ''
  const origin = at.find('Origin') ?? ''
  const destination = at.find('Destination') ?? ''
  let brandId: string | null = null
  let brandName: string | null = null
  let checked: Baggage | null = null
  while (scanner.child(depth)) {
    if (scanner.name === 'BaggageAllowance') checked = readAllowance(reply)
    else if (scanner.name === 'Brand') {
      brandId = given(scanner.attribute('BrandID'))
      brandName = given(scanner.attribute('Name'))
    }
  }
  return { key, fareBasis, passengerCode, origin, destination, brandId, brandName, checked }
}

/** Pieces go before a weight, which is then that of one piece. An empty element says nothing. */
function readAllowance(reply: Reply): Baggage | null {
  const { scanner } = reply
  const depth = scanner.depth
  let pieces: number | null = null
  let weight: number | null = null
  let pounds = false
  while (scanner.child(depth)) {
    if (scanner.name === 'NumberOfPieces') pieces = integer(scanner.elementText().trim())
    else if (scanner.name === 'MaxWeight') {
      weight = integer(scanner.attribute('Value'))
      pounds = /^(pound|lb)/i.test(scanner.attribute('Unit') ?? '')
    }
  }
  return baggage(pieces, weight, pounds)
}

function baggage(pieces: number | null, weight: number | null, pounds: boolean): Baggage | null {
  if (pieces === null && weight === null) return null
  return { pieces, weightKg: pounds ? null : weight, weightLb: pounds ? weight : null }
}

/** `air:Brand` of a BrandList: names by id. */
export function readBrand(reply: Reply): Brand {
  const { scanner } = reply
  const depth = scanner.depth
  const code = given(scanner.attribute('BrandID'))
  let name = given(scanner.attribute('Name'))
  while (scanner.child(depth)) {
    if (name === null && scanner.name === 'Title') name = given(scanner.elementText().trim())
  }
  return { code, name }
}

/** An allowance in words, for a part of the journey: cities, not airports, as filed. */
export type StatedAllowance = {
  readonly origin: string
  readonly destination: string
  readonly allowance: Baggage
}

export type StatedAllowances = {
  readonly checked: readonly StatedAllowance[]
  readonly cabin: readonly StatedAllowance[]
}

/** `air:BaggageAllowances` of AirPrice: the allowance stands in the texts (`1P`, `30K`), the weight of a piece in those
 *  of its first bag (`UPTO50LB/23KG`). */
export function readStatedAllowances(reply: Reply): StatedAllowances {
  const { scanner } = reply
  const depth = scanner.depth
  const checked: StatedAllowance[] = []
  const cabin: StatedAllowance[] = []
  while (scanner.child(depth)) {
    const list =
      scanner.name === 'BaggageAllowanceInfo' ? checked : scanner.name === 'CarryOnAllowanceInfo' ? cabin : null
    if (!list) continue
    const origin = scanner.attribute('Origin') ?? ''
    const destination = scanner.attribute('Destination') ?? ''
    const allowance = readStatedAllowance(reply)
    if (allowance) list.push({ origin, destination, allowance })
  }
  return { checked, cabin }
}

function readStatedAllowance(reply: Reply): Baggage | null {
  const { scanner } = reply
  const depth = scanner.depth
  let allowance: Baggage | null = null
  let pieceWeight: Baggage | null = null
  while (scanner.child(depth)) {
    const name = scanner.name
    if (name === 'TextInfo') for (const text of readTexts(reply)) allowance ??= allowanceOf(text)
    else if (name === 'BagDetails' || name === 'CarryOnDetails') {
      const first = (
        scanner.attribute('ApplicableBags') ??
        scanner.attribute('ApplicableCarryOnBags') ??
        ''
      ).startsWith('1')
      if (first) for (const text of readTexts(reply)) pieceWeight ??= weightOf(text)
    }
  }
  if (allowance?.pieces && pieceWeight)
    return { pieces: allowance.pieces, weightKg: pieceWeight.weightKg, weightLb: pieceWeight.weightLb }
  return allowance
}

/** Every `Text` inside the element that started. */
function readTexts(reply: Reply): readonly string[] {
  const { scanner } = reply
  const depth = scanner.depth
  const texts: string[] = []
  while (scanner.child(depth)) {
    if (scanner.name === 'Text') texts.push(scanner.elementText().trim())
    else texts.push(...readTexts(reply))
  }
  return texts
}

export function allowanceOf(text: string): Baggage | null {
  const match = /^(\d{1,3}) ?(P|PC|K|KG|L|LB)$/i.exec(text)
  if (!match) return null
  const amount = Number(match[1])
  const unit = match[2]!.toUpperCase()
  if (unit.startsWith('P')) return baggage(amount, null, false)
  return baggage(null, amount, unit.startsWith('L'))
}

function weightOf(text: string): Baggage | null {
  const match = /^UPTO ?\d{1,3}LB\/(\d{1,3})KG/i.exec(text)
  return match ? baggage(null, Number(match[1]), false) : null
}

export function cabinOf(cabinClass: string | null): Cabin | null {
  switch (cabinClass) {
    case 'Economy':
      return 'economy'
    case 'PremiumEconomy':
    case 'Premium Economy':
      return 'premium-economy'
    case 'Business':
    case 'PremiumBusiness':
      return 'business'
    case 'First':
    case 'PremiumFirst':
      return 'first'
    default:
      return null
  }
}
