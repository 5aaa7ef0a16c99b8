import type { Charge } from '../../../core/offer.ts'
import { sharedCharge } from '../../../core/sharing.ts'
import { joined, withOne } from '../../../core/xml/lists.ts'
import type { XmlScanner } from '../../../core/xml/scanner.ts'
import { type Amount, amountOf, eachChild, textOf } from './xml.ts'

/** `Price`, `TotalPriceDetail`, `UnitPriceDetail` …: what one thing costs. */
export type WirePrice = {
  readonly total: Amount | null
  readonly base: Amount | null
  /** The base in the currency of the total, where that is another. */
  readonly equivalent: Amount | null
  readonly totalTaxes: Amount | null
  readonly taxes: readonly WireTax[]
  readonly fees: readonly WireTax[]
  readonly dueByAirline: Amount | null
  readonly dueToAirline: Amount | null
}

export type WireTax = {
  readonly code: string
  readonly amount: Amount
  /** Null where its amount is to be found out. */
  readonly charge: Charge | null
}

/** The same price on many flights is one object. */
export function readPrice(x: XmlScanner): WirePrice {
  return x.once(readPriceHere)
}

function readPriceHere(x: XmlScanner): WirePrice {
  let total: Amount | null = null
  let base: Amount | null = null
  let equivalent: Amount | null = null
  let totalTaxes: Amount | null = null
  let dueByAirline: Amount | null = null
  let dueToAirline: Amount | null = null
  let taxes: readonly WireTax[] = none
  let fees: readonly WireTax[] = none
  const { depth } = x
  while (x.child(depth)) {
    switch (x.name) {
      case 'TotalAmount':
      case 'SimpleCurrencyPrice':
      case 'DetailCurrencyPrice':
        total ??= amountOf(x)
        break
      case 'BaseAmount':
        base = amountOf(x)
        break
      case 'EquivAmount':
        equivalent = amountOf(x)
        break
      case 'TaxSummary':
      case 'Taxes': {
        const summary = x.once(readTaxes)
        taxes = joined(taxes, summary.taxes)
        totalTaxes = summary.total ?? totalTaxes
        break
      }
      case 'Fee':
        for (const fee of listOf(readCharge(x, 'service'))) fees = withOne(fees, fee)
        break
      case 'Fees':
        fees = joined(fees, readFees(x))
        break
      case 'Surcharge': {
        const surcharge = readSurcharge(x)
        taxes = joined(taxes, surcharge.filter(isTax))
        fees = joined(
          fees,
          surcharge.filter(part => !isTax(part)),
        )
        break
      }
      case 'DueByAirlineAmount':
        dueByAirline = amountOf(x)
        break
      case 'DueToAirlineAmount':
        dueToAirline = amountOf(x)
        break
      default:
    }
  }
  return { total, base, equivalent, totalTaxes, taxes, fees, dueByAirline, dueToAirline }
}

const none: readonly WireTax[] = []

function listOf(tax: WireTax | null): readonly WireTax[] {
  return tax ? [tax] : none
}

type TaxSummary = { readonly taxes: readonly WireTax[]; readonly total: Amount | null }

function readTaxes(x: XmlScanner): TaxSummary {
  const taxes: WireTax[] = []
  const total = addTaxes(x, taxes)
  return { taxes, total }
}

function addTaxes(x: XmlScanner, taxes: WireTax[]): Amount | null {
  let total: Amount | null = null
  const { depth } = x
  while (x.child(depth)) {
    if (x.name === 'Tax') {
      const tax = x.once(readTax)
      if (tax) taxes.push(tax)
    } else if (x.name === 'Breakdown') total = addTaxes(x, taxes) ?? total
    else if (x.name === 'TotalTaxAmount' || x.name === 'Total') total = amountOf(x)
  }
  return total
}

function readTax(x: XmlScanner): WireTax | null {
  return readCharge(x, 'XT')
}

function readFees(x: XmlScanner): readonly WireTax[] {
  const fees: WireTax[] = []
  const visit = (name: string): void => {
    if (name === 'Fee') fees.push(...listOf(readCharge(x, 'service')))
    else if (name === 'Breakdown') eachChild(x, visit)
  }
  eachChild(x, visit)
  return fees
}

/** `YQ` and `YR` are itemised with the taxes everywhere else; what is not itemised is one fee. */
function readSurcharge(x: XmlScanner): readonly WireTax[] {
  const parts: WireTax[] = []
  let total: Amount | null = null
  eachChild(x, name => {
    if (name === 'Breakdown') parts.push(...listOf(readCharge(x, 'surcharge')))
    else if (name === 'TotalAmount') total = amountOf(x)
  })
  return parts.length === 0 && total ? listOf(toTax('surcharge', total)) : parts
}

function isTax({ code }: WireTax): boolean {
  return /^[A-Z]{2}$/.test(code)
}

/** Two characters where the code is one of a government or carrier; an aggregator's own name of a bucket is XT. */
function readCharge(x: XmlScanner, otherwise: string): WireTax | null {
  let code = otherwise
  let amount: Amount | null = null
  const { depth } = x
  while (x.child(depth)) {
    if (x.name === 'Amount') amount ??= amountOf(x)
    else if (x.name === 'TaxCode') {
      const text = textOf(x).toUpperCase()
      if (/^[A-Z0-9]{2,3}$/.test(text)) code = text.slice(0, 2)
    } else if (x.name === 'DesigText') {
      const text = textOf(x)
      if (/^[a-z]{3,20}$/i.test(text)) code = text.toLowerCase()
      else if (/^[A-Z]{2}$/.test(text)) code = text
    }
  }
  return amount && toTax(code, amount)
}

function toTax(code: string, amount: Amount): WireTax {
  return { code, amount, charge: amount.money && sharedCharge(code, amount.money) }
}
