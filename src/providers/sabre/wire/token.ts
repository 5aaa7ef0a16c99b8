import { WireError } from '../../../core/wire-error.ts'
import { isObject, type JsonObject, numberOf, parseJson, textOf } from './json.ts'

/** POST /v2/auth/token: each half of the pair in base 64, and the pair again. */
export function basicCredentials(user: {
  readonly userId: string
  readonly pseudoCityCode: string
  readonly domain: string
  readonly password: string
}): string {
  const id = base64(`V1:${user.userId}:${user.pseudoCityCode}:${user.domain}`)
  return base64(`${id}:${base64(user.password)}`)
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}

export type Credentials = { readonly user: string; readonly password: string }

/** Undefined where the header is none of these. */
export function readBasicCredentials(header: string | undefined): Credentials | undefined {
  const [scheme, value] = (header ?? '').split(' ')
  if (scheme !== 'Basic' || value === undefined) return undefined
  const [user, password] = plain(value).split(':')
  return user === undefined || password === undefined ? undefined : { user: plain(user), password: plain(password) }
}

function plain(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8')
}

export const tokenRequestBody = 'grant_type=client_credentials'

export type Token = { readonly value: string; readonly seconds: number }

export function readToken(bytes: Uint8Array): Token {
  const body = parseJson(bytes)
  const value = isObject(body) ? textOf(body.access_token) : null
  if (!isObject(body) || value === null) throw new WireError('no access_token', '/')
  return { value, seconds: numberOf(body.expires_in) ?? 0 }
}

export function encodeToken(token: Token): JsonObject {
  return { access_token: token.value, token_type: 'bearer', expires_in: token.seconds }
}

export function invalidClient(): JsonObject {
  return { error: 'invalid_client', error_description: 'Credentials are missing or the syntax is not correct' }
}
