import { withinEdits } from '../reference/spelling.ts'
import type { ProviderSettings } from './port.ts'

/** The word that was meant where this one is a slip or two away from it: one in five letters, two in eight. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  const edits = word.length >= 8 ? 2 : word.length >= 5 ? 1 : 0
  if (edits === 0) return undefined
  return words.find(other => withinEdits(word, other, 1)) ?? words.find(other => withinEdits(word, other, edits))
}

export type WatchedSettings = {
  readonly settings: ProviderSettings
  /** Names that were asked for, there or not. */
  asked(): readonly string[]
  /** What is there and nobody has asked for. */
  unread(): readonly string[]
}

/** A supplier reads its settings when it is created; what it leaves unread is a slip of somebody's pen. */
export function watchSettings(given: ProviderSettings): WatchedSettings {
  const asked = new Set<string>()
  const note = (name: string | symbol): void => {
    if (typeof name === 'string') asked.add(name)
  }
  const settings = new Proxy(given, {
    get(target, name) {
      note(name)
      return Reflect.get(target, name)
    },
    has(target, name) {
      note(name)
      return Reflect.has(target, name)
    },
    // whoever takes them all knows all
    ownKeys(target) {
      for (const name of Reflect.ownKeys(target)) note(name)
      return Reflect.ownKeys(target)
    },
  })
  return {
    settings,
    asked: () => [...asked],
    unread: () => Object.keys(given).filter(name => !asked.has(name)),
  }
}
