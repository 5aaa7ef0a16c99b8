import { element, escapeText, textElement } from '../../../core/xml/write.ts'

/** 21.3 has two namespaces: the message element, its own parts and `Request` or `Response` are in one, everything below in
 *  the other, which is declared on each child (domain.md 3.5). */
export const messageSpace = 'http://www.iata.org/IATA/2015/EASD/00/IATA_OffersAndOrdersMessage'
export const typesSpace = 'http://www.iata.org/IATA/2015/EASD/00/IATA_OffersAndOrdersCommonTypes'

/** Who asks, and on whose behalf. */
export type Seller = { readonly id: string; readonly name: string }
export type RequestHead = { readonly seller: Seller; readonly requestId: string }

/** An element of the common types below one of the message. Its content declares nothing more. */
export function part(name: string, content: string): string {
  return element(name, { xmlns: typesSpace }, content)
}

export function tag(name: string, ...content: readonly string[]): string {
  return element(name, {}, content.join(''))
}

/** Nothing for null. */
export function leaf(name: string, text: string | number | null | undefined): string {
  return textElement(name, text)
}

export function leaves(name: string, texts: readonly string[]): string {
  return texts.map(text => `<${name}>${escapeText(text)}</${name}>`).join('')
}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>'

/** `content`: the parts of `Request`. `before`: between payload and request (POS). */
export function requestMessage(name: string, head: RequestHead, content: string, before = ''): string {
  const link = part(
    'DistributionChainLink',
    leaf('Ordinal', 1) +
      leaf('OrgRole', 'Seller') +
      tag('ParticipatingOrg', leaf('Name', head.seller.name), leaf('OrgID', head.seller.id)),
  )
  const payload =
    `<CorrelationID xmlns="${typesSpace}">${escapeText(head.requestId)}</CorrelationID>` +
    `<VersionNumber xmlns="${typesSpace}">21.3</VersionNumber>`
  const body = tag('DistributionChain', link) + tag('PayloadAttributes', payload) + before + tag('Request', content)
  return declaration + element(`IATA_${name}`, { xmlns: messageSpace }, body)
}

export type ReplyHead = { readonly correlationId: string | null; readonly timestamp: string }

export function replyMessage(name: string, head: ReplyHead, content: string): string {
  return declaration + element(`IATA_${name}`, { xmlns: messageSpace }, tag('Response', content) + payloadOf(head))
}

export type ErrorToWrite = {
  readonly code: string
  readonly text: string
  readonly type: string
  readonly owner?: string
}

export function errorMessage(name: string, head: ReplyHead, error: ErrorToWrite): string {
  const content =
    wordIn('Code', error.code) +
    wordIn('DescText', error.text) +
    wordIn('LangCode', 'EN') +
    wordIn('TypeCode', error.type)
  return declaration + element(`IATA_${name}`, { xmlns: messageSpace }, tag('Error', content) + payloadOf(head))
}

function payloadOf({ correlationId, timestamp }: ReplyHead): string {
  const correlation = correlationId === null ? '' : wordIn('CorrelationID', correlationId)
  return tag('PayloadAttributes', correlation + wordIn('Timestamp', timestamp) + wordIn('VersionNumber', '21.3'))
}

function wordIn(name: string, text: string): string {
  return `<${name} xmlns="${typesSpace}">${escapeText(text)}</${name}>`
}
