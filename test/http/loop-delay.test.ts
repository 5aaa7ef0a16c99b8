import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { watchLoopDelay } from '../../src/http/loop-delay.ts'

function block(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

test('a loop that was held up is late, and so it is while it is still held up', async () => {
  const delay = watchLoopDelay(systemClock)
  await pause(50)
  delay.take()
  block(150)
  // nothing could be measured yet: whoever asks now asks from within
  expect(delay.take()).toBeGreaterThan(140)
  block(100)
  expect(delay.take()).toBeGreaterThan(240)
})

test('a long pause between two looks is seen afterwards, and forgotten after that', async () => {
  const delay = watchLoopDelay(systemClock)
  await pause(50)
  block(300)
  await pause(20)
  const late = delay.take()
  expect(late).toBeGreaterThan(20)
  await pause(100)
  expect(delay.take()).toBeLessThan(late)
})
