import { type Fault, fault } from '../../../core/fault.ts'
import { WireError } from '../../../core/wire-error.ts'
import { startTag, XmlScanner } from '../../../core/xml/scanner.ts'
import { findChild, listDescendants, readTree, treeLimits, type XmlElement } from '../../../core/xml/tree.ts'
import type { DecodedMessage } from '../../port.ts'
import { faultOf } from '../faults.ts'
import { replyBytesMax } from './json.ts'
import type { Warnings } from './read.ts'
import { decodeMainGroups } from './soap-informative.ts'
import { readMasterPricer } from './soap-master-pricer.ts'
import { decodeFareLists } from './soap-stored-fares.ts'

/** Replies of Amadeus' SOAP services, with their envelope or as the body alone. Read only: the live adapter speaks JSON. */
export function decodeSoap(bytes: Uint8Array): DecodedMessage {
  const root = rootOf(bytes)
  if (root.name.startsWith('Fare_MasterPricer')) return decodeSearch(bytes, root)
  if (root.name === 'html' || root.name === 'HTML') throw new WireError('an HTML page', 'byte 0')
  const reply = bodyOf(readTree(bytes))
  if (reply.name === 'Fault') return message('Fault', null, [soapFault(reply)], [])
  const faults = errorsIn(reply)
  const warnings: Warnings = []
  const offers = [...decodeFareLists(reply, warnings), ...decodeMainGroups(reply, warnings)]
  const priced = findChild(reply, 'fareList') ?? findChild(reply, 'mainGroup')
  if (priced && offers.length === 0 && faults.length === 0) unreadable(warnings)
  if (!priced && faults.length === 0 && !understood.test(reply.name)) {
    throw new WireError('no message that is known here', `/${reply.name}`)
  }
  return { ...message(nameOf(reply.name), root.version, faults, warnings), offers }
}

/** Told that they are understood; the command line has no place for what they hold. */
const understood =
  /^(Air_MultiAvailability|MiniRule_|Fare_GetFareFamilyDescription|Air_SellFromRecommendation|Fare_CheckRules)/

type Root = { readonly name: string; readonly version: string | null }

/** The first element inside the envelope. Versions stand in the namespace: `…/FMPTBR_12_4_1A`. */
function rootOf(bytes: Uint8Array): Root {
  const scanner = openAt(bytes)
  const version = /_(\d+)_(\d+)_[1I]A$/.exec(scanner.namespace())
  return { name: scanner.name, version: version ? `${Number(version[1])}.${version[2]}` : null }
}

/** At the start of the message, past envelope and header. */
function openAt(bytes: Uint8Array): XmlScanner {
  const scanner = new XmlScanner(bytes, { ...treeLimits, bytesMax: replyBytesMax })
  while (scanner.next() === startTag) {
    if (scanner.name === 'Envelope' || scanner.name === 'Body') continue
    if (scanner.name !== 'Header') return scanner
    scanner.skip()
  }
  throw new WireError('an envelope without a message', `byte ${scanner.offset}`)
}

function bodyOf(root: XmlElement): XmlElement {
  const body = root.name === 'Envelope' ? findChild(root, 'Body') : root.name === 'Body' ? root : undefined
  if (root.name !== 'Envelope' && !body) return root
  const [first] = body?.children ?? []
  if (!first) throw new WireError('an envelope without a message', `/${root.name}`)
  return first
}

function decodeSearch(bytes: Uint8Array, root: Root): DecodedMessage {
  const scanner = openAt(bytes)
  const warnings: Warnings = []
  const errors: Fault[] = []
  const offers = readMasterPricer(scanner, warnings, element => errors.push(...errorsIn(element)))
  // what stands behind the reply must be well-formed too
  while (scanner.depth > 0) scanner.next()
  scanner.next()
  if (offers.length === 0 && errors.length === 0 && warnings.length > 0) unreadable(warnings)
  return { ...message(nameOf(root.name), root.version, errors, warnings), offers }
}

function unreadable(warnings: Warnings): never {
  const [first] = warnings
  throw new WireError(first?.text ?? 'nothing that can be read', first?.at ?? '/')
}

/** Elements called error something, directly in the reply (or the element itself), with a code in them. */
function errorsIn(reply: XmlElement): readonly Fault[] {
  const holders = /error/i.test(reply.name) ? [reply] : reply.children.filter(child => /error/i.test(child.name))
  return holders.flatMap(holder => {
    const code = ['error', 'errorCode', 'applicationErrorCode', 'errorNumber']
      .flatMap(name => listDescendants(holder, name))
      .map(element => element.text.trim())
      .find(text => text !== '')
    if (code === undefined) return []
    const words = ['description', 'freeText', 'errorFreeText', 'errorText']
      .flatMap(name => listDescendants(holder, name))
      .map(element => element.text.trim())
      .filter(text => text !== '')
    return [faultOf({ status: 400, code, title: words.join(' ') || null, detail: null, source: null })]
  })
}

/** `1929|Application|INVALID RECORD LOCATOR`; else what the fault itself calls its code. */
function soapFault(element: XmlElement): Fault {
  const said = firstText(element, 'faultstring') ?? firstText(element, 'Text') ?? ''
  const [code, , ...words] = said.split('|').map(part => part.trim())
  const own = firstText(element, 'faultcode') ?? firstText(element, 'Value') ?? null
  if (code !== undefined && /^\d+$/.test(code)) {
    return faultOf({ status: 400, code, title: words.join(' ') || said, detail: null, source: null })
  }
  // session faults and the like: nothing says that the request was not carried out
  return fault('supplier-error', said || 'a SOAP fault without words', { code: own, mayHaveBooked: true })
}

function firstText(element: XmlElement, name: string): string | undefined {
  return listDescendants(element, name)[0]?.text.trim() || undefined
}

function nameOf(root: string): string {
  return root.replace(/Reply$/, '')
}

function message(name: string, version: string | null, faults: readonly Fault[], warnings: Warnings): DecodedMessage {
  return { message: name, version, offers: [], order: null, seatMaps: null, faults, warnings }
}
