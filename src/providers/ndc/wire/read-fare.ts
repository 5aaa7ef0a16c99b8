import { withOne } from '../../../core/xml/lists.ts'
import { startTag, text as textEvent, type XmlScanner } from '../../../core/xml/scanner.ts'
import { codeIn, noCabin, readCabin, type WireCabin } from './cabin.ts'
import { readPrice, type WirePrice } from './prices.ts'
import { addRefs, addWords, type Amount, amountOf, eachChild, isTrue, isZeroAmount, textOf, wordOf } from './xml.ts'

/** `FareDetail`: the fares of some passengers, and their price where it stands apart from the item's. */
export type FareDetail = {
  readonly passengerRefs: readonly string[]
  readonly price: WirePrice | null
  readonly components: readonly FareComponent[]
  readonly penaltyRefs: readonly string[]
}

export type FareComponent = {
  readonly segmentRefs: readonly string[]
  readonly fareBasis: string | null
  /** Of a fare group in the lists, where the code itself is left out. */
  readonly fareBasisRef: string | null
  /** One for all segments, or one each. */
  readonly bookingClasses: readonly string[]
  readonly cabin: WireCabin
  readonly priceClassRef: string | null
  readonly changes: readonly Restriction[]
  readonly cancels: readonly Restriction[]
}

export type Restriction = {
  readonly allowed: boolean | null
  readonly fee: Amount | null
  /** `Prior To Departure`, `After Departure`, `No Show` …; null: any. */
  readonly stage: string | null
}

const none: readonly never[] = []

/** The same for many offers is one object. */
export function readFareDetail(x: XmlScanner): FareDetail {
  let passengerRefs: readonly string[] = none
  let components: readonly FareComponent[] = none
  let penaltyRefs: readonly string[] = none
  let price: WirePrice | null = null
  const { depth } = x
  while (x.child(depth)) {
    switch (x.name) {
      case 'PaxRefID':
      case 'PassengerRefs':
        passengerRefs = x.words(passengerRefs)
        break
      case 'Price':
        price = readPrice(x)
        break
      case 'FarePriceType':
        price ??= readFarePrice(x)
        break
      case 'FareComponent':
        components = withOne(components, x.once(readComponent))
        break
      case 'PenaltyRefID':
        penaltyRefs = x.words(penaltyRefs)
        break
      default:
    }
  }
  return { passengerRefs, price, components, penaltyRefs }
}

function readFarePrice(x: XmlScanner): WirePrice | null {
  let price: WirePrice | null = null
  const { depth } = x
  while (x.child(depth)) if (x.name === 'Price') price ??= readPrice(x)
  return price
}

function readComponent(x: XmlScanner): FareComponent {
  const segmentRefs: string[] = []
  const bookingClasses: string[] = []
  const changes: Restriction[] = []
  const cancels: Restriction[] = []
  let fareBasis: string | null = null
  let fareBasisRef: string | null = null
  let cabin: WireCabin = noCabin
  let priceClassRef: string | null = null
  let designator: string | null = null
  const visit = (name: string): void => {
    switch (name) {
      case 'PaxSegmentRefID':
      case 'SegmentRefs':
      case 'SegmentRef':
        addRefs(x, segmentRefs)
        break
      case 'FareBasis':
        eachChild(x, visit)
        break
      case 'FareBasisCode':
        fareBasisRef = x.attribute('refs') ?? null
        fareBasis = codeIn(x)
        break
      case 'RBD':
        readClasses(x, bookingClasses)
        break
      case 'TicketDesigCode':
        designator = wordOf(x)
        break
      case 'CabinType':
        cabin = readCabin(x)
        break
      case 'PriceClassRefID':
      case 'PriceClassRef':
        priceClassRef = wordOf(x)
        break
      case 'ChangeRestrictions':
        changes.push(x.once(readRestriction))
        break
      case 'CancelRestrictions':
        cancels.push(x.once(readRestriction))
        break
      case 'FareRules':
        readFareRules(x, changes, cancels)
        break
      default:
    }
  }
  eachChild(x, visit)
  fareBasis = withDesignator(fareBasis, designator)
  return { segmentRefs, fareBasis, fareBasisRef, bookingClasses, cabin, priceClassRef, changes, cancels }
}

/** `RBD_Code` since 21.3; text before, one or one a segment. */
function readClasses(x: XmlScanner, classes: string[]): void {
  const { depth } = x
  for (;;) {
    const event = x.next()
    if (event === textEvent) addWords(x.text().trim(), classes)
    else if (event !== startTag && x.depth < depth) return
  }
}

function withDesignator(fareBasis: string | null, designator: string | null): string | null {
  if (fareBasis === null || designator === null || fareBasis.includes('/')) return fareBasis
  return `${fareBasis}/${designator}`
}

function readRestriction(x: XmlScanner): Restriction {
  let allowed: boolean | null = null
  let fee: Amount | null = null
  let stage: string | null = null
  const { depth } = x
  while (x.child(depth)) {
    if (x.name === 'AllowedModificationInd') allowed = isTrue(x)
    else if (x.name === 'JourneyStageCode') stage = wordOf(x)
    else if (x.name === 'Fee') fee ??= readFee(x)
  }
  return { allowed, fee, stage }
}

function readFee(x: XmlScanner): Amount | null {
  let fee: Amount | null = null
  const { depth } = x
  while (x.child(depth)) if (x.name === 'Amount') fee ??= amountOf(x)
  return fee
}

/** Before 18.1: `Penalty` with three flags. That a fee is charged says that it is allowed; that none is charged may also
 *  mean that it is not allowed, so it says nothing. Amounts are minimum and maximum: the maximum counts. */
function readFareRules(x: XmlScanner, changes: Restriction[], cancels: Restriction[]): void {
  eachChild(x, name => {
    if (name !== 'Penalty') return
    const refundable = x.attribute('RefundableInd')
    const changeFee = x.attribute('ChangeFeeInd')
    const fees = readPenaltyFees(x)
    if (refundable === 'false') cancels.push({ allowed: false, fee: null, stage: null })
    else if (refundable === 'true') cancels.push({ allowed: true, fee: fees.cancel, stage: null })
    if (changeFee === 'true') changes.push({ allowed: true, fee: fees.change, stage: null })
  })
}

/** An amount of zero stands where nothing is known. */
function worthMore(amount: Amount | null): Amount | null {
  return amount && !isZeroAmount(amount) ? amount : null
}

function readPenaltyFees(x: XmlScanner): { readonly change: Amount | null; readonly cancel: Amount | null } {
  let change: Amount | null = null
  let cancel: Amount | null = null
  let type = ''
  let amount: Amount | null = null
  const visit = (name: string): void => {
    if (name === 'Type') type = textOf(x)
    else if (name === 'CurrencyAmountValue') amount = amountOf(x)
    else if (name === 'Detail') {
      type = ''
      amount = null
      eachChild(x, visit)
      if (/^change/i.test(type)) change = worthMore(amount) ?? change
      else if (/^cancel/i.test(type)) cancel = worthMore(amount) ?? cancel
    } else eachChild(x, visit)
  }
  eachChild(x, visit)
  return { change, cancel }
}
