import { describe, expect, test } from 'vitest'
import { WireError } from '../../../src/core/wire-error.ts'
import { endOfDocument, endTag, startTag, text, XmlScanner } from '../../../src/core/xml/scanner.ts'

const bytes = (document: string): Uint8Array => Buffer.from(document, 'utf8')

/** Every event of a document in words. */
function events(document: string | Uint8Array): readonly string[] {
  const scanner = new XmlScanner(typeof document === 'string' ? bytes(document) : document)
  const all: string[] = []
  for (;;) {
    switch (scanner.next()) {
      case startTag: {
        const { attributes } = scanner
        const values = Array.from(
          { length: attributes.count },
          (_, i) => ` ${attributes.name(i)}=${attributes.value(i)}`,
        )
        all.push(`<${scanner.name}${values.join('')}>`)
        break
      }
      case endTag:
        all.push(`</${scanner.name}>`)
        break
      case text:
        all.push(scanner.text())
        break
      case endOfDocument:
        return all
    }
  }
}

function refusal(document: string | Uint8Array): WireError {
  try {
    events(document)
  } catch (error) {
    if (error instanceof WireError) return error
    throw error
  }
  throw new Error('it was accepted')
}

describe('events', () => {
  test('elements, attributes and text come in the order of the document', () => {
    expect(events('<a x="1" y=\'2\'><b>hi</b><c/></a>')).toEqual([
      '<a x=1 y=2>',
      '<b>',
      'hi',
      '</b>',
      '<c>',
      '</c>',
      '</a>',
    ])
  })

  test('prefixes are dropped from elements and attributes, declarations keep their whole name', () => {
    const document = '<s:a xmlns:s="urn:s" xmlns="urn:d" s:x="1" x="2"><s:b/></s:a>'
    expect(events(document)).toEqual(['<a xmlns:s=urn:s xmlns=urn:d x=1 x=2>', '<b>', '</b>', '</a>'])
    const scanner = new XmlScanner(bytes(document))
    scanner.next()
    expect(scanner.qualifiedName()).toBe('s:a')
    expect(scanner.namespace()).toBe('urn:s')
    expect(scanner.attributes.qualifiedName(2)).toBe('s:x')
    expect(scanner.attribute('s')).toBeUndefined()
  })

  test('white space between elements is no event, beside text it is kept', () => {
    expect(events('<a>\n  <b> x </b>\n</a>\n')).toEqual(['<a>', '<b>', ' x ', '</b>', '</a>'])
  })

  test('comments, instructions and the declaration are no events', () => {
    const document = '<?xml version="1.0"?><!-- - --><?pi a="1"?><a><!-- < & > --><?b?>x</a><!---->'
    expect(events(document)).toEqual(['<a>', 'x', '</a>'])
  })

  test('the five references and numeric ones are decoded in text and attributes, nothing else twice', () => {
    expect(events('<a x="&lt;&amp;amp;&#65;&#x1F600;&quot;">&gt;&apos;&#x41;&amp;lt;</a>')).toEqual([
      '<a x=<&amp;A😀">',
      ">'A&lt;",
      '</a>',
    ])
  })

  test('CDATA is text as it stands', () => {
    expect(events('<a>1<![CDATA[<b>&amp;]]]]><![CDATA[>]]></a>')).toEqual(['<a>', '1', '<b>&amp;]]', '>', '</a>'])
  })

  test('line ends are LF in text, white space in attributes is blanks unless a reference says otherwise', () => {
    expect(events('<a x="1\r\n2\t3&#10;4">a\r\nb\rc<![CDATA[\r\n]]></a>')).toEqual([
      '<a x=1 2 3\n4>',
      'a\nb\nc',
      '\n',
      '</a>',
    ])
  })

  test('tags may hold white space anywhere but before their name', () => {
    expect(events('<a\n x = "1"\n></a >')).toEqual(['<a x=1>', '</a>'])
    expect(events('<a x="1" />')).toEqual(['<a x=1>', '</a>'])
  })

  test('names and values beyond ASCII are kept', () => {
    expect(events('<größe wert="ж">€</größe>')).toEqual(['<größe wert=ж>', '€', '</größe>'])
  })
})

describe('ways to read', () => {
  test('children are visited whether or not the caller read what is in them', () => {
    const scanner = new XmlScanner(bytes('<a><b><x/><x>t</x></b>text<c>1</c><d/></a>'))
    scanner.next()
    const seen: string[] = []
    while (scanner.child(1)) {
      seen.push(scanner.name)
      if (scanner.name === 'c') seen.push(scanner.elementText())
    }
    expect(seen).toEqual(['b', 'c', '1', 'd'])
    expect(scanner.next()).toBe(endOfDocument)
  })

  test('the text of an element leaves out its children and joins what they part', () => {
    const scanner = new XmlScanner(bytes('<a> one <b>no</b><!-- c -->two<![CDATA[ & ]]>three </a>'))
    scanner.next()
    expect(scanner.elementText()).toBe(' one two & three ')
  })

  test('skipping an element ends after it', () => {
    const scanner = new XmlScanner(bytes('<a><b><c/></b><d/></a>'))
    scanner.next()
    scanner.next()
    scanner.skip()
    expect([scanner.next(), scanner.name]).toEqual([startTag, 'd'])
  })

  test('what is skipped must be well-formed too', () => {
    const scanner = new XmlScanner(bytes('<a><b><c></b></a>'))
    scanner.next()
    scanner.next()
    expect(() => scanner.skip()).toThrow(WireError)
  })

  test('after the root there is only the end, however often one asks', () => {
    const scanner = new XmlScanner(bytes('<a/>'))
    expect(scanner.child(0)).toBe(true)
    expect(scanner.child(0)).toBe(false)
    expect(scanner.next()).toBe(endOfDocument)
  })
})

describe('malformed documents are refused with the place', () => {
  const refused: readonly (readonly [string, string, number])[] = [
    ['', 'no element', 0],
    ['  ', 'no element', 2],
    ['text', 'text outside', 0],
    ['<a>', 'ends inside a', 3],
    ['<a', 'ends in a tag', 2],
    ['<a x', 'without a value', 4],
    ['<a x="1', 'ends in an attribute', 7],
    ['<a></b>', 'end tag of a', 3],
    ['<a></ab>', 'end tag of a', 3],
    ['<ab></a>', 'end tag of ab', 4],
    ['<p:a xmlns:p="u"></q:a>', 'end tag of a', 17],
    ['<p:a/>', 'prefix p is not declared', 1],
    ['<a><b xmlns:p="u"/><p:b/></a>', 'prefix p is not declared', 20],
    ['<a p:x="1"/>', 'prefix p is not declared', 3],
    ['<a xmlns:p="u" xmlns:q="u" p:x="1" q:x="2"/>', 'twice', 35],
    ['<a xmlns:p=""/>', 'without a namespace', 3],
    ['<a xmlns:xml="u"/>', 'reserved', 3],
    ['<a xmlns:xmlns="u"/>', 'reserved', 3],
    ['<a\u00d7/>', 'no name has', 1],
    ['<a>\ufffe</a>', 'forbids', 3],
    ['<a><?p \u0001?></a>', 'forbids', 7],
    ['</a>', 'without a start', 0],
    ['<a/><b/>', 'second root', 4],
    ['<a/>x', 'text outside', 4],
    ['<a x=1/>', 'without quotes', 5],
    ['<a x/>', 'without a value', 4],
    ['<a x="1"y="2"/>', 'white space', 8],
    ['<a x="1" x="2"/>', 'twice', 9],
    ['<a x="<"/>', '< in an attribute', 6],
    ['<a>&nbsp;</a>', 'reference', 3],
    ['<a>&#0;</a>', 'reference', 3],
    ['<a>&#xD800;</a>', 'reference', 3],
    ['<a>& b</a>', 'reference', 3],
    ['<a x="&constructor;"/>', 'reference', 6],
    ['<a>]]></a>', ']]>', 3],
    ['<a>\u0001</a>', 'forbids', 3],
    ['<a><![CDATA[x</a>', ']]>', 17],
    ['<a><!-- -- --></a>', '-- in a comment', 8],
    ['<a><!x></a>', 'not a tag', 3],
    ['< a/>', 'not a tag', 0],
    ['<1a/>', 'not a tag', 0],
    ['<a:/>', 'colon', 2],
    ['<a:b:c/>', 'colon', 4],
    ['<a b:="1"/>', 'colon', 4],
    ['<a/ >', '> was expected', 3],
    [' <?xml version="1.0"?><a/>', 'declaration', 1],
    ['<a><?xml version="1.0"?></a>', 'declaration', 3],
    ['<?xml version="1.0"', '?>', 19],
    ['<?xml ve1.0"?><a/>', 'declaration', 0],
    ['<?xml encoding="UTF-8"?><a/>', 'declaration', 0],
  ]
  test.each(refused)('%s', (document, reason, offset) => {
    const error = refusal(document)
    expect(error.reason).toContain(reason)
    expect(error.at).toBe(`byte ${offset}`)
  })

  test('every document cut short is refused', () => {
    const whole = '<?xml version="1.0"?><a x="1&amp;"><!-- c --><b>é<![CDATA[t]]></b><?p i?></a>'
    const document = bytes(whole)
    for (let length = 0; length < document.length; length++) {
      expect(() => events(document.subarray(0, length)), `the first ${length} bytes`).toThrow(WireError)
    }
    expect(events(whole)).toHaveLength(6)
  })
})

describe('what would cost too much is refused', () => {
  test('a document type: entity bombs, external entities, any', () => {
    const bomb = '<!DOCTYPE a [<!ENTITY b "1"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    const external = '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'
    for (const document of [bomb, external, '<!DOCTYPE html><html/>']) {
      expect(refusal(document).reason).toContain('document type')
    }
  })

  test('depth, attributes and size beyond the limits', () => {
    expect(refusal('<a>'.repeat(257)).reason).toContain('deeper than 256')
    expect(refusal(`<a ${Array.from({ length: 257 }, (_, i) => `x${i}="1"`).join(' ')}/>`).reason).toContain(
      '256 attributes',
    )
    const limits = { bytesMax: 10, depthMax: 256, attributesMax: 256 }
    expect(() => new XmlScanner(bytes('<abcdefghij/>'), limits)).toThrow(/more than 10 bytes/)
  })

  test('the limits themselves are allowed', () => {
    expect(events(`${'<a>'.repeat(256)}${'</a>'.repeat(256)}`)).toHaveLength(512)
    const attributes = Array.from({ length: 256 }, (_, i) => `x${i}="1"`).join(' ')
    expect(events(`<a ${attributes}/>`)).toHaveLength(2)
  })
})

describe('encodings', () => {
  const body = '<a x="é">ж€😀</a>'
  const wanted = ['<a x=é>', 'ж€😀', '</a>']
  const utf16 = (document: string, bigEndian: boolean): Buffer => {
    const little = Buffer.from(document, 'utf16le')
    return bigEndian ? little.swap16() : little
  }

  test('UTF-8 with and without a byte order mark', () => {
    expect(events(body)).toEqual(wanted)
    expect(events(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes(body)]))).toEqual(wanted)
    expect(events(`<?xml version="1.0" encoding="UTF-8"?>${body}`)).toEqual(wanted)
  })

  test('UTF-16 of both orders, by mark or by the first character', () => {
    const declared = `<?xml version="1.0" encoding="UTF-16"?>${body}`
    expect(events(utf16(`\ufeff${declared}`, false))).toEqual(wanted)
    expect(events(utf16(`\ufeff${declared}`, true))).toEqual(wanted)
    expect(events(utf16(declared, false))).toEqual(wanted)
    expect(events(utf16(declared, true))).toEqual(wanted)
  })

  test('UTF-16 that a UTF-8 document claims by mistake', () => {
    expect(events(`<?xml version="1.0" encoding="utf-16"?>${body}`)).toEqual(wanted)
  })

  test('ISO-8859-1 and windows-1252 by declaration', () => {
    const latin = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a x="é">ÿ</a>', 'latin1')
    expect(events(latin)).toEqual(['<a x=é>', 'ÿ', '</a>'])
    const windows = Buffer.from('<?xml version="1.0" encoding=\'windows-1252\'?><a>\x80</a>', 'latin1')
    expect(events(windows)).toEqual(['<a>', '€', '</a>'])
  })

  test('what is not what it claims to be is refused', () => {
    expect(refusal(Buffer.from('<a>caf\xe9</a>', 'latin1'))).toMatchObject({ reason: 'broken UTF-8' })
    expect(refusal('<?xml version="1.0" encoding="EBCDIC"?><a/>').reason).toContain('ebcdic')
    expect(refusal(Buffer.from([0xff, 0xfe, 0x3c, 0x00, 0x00])).reason).toContain('UTF-16')
    expect(refusal(Buffer.from([0, 0, 0xfe, 0xff, 0, 0, 0, 0x3c])).reason).toContain('encoding')
  })

  test('the place of broken UTF-8 is near the byte', () => {
    const head = '<a>'.padEnd(5000, 'x')
    const at = Number(refusal(Buffer.concat([bytes(head), Buffer.from([0xe9]), bytes('</a>')])).at.slice(5))
    expect(Math.abs(at - 5000)).toBeLessThanOrEqual(4)
  })
})

test('a name that a document was cut off behind has one place in the table: twice in a tag it is refused ever after', () => {
  expect(() => events('<CutBehind CutAttribute')).toThrow(WireError)
  expect(events('<CutBehind CutAttribute="1"/>')).toHaveLength(2)
  expect(() => events('<CutBehind CutAttribute')).toThrow(WireError)
  expect(() => events('<CutBehind CutAttribute="1" CutAttribute="1"/>')).toThrow(/the same attribute twice/)
})
