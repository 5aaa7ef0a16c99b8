import { spawn } from 'node:child_process'
import { accessSync, constants as access, statSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, join } from 'node:path'

const outputCharsMax = 64_000

/**
 * Runs a command to its end and keeps the tail of what it said.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number, endsWithUs?: boolean }} [options]
 *   `endsWithUs`: a signal that ends us is passed on, and we end after the command
 * @returns {Promise<{ code: number, output: string }>} code 127 when the command does not exist
 */
export function run(file, args, { cwd, env = process.env, timeoutMs = 600_000, endsWithUs = false } = {}) {
  return new Promise(resolve => {
    const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs })
    let output = ''
    const keep = chunk => {
      output = (output + chunk).slice(-outputCharsMax)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    const release = endsWithUs ? endTogether(child) : () => {}
    child.on('error', error => {
      release()
      resolve({ code: 127, output: error.message })
    })
    child.on('close', (code, signal) => {
      release()
      resolve({ code: code ?? (signal ? 128 : 1), output })
    })
  })
}

function endTogether(child) {
  let received
  const pass = signal => {
    received ??= signal
    child.kill(signal)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, pass)
  return () => {
    for (const signal of signals) process.removeListener(signal, pass)
    if (received) process.exit(128 + constants.signals[received])
  }
}

/** The last lines of a command's output, for an error message. */
export function tail(output, lines = 12) {
  return output.trim().split('\n').slice(-lines).join('\n')
}

/**
 * @param {string} name
 * @param {readonly string[]} [folders] looked through after PATH
 * @returns {string | undefined}
 */
export function which(name, folders = []) {
  return [...(process.env.PATH ?? '').split(delimiter), ...folders]
    .filter(folder => folder !== '')
    .map(folder => join(folder, name))
    .find(isExecutable)
}

export function isExecutable(path) {
  try {
    accessSync(path, access.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
