import { BlockList, isIP } from 'node:net'

/** Webhook addresses come from tenants: they must not reach what only we can reach (loopback, private networks, the cloud's
 *  metadata). Checked on the address that a name resolves to at each connection, so that a name that changes does not slip by. */
const inward = new BlockList()
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  inward.addSubnet(net, bits, 'ipv4')
for (const [net, bits] of [
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const)
  inward.addSubnet(net, bits, 'ipv6')

/** An IP address that is not on the public internet (IANA special-purpose registries). */
export function isInward(address: string): boolean {
  const family = isIP(address)
  if (family === 0) return true
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped) return inward.check(mapped, 'ipv4')
  // ::ffff:7f00:1 and the like
  if (family === 6 && /^::ffff:/i.test(address)) return true
  return inward.check(address, family === 4 ? 'ipv4' : 'ipv6')
}

/** Why this address may not be a webhook; null where it may. Names are looked at when they are called. */
export function whyNotCallable(text: string, allowInward: boolean): string | null {
  // URL.parse leaves out spaces and line breaks, and PostgreSQL takes no NUL
  const url = /[\p{Cc}\p{Cs}\s]/u.test(text) ? null : URL.parse(text)
  if (!url) return 'is no URL'
  if (url.protocol !== 'https:' && !(allowInward && url.protocol === 'http:')) return 'must begin with https://'
  if (url.username || url.password) return 'must hold no user and password: the signature says who calls'
  if (url.hash) return 'must have no fragment'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (allowInward) return null
  if (isIP(host) !== 0 && isInward(host)) return 'is an address of a private network'
  if (/(^|\.)(localhost|local|internal)$/i.test(host)) return 'is a name of a private network'
  return null
}
