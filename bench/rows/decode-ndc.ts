import type { SupplierOffer } from '../../src/core/offer.ts'
import { readTree, type XmlElement } from '../../src/core/xml/tree.ts'
import type { Row } from '../row.ts'
import { type SearchReply, searchReply } from '../search-reply.ts'

/** 200 offers for three, 1.6 MB: what an airline sends (8 kB an offer; recorded ones have 3 to 13), with fares and two taxes
 *  that differ from offer to offer, since the reader knows again what it has read before.
 *
 *  The floor is this very message as JSON, an element a property. Amadeus' JSON of the same offers is no fair one: a
 *  search there names no taxes, and those are a fifth of the NDC reply. */
export const row: Row = {
  name: 'ndc: search reply to offers',
  unit: 'offer',
  floorIs: 'JSON.parse of the same message as JSON',
  aim: { ratioMax: 1.2 },
  note:
    'Was 1.16 before two things that pay in a cold search and cost here, where one reply is read again and again in an empty ' +
    'heap: parts that offers have alike are looked up and kept once (14 objects an offer for 36, 1.0 kB for 2.4; 10 to 20 percent ' +
    'here), and the heap of decision 0008 (48 to 62 µs an offer for 35 to 52 in turn, on a noisy machine). Without a look-up for ' +
    'sums on the way it is the same. Before: 1.50 to 1.58 until prices went out as they were ' +
    'read, lists were made at their size, amounts became small integers and fares and bags were picked out once for each ' +
    'passenger of an offer (5.4 to 4.3 MB allocated a reply). Finding the tags alone is 0.65, reading the message 0.92; the ' +
    'rest makes offers, and no function of it takes more than 2 % of the whole. What whole offers could share was looked ' +
    'for: all 200 have fares of their own. Fewer look-ups of prices brought nothing.',
  async floor() {
    const { bytes, offers } = await ownPrices()
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
    const { bytes, offers } = await ownPrices()
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

/** The simulator's reply, in which many offers have one price, with a price of its own for each. */
async function ownPrices(): Promise<SearchReply> {
  const { bytes, offers } = await searchReply('ndc')
  let nth = 0
  const text = bytes.toString('utf8').replace(/<Offer>.*?<\/Offer>/gs, offer => dearer(offer, ++nth))
  return { bytes: Buffer.from(text), offers }
}

const amount = /<(BaseAmount|Amount|TotalTaxAmount|TotalAmount) CurCode="EUR">([\d.]+)/g

/** By an even number of cents, which two passengers share: the fares, and the first and fourth tax of each item. */
function dearer(offer: string, nth: number): string {
  let all = 0
  const items = offer.replace(/<Price>.*?<\/Price>/gs, price => {
    let base = 0
    let taxes = 0
    let place = 0
    return price.replace(amount, (_, name: string, digits: string) => {
      let cents = Math.round(Number(digits) * 100)
      if (name === 'BaseAmount') base = cents += 6 * nth
      else if (name === 'Amount') {
        if (place % 3 === 0 && place < 6) cents += 2 * nth
        place++
        taxes += cents
      } else if (name === 'TotalTaxAmount') cents = taxes
      else {
        cents = base + taxes
        all += cents
      }
      return `<${name} CurCode="EUR">${(cents / 100).toFixed(2)}`
    })
  })
  return items.replace(/(?<=<TotalPrice><TotalAmount CurCode="EUR">)[\d.]+/, (all / 100).toFixed(2))
}

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
