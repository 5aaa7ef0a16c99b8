import type { Socket } from 'node:net'
import type { Context } from 'hono'

/** Where a request comes from: the socket, or with `trustedHops` proxies in front of us what the outermost trusted one wrote
 *  into X-Forwarded-For. What stands further left anybody can write. */
export function clientAddress(c: Context, trustedHops: number): string {
  const socket = (c.env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined)?.incoming?.socket
  return addressOf(socket?.remoteAddress, c.req.header('x-forwarded-for'), trustedHops)
}

const groups = new WeakMap<Socket, string>()

/** The same of a connection, which is looked at once where nobody else is believed. */
export function addressOfSocket(socket: Socket, forwarded: string | undefined, trustedHops: number): string {
  if (trustedHops > 0) return addressOf(socket.remoteAddress, forwarded, trustedHops)
  let group = groups.get(socket)
  if (group === undefined) {
    group = addressOf(socket.remoteAddress, undefined, 0)
    groups.set(socket, group)
  }
  return group
}

/** `forwarded`: X-Forwarded-For as it came. */
export function addressOf(own = 'unknown', forwarded: string | undefined, trustedHops: number): string {
  if (trustedHops === 0) return addressGroup(own)
  return addressGroup(withoutPort(forwarded?.split(',').at(-trustedHops)?.trim() || own))
}

/** Some proxies write the port too, which is another one for each connection. */
function withoutPort(address: string): string {
  return /^(?:\[([^\]]*)\]|(\d+\.\d+\.\d+\.\d+))(?::\d+)?$/.exec(address)?.slice(1).find(Boolean) ?? address
}

/** One customer has a whole /64 of IPv6 addresses (RFC 6177): counted as one. */
export function addressGroup(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (!address.includes(':')) return address.slice(0, 64)
  const [head = '', tail] = address.toLowerCase().split('%')[0]!.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail ? tail.split(':') : []
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length)
  const groups = [...left, ...Array.from({ length: zeros }, () => '0'), ...right]
  return `${groups
    .slice(0, 4)
    .map(group => group.replace(/^0+(?=.)/, '').slice(0, 4))
    .join(':')}::/64`
}
