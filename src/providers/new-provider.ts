import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { codeMistake } from './code-rules.ts'
import { codesOfTree } from './codes.ts'

const template = fileURLToPath(new URL('../../templates/provider/acme/', import.meta.url))
const tree = fileURLToPath(new URL('.', import.meta.url))
const engine = fileURLToPath(new URL('../..', import.meta.url))

export type NewProvider =
  | { readonly kind: 'written'; readonly folder: string; readonly files: readonly string[] }
  | { readonly kind: 'refused'; readonly text: string }

/** Writes a supplier that works as it is: a small format of its own and a simulator for it. `into` null: beside this file;
 *  else a directory for PROVIDERS_PATH. Nothing that exists is touched. */
export function newProvider(code: string, into: string | null): NewProvider {
  const parent = into === null ? tree : resolve(into)
  const mistake = codeMistake(code, [...codesOfTree(), ...neighbours(parent)])
  if (mistake) return { kind: 'refused', text: mistake }
  const folder = join(parent, code)
  if (existsSync(folder)) return { kind: 'refused', text: `there is something at ${folder}` }
  const files = readdirSync(template, { recursive: true, encoding: 'utf8' }).filter(name => /\.(ts|md)$/.test(name))
  for (const name of files) {
    const text = named(readFileSync(join(template, name), 'utf8'), code)
    write(join(folder, name), into === null ? withTreeImports(text, name) : text)
  }
  if (into === null) {
    formatted(folder)
    return { kind: 'written', folder, files }
  }
  write(join(folder, 'package.json'), json({ name: `fareloom-provider-${code}`, private: true, type: 'module' }))
  write(join(folder, 'tsconfig.json'), json(editorSettings(folder)))
  return { kind: 'written', folder, files: [...files, 'package.json', 'tsconfig.json'] }
}

function neighbours(parent: string): readonly string[] {
  if (!existsSync(parent)) return []
  return readdirSync(parent, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text, { flag: 'wx' })
}

/** The template is a supplier called acme. */
function named(text: string, code: string): string {
  const words = code.split('-').map(word => word[0]!.toUpperCase() + word.slice(1))
  return text
    .replaceAll('ACME', code.toUpperCase().replaceAll('-', '_'))
    .replaceAll('Acme', words.join(''))
    .replaceAll('acme', code)
}

/** `fareloom/core/money.ts` is `../../core/money.ts` for a file of src/providers/<code>/. */
function withTreeImports(text: string, file: string): string {
  const up = '../'.repeat(file.split(/[\\/]/).length)
  return text.replaceAll("'fareloom/providers/", `'${up}`).replaceAll("'fareloom/", `'${up}../`)
}

/** Editors and tsc find the engine's types where this engine lies; at run time the registry shows the way. */
function editorSettings(folder: string): unknown {
  const here = relative(folder, engine) || '.'
  return {
    extends: join(here, 'tsconfig.json'),
    compilerOptions: {
      paths: {
        'fareloom/*': [`${join(here, 'src')}/*`],
        undici: [join(here, 'node_modules/undici/index.d.ts')],
      },
      typeRoots: [join(here, 'node_modules/@types')],
    },
    include: ['.'],
  }
}

/** Lines are broken by their length, and the name has one: the house's formatter, where it is installed. */
function formatted(folder: string): void {
  const formatter = join(engine, 'node_modules/@biomejs/biome/bin/biome')
  if (existsSync(formatter)) spawnSync(process.execPath, [formatter, 'format', '--write', folder], { cwd: engine })
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
