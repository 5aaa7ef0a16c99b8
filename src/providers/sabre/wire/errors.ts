import type { Fault } from '../../../core/fault.ts'
import type { WireWarning } from '../../../core/offer.ts'
import { bookingFault, platformFault, shoppingFault } from '../faults.ts'
import { type JsonObject, listOf, objectOf, objectsOf, textOf } from './json.ts'

/** Error bodies of the platform and of each service, and the messages that stand beside results. */

/** `{"status","type","errorCode","timeStamp","message"}` of the platform, `{"error","error_description"}` of the token
 *  service. Null where it is neither. */
export function platformError(body: JsonObject): Fault | null {
  const code = textOf(body.errorCode) ?? textOf(body.error)
  if (code === null) return null
  return platformFault(code, textOf(body.message) ?? textOf(body.error_description))
}

/** Booking Management: `errors[{category,type,description}]`. Those of category WARNING are none. */
export function bookingErrors(body: JsonObject): readonly Fault[] {
  return objectsOf(body.errors)
    .filter(error => textOf(error.category) !== 'WARNING')
    .map(error => bookingFault(textOf(error.category), textOf(error.type), textOf(error.description)))
}

export function bookingWarnings(body: JsonObject): readonly WireWarning[] {
  return objectsOf(body.errors).flatMap((error, i) => {
    if (textOf(error.category) !== 'WARNING') return []
    const text = textOf(error.description) ?? 'a warning without words'
    return [{ code: textOf(error.type) ?? 'WARNING', at: `/errors/${i}`, text: text.slice(0, 300) }]
  })
}

type Said = { readonly faults: readonly Fault[]; readonly warnings: readonly WireWarning[] }

/** groupedItineraryResponse.messages: Info is bookkeeping; an Error beside itineraries is a warning, alone a fault. */
export function groupedMessages(reply: JsonObject, offers: number): Said {
  const messages = objectsOf(reply.messages).map((message, i) => ({
    severity: textOf(message.severity) ?? 'Error',
    code: textOf(message.code),
    text: textOf(message.text),
    at: `/messages/${i}`,
  }))
  return sorted(messages, offers)
}

/** OTA: Warnings.Warning and Errors.Error. MessageClass I, and the calendar's CUTOFF lists, are bookkeeping. */
export function otaMessages(reply: JsonObject, offers: number): Said {
  const warnings = objectsOf(objectOf(reply.Warnings).Warning).map((warning, i) => otaMessage(warning, 'Warning', i))
  const errors = objectsOf(objectOf(reply.Errors).Error).map((error, i) => otaMessage(error, 'Error', i))
  return sorted([...warnings, ...errors], offers)
}

function otaMessage(said: JsonObject, list: 'Warning' | 'Error', index: number): Message {
  const code = textOf(said.Code)
  const isInfo = textOf(said.MessageClass) === 'I' || code?.startsWith('CUTOFF') === true
  const severity = isInfo ? 'Info' : textOf(said.MessageClass) === 'E' ? 'Error' : list
  const text = textOf(said.ShortText) ?? textOf(said.content) ?? textOf(said.Message)
  return { severity, code: code ?? textOf(said.Type), text, at: `/${list}s/${list}/${index}` }
}

type Message = {
  readonly severity: string
  readonly code: string | null
  readonly text: string | null
  readonly at: string
}

function sorted(messages: readonly Message[], offers: number): Said {
  const faults: Fault[] = []
  const warnings: WireWarning[] = []
  for (const { severity, code, text, at } of messages.slice(0, messagesMax)) {
    if (severity === 'Info') continue
    if (offers === 0 && (severity === 'Error' || shoppingFault(code, text).kind === 'no-offers')) {
      faults.push(shoppingFault(code, text))
    } else warnings.push({ code: code ?? severity, at, text: (text ?? '').slice(0, 300) })
  }
  return { faults, warnings }
}

const messagesMax = 200

/** Whether a body has a list of errors at all. */
export function hasErrors(body: JsonObject): boolean {
  return listOf(body.errors).length > 0
}
