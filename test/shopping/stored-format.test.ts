import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { formatVersion, unpack } from '../../src/shopping/codec.ts'
import { readyAnswerOf } from '../../src/shopping/ready-answer.ts'
import { packNet, packTable } from '../../src/shopping/view-bytes.ts'
import { makeOffer } from './support/offers.ts'
import { cursors, netSetOf, viewOf } from './support/views.ts'

/** Names of all fields, at any depth, of what is stored in Redis. */
function fieldsOf(value: unknown, path = ''): readonly string[] {
  if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return [path]
  const isList = Array.isArray(value)
  const fields = Object.entries(value).flatMap(([name, part]) => fieldsOf(part, `${path}.${isList ? '' : name}`))
  return fields.length > 0 ? fields : [path]
}

function fingerprint(): string {
  const offers = [makeOffer({ context: {} })]
  const [net, view] = [netSetOf(offers), viewOf(offers)]
  const answer = readyAnswerOf(view, net, cursors)
  const stored = [unpack(packNet(net, [])), unpack(packTable(view)), answer, view.offers.get(0)]
  const fields = [...new Set(fieldsOf(stored))].sort()
  return createHash('sha256').update(fields.join('\n')).digest('hex').slice(0, 16)
}

/** One more line for each new version; none is ever changed. */
const known: Readonly<Record<number, string>> = {
  2: 'be403f57916f8405',
  3: '2c1a0d3ff6286701',
  4: 'ed139c45e6e43c66',
  5: 'ed139c45e6e43c66',
}

describe('what is stored in Redis', () => {
  it('has the form that belongs to its version: with another one, raise formatVersion (codec.ts) and add it here', () => {
    expect({ [formatVersion]: fingerprint() }).toEqual({ [formatVersion]: known[formatVersion] })
  })
})
