import { escapePointer } from './json-lines.ts'
import type { FieldError } from './problem.ts'

/** No card number ever enters: every body is checked before anything else looks at it. A value that looks like one is
 *  named by its place only, never echoed. */

/** Errors listed at most: a body full of numbers needs no longer answer. */
const errorsMax = 20
/** A deeper body is no request of ours; its rest counts as suspicious rather than clean. */
const depthMax = 64

/**
 * Every place in a parsed JSON body that holds 13 to 19 digits (spaces and hyphens aside) that pass the card check: as a
 * whole value, or written as a card is inside a longer text. Keys of objects count too. `loyalty.number` is exempt.
 */
export function findCardNumbers(body: unknown): readonly FieldError[] {
  const errors: FieldError[] = []
  visit(body, '', { parent: '', key: '', depth: 0 }, errors)
  return errors
}

type Place = { readonly parent: string; readonly key: string; readonly depth: number }

function visit(value: unknown, pointer: string, place: Place, errors: FieldError[]): void {
  if (errors.length >= errorsMax) return
  if (typeof value === 'string' || typeof value === 'number') {
    const exempt = place.parent === 'loyalty' && place.key === 'number'
    if (!exempt && holdsCardNumber(String(value))) errors.push(refusal(pointer))
    return
  }
  if (typeof value !== 'object' || value === null) return
  if (place.depth >= depthMax) {
    // once: what is too deep in one place usually is in many
    if (errors.some(({ code }) => code === 'too-deep')) return
    const detail = `Here the body is nested deeper than ${depthMax} levels.`
    errors.push({ pointer: shortened(pointer), code: 'too-deep', detail })
    return
  }
  const depth = place.depth + 1
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++)
      visit(value[i], `${pointer}/${i}`, { parent: place.key, key: '', depth }, errors)
    return
  }
  for (const [key, item] of Object.entries(value)) {
    if (holdsCardNumber(key)) errors.push(refusal(pointer))
    else visit(item, `${pointer}/${escapePointer(key)}`, { parent: place.key, key, depth }, errors)
  }
}

function refusal(pointer: string): FieldError {
  return {
    pointer: shortened(pointer),
    code: 'card-number',
    detail: 'This looks like a card number. Send a payment token instead.',
  }
}

const pointerMax = 1_000

/** Names may be as long as the body, and errors are several: of a longer pointer the part up to an object or array that holds
 *  the place. */
function shortened(pointer: string): string {
  return pointer.length <= pointerMax ? pointer : pointer.slice(0, pointer.lastIndexOf('/', pointerMax))
}

/** Spaces and hyphens of any kind, and what nobody sees: zero-width spaces and joiners, marks of direction. */
const separators = /[\s\u00ad\u200b-\u200f\u202a-\u202e\u2010-\u2015\u2060-\u2069\u2212-]/g
const unseen = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069]/g
/** Arabic-Indic, extended Arabic-Indic, Devanagari, Bengali, Thai: what keyboards of travellers have. */
const otherDigits = /[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u09e6-\u09ef\u0e50-\u0e59]/g
const onlyDigits = /^\d{13,19}$/
/** Inside a longer text: in one run or in the groups that are printed on cards; leading digit of a card scheme (2-6, 9). */
const written =
  /(?<![\p{L}\p{N}+])(?:[2-69]\d{12,18}|[2-69]\d{3}([ -])\d{4}\1\d{4}\1\d{1,4}(?:\1\d{1,3})?|3\d{3}([ -])\d{6}\2\d{4,5})(?![\p{L}\p{N}])/gu

function holdsCardNumber(text: string): boolean {
  if (text.length < 13) return false
  const ascii = isAscii(text)
  if (ascii && !holdsDigits(text, 13)) return false
  // full-width and other digits become ASCII; bounded, since NFKC of a long text can grow
  const plain = ascii ? text : text.slice(0, 10_000).normalize('NFKC').replace(unseen, '').replace(otherDigits, toAscii)
  const joined = plain.replace(separators, '')
  if (onlyDigits.test(joined)) return passesLuhn(joined)
  const spaced = plain.replace(/\s/g, ' ').replace(/[\u2010-\u2015\u2212]/g, '-')
  for (const match of spaced.matchAll(written)) if (passesLuhn(match[0].replace(/\D/g, ''))) return true
  return false
}

function toAscii(digit: string): string {
  const code = digit.charCodeAt(0)
  const zeros = [0x0660, 0x06f0, 0x0966, 0x09e6, 0x0e50]
  return String(code - zeros.findLast(zero => zero <= code)!)
}

function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48
    const doubled = i % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  // thirteen zeros are a placeholder, not a card
  return sum > 0 && sum % 10 === 0
}

/** That many or more: most texts have fewer, and nothing else needs to be looked at. */
function holdsDigits(text: string, count: number): boolean {
  let left = count
  for (let i = 0; i < text.length && left > 0; i++) {
    const code = text.charCodeAt(i)
    if (code >= 48 && code <= 57) left--
  }
  return left === 0
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false
  return true
}
