import type { CurrencyCode } from '../../../core/money.ts'
import type { Charge } from '../../../core/offer.ts'
import { taxCodeOf } from './codes.ts'
import type { Descriptions } from './grouped-flights.ts'
import { currencyOf, type JsonObject, moneyOf, textOf, wholeOf } from './json.ts'
import { addTo } from './prices.ts'
import { OfferProblem, type Place } from './reading.ts'

type KnownList = { readonly references: readonly JsonObject[]; readonly charges: readonly Charge[] }

/** That begin with one reference; what goes beyond is made anew each time. */
const alikeMax = 16

/** Tax descriptions as charges of ours, made once each, and the lists that fares make of them: of 400 in a search of 200
 *  return offers 76 differ. */
export class GroupedTaxes {
  readonly #descriptions: Descriptions
  readonly #charges = new Map<number, Charge>()
  readonly #lists = new Map<unknown, KnownList[]>()

  constructor(descriptions: Descriptions) {
    this.#descriptions = descriptions
  }

  list(references: readonly JsonObject[], currency: CurrencyCode, at: Place): readonly Charge[] {
    if (references.length === 0) return noCharges
    const first = references[0]!.ref
    const alike = this.#lists.get(first)
    if (alike) {
      for (const known of alike) {
        if (known.charges[0]!.amount.currency === currency && sameReferences(known.references, references))
          return known.charges
      }
    }
    const charges: Charge[] = []
    for (const { ref } of references) addTo(charges, this.#charge(ref, currency, at))
    if (!alike) this.#lists.set(first, [{ references, charges }])
    else if (alike.length < alikeMax) alike.push({ references, charges })
    return charges
  }

  #charge(reference: unknown, currency: CurrencyCode, at: Place): Charge {
    const ref = wholeOf(reference) ?? -1
    let charge = this.#charges.get(ref)
    if (!charge) {
      charge = this.#read(ref, at)
      this.#charges.set(ref, charge)
    }
    if (charge.amount.currency === currency) return charge
    throw new OfferProblem('incomplete-fare', at(), `tax description ${ref} is in another currency`)
  }

  #read(ref: number, at: Place): Charge {
    const description = this.#descriptions.get(ref)
    if (!description) throw new OfferProblem('dangling-reference', at(), `no tax description ${ref}`)
    const code = textOf(description.code)
    const currency = currencyOf(description.currency)
    const amount = currency && moneyOf(description.amount, currency)
    if (!code || !amount) throw new OfferProblem('incomplete-fare', at(), `tax description ${ref} has no amount`)
    return { code: taxCodeOf(code), amount }
  }
}

const noCharges: readonly Charge[] = []

function sameReferences(a: readonly JsonObject[], b: readonly JsonObject[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i]!.ref !== b[i]!.ref) return false
  return true
}
