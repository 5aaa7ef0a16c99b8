import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type Browser, chromium } from 'playwright-core'

/** A headless Chromium that reaches this machine only. */
export async function openBrowser(): Promise<Browser> {
  const script = new URL('../../scripts/chromium.mjs', import.meta.url).pathname
  const { stdout } = await promisify(execFile)(process.execPath, [script])
  return chromium.launch({
    executablePath: stdout.trim(),
    // as root it cannot have its own sandbox; the only pages are ours
    chromiumSandbox: process.getuid?.() !== 0,
    args: ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1', '--disable-background-networking'],
  })
}
