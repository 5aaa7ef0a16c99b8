/** What REDIS_URL says. One server: `redis://[user:password@]host[:port][/database]`, or `rediss://` with TLS. A cluster:
 *  `redis+cluster://[user:password@]host[:port][,host[:port]…]` (or `rediss+cluster://`): some of its nodes, the others are
 *  learned from them. */
export type RedisAddress = {
  readonly isCluster: boolean
  readonly tls: boolean
  readonly nodes: readonly { readonly host: string; readonly port: number }[]
  readonly username: string | null
  readonly password: string | null
}

const protocols = ['redis:', 'rediss:', 'redis+cluster:', 'rediss+cluster:']
const defaultPort = 6379

/** Undefined where it is no such address. */
export function parseRedisUrl(text: string): RedisAddress | undefined {
  const [, start = '', hosts = '', end = ''] = /^([a-z+]+:\/\/(?:[^/@]*@)?)([^/?]*)(.*)$/.exec(text) ?? []
  const urls = hosts.split(',').map(host => URL.parse(`${start}${host}${end}`))
  const first = urls[0]
  if (!first || !protocols.includes(first.protocol) || urls.some(url => !url?.hostname)) return undefined
  const isCluster = first.protocol.includes('+cluster')
  if (!isCluster && urls.length > 1) return undefined
  return {
    isCluster,
    tls: first.protocol.startsWith('rediss'),
    nodes: urls.map(url => ({ host: url!.hostname.replace(/^\[|\]$/g, ''), port: Number(url!.port) || defaultPort })),
    username: decodeURIComponent(first.username) || null,
    password: decodeURIComponent(first.password) || null,
  }
}

/** For logs: without user and password. */
export function redisHosts({ nodes }: RedisAddress): string {
  return nodes.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(',')
}
