import { describe, expect, test } from 'vitest'
import { findCardNumbers } from '../../src/core/card-number.ts'

const pan = '4111111111111111'
const pointers = (body: unknown): readonly string[] => findCardNumbers(body).map(error => error.pointer)

describe('a card number anywhere in a body refuses it', () => {
  test.each([
    ['as a whole', pan],
    ['in groups', '4111 1111 1111 1111'],
    ['with hyphens', '4111-1111-1111-1111'],
    ['with odd spaces and dashes', '4111\u00a01111\u20111111 1111'],
    ['in full-width digits', '４１１１１１１１１１１１１１１１'],
    ['with what nobody sees between', '4111\u200b1111\u200d1111\u20601111'],
    ['with a soft hyphen inside a text', 'card 4111\u00ad111111111111'],
    ['in Arabic-Indic digits', '٤١١١١١١١١١١١١١١١'],
    ['in Devanagari digits', '४१११ ११११ ११११ ११११'],
    ['of fifteen digits', '3782 822463 10005'],
    ['of nineteen digits', '6304000000000000000'],
    ['of thirteen digits', '4222222222222'],
    ['inside a text', 'please charge 4111 1111 1111 1111, thanks'],
    ['after a colon', `card:${pan}`],
  ])('%s', (_, text) => {
    expect(pointers({ metadata: { note: text } })).toEqual(['/metadata/note'])
  })

  test('as a JSON number, in lists, at any depth, several at once', () => {
    expect(pointers([{ a: [0, 4111111111111111] }, { 'b/c~d': { e: pan } }])).toEqual(['/0/a/1', '/1/b~1c~0d/e'])
  })

  test('as a key; the pointer does not repeat it', () => {
    const errors = findCardNumbers({ metadata: { [pan]: 'x' } })
    expect(errors.map(error => error.pointer)).toEqual(['/metadata'])
    expect(JSON.stringify(errors)).not.toContain('4111')
  })

  test('never echoes the value', () => {
    expect(JSON.stringify(findCardNumbers({ payment: { methodToken: pan } }))).not.toContain('4111')
  })

  test('loyalty.number is exempt, number elsewhere is not', () => {
    expect(pointers({ passengers: [{ loyalty: { carrier: 'BA', number: pan } }] })).toEqual([])
    expect(pointers({ passengers: [{ document: { number: pan } }] })).toEqual(['/passengers/0/document/number'])
    expect(pointers({ number: pan })).toEqual(['/number'])
  })
})

describe('what is no card number passes', () => {
  test.each([
    ['one digit wrong', '4111111111111112'],
    ['twelve digits', '411111111111'],
    ['twenty digits', '41111111111111111115'],
    ['a phone number', '+8613800138000'],
    ['an identifier', `off_${pan}x`],
    ['zeros', '0000000000000000'],
    ['an instant', '2027-03-10T08:20:00Z'],
  ])('%s', (_, text) => {
    expect(pointers({ value: text })).toEqual([])
  })
})

test('a body of endless depth is refused, not walked', () => {
  let body: unknown = pan
  for (let i = 0; i < 5000; i++) body = [body]
  expect(findCardNumbers(body)).toMatchObject([{ code: 'too-deep', pointer: '/0'.repeat(64) }])
})

test('where a body gets too deep is named, once, and whatever else is wrong too', () => {
  const deep = (levels: number): unknown => (levels === 0 ? {} : { in: deep(levels - 1) })
  expect(findCardNumbers({ fine: deep(62), 'a/b': [deep(63), deep(70)], metadata: { note: pan } })).toMatchObject([
    { code: 'too-deep', pointer: `/a~1b/0${'/in'.repeat(62)}` },
    { code: 'card-number', pointer: '/metadata/note' },
  ])
  expect(findCardNumbers({ fine: deep(62) })).toEqual([])
})

test('names as long as a body do not make an answer of many times its size', () => {
  const name = 'x'.repeat(200_000)
  const errors = findCardNumbers({ metadata: { [name]: Array.from({ length: 20 }, () => pan) } })
  expect(errors).toHaveLength(20)
  expect(new Set(errors.map(({ pointer }) => pointer))).toEqual(new Set(['/metadata']))
})
