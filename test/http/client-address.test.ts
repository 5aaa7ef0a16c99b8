import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { addressGroup, clientAddress } from '../../src/http/client-address.ts'

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
  ['2001:db8::9', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
])('%s counts as %s', (address, group) => {
  expect(addressGroup(address)).toBe(group)
})

test.each<readonly [string, number, string | undefined, string]>([
  ['nobody is trusted: the socket, whatever is claimed', 0, '203.0.113.9', '192.0.2.1'],
  ['one proxy: what it wrote', 1, '203.0.113.9', '203.0.113.9'],
  ['one proxy: what the client wrote before it does not count', 1, '198.51.100.1, 203.0.113.9', '203.0.113.9'],
  ['two proxies', 2, '198.51.100.1, 203.0.113.9', '198.51.100.1'],
  ['fewer entries than proxies: the socket', 2, '203.0.113.9', '192.0.2.1'],
  ['no header: the socket', 1, undefined, '192.0.2.1'],
  ['a proxy that writes the port too: it is no other client', 1, '203.0.113.9:51234', '203.0.113.9'],
  ['the same of IPv6', 1, '[2001:db8:1:2::9]:51234', '2001:db8:1:2::/64'],
])('%s', async (_, hops, forwarded, address) => {
  const app = new Hono().get('/', c => c.text(clientAddress(c, hops)))
  const headers: Record<string, string> = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }
  const answer = await app.request('/', { headers }, { incoming: { socket: { remoteAddress: '192.0.2.1' } } })
  expect(await answer.text()).toBe(address)
})
