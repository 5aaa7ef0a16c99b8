import type { Chance } from './chance.ts'
import { jsonMutations } from './json-mutations.ts'
import { xmlMutations } from './xml-mutations.ts'

/** `refused`: the outcome must be a WireError, for no reader could know what was meant. `any`: that, or sound offers. */
export type Mutated = { readonly bytes: Uint8Array; readonly must: 'refused' | 'any' }

/** Undefined where the message has no place for it. */
export type Mutation = {
  readonly name: string
  readonly of: (message: Buffer, chance: Chance) => Mutated | undefined
}

const any = (bytes: Uint8Array): Mutated => ({ bytes, must: 'any' })
const refused = (bytes: Uint8Array): Mutated => ({ bytes, must: 'refused' })

const pieceMax = 2_000

function piece(message: Buffer, chance: Chance): { readonly from: number; readonly to: number } {
  const from = chance.int(message.length)
  return { from, to: Math.min(message.length, from + 1 + chance.int(pieceMax)) }
}

const byBytes: readonly Mutation[] = [
  {
    name: 'cut off',
    of(message, chance) {
      const end = message.toString('latin1').trimEnd().length
      return refused(message.subarray(0, chance.int(end)))
    },
  },
  {
    name: 'bytes changed',
    of(message, chance) {
      const bytes = Buffer.from(message)
      for (let n = chance.int(8); n >= 0; n--) bytes[chance.int(bytes.length)] = chance.int(256)
      return any(bytes)
    },
  },
  {
    name: 'a digit changed',
    of(message, chance) {
      const bytes = Buffer.from(message)
      for (let tries = 0; tries < 2_000; tries++) {
        const at = chance.int(bytes.length)
        if (bytes[at]! < 0x30 || bytes[at]! > 0x39) continue
        bytes[at] = 0x30 + chance.int(10)
        return any(bytes)
      }
      return undefined
    },
  },
  {
    name: 'a piece taken out',
    of(message, chance) {
      const { from, to } = piece(message, chance)
      return any(Buffer.concat([message.subarray(0, from), message.subarray(to)]))
    },
  },
  {
    name: 'a piece twice',
    of(message, chance) {
      const { from, to } = piece(message, chance)
      return any(Buffer.concat([message.subarray(0, to), message.subarray(from)]))
    },
  },
  {
    name: 'a piece elsewhere',
    of(message, chance) {
      const { from, to } = piece(message, chance)
      const at = chance.int(message.length)
      return any(Buffer.concat([message.subarray(0, at), message.subarray(from, to), message.subarray(at)]))
    },
  },
  { name: 'the message twice', of: message => refused(Buffer.concat([message, message])) },
  { name: 'a page instead', of: () => refused(Buffer.from('<html><body><br>We will be back soon</body></html>')) },
  { name: 'a page before', of: message => refused(Buffer.concat([Buffer.from('<!DOCTYPE html><p>busy'), message])) },
  { name: 'blanks instead', of: message => refused(Buffer.alloc(Math.min(message.length, 10_000), 0x20)) },
  {
    name: 'not UTF-8',
    of(message, chance) {
      const at = chance.int(message.length)
      return refused(Buffer.concat([message.subarray(0, at), Buffer.from([0xff, 0xc0]), message.subarray(at)]))
    },
  },
]

export function mutationsOf(message: Buffer): readonly Mutation[] {
  return [...byBytes, ...(isJson(message) ? jsonMutations : xmlMutations)]
}

export function isJson(message: Buffer): boolean {
  return /^\s*[[{]/.test(message.toString('latin1', 0, 100))
}
