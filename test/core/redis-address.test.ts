import { describe, expect, it } from 'vitest'
import { parseRedisUrl, redisHosts } from '../../src/core/redis-address.ts'

describe('REDIS_URL', () => {
  it('names one server', () => {
    expect(parseRedisUrl('redis://127.0.0.1')).toMatchObject({ isCluster: false, nodes: [{ port: 6379 }] })
    expect(parseRedisUrl('rediss://ada:p%40ss@[::1]:7000/3')).toEqual({
      isCluster: false,
      tls: true,
      nodes: [{ host: '::1', port: 7000 }],
      username: 'ada',
      password: 'p@ss',
    })
  })

  it('names some nodes of a cluster, or one', () => {
    const address = parseRedisUrl('redis+cluster://:secret@a:7001,b:7002,[::1]')!
    expect(address).toMatchObject({ isCluster: true, tls: false, username: null, password: 'secret' })
    expect(redisHosts(address)).toBe('a:7001,b:7002,[::1]:6379')
    expect(parseRedisUrl('rediss+cluster://one.example')).toMatchObject({ isCluster: true, tls: true })
  })

  it.each(['http://a', 'redis://', 'redis://a,b', 'redis+cluster://a,,b', 'a:6379', 'redis+cluster://a:x'])(
    'is not %s',
    text => expect(parseRedisUrl(text)).toBeUndefined(),
  )
})
