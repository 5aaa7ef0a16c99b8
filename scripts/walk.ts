/** Runs the commands of README's walk against a service of its own and, with --write, puts the real answers under them.
 *  Fails when a command fails or says nothing: so the README stays true. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serviceOptions } from './service-options.mjs'

const readmeFile = new URL('../README.md', import.meta.url)
const lineMax = 240
const linesMax = 14

const readme = readFileSync(readmeFile, 'utf8')
const start = readme.indexOf('<!-- walk:')
const end = readme.indexOf('<!-- walk: end -->')
if (start < 0 || end < start) throw new Error('README.md has no walk between its marks')
const walk = readme.slice(start, end)
const blocks = [...walk.matchAll(/```sh\n([\s\S]*?)```\n/g)].map(match => match[1]!)

const directory = mkdtempSync(join(tmpdir(), 'fareloom-walk-'))
const service = await startService()
try {
  const outputs = await runBlocks(service.baseUrl)
  outputs.forEach((output, index) => {
    if (output.trim() === '') throw new Error(`block ${index + 1} of the walk prints nothing:\n${blocks[index]}`)
  })
  if (process.argv.includes('--write')) writeFileSync(readmeFile, rewrite(outputs, await magicTable(service.baseUrl)))
  else process.stdout.write(`${outputs.map((output, index) => `block ${index + 1}:\n${output}`).join('\n')}\n`)
  console.log(`${outputs.length} blocks of the README walk ran as written`)
} finally {
  await service.stop()
  rmSync(directory, { recursive: true, force: true })
}

async function startService(): Promise<{ readonly baseUrl: string; stop(): Promise<void> }> {
  const main = new URL('../src/main.ts', import.meta.url).pathname
  const env = { ...process.env, PORT: '0', DATA_DIR: join(directory, 'data'), LOG_LEVEL: 'info' }
  for (const name of ['DATABASE_URL', 'REDIS_URL', 'ELASTICSEARCH_URL', 'API_KEYS'])
    delete (env as Record<string, string | undefined>)[name]
  const child = spawn(process.execPath, [...serviceOptions, main], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const baseUrl = await listening(child)
  return {
    baseUrl,
    stop: () =>
      new Promise(resolve => {
        child.once('exit', () => resolve())
        child.kill('SIGTERM')
      }),
  }
}

function listening(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.once('exit', code => reject(new Error(`the service ended with ${code} before it listened:\n${text}`)))
    child.stdout!.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const url = /http:\/\/[\w.:[\]]+:\d+/.exec(/.*"?listening.*/i.exec(text)?.[0] ?? '')?.[0]
      if (url) resolve(url)
    })
  })
}

/** One shell for all, so that variables carry over; a mark after each block. */
function runBlocks(baseUrl: string): Promise<readonly string[]> {
  const mark = '@@end-of-block@@'
  const script = blocks
    .map(block => `${block.replaceAll('http://localhost:8080', baseUrl)}\necho; echo ${mark}\n`)
    .join('')
  return new Promise((resolve, reject) => {
    const shell = spawn('bash', ['-e', '-o', 'pipefail'], { cwd: directory, stdio: ['pipe', 'pipe', 'inherit'] })
    let text = ''
    shell.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    shell.once('exit', code => {
      const outputs = text.split(`${mark}\n`)
      const failed = outputs.length - 1
      if (code === 0) resolve(outputs.slice(0, -1).map(output => output.trimEnd()))
      else
        reject(new Error(`block ${failed + 1} of the walk failed with ${code}:\n${blocks[failed]}\n${outputs.at(-1)}`))
    })
    shell.stdin.end(script)
  })
}

function rewrite(outputs: readonly string[], magicRoutes: string): string {
  let index = 0
  const fresh = walk.replace(/```sh\n[\s\S]*?```\n(\n```text\n[\s\S]*?```\n)?/g, (_, __, offset: number) => {
    const block = /```sh\n[\s\S]*?```\n/.exec(walk.slice(offset))![0]
    return `${block}\n\`\`\`text\n${shorten(outputs[index++]!)}\n\`\`\`\n`
  })
  const whole = readme.slice(0, start) + fresh + readme.slice(end)
  return whole.replace(
    /(<!-- magic-routes: start -->\n)[\s\S]*?(<!-- magic-routes: end -->)/,
    `$1\n${magicRoutes}\n\n$2`,
  )
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)]
}

function shorten(output: string): string {
  const lines = output.split('\n').map(line => (line.length > lineMax ? `${line.slice(0, lineMax)}…` : line))
  return lines.length > linesMax ? [...lines.slice(0, linesMax), '…'].join('\n') : lines.join('\n')
}

async function magicTable(baseUrl: string): Promise<string> {
  type Sandbox = {
    readonly magicRoutes: readonly Record<string, string | null>[]
    readonly testTokens: readonly Record<string, string>[]
  }
  const sandbox = (await (await fetch(`${baseUrl}/v1/sandbox`)).json()) as Sandbox
  const { magicRoutes } = sandbox
  const origins = unique(magicRoutes.map(({ origin, provider }) => `${provider} ${origin}`))
  const rows = unique(
    magicRoutes.map(
      ({ destination, departureDate, provider, effect, text }) =>
        `| ${destination} | ${departureDate ?? 'any'} | \`${effect}\` | ${text!.replace(provider!, 'it')} |`,
    ),
  )
  // The table says it with one row an effect: true as long as origins are suppliers and destinations effects.
  if (rows.length * origins.length !== magicRoutes.length) throw new Error('magic routes are no grid any more')
  const tokens = sandbox.testTokens.map(({ token, effect, text }) => `| \`${token}\` | \`${effect}\` | ${text} |`)
  return [
    `The origin says which supplier is struck (${origins.join(', ')}), the destination what happens to it:`,
    '',
    '| to | date | effect | what happens |',
    '|---|---|---|---|',
    ...rows,
    '',
    '| payment token | effect | what happens |',
    '|---|---|---|',
    ...tokens,
  ].join('\n')
}
