import { sha256Hex } from '../core/ids.ts'
import { ProblemError } from '../core/problem.ts'
import { defaultTenant, type TenantId } from '../core/tenant.ts'

/** Opaque API keys, kept as SHA-256 only (cheaper than a token to verify, and nothing to steal from memory dumps). */
export interface ApiKeys {
  /** With no keys configured everybody is `default`. Throws `unauthenticated`. */
  identify(authorization: string | undefined): Identity
}

export type Identity = {
  readonly tenant: TenantId
  /** Names the key without showing it; null where none is asked for. */
  readonly keyId: string | null
}

export class ApiKeysError extends Error {
  override readonly name = 'ApiKeysError'
}

/** `acme=key1,globex=key2`; a tenant may have several keys. */
export function parseApiKeys(text: string | undefined): ApiKeys {
  const keys = new Map<string, Identity>()
  for (const entry of (text ?? '').split(',').filter(part => part.trim() !== '')) {
    const [, tenant, key] = /^\s*([a-z0-9][a-z0-9_-]{0,62})\s*=\s*(\S{16,256})\s*$/.exec(entry) ?? []
    if (!tenant || !key)
      throw new ApiKeysError(
        'API_KEYS takes tenant=key, several by commas: tenants in lower case, keys of 16 to 256 characters',
      )
    const hash = sha256Hex(key)
    if ((keys.get(hash)?.tenant ?? tenant) !== tenant)
      throw new ApiKeysError(`API_KEYS gives ${tenant} a key that is another tenant's too`)
    keys.set(hash, { tenant, keyId: hash.slice(0, 16) })
  }
  return {
    identify(authorization) {
      if (keys.size === 0) return everybody
      const key = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
      const identity = key === undefined ? undefined : keys.get(sha256Hex(key))
      if (identity === undefined) throw new ProblemError('unauthenticated', refusalOf(authorization, key))
      return identity
    },
  }
}

function refusalOf(authorization: string | undefined, key: string | undefined): string {
  if (key !== undefined) return 'this key is none that is known here'
  if (authorization === undefined) return 'send the header "Authorization: Bearer <key>" with a key of yours'
  return 'the header Authorization is to be "Bearer <key>"'
}

const everybody: Identity = { tenant: defaultTenant, keyId: null }
