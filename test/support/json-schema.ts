/** As much of JSON Schema 2020-12 as our OpenAPI document uses. Strict: a property that the document does not name is a
 *  complaint, unless additionalProperties allow it. */
type Schema = Readonly<Record<string, unknown>>

export function complaintsOf(document: unknown, schema: Schema, value: unknown, at = ''): readonly string[] {
  if (typeof schema.$ref === 'string') return complaintsOf(document, resolve(document, schema.$ref), value, at)
  const choices = (schema.anyOf ?? schema.oneOf) as readonly Schema[] | undefined
  if (choices) {
    const results = choices.map(choice => complaintsOf(document, choice, value, at))
    return results.some(result => result.length === 0) ? [] : [...results].sort((a, b) => a.length - b.length)[0]!
  }
  if (schema.allOf) return (schema.allOf as readonly Schema[]).flatMap(part => complaintsOf(document, part, value, at))
  if (schema.enum && !(schema.enum as readonly unknown[]).includes(value))
    return [`${at}: ${JSON.stringify(value)} is none of ${JSON.stringify(schema.enum)}`]
  if ('const' in schema && schema.const !== value) return [`${at}: is not ${JSON.stringify(schema.const)}`]
  const types = schema.type === undefined ? [] : [schema.type].flat()
  if (types.length > 0 && !types.some(type => isOfType(type as string, value)))
    return [`${at}: ${JSON.stringify(value)?.slice(0, 60)} is not ${types.join(' or ')}`]
  if (typeof value === 'string' && typeof schema.pattern === 'string' && !new RegExp(schema.pattern).test(value))
    return [`${at}: "${value.slice(0, 60)}" does not match ${schema.pattern}`]
  if (Array.isArray(value))
    return value.flatMap((item, index) =>
      complaintsOf(document, (schema.items ?? {}) as Schema, item, `${at}/${index}`),
    )
  if (typeof value === 'object' && value !== null)
    return objectComplaints(document, schema, value as Record<string, unknown>, at)
  return []
}

function objectComplaints(
  document: unknown,
  schema: Schema,
  value: Record<string, unknown>,
  at: string,
): readonly string[] {
  if (schema.properties === undefined && schema.additionalProperties === undefined) return []
  const properties = (schema.properties ?? {}) as Record<string, Schema>
  const missing = ((schema.required ?? []) as readonly string[]).filter(name => value[name] === undefined)
  const found = Object.entries(value).flatMap(([name, item]) => {
    const own = properties[name] ?? additional(schema)
    if (own === undefined) return [`${at}/${name}: is not documented`]
    return item === undefined ? [] : complaintsOf(document, own, item, `${at}/${name}`)
  })
  return [...missing.map(name => `${at}/${name}: is missing`), ...found]
}

function additional({ additionalProperties }: Schema): Schema | undefined {
  return typeof additionalProperties === 'object' && additionalProperties !== null
    ? (additionalProperties as Schema)
    : undefined
}

function isOfType(type: string, value: unknown): boolean {
  switch (type) {
    case 'null':
      return value === null
    case 'array':
      return Array.isArray(value)
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
    case 'integer':
      return Number.isInteger(value)
    default:
      return typeof value === type
  }
}

function resolve(document: unknown, reference: string): Schema {
  const found = reference
    .replace('#/', '')
    .split('/')
    .reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], document)
  return found as Schema
}
