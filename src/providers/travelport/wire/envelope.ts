import { attributes, element } from '../../../core/xml/write.ts'

/** Release 52 of the schemas: air, common and universal go together. */
export const schemaVersion = 52

export const namespaces = {
  air: `http://www.travelport.com/schema/air_v${schemaVersion}_0`,
  com: `http://www.travelport.com/schema/common_v${schemaVersion}_0`,
  univ: `http://www.travelport.com/schema/universal_v${schemaVersion}_0`,
} as const

export type Values = Readonly<Record<string, string | number | boolean | null | undefined>>

/** A message in its envelope; `name` with its prefix, content as XML. */
export function message(name: `air:${string}` | `univ:${string}`, values: Values, content: string): string {
  const declarations = {
    'xmlns:air': namespaces.air,
    'xmlns:com': namespaces.com,
    ...(name.startsWith('univ:') ? { 'xmlns:univ': namespaces.univ } : {}),
  }
  return envelope(`<${name}${attributes(values)}${attributes(declarations)}>${content}</${name}>`)
}

export function envelope(body: string): string {
  return (
    '<?xml version="1.0" encoding="UTF-8"?>' +
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">' +
    `<soap:Body>${body}</soap:Body></soap:Envelope>`
  )
}

/** Who asks: the branch that the agency's agreement is for, and an id that comes back in the reply and their logs. */
export type RequestHead = { readonly targetBranch: string; readonly traceId: string }

export function headValues(head: RequestHead): Values {
  return { TraceId: head.traceId, AuthorizedBy: 'fareloom', TargetBranch: head.targetBranch }
}

export const pointOfSale = element('com:BillingPointOfSaleInfo', { OriginApplication: 'UAPI' })

/** What every reply carries. */
export type ReplyHead = {
  readonly traceId: string | null
  readonly transactionId: string
  readonly responseTimeMs: number
}

export function replyValues(head: ReplyHead): Values {
  return { TraceId: head.traceId ?? '', TransactionId: head.transactionId, ResponseTime: head.responseTimeMs }
}

export type ResponseMessage = {
  readonly code: number
  readonly type: 'Warning' | 'Error' | 'Info'
  readonly text: string
}
