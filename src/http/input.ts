import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { findCardNumbers } from '../core/card-number.ts'
import { placeOfError } from '../core/json-error.ts'
import { escapePointer } from '../core/json-lines.ts'
import { type FieldError, ProblemError } from '../core/problem.ts'

export const bodyMaxBytes = 256 * 1024

/** A JSON body, checked: media type (415), size (413), syntax (400), card numbers and fields (422). */
export async function readBody<T>(c: Context, schema: z.ZodType<T>): Promise<T> {
  return parseBody(await readText(c), schema)
}

/** The same where a body may be left out. */
export async function readOptionalBody<T>(c: Context, schema: z.ZodType<T>): Promise<T> {
  if (c.req.header('content-length') === '0' || (!c.req.header('content-length') && !c.req.header('transfer-encoding')))
    return parseBody('{}', schema)
  return parseBody((await readText(c)) || '{}', schema)
}

async function readText(c: Context): Promise<string> {
  const bytes = await readBytes(c)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new ProblemError('validation', 'the body is not valid UTF-8', { status: 400 })
  }
}

/** A JSON body as it came: for what is signed byte for byte. */
export async function readBytes(c: Context): Promise<Uint8Array> {
  const type = c.req.header('content-type') ?? ''
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new ProblemError('validation', 'send the body as application/json', {
      status: 415,
      errors: [
        {
          pointer: 'header:content-type',
          code: 'unsupported-media-type',
          detail: type === '' ? 'no content type was given' : `"${type.slice(0, 100)}" is not application/json`,
        },
      ],
    })
  }
  const encoding = c.req.header('content-encoding') ?? 'identity'
  if (encoding.toLowerCase() !== 'identity') throw notUnpacked(encoding)
  const declared = Number(c.req.header('content-length'))
  if (declared > bodyMaxBytes) throw tooLarge()
  const bytes = Number.isInteger(declared)
    ? new Uint8Array(await c.req.arrayBuffer())
    : await readChunks(c.req.raw.body)
  if (bytes.byteLength > bodyMaxBytes) throw tooLarge()
  return bytes
}

function notUnpacked(encoding: string): ProblemError {
  const detail = `a body is sent as it is, not as "${encoding.slice(0, 100)}"`
  return new ProblemError('validation', detail, {
    status: 415,
    errors: [{ pointer: 'header:content-encoding', code: 'unsupported-content-encoding', detail }],
  })
}

/** Without a declared length the sender could go on for ever. */
async function readChunks(body: ReadableStream<Uint8Array> | null): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body ?? []) {
    size += chunk.byteLength
    if (size > bodyMaxBytes) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function tooLarge(): ProblemError {
  return new ProblemError('validation', `a body may have at most ${bodyMaxBytes} bytes`, { status: 413 })
}

function parseBody<T>(text: string, schema: z.ZodType<T>): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new ProblemError('validation', `the body is not valid JSON: ${mistakeIn(text)}`, { status: 400 })
  }
  const cards = findCardNumbers(value)
  if (cards.length > 0) throw invalid(cards)
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw invalid(
    result.error.issues.flatMap(issue =>
      fieldErrors(issue, value, path => path.map(key => `/${escapePointer(String(key))}`).join('')),
    ),
  )
}

/** Not the runtime's own words: they quote the text, which may hold personal data, and name the place of some mistakes only. */
function mistakeIn(text: string): string {
  const at = placeOfError(text)
  return at >= text.length ? 'it ends too early' : `unexpected character at position ${at}`
}

/** The query string by its schema; every parameter once. */
export function readQuery<T>(c: Context, schema: z.ZodType<T>): T {
  // a parameter may be called __proto__
  const given: Record<string, string> = Object.create(null)
  const repeated: FieldError[] = []
  for (const [name, values] of Object.entries(c.req.queries())) {
    if (values.length > 1)
      repeated.push({ pointer: `query:${name}`, code: 'repeated', detail: `${name} was given ${values.length} times` })
    given[name] = values[0]!
  }
  if (repeated.length > 0) throw invalid(repeated)
  const result = schema.safeParse(given)
  if (result.success) return result.data
  throw invalid(
    result.error.issues.flatMap(issue => fieldErrors(issue, given, path => `query:${String(path[0] ?? '')}`)),
  )
}

export function invalid(errors: readonly FieldError[]): ProblemError {
  const [first, ...more] = errors
  const detail = first
    ? `${first.pointer}: ${first.detail}${more.length > 0 ? ` (and ${more.length} more)` : ''}`
    : 'the request is not valid'
  return new ProblemError('validation', detail, { errors })
}

function fieldErrors(
  issue: z.core.$ZodIssue,
  value: unknown,
  pointerOf: (path: readonly PropertyKey[]) => string,
): readonly FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(key => ({
      pointer: pointerOf([...issue.path, key]),
      code: 'unknown-field',
      detail: `there is no field called ${key.slice(0, 60)} here`,
    }))
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const nearest = [...issue.errors].sort((a, b) => depth(b) - depth(a))[0]!
    return nearest.flatMap(inner =>
      fieldErrors({ ...inner, path: [...issue.path, ...inner.path] } as z.core.$ZodIssue, value, pointerOf),
    )
  }
  const code = codeOf(issue, value)
  return [{ pointer: pointerOf(issue.path), code, detail: detailOf(issue, code === 'required') }]
}

const kinds: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'an object',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
}

/** What a bound counts; of numbers nothing. */
const units: Readonly<Record<string, readonly [one: string, more: string]>> = {
  array: [' entry', ' entries'],
  string: [' character', ' characters'],
  object: [' field', ' fields'],
}

function counted(count: number | bigint, origin: string): string {
  return `${count}${units[origin]?.[count === 1 ? 0 : 1] ?? ''}`
}

/** The checker's own words where ours say less. */
function detailOf(issue: z.core.$ZodIssue, isAbsent: boolean): string {
  if (issue.code === 'too_small' && issue.message.startsWith('Too small'))
    return `at least ${counted(issue.minimum, issue.origin)}`
  if (issue.code === 'too_big' && issue.message.startsWith('Too big'))
    return `at most ${counted(issue.maximum, issue.origin)}`
  const wanted =
    issue.code === 'invalid_type'
      ? kinds[issue.expected]
      : issue.code === 'invalid_value' && issue.values.length > 1
        ? `one of ${issue.values.join(', ')}`
        : undefined
  if (wanted !== undefined && issue.message.startsWith('Invalid '))
    return isAbsent ? `is required: ${wanted}` : `is to be ${wanted}`
  return isAbsent ? `is required: ${issue.message}` : issue.message
}

const depth = (issues: readonly z.core.$ZodIssue[]): number => Math.max(0, ...issues.map(issue => issue.path.length))

function codeOf(issue: z.core.$ZodIssue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return isAbsent(value, issue.path) ? 'required' : 'wrong-type'
    case 'invalid_value':
      return isAbsent(value, issue.path) ? 'required' : 'unknown-value'
    case 'too_big':
      return 'too-big'
    case 'too_small':
      return 'too-small'
    case 'invalid_format':
      return 'wrong-format'
    default:
      return 'invalid'
  }
}

/** A list in the query is one text: the parts of it that are wrong are there. */
function isAbsent(value: unknown, path: readonly PropertyKey[]): boolean {
  let at = value
  for (const key of path) {
    if (typeof at === 'string') return false
    at = typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined
  }
  return at === undefined
}

export const idempotencyHeader = z.object({
  'idempotency-key': z.string().min(1).max(255).openapi({
    description: 'Yours, one per attempt to book: a replay with it never books twice.',
    example: '5f0c1e0e-7f0c-4b1e-8a53-6f0a3a7d2c11',
  }),
})

/** Idempotency-Key: 1 to 255 visible characters. */
export function readIdempotencyKey(c: Context): string {
  const key = c.req.header('idempotency-key')
  const pointer = 'header:idempotency-key'
  if (key === undefined || key === '')
    throw invalid([
      { pointer, code: 'required', detail: 'this request needs the header Idempotency-Key (1 to 255 characters)' },
    ])
  if (!/^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(key))
    throw invalid([{ pointer, code: 'wrong-format', detail: 'Idempotency-Key is 1 to 255 visible ASCII characters' }])
  return key
}
