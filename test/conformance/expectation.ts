import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What expected.json says of one message (EXPECTED.md beside it tells what counts as what). Null or absent: not checked.
 *  `A|B`: either form will do. `may`: tolerated, not asked for. `ifGiven`: checked only where the decoder gives any. */
export type Expectation = {
  readonly file: string
  readonly provider: string
  readonly accepted: boolean | null
  readonly malformed: boolean
  readonly messageLike: readonly string[] | null
  readonly faults: readonly string[] | null
  readonly warningCodes: readonly string[] | null
  readonly seatMaps: readonly number[] | null
  readonly ifGiven: readonly string[]
  readonly offers: ExpectedOffers | readonly ExpectedOffers[] | null
  readonly order: ExpectedOrder | readonly ExpectedOrder[] | null
}

export type ExpectedOffers = {
  readonly count?: number | null
  readonly countAny?: readonly number[] | null
  readonly reasonGiven?: boolean | null
  readonly totals?: readonly string[] | null
  readonly flights?: readonly string[] | null
  readonly codeshares?: number | null
  readonly technicalStops?: number | null
  readonly passengerTypes?: Readonly<Record<string, number>> | null
  readonly taxCodes?: readonly string[] | null
  readonly fareBases?: readonly string[] | null
  readonly brands?: readonly string[] | null
  readonly validatingCarriers?: readonly string[] | null
  readonly baggage?: readonly string[] | null
  readonly priced?: readonly string[] | null
  readonly may?: Tolerated | null
}

export type ExpectedOrder = {
  readonly recordLocators?: readonly string[] | null
  readonly tickets?: readonly string[] | null
  readonly surnames?: readonly string[] | null
  readonly flights?: readonly string[] | null
  readonly codeshares?: number | null
  readonly total?: string | null
  readonly totalAny?: readonly string[] | null
  readonly may?: Tolerated | null
}

export type Tolerated = Readonly<Record<string, readonly string[]>>

export function readExpectations(dir: string): readonly Expectation[] {
  const text = readFileSync(join(dir, 'expected.json'), 'utf8')
  return (JSON.parse(text) as { readonly messages: readonly Expectation[] }).messages
}

/** Not messages of a supplier to us: schemas, bodies of requests, templates. */
const otherFolders: ReadonlySet<string> = new Set(['amadeus-openapi', 'sabre-requests', 'ssr-time-limits'])

/** Every reply and notice under the folder, as `folder/name`, found by listing. */
export function listReplies(dir: string): readonly string[] {
  return readdirSync(dir, { withFileTypes: true })
    .filter(entry => entry.isDirectory() && !otherFolders.has(entry.name))
    .flatMap(({ name: folder }) => filesIn(join(dir, folder)).map(name => `${folder}/${name}`))
    .filter(path => !isRequest(path))
    .sort()
}

function filesIn(dir: string): readonly string[] {
  return readdirSync(dir, { withFileTypes: true })
    .filter(entry => entry.isFile() && /\.(json|xml)$/.test(entry.name))
    .map(entry => entry.name)
}

/** `AirShoppingRQ`; an order change notice is called a request too, and is sent to us. */
function isRequest(path: string): boolean {
  return /rq[_.]/i.test(path) && !/notif/i.test(path)
}

/** Formats by their folder: what the table is grouped by. */
export function formatOf(file: string): string {
  return file.slice(0, file.indexOf('/'))
}

export function hasReader(provider: string): boolean {
  return existsSync(new URL(`../../src/providers/${provider}/wire/decode.ts`, import.meta.url))
}
