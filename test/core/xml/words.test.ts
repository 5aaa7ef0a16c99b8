import { describe, expect, test } from 'vitest'
import { XmlScanner } from '../../../src/core/xml/scanner.ts'

/** Inside of the root element. */
function open(content: string): XmlScanner {
  const scanner = new XmlScanner(Buffer.from(`<r>${content}</r>`))
  scanner.next()
  return scanner
}

function listOf<T>(content: string, read: (x: XmlScanner) => T): readonly T[] {
  const scanner = open(content)
  const values: T[] = []
  while (scanner.child(1)) values.push(read(scanner))
  return values
}

const contents = [
  'abc',
  '  abc\n ',
  '',
  '   ',
  'a<b>c</b>d',
  '<b/>',
  'a&amp;b',
  '<![CDATA[ <x> ]]>',
  'é',
  'a<!-- b -->c',
]

describe('reading an element to its end', () => {
  test.each(contents)('a word is the trimmed text of the element, and the next one follows: %s', content => {
    const pair = `<a>${content}</a><a>next</a><a/>`
    expect(listOf(pair, x => x.word())).toEqual(listOf(pair, x => x.elementText().trim()))
    expect(listOf(pair, x => x.word()).slice(1)).toEqual(['next', ''])
  })

  test.each([
    ['378.40', 37840, 2],
    ['0.5', 5, 1],
    ['007.000', 7000, 3],
  ])('a number with a point is its digits and how many stand after it: %s', (text, digits, places) => {
    const scanner = open(`<a>${text}</a><a>next</a>`)
    scanner.child(1)
    expect([scanner.decimal(), scanner.places]).toEqual([digits, places])
    expect(scanner.child(1) && scanner.word()).toBe('next')
  })

  test.each(['12', '.5', '5.', '-1.00', ' 1.00', '1.0.0', '1.00<b/>', '1&#46;0', '1234567890123.45', '', '1e2.5'])(
    'what is no such number is left to be read as it is: %s',
    text => {
      const scanner = open(`<a>${text}</a>`)
      scanner.child(1)
      expect(scanner.decimal()).toBe(-1)
      expect([scanner.word()]).toEqual(listOf(`<a>${text}</a>`, x => x.elementText().trim()))
    },
  )

  test('an end tag of another element is refused where a word or a number is read', () => {
    expect(() => listOf('<a>1.50</b>', x => x.decimal())).toThrow('the end tag of a')
    expect(() => listOf('<a>word</b>', x => x.word())).toThrow('the end tag of a')
  })
})

describe('elements that a document repeats', () => {
  const fare = (code: string, text = 'a text that is long enough') => `<fare code="${code}"><t>${text}</t></fare>`
  const read = (x: XmlScanner) => ({ code: x.attribute('code'), text: x.elementText() || 'none' })

  test('the same bytes are read once and give the very same object', () => {
    let reads = 0
    const counted = (x: XmlScanner) => {
      reads++
      return read(x)
    }
    const [a, b, c, d] = listOf(fare('Y') + fare('M') + fare('Y') + fare('M'), x => x.once(counted))
    expect(c).toBe(a)
    expect(d).toBe(b)
    expect(b).not.toEqual(a)
    expect(reads).toBe(2)
  })

  test('whatever repeats, they say what they say when each is read', () => {
    const parts = ['Y', 'M', 'Q'].flatMap(code => [fare(code), fare(code, 'other'), `<fare code="${code}"/>`])
    const nested = `<fare code="N">${fare('Y')}</fare>`
    const content = Array.from({ length: 400 }, (_, index) => (index % 7 === 0 ? nested : parts[(index * 5) % 9]!))
    expect(listOf(content.join('\n'), x => x.once(read))).toEqual(listOf(content.join('\n'), read))
  })

  test('a prefix that is declared no more is refused in the same bytes', () => {
    const inner = '<fare><p:t>a text that is long enough</p:t></fare>'
    const scanner = open(`<a xmlns:p="urn:p">${inner}</a>${inner}`)
    scanner.child(1)
    scanner.child(2)
    scanner.once(read)
    expect(() => scanner.child(1) && scanner.once(read)).toThrow('the prefix p is not declared')
  })

  test('one that is cut short is not taken for an earlier one', () => {
    expect(() => listOf(`${fare('Y')}<fare code="Y"><t>a text that is`, x => x.once(read))).toThrow()
  })
})

describe('elements of a repeating order', () => {
  test('are each read as what they say where the order is kept, broken and taken up again', () => {
    const order = [
      'YQ 10.00',
      'GB 20.00',
      'US 30.00',
      'YQ 10.00',
      'GB 20.00',
      'US 30.00',
      'YQ 11.00',
      'GB 20.00',
      'US 30.01',
    ]
    const said = [...order, ...order].map((text, index) => (index % 7 === 6 ? `${text}x` : text))
    const x = new XmlScanner(
      Buffer.from(`<all>${said.map(text => `<Tax><Is>${text} and more</Is></Tax>`).join('')}</all>`),
    )
    const found: string[] = []
    x.next()
    while (x.child(1)) found.push(x.once(readWords).join(' '))
    expect(found).toEqual(said.map(text => `${text} and more`))
  })
})

function readWords(x: XmlScanner): readonly string[] {
  let all: readonly string[] = []
  const { depth } = x
  while (x.child(depth)) all = x.words(all)
  return all
}
