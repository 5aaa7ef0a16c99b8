import { sha256Hex } from '../core/ids.ts'
import { ProblemError } from '../core/problem.ts'
import { defaultTenant, type TenantId } from '../core/tenant.ts'

/** Opaque API keys, kept as SHA-256 only (cheaper than a token to verify, and nothing to steal from memory dumps). */
export interface ApiKeys {
  /** With no keys configured everybody is `default`. Throws `unauthenticated`. */
  tenantOf(authorization: string | undefined): TenantId
}

export class ApiKeysError extends Error {
  override readonly name = 'ApiKeysError'
}

/** `acme=key1,globex=key2`; a tenant may have several keys. */
export function parseApiKeys(text: string | undefined): ApiKeys {
  const tenants = new Map<string, TenantId>()
  for (const entry of (text ?? '').split(',').filter(part => part.trim() !== '')) {
    const [, tenant, key] = /^\s*([a-z0-9][a-z0-9_-]{0,62})\s*=\s*(\S{16,256})\s*$/.exec(entry) ?? []
    if (!tenant || !key) throw new ApiKeysError('API_KEYS is a list of tenant=key with keys of at least 16 characters')
    tenants.set(sha256Hex(key), tenant)
  }
  return {
    tenantOf(authorization) {
      if (tenants.size === 0) return defaultTenant
      const key = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
      const tenant = key === undefined ? undefined : tenants.get(sha256Hex(key))
      if (tenant === undefined)
        throw new ProblemError('unauthenticated', 'send the header "Authorization: Bearer <key>" with a key of yours')
      return tenant
    },
  }
}
