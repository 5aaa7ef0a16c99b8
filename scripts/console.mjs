// One clear line for each thing the scripts do, on stderr so that a command's own output stays clean.
// Everything under scripts/ that ends in .mjs runs on any Node >= 18 and needs no package.

const progressEveryMs = 5_000

/** @param {string} text */
export function say(text) {
  process.stderr.write(`fareloom: ${text}\n`)
}

/**
 * Announces a piece of work, shows a sign of life while it lasts, and says how long it took once that was over 2 s.
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  say(`${title} ...`)
  const startedAt = Date.now()
  const seconds = () => Math.round((Date.now() - startedAt) / 1000)
  const timer = setInterval(() => say(`  still busy (${seconds()} s): ${title}`), progressEveryMs)
  try {
    const result = await work()
    if (Date.now() - startedAt > 2_000) say(`  done in ${seconds()} s`)
    return result
  } finally {
    clearInterval(timer)
  }
}

/** A failure whose message is the whole story: printed without a stack. */
export class Trouble extends Error {}

/**
 * Runs a command's main function: a Trouble is one sentence and exit 1, anything else shows its stack.
 * @param {() => Promise<number | void>} main
 */
export function runMain(main) {
  main().then(
    code => {
      process.exitCode = code ?? 0
    },
    error => {
      say(error instanceof Trouble ? error.message : String(error?.stack ?? error))
      process.exitCode = 1
    },
  )
}
