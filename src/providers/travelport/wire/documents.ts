import { formatAmount, type Money, zero } from '../../../core/money.ts'
import type { XmlElement } from '../../../core/xml/tree.ts'
import { element, textElement } from '../../../core/xml/write.ts'
import { headValues, message, pointOfSale, type RequestHead } from './envelope.ts'
import { all, at } from './requests.ts'

/** AirTicketing, AirVoidDocument, AirRefundQuote and AirRefund: what is sent. Their replies: document-replies.ts. */

/** Paid by the agency in cash: the traveller's card is charged by us, never by the airline. */
export function encodeTicketing(airLocator: string, pricingKeys: readonly string[], head: RequestHead): string {
  const refs = pricingKeys.map(key => element('air:AirPricingInfoRef', { Key: key })).join('')
  const content =
    pointOfSale +
    textElement('air:AirReservationLocatorCode', airLocator) +
    refs +
    element('air:AirTicketingModifiers', {}, refs + element('com:FormOfPayment', { Type: 'Cash' }))
  return message('air:AirTicketingReq', { ...headValues(head), ReturnInfoOnFail: true }, content)
}

export function encodeVoid(
  providerCode: string,
  providerLocator: string,
  tickets: readonly string[],
  head: RequestHead,
): string {
  const documents = tickets.map(number =>
    element('air:VoidDocumentInfo', { DocumentNumber: number, DocumentType: 'E-Ticket' }),
  )
  const values = {
    ...headValues(head),
    ShowETR: false,
    ProviderCode: providerCode,
    ProviderLocatorCode: providerLocator,
  }
  return message('air:AirVoidDocumentReq', values, pointOfSale + documents.join(''))
}

export function encodeRefundQuote(tickets: readonly string[], head: RequestHead): string {
  const content = pointOfSale + tickets.map(number => textElement('com:TicketNumber', number)).join('')
  return message('air:AirRefundQuoteReq', headValues(head), content)
}

/** What a quote said of one ticket, and what is sent back to take it. */
export type RefundBundle = {
  readonly ticket: string
  readonly refund: Money
  readonly penalty: Money
  readonly taxes: readonly { readonly code: string; readonly amount: Money }[]
  readonly surname: string
  readonly givenNames: string
}

export function encodeRefund(bundles: readonly RefundBundle[], head: RequestHead): string {
  return message('air:AirRefundReq', headValues(head), pointOfSale + bundles.map(refundBundle).join(''))
}

export function refundBundle(bundle: RefundBundle): string {
  // The schema wants one tax at least.
  const listed = bundle.taxes.length > 0 ? bundle.taxes : [{ code: 'XT', amount: zero(bundle.refund.currency) }]
  const taxes = listed.map(tax => element('air:TaxInfo', { Category: tax.code, Amount: moneyText(tax.amount) }))
  return element(
    'air:AirRefundBundle',
    { TicketNumber: bundle.ticket, RefundType: 'Auto' },
    element('air:AirRefundInfo', { RefundAmount: moneyText(bundle.refund), RefundFee: moneyText(bundle.penalty) }) +
      element('com:Name', { First: bundle.givenNames, Last: bundle.surname }) +
      taxes.join(''),
  )
}

/** `EUR178.74`, whole units as the currency has them. */
export function moneyText(money: Money): string {
  return `${money.currency}${formatAmount(money)}`
}

export type TicketingRequest = { readonly airLocator: string; readonly pricingKeys: readonly string[] }

export function decodeTicketing(request: XmlElement): TicketingRequest {
  return {
    airLocator: at(request, 'AirReservationLocatorCode')?.text.trim() ?? '',
    pricingKeys: all(request, 'AirPricingInfoRef').flatMap(ref => ref.attributes.Key ?? []),
  }
}

export type VoidRequest = { readonly providerLocator: string; readonly tickets: readonly string[] }

export function decodeVoid(request: XmlElement): VoidRequest {
  return {
    providerLocator: request.attributes.ProviderLocatorCode ?? '',
    tickets: all(request, 'VoidDocumentInfo').flatMap(one => one.attributes.DocumentNumber ?? []),
  }
}

export function decodeRefundQuote(request: XmlElement): readonly string[] {
  return all(request, 'TicketNumber').map(one => one.text.trim())
}

export function decodeRefund(request: XmlElement): readonly string[] {
  return all(request, 'AirRefundBundle').flatMap(one => one.attributes.TicketNumber ?? [])
}
