import { startTag, type XmlScanner } from '../../../core/xml/scanner.ts'
import { eachChild, wordOf } from './xml.ts'

export type WireCabin = { readonly code: string | null; readonly name: string | null }

export const noCabin: WireCabin = { code: null, name: null }

export function readCabin(x: XmlScanner): WireCabin {
  let code: string | null = null
  let cabinName: string | null = null
  eachChild(x, name => {
    if (name === 'CabinTypeCode' || name === 'Code') code = wordOf(x)
    else if (name === 'CabinTypeName' || name === 'Definition' || name === 'Name') cabinName = wordOf(x)
  })
  return { code, name: cabinName }
}

/** Text, or the same in `Code` (before 18.1). */
export function codeIn(x: XmlScanner): string | null {
  let text = ''
  const { depth } = x
  let code: string | null = null
  for (;;) {
    const event = x.next()
    if (x.depth < depth) break
    if (event === startTag && x.name === 'Code') code = wordOf(x)
    else if (event === startTag) x.skip()
    else text += x.text()
  }
  return code ?? (text.trim() || null)
}
