import { readFixture } from '../../support/fixtures.ts'

/** As much of Swagger 2 as Amadeus' documents use. A member that the document does not have is told too: it is how a
 *  request strays from its format. */

type Schema = {
  readonly $ref?: string
  readonly allOf?: readonly Schema[]
  readonly type?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly enum?: readonly unknown[]
  readonly pattern?: string
  readonly minItems?: number
  readonly maxItems?: number
  readonly minimum?: number
  readonly maximum?: number
}

export type VendorDocument = {
  readonly definitions: Readonly<Record<string, Schema>>
  readonly responses: Readonly<Record<string, { readonly schema?: Schema }>>
}

export function vendorDocument(name: string): VendorDocument {
  return JSON.parse(readFixture('amadeus-openapi', `${name}.json`).toString()) as VendorDocument
}

/** What is wrong, as `pointer: reason`; undefined members count as absent. */
export function objections(document: VendorDocument, schema: Schema, value: unknown): readonly string[] {
  const found: string[] = []
  check(document, schema, JSON.parse(JSON.stringify(value)), '', found)
  return found
}

export function definition(name: string): Schema {
  return { $ref: `#/definitions/${name}` }
}

function flat(document: VendorDocument, schema: Schema): Schema {
  if (schema.$ref) return flat(document, document.definitions[schema.$ref.split('/').at(-1)!]!)
  if (!schema.allOf) return schema
  const parts = [...schema.allOf.map(part => flat(document, part)), { ...schema, allOf: undefined } as Schema]
  return {
    ...Object.assign({}, ...parts),
    properties: Object.assign({}, ...parts.map(part => part.properties ?? {})),
    required: parts.flatMap(part => part.required ?? []),
  }
}

function check(document: VendorDocument, given: Schema, value: unknown, at: string, found: string[]): void {
  const schema = flat(document, given)
  const type = schema.type ?? (schema.properties ? 'object' : undefined)
  if (type !== undefined && !isOfType(type, value)) {
    found.push(`${at}: ${JSON.stringify(value)?.slice(0, 40)} is no ${type}`)
    return
  }
  if (schema.enum && !schema.enum.includes(value)) found.push(`${at}: ${JSON.stringify(value)} is none of the words`)
  if (typeof value === 'string' && schema.pattern && !new RegExp(`^(?:${schema.pattern})$`).test(value)) {
    found.push(`${at}: "${value}" is not ${schema.pattern}`)
  }
  if (typeof value === 'number' && (value < (schema.minimum ?? value) || value > (schema.maximum ?? value))) {
    found.push(`${at}: ${value} is out of range`)
  }
  if (Array.isArray(value)) checkList(document, schema, value, at, found)
  else if (typeof value === 'object' && value !== null && schema.properties)
    checkMembers(document, schema, value, at, found)
  else if (typeof value === 'object' && value !== null && typeof schema.additionalProperties === 'object') {
    for (const [name, member] of Object.entries(value)) {
      check(document, schema.additionalProperties, member, `${at}/${name}`, found)
    }
  }
}

function checkList(
  document: VendorDocument,
  schema: Schema,
  list: readonly unknown[],
  at: string,
  found: string[],
): void {
  if (list.length < (schema.minItems ?? 0)) found.push(`${at}: fewer than ${schema.minItems}`)
  if (list.length > (schema.maxItems ?? list.length)) found.push(`${at}: more than ${schema.maxItems}`)
  if (schema.items) for (const [i, item] of list.entries()) check(document, schema.items, item, `${at}/${i}`, found)
}

function checkMembers(document: VendorDocument, schema: Schema, value: object, at: string, found: string[]): void {
  for (const name of schema.required ?? []) if (!(name in value)) found.push(`${at}/${name}: is missing`)
  for (const [name, member] of Object.entries(value)) {
    const own = schema.properties?.[name]
    if (own) check(document, own, member, `${at}/${name}`, found)
    else found.push(`${at}/${name}: is not in the document`)
  }
}

function isOfType(type: string, value: unknown): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(value)
    case 'array':
      return Array.isArray(value)
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
    default:
      return typeof value === type
  }
}
