import type { XmlScanner } from '../../../core/xml/scanner.ts'
import { readLeaves } from './soap-flight.ts'

/** `recommendation` of a MasterPricer reply: one price, several combinations of flight groups. */

export type Recommendation = {
  /** For all passengers: the total, then the taxes. */
  readonly amounts: readonly string[]
  readonly combinations: readonly Combination[]
  readonly products: readonly FareProduct[]
}

/** `segmentFlightRef`: a flight group for each direction, and what bags go with it. */
export type Combination = { readonly groups: readonly string[]; readonly baggage: string | null }

/** Passengers of one type, on fares of their own. */
export type FareProduct = {
  readonly ptcs: readonly string[]
  readonly travellers: readonly { readonly ref: string; readonly infant: boolean }[]
  readonly total: string
  readonly tax: string
  readonly taxes: readonly { readonly code: string; readonly amount: string }[]
  readonly validatingCarrier: string | null
  readonly notes: readonly Note[]
  /** By direction. */
  readonly fares: ReadonlyMap<string, readonly SoapFare[]>
}

/** `LTD`: last ticketing day; `PEN`: penalties. */
export type Note = { readonly subject: string; readonly lines: readonly string[] }

export type SoapFare = {
  readonly bookingClass: string
  readonly cabin: string
  readonly seats: string
  readonly fareBasis: string
  readonly designator: string
  readonly family: string
}

/** From the start of `recommendation` to its end. */
export function readRecommendation(scanner: XmlScanner): Recommendation {
  const depth = scanner.depth
  const amounts: string[] = []
  const combinations: Combination[] = []
  const products: FareProduct[] = []
  while (scanner.child(depth)) {
    switch (scanner.name) {
      case 'recPriceInfo':
        readAmounts(scanner, amounts)
        break
      case 'segmentFlightRef':
        combinations.push(scanner.once(readCombination))
        break
      case 'paxFareProduct':
        products.push(readProduct(scanner))
        break
    }
  }
  return { amounts, combinations, products }
}

/** Those with a type are told beside the two. */
function readAmounts(scanner: XmlScanner, amounts: string[]): void {
  const depth = scanner.depth
  while (scanner.child(depth)) {
    if (scanner.name !== 'monetaryDetail') continue
    let amount = ''
    let typed = false
    readLeaves(scanner, (name, text) => {
      if (name === 'amount') amount = text
      else if (name === 'amountType') typed = true
    })
    if (!typed) amounts.push(amount)
  }
}

function readCombination(scanner: XmlScanner): Combination {
  const depth = scanner.depth
  const groups: string[] = []
  let baggage: string | null = null
  while (scanner.child(depth)) {
    let qualifier = ''
    let number = ''
    readLeaves(scanner, (name, text) => {
      if (name === 'refQualifier') qualifier = text
      else if (name === 'refNumber') number = text
    })
    if (qualifier === 'S') groups.push(number)
    else if (qualifier === 'B') baggage = number
  }
  return { groups, baggage }
}

type Draft = {
  readonly ptcs: string[]
  readonly travellers: FareProduct['travellers'][number][]
  total: string
  tax: string
  readonly taxes: FareProduct['taxes'][number][]
  validatingCarrier: string | null
  readonly notes: Note[]
  readonly fares: Map<string, readonly SoapFare[]>
}

function readProduct(scanner: XmlScanner): FareProduct {
  const draft: Draft = {
    ptcs: [],
    travellers: [],
    total: '',
    tax: '',
    taxes: [],
    validatingCarrier: null,
    notes: [],
    fares: new Map(),
  }
  const depth = scanner.depth
  while (scanner.child(depth)) {
    switch (scanner.name) {
      case 'paxFareDetail':
        readFareDetail(scanner, draft)
        break
      case 'passengerTaxDetails':
        draft.taxes.push(...scanner.once(readTaxes))
        break
      case 'paxReference': {
        const { ptcs, travellers } = scanner.once(readTravellers)
        draft.ptcs.push(...ptcs)
        draft.travellers.push(...travellers)
        break
      }
      case 'fare':
        draft.notes.push(...scanner.once(readNotes))
        break
      case 'fareDetails':
        addFares(draft, scanner.once(readFares))
        break
    }
  }
  return draft
}

function readFareDetail(scanner: XmlScanner, draft: Draft): void {
  const depth = scanner.depth
  while (scanner.child(depth)) {
    if (scanner.name === 'totalFareAmount') draft.total = scanner.word()
    else if (scanner.name === 'totalTaxAmount') draft.tax = scanner.word()
    else if (scanner.name === 'codeShareDetails') {
      let validates = false
      let company = ''
      readLeaves(scanner, (name, text) => {
        if (name === 'transportStageQualifier') validates = text === 'V'
        else if (name === 'company') company = text
      })
      if (validates && company !== '') draft.validatingCarrier = company
    }
  }
}

function readTaxes(scanner: XmlScanner): FareProduct['taxes'] {
  const depth = scanner.depth
  const taxes: { code: string; amount: string }[] = []
  while (scanner.child(depth)) {
    if (scanner.name !== 'taxDetails') continue
    const tax = { code: '', amount: '' }
    readLeaves(scanner, (name, text) => {
      if (name === 'countryCode') tax.code = text
      else if (name === 'rate') tax.amount = text
      else if (name === 'type' && tax.code === '') tax.code = text
    })
    if (tax.amount !== '') taxes.push(tax)
  }
  return taxes
}

function readTravellers(scanner: XmlScanner): Pick<FareProduct, 'ptcs' | 'travellers'> {
  const depth = scanner.depth
  const ptcs: string[] = []
  const travellers: { ref: string; infant: boolean }[] = []
  while (scanner.child(depth)) {
    if (scanner.name === 'ptc') ptcs.push(scanner.word())
    else if (scanner.name === 'traveller') {
      const traveller = { ref: '', infant: false }
      readLeaves(scanner, (name, text) => {
        if (name === 'ref') traveller.ref = text
        else if (name === 'infantIndicator') traveller.infant = true
      })
      travellers.push(traveller)
    }
  }
  return { ptcs, travellers }
}

function readNotes(scanner: XmlScanner): readonly Note[] {
  const depth = scanner.depth
  const notes: Note[] = []
  while (scanner.child(depth)) if (scanner.name === 'pricingMessage') notes.push(readMessage(scanner))
  return notes
}

function readMessage(scanner: XmlScanner): Note {
  const depth = scanner.depth
  const lines: string[] = []
  let subject = ''
  while (scanner.child(depth)) {
    if (scanner.name === 'description') lines.push(scanner.word())
    else if (scanner.name === 'freeTextQualification') {
      readLeaves(scanner, (name, text) => {
        if (name === 'textSubjectQualifier') subject = text
      })
    }
  }
  return { subject, lines }
}

type DirectionFares = { readonly direction: string; readonly fares: readonly SoapFare[] }

function addFares(draft: Draft, { direction, fares }: DirectionFares): void {
  const known = draft.fares.get(direction)
  draft.fares.set(direction, known ? [...known, ...fares] : fares)
}

function readFares(scanner: XmlScanner): DirectionFares {
  const depth = scanner.depth
  const fares: SoapFare[] = []
  let direction = ''
  while (scanner.child(depth)) {
    if (scanner.name === 'segmentRef') {
      readLeaves(scanner, (name, text) => {
        if (name === 'segRef') direction = text
      })
    } else if (scanner.name === 'groupOfFares') fares.push(readFare(scanner))
  }
  return { direction, fares }
}

type FareDraft = { -readonly [Name in keyof SoapFare]: SoapFare[Name] }

function readFare(scanner: XmlScanner): SoapFare {
  const fare: FareDraft = { bookingClass: '', cabin: '', seats: '', fareBasis: '', designator: '', family: '' }
  const depth = scanner.depth
  while (scanner.child(depth)) {
    if (scanner.name === 'productInformation') readProductInformation(scanner, fare)
    else if (scanner.name === 'ticketInfos') readDesignator(scanner, fare)
    else if (scanner.name === 'fareFamiliesRef') readFamily(scanner, fare)
  }
  return fare
}

function readProductInformation(scanner: XmlScanner, fare: FareDraft): void {
  const depth = scanner.depth
  while (scanner.child(depth)) {
    if (scanner.name === 'cabinProduct' && fare.bookingClass === '') {
      readLeaves(scanner, (name, text) => {
        if (name === 'rbd') fare.bookingClass = text
        else if (name === 'cabin') fare.cabin = text
        else if (name === 'avlStatus') fare.seats = text
      })
    } else if (scanner.name === 'fareProductDetail') {
      readLeaves(scanner, (name, text) => {
        if (name === 'fareBasis') fare.fareBasis = text
      })
    }
  }
}

function readDesignator(scanner: XmlScanner, fare: FareDraft): void {
  const depth = scanner.depth
  while (scanner.child(depth)) {
    readLeaves(scanner, (name, text) => {
      if (name === 'ticketDesignator') fare.designator = text
    })
  }
}

function readFamily(scanner: XmlScanner, fare: FareDraft): void {
  const depth = scanner.depth
  while (scanner.child(depth)) {
    let qualifier = ''
    let number = ''
    readLeaves(scanner, (name, text) => {
      if (name === 'refQualifier') qualifier = text
      else if (name === 'refNumber') number = text
    })
    if (qualifier === 'F') fare.family = number
  }
}
