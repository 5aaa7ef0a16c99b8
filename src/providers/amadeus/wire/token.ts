import { countOf, type Raw, textOf } from './read.ts'

/** `POST /v1/security/oauth2/token`, client credentials. */

export type TokenRequest = { readonly clientId: string; readonly clientSecret: string }
export type Token = { readonly accessToken: string; readonly expiresInSeconds: number }

export function encodeTokenRequest({ clientId, clientSecret }: TokenRequest): string {
  return new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  }).toString()
}

export function decodeTokenRequest(body: string): TokenRequest | null {
  const form = new URLSearchParams(body)
  const clientId = form.get('client_id')
  const clientSecret = form.get('client_secret')
  return form.get('grant_type') === 'client_credentials' && clientId && clientSecret ? { clientId, clientSecret } : null
}

/** Null where it is no approved token. */
export function decodeToken(raw: Raw): Token | null {
  const accessToken = textOf(raw.access_token)
  const expiresInSeconds = countOf(raw.expires_in)
  if (accessToken === null || expiresInSeconds === null) return null
  if (raw.state !== undefined && raw.state !== 'approved') return null
  return { accessToken, expiresInSeconds }
}

export function encodeToken(token: Token, clientId: string): Raw {
  return {
    type: 'amadeusOAuth2Token',
    username: 'sandbox@fareloom.example',
    application_name: 'Fareloom sandbox',
    client_id: clientId,
    token_type: 'Bearer',
    access_token: token.accessToken,
    expires_in: token.expiresInSeconds,
    state: 'approved',
    scope: '',
  }
}
