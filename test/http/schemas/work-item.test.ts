import { expect, test } from 'vitest'
import { resolveSchema } from '../../../src/http/schemas/work-item.ts'

const said = { resolution: 'retry', note: 'The desk says:\n\ttry again, Zoë 😀', by: 'agent-7' }
const isTaken = (more: object): boolean => resolveSchema.safeParse({ ...said, ...more }).success

test('a note has lines, and who resolves has a name of any letters', () => {
  expect(isTaken({})).toBe(true)
  expect(isTaken({ by: 'Zoë Müller 岡田 😀' })).toBe(true)
})

test.each([['\u0000'], ['a\u0000b'], ['\ud800'], ['a\ud83d b'], ['a\u001b[2Jb']])(
  '%j goes into neither the audit log nor a note: it could not be kept as it is',
  text => {
    expect([isTaken({ by: text }), isTaken({ note: text })]).toEqual([false, false])
  },
)

test.each([['two\nlines'], ['\u202egnp.exe']])('%j is no name for a line of the timeline', by => {
  expect(isTaken({ by })).toBe(false)
})
