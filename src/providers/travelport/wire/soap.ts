import type { WireFault } from '../faults.ts'
import type { Reply } from './reply.ts'

/** Moves to the message inside the envelope, or to the root where there is none; its local name. */
export function openMessage(reply: Reply): string {
  const { scanner } = reply
  scanner.next()
  const root = scanner.name
  if (root !== 'Envelope') return root
  return openBody(reply)
}

function openBody(reply: Reply): string {
  const { scanner } = reply
  while (scanner.child(1)) {
    if (scanner.name !== 'Body') continue
    if (scanner.child(2)) return scanner.name
    scanner.fail('an empty body')
  }
  return scanner.fail('an envelope without a body')
}

/** What follows is read too: a reply that was cut off is no reply. */
export function closeMessage(reply: Reply): void {
  while (reply.scanner.next()) {
    // only the end matters
  }
}

/** `Fault` of SOAP 1.1 or 1.2. The code is that of the detail, not `Server.Business`. */
export function readFault(reply: Reply): WireFault {
  const { scanner } = reply
  const depth = scanner.depth
  let faultCode = ''
  let faultText = ''
  let detail: WireFault | null = null
  while (scanner.child(depth)) {
    switch (scanner.name) {
      case 'faultcode':
        faultCode = scanner.elementText().trim()
        break
      case 'faultstring':
        faultText = scanner.elementText().trim()
        break
      case 'Code':
        faultCode = nestedText(reply)
        break
      case 'Reason':
        faultText = nestedText(reply)
        break
      case 'detail':
      case 'Detail':
        detail = readDetail(reply) ?? detail
        break
    }
  }
  const description = detail?.text ?? ''
  return {
    code: detail?.code || codeIn(faultText) || faultCode,
    faultCode,
    service: detail?.service ?? '',
    text: isSentence(description) && !faultText.includes(description) ? joined(faultText, description) : faultText,
  }
}

function joined(faultText: string, description: string): string {
  return description.includes(faultText) ? description : `${faultText}: ${description}`
}

function isSentence(text: string): boolean {
  return text !== '' && !text.includes('<')
}

/** `ErrorInfo`, `AvailabilityErrorInfo` …: whatever has a Code. */
function readDetail(reply: Reply): WireFault | null {
  const { scanner } = reply
  const depth = scanner.depth
  let found: WireFault | null = null
  while (scanner.child(depth)) {
    let code = ''
    let service = ''
    let text = ''
    const messages: string[] = []
    while (scanner.child(depth + 1)) {
      if (scanner.name === 'Code') code = scanner.elementText().trim()
      else if (scanner.name === 'Service') service = scanner.elementText().trim()
      else if (scanner.name === 'Description') text = scanner.elementText().trim()
      else if (scanner.name === 'AirSegmentError') messages.push(readSegmentError(reply))
    }
    if (code !== '') found ??= { code, faultCode: '', service, text: [text, ...new Set(messages)].join(' ').trim() }
  }
  return found
}

export function readSegmentError(reply: Reply): string {
  const { scanner } = reply
  const depth = scanner.depth
  let message = ''
  while (scanner.child(depth)) if (scanner.name === 'ErrorMessage') message = scanner.elementText().trim()
  return message
}

function nestedText(reply: Reply): string {
  const { scanner } = reply
  const depth = scanner.depth
  let text = ''
  while (scanner.child(depth)) if (text === '' && scanner.name !== 'Subcode') text = scanner.elementText().trim()
  return text
}

/** `1512 UNABLE TO RETRIEVE`: some gateways put it in front of the text. */
function codeIn(faultText: string): string {
  return /^(\d{2,6})\b/.exec(faultText)?.[1] ?? ''
}
