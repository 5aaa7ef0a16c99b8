import { expect, test } from 'vitest'
import { inBatches } from '../../src/booking/batches.ts'
import { nextTurn } from '../../src/core/clock.ts'
import { until } from '../support/until.ts'

/** Answers are given by hand; an item is a name and, behind a dot, what tells it from others of that name. */
function makeDesk(more: { readonly underWayMax?: number; readonly waitingMax?: number } = {}) {
  const sent: { readonly items: readonly string[]; answer(): void; fail(error: Error): void }[] = []
  const ask = inBatches<string, string>({
    underWayMax: more.underWayMax ?? 1,
    itemsMax: 3,
    waitingMax: more.waitingMax ?? 100,
    tooMany: () => new Error('too many'),
    names: item => [item.split('.')[0]!],
    isUndone: error => (error as Error).message === 'undone',
    send: items =>
      new Promise((resolve, reject) => {
        sent.push({ items, answer: () => resolve(items.map(item => `${item}!`)), fail: reject })
      }),
  })
  return { ask, sent, items: () => sent.map(({ items }) => items.join(' ')) }
}

test('what comes in one turn goes in one, and each has its own result', async () => {
  const { ask, sent, items } = makeDesk()
  const answers = Promise.all(['a', 'b', 'c'].map(ask))
  await nextTurn()
  expect(items()).toEqual(['a b c'])
  sent[0]!.answer()
  expect(await answers).toEqual(['a!', 'b!', 'c!'])
})

test('while enough are under way the others gather, at most so many in one', async () => {
  const { ask, sent, items } = makeDesk()
  void ask('a')
  await nextTurn()
  for (const item of ['b', 'c', 'd', 'e']) void ask(item)
  await nextTurn()
  expect(items()).toEqual(['a'])
  sent[0]!.answer()
  await nextTurn()
  await nextTurn()
  expect(items()).toEqual(['a', 'b c d'])
})

test('two of one name never go together, and keep their order', async () => {
  const { ask, sent, items } = makeDesk()
  for (const item of ['a.1', 'a.2', 'b', 'a.3']) void ask(item)
  for (let i = 0; i < 3; i++) {
    await until(() => sent.length > i, 'the next is sent')
    sent[i]!.answer()
  }
  expect(items()).toEqual(['a.1 b', 'a.2', 'a.3'])
})

test('a failure that undid everything is one of whoever caused it', async () => {
  const { ask, sent, items } = makeDesk()
  const ends = Promise.allSettled(['a', 'bad', 'c'].map(ask))
  await nextTurn()
  sent[0]!.fail(new Error('undone'))
  await until(() => sent.length === 4, 'each goes again by itself')
  expect(items()).toEqual(['a bad c', 'a', 'bad', 'c'])
  for (const one of sent.slice(1)) one.items[0] === 'bad' ? one.fail(new Error('undone')) : one.answer()
  expect((await ends).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
})

test('what may have been done is not sent again: all are told', async () => {
  const { ask, sent } = makeDesk()
  const ends = Promise.allSettled(['a', 'b'].map(ask))
  await nextTurn()
  sent[0]!.fail(new Error('the connection was lost'))
  expect((await ends).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  await nextTurn()
  expect(sent.length).toBe(1)
})

test('one that hangs does not hold up those behind it for long', async () => {
  const { ask, sent, items } = makeDesk()
  void ask('a')
  await nextTurn()
  const next = ask('b')
  await until(() => sent.length === 2, 'the next is sent')
  sent[1]!.answer()
  expect(await next).toBe('b!')
  expect(items()).toEqual(['a', 'b'])
})

test('past the bound nothing more is taken', async () => {
  const { ask } = makeDesk({ waitingMax: 2 })
  void ask('a')
  void ask('b')
  await expect(ask('c')).rejects.toThrow('too many')
})
