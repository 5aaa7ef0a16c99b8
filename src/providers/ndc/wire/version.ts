import type { XmlScanner } from '../../../core/xml/scanner.ts'

/** How the releases of NDC differ where the reader must know; all else is told apart by local names. */
export type Dialect = {
  /** As shown: `21.3`, `19.2`, `17.2`, `AMA v1`. */
  readonly version: string | null
  /** Amounts without a point are in minor units, by `CurrencyMetadata/Decimals`: always, or where no amount of the message
   *  has a point (EDIST up to 17.2 allows both), or never. */
  readonly minorUnits: 'always' | 'where-no-point' | 'never'
}

type Row = {
  readonly namespace: RegExp
  readonly minorUnits: Dialect['minorUnits']
  version(match: RegExpExecArray): string
}

/** By the namespace of the message element. 21.3 and later share one (domain.md 3.5). */
const table: readonly Row[] = [
  { namespace: /\/EASD\/\d\d\/IATA_OffersAndOrders/, minorUnits: 'never', version: () => '21.3' },
  { namespace: /\/IATA\/2015\/00\/20(\d\d\.\d)/, minorUnits: 'never', version: match => match[1]! },
  { namespace: /\/EDIST\/20(\d\d\.\d)/, minorUnits: 'where-no-point', version: match => match[1]! },
  { namespace: /\/EDIST/, minorUnits: 'where-no-point', version: () => '17.1' },
  {
    namespace: /xml\.amadeus\.com\/\d+\/\d+\/Travel_\w+?_v(\d+)/,
    minorUnits: 'always',
    version: match => `AMA v${match[1]}`,
  },
]

/** Of the message element that just started. */
export function dialectOf(x: XmlScanner): Dialect {
  const { attributes } = x
  const own = x.qualifiedName()
  const prefix = own.includes(':') ? `xmlns:${own.slice(0, own.indexOf(':'))}` : 'xmlns'
  const stated = statedVersion(x.attribute('Version'))
  let found: Dialect | undefined
  for (let index = 0; index < attributes.count; index++) {
    const name = attributes.qualifiedName(index)
    if (!name.startsWith('xmlns')) continue
    const row = rowOf(attributes.value(index), stated)
    if (row && (name === prefix || !found)) found = row
  }
  if (found) return found
  return x.name.startsWith('AMA_')
    ? { version: 'AMA', minorUnits: 'always' }
    : { version: stated, minorUnits: stated?.startsWith('17') ? 'where-no-point' : 'never' }
}

function rowOf(namespace: string, stated: string | null): Dialect | undefined {
  for (const row of table) {
    const match = row.namespace.exec(namespace)
    if (match) return { version: stated ?? row.version(match), minorUnits: row.minorUnits }
  }
  return undefined
}

/** `IATA2017.2`, `17.2`, `2019.2`, `21.3.5`. */
export function statedVersion(text: string | undefined): string | null {
  const match = /(\d\d\.\d)(?:\.\d+)?$/.exec(text?.trim() ?? '')
  return match ? match[1]! : null
}
