import { Cluster, Redis } from 'ioredis'
import type { Log } from '../core/log.ts'
import { parseRedisUrl } from '../core/redis-address.ts'
import { type Message, messageBody, messageId } from './message.ts'
import type { Receiver } from './receiver.ts'

export const streamKey = 'fareloom:messages'
/** A reader that is further behind reads bookings instead. */
const entriesMax = 100_000
const commandMs = 5_000

/** Messages as a Redis Stream. A try whose answer was lost adds them again: readers know them by id. */
export function openRedisStream(url: string, log: Log): Receiver {
  const address = parseRedisUrl(url)
  if (!address) throw new Error('REDIS_URL is no address of a Redis')
  const { nodes, username, password, tls, isCluster } = address
  const options = {
    commandTimeout: commandMs,
    connectTimeout: commandMs,
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
    ...(tls ? { tls: {} } : {}),
  }
  const redis = isCluster
    ? new Cluster([...nodes], { enableOfflineQueue: false, redisOptions: options })
    : new Redis(url, options)
  redis.on('error', error => log.debug({ err: error }, 'Redis, for messages'))
  const tried = firstTry(redis)
  return {
    name: 'redis',
    async send(messages) {
      await tried
      // one key, one connection: they are added in order
      for (const message of messages) await redis.xadd(streamKey, 'MAXLEN', '~', entriesMax, '*', ...fieldsOf(message))
    },
    async ping() {
      await tried
      await redis.exists(streamKey)
    },
    async close() {
      redis.disconnect()
    },
  }
}

/** Until the first connection stands or does not come: a command sent before that would call a healthy Redis away. */
function firstTry(redis: Redis | Cluster): Promise<void> {
  return new Promise(resolve => {
    for (const event of ['ready', 'error', 'close', 'end']) redis.once(event, () => resolve())
  })
}

function fieldsOf(message: Message): readonly string[] {
  const { id, type, tenant, bookingId, sequence } = message
  const fields = { id: messageId(id), type, tenant, bookingId, sequence: String(sequence), body: messageBody(message) }
  return Object.entries(fields).flat()
}
