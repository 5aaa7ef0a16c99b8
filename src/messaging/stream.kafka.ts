import { Producer, stringSerializers } from '@platformatic/kafka'
import { type Message, messageBody, messageId } from './message.ts'
import type { Receiver } from './receiver.ts'

const requestMs = 10_000

/** Messages on a Kafka topic, keyed by booking: one partition has all of a booking, in order. */
export function openKafkaTopic(brokers: readonly string[], topic: string): Receiver {
  const producer = new Producer({
    clientId: 'fareloom',
    bootstrapBrokers: [...brokers],
    serializers: stringSerializers,
    // in the broker's log and its replicas' before it counts
    acks: -1,
    timeout: requestMs,
    retries: 1,
    autocreateTopics: true,
  })
  return {
    name: 'kafka',
    async send(messages) {
      await producer.send({ messages: messages.map(message => recordOf(topic, message)) })
    },
    async ping() {
      // of no topic: who may only write to ours is no less there
      await producer.metadata({ topics: [], forceUpdate: true })
    },
    close: () => producer.close(true),
  }
}

function recordOf(topic: string, message: Message) {
  const { id, type, tenant, bookingId } = message
  return { topic, key: bookingId, value: messageBody(message), headers: { id: messageId(id), type, tenant } }
}
