import type { SupplierOffer } from '../../src/core/offer.ts'
import { readTree, type XmlElement } from '../../src/core/xml/tree.ts'
import type { Row } from '../row.ts'
import { searchReply } from '../search-reply.ts'

/** 200 offers for three, 1.6 MB: what an airline sends (8 kB an offer; recorded ones have 3 to 13).
 *
 *  The floor is this very message as JSON, an element a property. Amadeus' JSON of the same offers is no fair one: a
 *  search there names no taxes, and those are a fifth of the NDC reply. */
export const row: Row = {
  name: 'ndc: search reply to offers',
  unit: 'offer',
  floorIs: 'JSON.parse of the same message as JSON',
  aim: { ratioMax: 1.2 },
  async floor() {
    const { bytes, offers } = await searchReply('ndc')
    const json = Buffer.from(JSON.stringify(asJson(readTree(bytes))))
    let tree: unknown
    return {
      run() {
        tree = JSON.parse(json.toString('utf8'))
        return offers
      },
      check() {
        if (JSON.stringify(tree ?? JSON.parse(json.toString('utf8'))).length !== json.toString('utf8').length)
          throw new Error('it was not parsed')
      },
    }
  },
  async value() {
    const { bytes, offers } = await searchReply('ndc')
    const { decode } = await import('../../src/providers/ndc/wire/decode.ts')
    let found: readonly SupplierOffer[] = []
    // A service that is up has compiled its reader; JSON.parse comes compiled.
    for (let turn = 0; turn < repliesBefore; turn++) found = decode(bytes).offers
    return {
      run() {
        found = decode(bytes).offers
        return found.length
      },
      check() {
        if (found.length !== offers) throw new Error(`${found.length} offers instead of ${offers}`)
        for (const offer of found) checkSum(offer)
      },
    }
  },
}

const repliesBefore = 150

/** Text is a string, repeated elements are a list; what has attributes or children is an object. */
function asJson({ attributes, children, text }: XmlElement): unknown {
  const properties: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(attributes)) if (!name.startsWith('xmlns')) properties[name] = value
  for (const child of children) {
    const known = properties[child.name]
    const value = asJson(child)
    if (known === undefined) properties[child.name] = value
    else if (Array.isArray(known)) known.push(value)
    else properties[child.name] = [known, value]
  }
  if (Object.keys(properties).length === 0) return text
  return text.trim() === '' ? properties : { ...properties, value: text }
}

function checkSum({ total, passengers }: SupplierOffer): void {
  const sum = passengers.reduce((all, { count, each }) => all + count * each.total.amountMinor, 0)
  if (sum !== total.amountMinor) throw new Error(`passengers pay ${sum} of ${total.amountMinor}`)
}
