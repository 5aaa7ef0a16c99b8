import { spawnSync } from 'node:child_process'
import { relative } from 'node:path'
import type { Reporter, TestModule } from 'vitest/node'

type News = { readonly at: number; readonly what: string }

const lookEveryMs = 5_000

/**
 * Time limits of tests are timers in the process that runs them: a test that never gives the processor back is past them, and
 * the run would wait for it for ever. Here the other process looks: a file of which nothing was heard for so long is named, and
 * the processes that run tests are ended, so that the run fails where it would hang.
 */
export function stuckReporter(limitMs: number): Reporter {
  const running = new Map<string, News>()
  let timer: NodeJS.Timeout | undefined
  const note = ({ moduleId }: TestModule, what: string): void => {
    running.set(moduleId, { at: performance.now(), what })
  }
  const look = (): void => {
    const stuck = [...running].filter(([, { at }]) => performance.now() - at > limitMs)
    if (stuck.length === 0) return
    for (const [moduleId, { what }] of stuck) {
      const file = relative(process.cwd(), moduleId)
      process.stderr.write(`\nSTUCK: nothing was heard of ${file} for ${limitMs / 1000} s; the last: ${what}\n`)
    }
    running.clear()
    for (const pid of childrenOf(process.pid)) process.kill(pid, 'SIGKILL')
  }
  return {
    onTestRunStart() {
      timer = setInterval(look, lookEveryMs).unref()
    },
    onTestModuleStart: module => note(module, 'begun'),
    onTestCaseReady: test => note(test.module, `"${test.fullName}" begun`),
    onTestCaseResult: test => note(test.module, `"${test.fullName}" ${test.result().state}`),
    onTestModuleEnd: ({ moduleId }) => void running.delete(moduleId),
    onTestRunEnd() {
      clearInterval(timer)
    },
  }
}

function childrenOf(parent: number): readonly number[] {
  const { stdout } = spawnSync('ps', ['-axo', 'pid=,ppid=,comm='], { encoding: 'utf8' })
  const rows = stdout.split('\n').map(line => line.trim().split(/\s+/))
  return rows.filter(([, ppid, name]) => Number(ppid) === parent && name !== 'ps').map(([pid]) => Number(pid))
}
