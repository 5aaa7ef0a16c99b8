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

export type WireTax = { readonly code: string; readonly amount: Amount }

export function readPrice(x: XmlScanner): WirePrice {
  let total: Amount | null = null
  let base: Amount | null = null
  let equivalent: Amount | null = null
  let totalTaxes: Amount | null = null
  let dueByAirline: Amount | null = null
  let dueToAirline: Amount | null = null
  const taxes: WireTax[] = []
  const fees: WireTax[] = []
  eachChild(x, name => {
    switch (name) {
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
      case 'Taxes':
        totalTaxes = readTaxes(x, taxes) ?? totalTaxes
        break
      case 'Fee':
        addCharge(x, 'service', fees)
        break
      case 'Fees':
        readFees(x, fees)
        break
      case 'Surcharge':
        readSurcharge(x, taxes, fees)
        break
      case 'DueByAirlineAmount':
        dueByAirline = amountOf(x)
        break
      case 'DueToAirlineAmount':
        dueToAirline = amountOf(x)
        break
      default:
    }
  })
  return { total, base, equivalent, totalTaxes, taxes, fees, dueByAirline, dueToAirline }
}

function readTaxes(x: XmlScanner, taxes: WireTax[]): Amount | null {
  let total: Amount | null = null
  const visit = (name: string): void => {
    if (name === 'Tax') addCharge(x, 'XT', taxes)
    else if (name === 'Breakdown') eachChild(x, visit)
    else if (name === 'TotalTaxAmount' || name === 'Total') total = amountOf(x)
  }
  eachChild(x, visit)
  return total
}

function readFees(x: XmlScanner, fees: WireTax[]): void {
  const visit = (name: string): void => {
    if (name === 'Fee') addCharge(x, 'service', fees)
    else if (name === 'Breakdown') eachChild(x, visit)
  }
  eachChild(x, visit)
}

/** `YQ` and `YR` are itemised with the taxes everywhere else; what is not itemised is one fee. */
function readSurcharge(x: XmlScanner, taxes: WireTax[], fees: WireTax[]): void {
  const parts: WireTax[] = []
  let total: Amount | null = null
  eachChild(x, name => {
    if (name === 'Breakdown') addCharge(x, 'surcharge', parts)
    else if (name === 'TotalAmount') total = amountOf(x)
  })
  if (parts.length === 0 && total) fees.push({ code: 'surcharge', amount: total })
  for (const part of parts) (/^[A-Z]{2}$/.test(part.code) ? taxes : fees).push(part)
}

/** Two characters where the code is one of a government or carrier; an aggregator's own name of a bucket is XT. */
function addCharge(x: XmlScanner, otherwise: string, to: WireTax[]): void {
  let code = otherwise
  let amount: Amount | null = null
  eachChild(x, name => {
    if (name === 'Amount') amount ??= amountOf(x)
    else if (name === 'TaxCode') {
      const text = textOf(x).toUpperCase()
      if (/^[A-Z0-9]{2,3}$/.test(text)) code = text.slice(0, 2)
    } else if (name === 'DesigText') {
      const text = textOf(x)
      if (/^[a-z]{3,20}$/i.test(text)) code = text.toLowerCase()
      else if (/^[A-Z]{2}$/.test(text)) code = text
    }
  })
  if (amount) to.push({ code, amount })
}
