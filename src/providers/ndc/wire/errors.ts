import { text as textEvent, startTag, type XmlScanner } from '../../../core/xml/scanner.ts'
import { textOf } from './xml.ts'

/** `Error`, `Warning`: a code and words; a type says whether asking again may help (`Retry`). */
export type WireError = { readonly code: string; readonly text: string; readonly type: string | null }

/** Elements since 18.1 (`Code`, `DescText`, `TypeCode`, `StatusText`), attributes and text before (`Code`, `ShortText`). */
export function readProblem(x: XmlScanner): WireError {
  let code = x.attribute('Code') ?? ''
  let type: string | null = x.attribute('Type') ?? null
  const short = x.attribute('ShortText') ?? ''
  let described = ''
  let status = ''
  let own = ''
  const { depth } = x
  for (;;) {
    const event = x.next()
    if (event === textEvent) own += x.text()
    else if (event === startTag) {
      if (x.name === 'Code' || x.name === 'ErrorCode') code = textOf(x)
      else if (x.name === 'DescText' || x.name === 'Description') described = textOf(x)
      else if (x.name === 'StatusText') status = textOf(x)
      else if (x.name === 'TypeCode') type = textOf(x)
      else x.skip()
    } else if (x.depth < depth) break
  }
  const words = [short, described, own.trim()].find(part => part !== '') ?? ''
  const text = status === '' || status === 'Processed' ? words : `${words} (${status})`
  return { code, text: text.replace(/\s+/g, ' '), type }
}
