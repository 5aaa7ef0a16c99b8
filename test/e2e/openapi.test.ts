import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { send } from '../support/front-end.ts'
import { complaintsOf } from '../support/json-schema.ts'
import { type RunningService, removeDataDir, startService } from '../support/service.ts'
import { createTestDatabase, type TestDatabase } from '../support/services.ts'

/** The served document against the rules of OpenAPI 3.1. That real answers are as it says: journeys.test.ts. */
type Node = Readonly<Record<string, unknown>>
type Parameter = { readonly name: string; readonly in: string; readonly required?: boolean; readonly schema?: Node }
type Media = { readonly schema?: Node; readonly example?: unknown }
type Answer = {
  readonly description?: string
  readonly headers?: Node
  readonly content?: Readonly<Record<string, Media>>
}
type Operation = {
  readonly operationId: string
  readonly summary?: string
  readonly tags?: readonly string[]
  readonly security?: readonly Node[]
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> }
  readonly responses: Readonly<Record<string, Answer>>
}
type Document = {
  readonly openapi: string
  readonly info: { readonly title: string; readonly version: string }
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly tags: readonly { readonly name: string }[]
  readonly components: { readonly schemas: Readonly<Record<string, Node>>; readonly securitySchemes: Node }
}

let database: TestDatabase
let service: RunningService
let document: Document
let operations: readonly { readonly at: string; readonly path: string; readonly operation: Operation }[]

beforeAll(async () => {
  database = await createTestDatabase()
  service = await startService({ DATABASE_URL: database.url })
  document = (await send(service.baseUrl, 'GET', '/openapi.json')).body
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ at: `${method} ${path}`, path, operation })),
  )
})
afterAll(async () => {
  await service?.stop()
  if (service) await removeDataDir(service.dataDir)
  await database.drop()
})

/** Everything in the document, with where it is. */
function* nodes(value: unknown, at = '#'): Generator<readonly [string, Node]> {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) yield [at, value as Node]
  // an example is data: its members are no keywords
  for (const [name, member] of Object.entries(value)) if (name !== 'example') yield* nodes(member, `${at}/${name}`)
}

/** JSON Schema 2020-12 and OpenAPI's additions, as far as we use them. */
const keywords = new Set(
  (
    '$ref type properties required pattern example enum const format items description additionalProperties anyOf oneOf ' +
    'allOf minItems maxItems minimum maximum exclusiveMinimum minLength maxLength default title'
  ).split(' '),
)

/** Where schemas begin: components and the schema of each medium, parameter and header. */
function* schemas(): Generator<readonly [string, Node]> {
  for (const [name, schema] of Object.entries(document.components.schemas)) yield* below(schema, `schemas/${name}`)
  for (const [at, node] of nodes(document.paths))
    if (node.schema && !at.endsWith('/properties')) yield* below(node.schema as Node, `${at}/schema`)
}

function* below(schema: Node, at: string): Generator<readonly [string, Node]> {
  yield [at, schema]
  for (const [name, member] of Object.entries((schema.properties ?? {}) as Record<string, Node>))
    yield* below(member, `${at}/${name}`)
  for (const key of ['items', 'additionalProperties'] as const)
    if (typeof schema[key] === 'object' && schema[key] !== null) yield* below(schema[key] as Node, `${at}/${key}`)
  for (const key of ['anyOf', 'oneOf', 'allOf'] as const)
    for (const [index, member] of ((schema[key] ?? []) as readonly Node[]).entries())
      yield* below(member, `${at}/${key}/${index}`)
}

/** Its own, or one for each member that must be there. */
function hasExample({ schema = {}, example }: Media): boolean {
  const named = document.components.schemas[String(schema.$ref).split('/').at(-1)!]
  const body = named ?? schema
  if ((example ?? body.example) !== undefined) return true
  const properties = (body.properties ?? {}) as Record<string, Node>
  return ((body.required ?? []) as readonly string[]).every(name => properties[name]?.example !== undefined)
}

describe('the OpenAPI document', () => {
  test('is OpenAPI 3.1 with what every reader asks for', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d$/)
    expect(document.info).toMatchObject({ title: 'Fareloom', version: expect.stringMatching(/^\d+\.\d+\.\d+$/) })
    const tags = document.tags.map(({ name }) => name)
    for (const { at, path, operation } of operations) {
      expect(path, at).toMatch(/^\//)
      expect(operation.summary, at).toBeTruthy()
      for (const tag of operation.tags ?? []) expect(tags, at).toContain(tag)
      for (const requirement of operation.security ?? [])
        for (const name of Object.keys(requirement)) expect(document.components.securitySchemes).toHaveProperty(name)
      expect(
        Object.keys(operation.responses).every(status => /^[1-5]\d\d$/.test(status)),
        at,
      ).toBe(true)
      for (const [status, answer] of Object.entries(operation.responses))
        expect(answer.description, `${at} ${status}`).toBeTruthy()
    }
    const ids = operations.map(({ operation }) => operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
    // a method of a generated client
    for (const id of ids) expect(id).toMatch(/^[a-z][A-Za-z]+$/)
  })

  test('declares exactly the parameters that its paths have', () => {
    for (const { at, path, operation } of operations) {
      const declared = (operation.parameters ?? []).filter(parameter => parameter.in === 'path')
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(match => match[1])
      expect(declared.map(({ name }) => name).sort(), at).toEqual(inPath.sort())
      expect(
        declared.every(({ required }) => required === true),
        at,
      ).toBe(true)
      for (const parameter of operation.parameters ?? [])
        expect(parameter.schema, `${at} ${parameter.name}`).toBeDefined()
    }
  })

  test('has no reference that leads nowhere and no schema that nobody refers to', () => {
    const references = [...nodes(document)].flatMap(([, node]) => (typeof node.$ref === 'string' ? [node.$ref] : []))
    expect(references.length).toBeGreaterThan(50)
    const names = references.map(reference => /^#\/components\/schemas\/(\w+)$/.exec(reference)?.[1])
    expect(names.filter(name => name === undefined || !document.components.schemas[name])).toEqual([])
    expect(Object.keys(document.components.schemas).filter(name => !names.includes(name))).toEqual([])
  })

  test('has schemas of JSON Schema 2020-12, without leftovers of OpenAPI 3.0', () => {
    const all = [...schemas()]
    expect(all.length).toBeGreaterThan(200)
    for (const [at, schema] of all) {
      expect(
        Object.keys(schema).filter(key => !keywords.has(key)),
        at,
      ).toEqual([])
      const known = (schema.properties ?? {}) as Record<string, Node>
      for (const name of (schema.required ?? []) as readonly string[]) expect(known, at).toHaveProperty([name])
      if (typeof schema.pattern === 'string') expect(() => new RegExp(schema.pattern as string, 'u'), at).not.toThrow()
      if (schema.enum) expect((schema.enum as readonly unknown[]).length, at).toBeGreaterThan(0)
    }
  })

  test('has examples that its own schemas accept', () => {
    const complaints: string[] = []
    let seen = 0
    const check = (at: string, schema: Node, example: unknown): void => {
      seen++
      complaints.push(...complaintsOf(document, schema, example, at))
    }
    for (const [at, schema] of schemas()) if ('example' in schema) check(at, schema, schema.example)
    for (const { at, operation } of operations) {
      const bodies = [
        operation.requestBody?.content,
        ...Object.values(operation.responses).map(({ content }) => content),
      ]
      for (const media of bodies.flatMap(content => Object.values(content ?? {})))
        if (media.example !== undefined && media.schema) check(at, media.schema, media.example)
    }
    expect(complaints).toEqual([])
    expect(seen).toBeGreaterThan(50)
  })

  test('shows every request body by an example, and tells every problem that all may meet', () => {
    for (const { at, operation } of operations) {
      const statuses = Object.keys(operation.responses)
      const isOpen = operation.security?.length === 0
      for (const status of isOpen ? [] : ['401', '429', '500', '503']) expect(statuses, at).toContain(status)
      if (operation.requestBody) {
        for (const status of ['400', '413', '415', '422']) expect(statuses, at).toContain(status)
        expect(hasExample(operation.requestBody.content['application/json']!), at).toBe(true)
      }
      for (const [status, { content, headers }] of Object.entries(operation.responses)) {
        const isProblem = Number(status) >= 400 && status !== '503'
        if (isProblem) expect(Object.keys(content ?? {}), `${at} ${status}`).toEqual(['application/problem+json'])
        expect(Object.keys(headers ?? {}), `${at} ${status}`).toContain('x-request-id')
      }
    }
  })
})
