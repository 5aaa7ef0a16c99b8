import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

/** 1.6 GB of replies, eight at a time, and how often the whole heap was marked meanwhile. */
const replies = `
  import { PerformanceObserver, constants } from 'node:perf_hooks'
  let marked = 0
  const observer = new PerformanceObserver(list => {
    marked += list.getEntries().filter(({ detail }) => detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR).length
  })
  observer.observe({ entryTypes: ['gc'] })
  const held = []
  for (let n = 0; n < 1000; n++) {
    held[n % 8] = Buffer.alloc(1_600_000)
    if (n % 8 === 0) await new Promise(resolve => setImmediate(resolve))
  }
  console.log(marked)`

test('what suppliers reply does not have the whole heap looked through every few searches', () => {
  const heap = new URL('../src/heap.ts', import.meta.url).href
  const setUp = `import { setUpHeap } from ${JSON.stringify(heap)}\nsetUpHeap()\n`
  const [without, withIt] = ['', setUp].map(start =>
    Number(execFileSync(process.execPath, ['--input-type=module', '--eval', start + replies], { encoding: 'utf8' })),
  )
  // 17 and 3 here
  expect(without).toBeGreaterThan(8)
  expect(withIt).toBeLessThan(without! / 3)
})
