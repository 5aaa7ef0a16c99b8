import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { makeKey, SealError } from '../../src/booking/crypto.ts'
import { openMasterKeys } from '../../src/booking/master-key.ts'
import { createVault } from '../../src/booking/private-data.ts'

const key = (fill: number) => makeKey(new Uint8Array(32).fill(fill))
const party = { travellers: [], contact: { email: 'ada@example.com', phone: '+44' }, metadata: {} }

describe('sealed records', () => {
  const vault = createVault([key(1)])
  const booking = vault.newKey('bkg_1')
  const record = vault.seal(booking, 'party', party)

  test('are read back with the key of the booking, also after it was wrapped and opened', () => {
    const opened = createVault([key(1)]).openKey('bkg_1', booking.wrapped)
    expect(createVault([key(1)]).read(opened, [record]).party).toEqual(party)
  })

  test('hold nothing that can be read', () => {
    const bytes = Buffer.concat([Buffer.from(record.payload), Buffer.from(booking.wrapped)]).toString('latin1')
    expect(bytes).not.toMatch(/ada|example/)
    expect(Buffer.from(booking.wrapped).includes(Buffer.from(booking.key.secret))).toBe(false)
  })

  test('sealed twice are two different texts', () => {
    expect(Buffer.from(vault.seal(booking, 'party', party).payload)).not.toEqual(Buffer.from(record.payload))
  })

  test.each([0, 5, 12, 25, 40])('changed at byte %i are refused', at => {
    const payload = Buffer.from(record.payload)
    payload[at]! ^= 1
    expect(() => vault.read(booking, [{ kind: 'party', payload }])).toThrow(SealError)
  })

  test('cannot be moved to another kind or another booking', () => {
    expect(() => vault.unsealBytes(booking, { ...record, kind: 'token:pay_1' })).toThrow(SealError)
    const other = { ...booking, bookingId: 'bkg_2' }
    expect(() => vault.read(other, [record])).toThrow(SealError)
    expect(() => vault.openKey('bkg_2', booking.wrapped)).toThrow(SealError)
  })

  test('a replaced master key opens what the one before sealed, a foreign one does not', () => {
    expect(createVault([key(2), key(1)]).openKey('bkg_1', booking.wrapped).key.secret).toEqual(
      Buffer.from(booking.key.secret),
    )
    expect(() => createVault([key(2)]).openKey('bkg_1', booking.wrapped)).toThrow(/which is not here/)
  })

  test('without the key of the booking nothing is left', () => {
    expect(vault.read(null, [record])).toEqual({ party: null, methodTokens: {}, contexts: {}, notes: {} })
  })
})

describe('hashes of last names', () => {
  const vault = createVault([key(1)])
  const shares = (stored: string, asked: string) =>
    vault.lastNameHashes('bkg_1', asked).some(hash => vault.lastNameHashes('bkg_1', stored).includes(hash))

  test.each([
    ['Müller', 'MULLER'],
    ['Müller', 'mueller'],
    ['Øster-Ås', 'oster as'],
    ['Øster-Ås', 'Oesteraas'],
    ["O'Neill", 'o’neill'],
    ['Иванов', 'ivanov'],
    ['王', '王'],
  ])('%s is found as %s', (stored, asked) => {
    expect(shares(stored, asked)).toBe(true)
  })

  test('differ from booking to booking and with the master key', () => {
    const [hash] = vault.lastNameHashes('bkg_1', 'Example')
    expect(vault.lastNameHashes('bkg_2', 'Example')).not.toContain(hash)
    expect(createVault([key(2)]).lastNameHashes('bkg_1', 'Example')).not.toContain(hash)
    expect(createVault([key(2), key(1)]).lastNameHashes('bkg_1', 'Example')).toContain(hash)
  })

  test('an empty name is nobody', () => {
    expect(vault.lastNameHashes('bkg_1', ' - ')).toEqual([])
  })
})

describe('the master key', () => {
  const dir = mkdtempSync(join(tmpdir(), 'fareloom-key-'))
  afterAll(() => rmSync(dir, { recursive: true }))

  test('is made once, for its owner only, and read again', () => {
    const inside = join(dir, 'made', 'here')
    const [first] = openMasterKeys(undefined, inside)
    expect(statSync(join(inside, 'master-key')).mode & 0o777).toBe(0o600)
    expect(openMasterKeys('', inside)[0].secret).toEqual(first.secret)
    expect(readFileSync(join(inside, 'master-key'), 'utf8')).toMatch(/^[0-9A-Za-z+/]{43}=\n$/)
  })

  test('that others can read is refused in one sentence', () => {
    openMasterKeys(undefined, dir)
    chmodSync(join(dir, 'master-key'), 0o644)
    expect(() => openMasterKeys(undefined, dir)).toThrow(/can be read by others; run: chmod 600/)
  })

  test('from the environment: base64 or hexadecimal, the newest first', () => {
    const bytes = Buffer.alloc(32, 3)
    for (const text of [bytes.toString('base64'), bytes.toString('hex')])
      expect(Buffer.from(openMasterKeys(text, dir)[0].secret)).toEqual(bytes)
    const keys = openMasterKeys(`${Buffer.alloc(32, 4).toString('base64')},${bytes.toString('base64')}`, dir)
    expect(keys.map(({ secret }) => secret[0])).toEqual([4, 3])
    for (const text of ['short', Buffer.alloc(31).toString('base64'), 'x'.repeat(64)])
      expect(() => openMasterKeys(text, dir)).toThrow(/MASTER_KEY must be 32 bytes/)
  })
})
