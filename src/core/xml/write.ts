/** Pieces of XML text for requests and simulators: plain string building. */

/** ` name="value"`; nothing for undefined and null. */
export function attribute(name: string, value: string | number | boolean | null | undefined): string {
  return value === undefined || value === null ? '' : ` ${name}="${escapeValue(String(value))}"`
}

export function attributes(values: Readonly<Record<string, string | number | boolean | null | undefined>>): string {
  let all = ''
  for (const name in values) all += attribute(name, values[name])
  return all
}

/** `content` is XML; text goes through escapeText first. Empty content makes an empty tag. */
export function element(
  name: string,
  values: Readonly<Record<string, string | number | boolean | null | undefined>>,
  content = '',
): string {
  return content === '' ? `<${name}${attributes(values)}/>` : `<${name}${attributes(values)}>${content}</${name}>`
}

export function textElement(name: string, content: string | number | null | undefined): string {
  return content === undefined || content === null ? '' : `<${name}>${escapeText(String(content))}</${name}>`
}

export function escapeText(text: string): string {
  return unsafeText.test(text) ? wellFormed(text).replace(/[&<>\r]/g, replacement) : text
}

export function escapeValue(value: string): string {
  return unsafeValue.test(value) ? wellFormed(value).replace(/[&<>"\t\n\r]/g, replacement) : value
}

const unsafeText = /[^\x20-\x25\x27-\x3b\x3d\x3f-\x7e\n\t]/
const unsafeValue = /[^\x20\x21\x23-\x25\x27-\x3b\x3d\x3f-\x7e]/

const replacements: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}

function replacement(character: string): string {
  return replacements[character]!
}

/** What XML 1.0 cannot say in any way becomes the replacement character. */
function wellFormed(text: string): string {
  return text.toWellFormed().replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
}
