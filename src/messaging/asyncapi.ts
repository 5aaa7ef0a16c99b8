import { bookingStatuses } from '../booking/port.ts'
import { type MessageType, messageTypes } from './message-types.ts'

/** AsyncAPI 3.0: the messages and the three ways they come. */
export function asyncApiDocument(version: string): Readonly<Record<string, unknown>> {
  const names = messageTypes.map(({ type }) => type)
  const everyMessage = Object.fromEntries(names.map(name => [name, { $ref: `#/components/messages/${name}` }]))
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Fareloom messages',
      version,
      description:
        'Told at least once. `sequence` says what came first in a booking, and is one for what was done at once: drop a status that is lower than the last seen; messages that are no status (payment-due, passengers-cancelled, payment-disputed, work-needed) each count. A webhook is signed as Standard Webhooks say (webhook-id, webhook-timestamp, webhook-signature).',
    },
    defaultContentType: 'application/json',
    channels: {
      webhooks: {
        address: null,
        description: 'POST to the address of each webhook of the tenant (POST /v1/webhooks).',
        messages: everyMessage,
      },
      redis: {
        address: 'fareloom:messages',
        description: 'A Redis Stream: fields id, type, tenant, bookingId, sequence and body, the JSON of the message.',
        messages: everyMessage,
      },
      kafka: {
        address: 'fareloom.bookings',
        description: 'A Kafka topic, keyed by booking; header tenant.',
        messages: everyMessage,
      },
    },
    operations: Object.fromEntries(
      ['webhooks', 'redis', 'kafka'].map(channel => [
        `send-${channel}`,
        { action: 'send', channel: { $ref: `#/channels/${channel}` } },
      ]),
    ),
    components: { messages: Object.fromEntries(messageTypes.map(one => [one.type, messageOf(one)])) },
  }
}

function messageOf({ type, text, extra }: MessageType): object {
  const data = {
    bookingId: { type: 'string', pattern: '^bkg_' },
    reference: { type: 'string' },
    status: { type: 'string', enum: bookingStatuses },
    ...Object.fromEntries(extra.map(({ name, schema }) => [name, schema])),
  }
  return {
    name: type,
    title: text,
    payload: {
      type: 'object',
      required: ['id', 'type', 'timestamp', 'version', 'sequence', 'data'],
      additionalProperties: false,
      properties: {
        id: { type: 'string', pattern: '^msg_' },
        type: { const: type },
        timestamp: { type: 'string', format: 'date-time' },
        version: { const: 1 },
        sequence: { type: 'integer', minimum: 1 },
        data: { type: 'object', required: Object.keys(data), additionalProperties: false, properties: data },
      },
    },
  }
}
